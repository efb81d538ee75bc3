/** All mutants: one file for each family of rules. */
import type { Mutant } from '../mutant.ts';
import { asyncOutcomeMutants } from './asyncOutcomes.ts';
import { asyncQueueMutants } from './asyncQueue.ts';
import { concurrencyMutants } from './concurrency.ts';
import { kafkaMqMutants } from './kafkaMq.ts';
import { limitMutants } from './limits.ts';
import { loopMutants } from './loops.ts';
import { mappingLimitMutants } from './mappingLimits.ts';
import { mappingMutants } from './mappings.ts';
import { permissionMutants } from './permissions.ts';
import { sqsMutants } from './sqs.ts';
import { streamMutants } from './streams.ts';
import { syncMutants } from './sync.ts';

export const mutants: readonly Mutant[] = [
  ...syncMutants,
  ...asyncQueueMutants,
  ...asyncOutcomeMutants,
  ...loopMutants,
  ...concurrencyMutants,
  ...limitMutants,
  ...mappingMutants,
  ...sqsMutants,
  ...streamMutants,
  ...kafkaMqMutants,
  ...permissionMutants,
  ...mappingLimitMutants,
];
