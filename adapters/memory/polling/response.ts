/** What a function's result means for a batch. AWS, services-sqs-errorhandling.html#services-sqs-batchfailurereporting. */
import type { Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import type { Result } from '../invocation.ts';
import type { World } from '../world.ts';
import type { MappingRuntime } from './mapping.ts';

/** All went well, all failed, or exactly the records at these places of the batch failed. */
export type Meaning = 'success' | 'failure' | ReadonlySet<number>;

/**
 * @param placeOf the place in the batch of the record with this identifier; undefined where there is none
 */
export function meaningOf(
  world: World,
  mapping: MappingRuntime,
  result: Result,
  placeOf: (identifier: Json) => number | undefined,
): Meaning {
  const { policy } = world;
  if (result.isError && policy.errorsFailBatches) return 'failure';
  const asks = mapping.settings.reportsItemFailures && policy.honoursBatchResponses;
  if (!asks && !policy.readsResponsesUnasked) return 'success';
  const failures = asObject(result.payload)?.['batchItemFailures'];
  if (failures === undefined || failures === null) return policy.emptyResponsesFail ? 'failure' : 'success';
  if (!Array.isArray(failures)) return 'failure';
  if (failures.length === 0) return 'success';
  const failed = new Set<number>();
  for (const item of failures as readonly Json[]) {
    const identifier = asObject(item)?.['itemIdentifier'];
    if (identifier === undefined || identifier === null || identifier === '') {
      if (policy.malformedResponsesFail) return 'failure';
      continue;
    }
    const place = placeOf(identifier);
    if (place !== undefined) failed.add(place);
    else if (policy.unknownIdentifiersFail) return 'failure';
  }
  return failed.size === 0 ? 'success' : failed;
}
