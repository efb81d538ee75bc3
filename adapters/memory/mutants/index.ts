/** All mutants: one file for each family of rules. */
import type { Mutant } from '../mutant.ts';

export const mutants: readonly Mutant[] = [];
