/** The reference model with one thing wrong: what goes wrong with permissions. */
import type { Mutant } from '../mutant.ts';

export const permissionMutants: readonly Mutant[] = [];
