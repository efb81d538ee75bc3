/** Colours for a terminal, or none. */
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Everything as it is. */
export const PLAIN: Colours = pc.createColors(false);

/** Colours where `isColoured`, and none otherwise. */
export const coloursFor = (isColoured: boolean): Colours => pc.createColors(isColoured);
