/** What the asynchronous rules speak of. */
import type { AsyncEvent, View } from '../../engine/view.ts';

/** Events of which attempts were seen, and all of them failed. */
export const failing = (view: View): readonly AsyncEvent[] =>
  view.events.filter((event) => !event.succeeded && event.attempts.length > 0);
