/** The reference model with one thing wrong: what goes wrong with SQS queues. */
import type { Mutant } from '../mutant.ts';

export const sqsMutants: readonly Mutant[] = [];
