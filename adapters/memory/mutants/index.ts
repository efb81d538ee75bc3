/** All mutants: one file for each family of rules. */
import type { Mutant } from '../mutant.ts';
import { asyncOutcomeMutants } from './asyncOutcomes.ts';
import { asyncQueueMutants } from './asyncQueue.ts';
import { concurrencyMutants } from './concurrency.ts';
import { limitMutants } from './limits.ts';
import { syncMutants } from './sync.ts';

export const mutants: readonly Mutant[] = [
  ...syncMutants,
  ...asyncQueueMutants,
  ...asyncOutcomeMutants,
  ...concurrencyMutants,
  ...limitMutants,
];
