/** The reference model with one thing wrong: what goes wrong with event source mappings of all kinds. */
import type { Mutant } from '../mutant.ts';

export const mappingMutants: readonly Mutant[] = [];
