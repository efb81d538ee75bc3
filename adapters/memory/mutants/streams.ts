/** The reference model with one thing wrong: what goes wrong with streams. */
import type { Mutant } from '../mutant.ts';

export const streamMutants: readonly Mutant[] = [];
