/** The reference model with one thing wrong: what goes wrong in the control plane of mappings and queues. */
import type { Mutant } from '../mutant.ts';

export const mappingLimitMutants: readonly Mutant[] = [];
