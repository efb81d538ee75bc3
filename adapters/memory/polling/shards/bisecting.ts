/** BisectBatchOnFunctionError. AWS, services-kinesis-errors.html: two batches of the one; splitting uses no retry. */
import type { World } from '../../world.ts';
import { bytesOf, StreamBatch } from './batch.ts';
import { discard } from './discarding.ts';
import type { StreamRecord } from './record.ts';

/** Whether a failed batch is split: a single record is not. */
export function maySplit({ policy }: World, { mapping, records }: StreamBatch): boolean {
  const { bisects, reportsItemFailures } = mapping.settings;
  if (!bisects || !policy.honoursBisect || records.length < 2) return false;
  return !reportsItemFailures || policy.bisectsWithResponses;
}

/** The batch is two now; the first half is resolved before the second begins. */
export function bisect(world: World, batch: StreamBatch): void {
  const { policy } = world;
  const { lane, records } = batch;
  const { maximumRetryAttempts } = batch.mapping.settings;
  const failures = policy.splitsUseRetries ? batch.failures + 1 : 0;
  if (policy.splitsUseRetries && maximumRetryAttempts >= 0 && failures > maximumRetryAttempts) {
    batch.failures = failures;
    discard(world, batch, true);
    return;
  }
  const middle = Math.ceil(records.length / 2);
  const first = partOf(batch, records.slice(0, middle - policy.bisectLoses), failures);
  const second = partOf(batch, records.slice(middle), failures);
  const [next, later] = policy.secondHalfFirst ? [second, first] : [first, second];
  lane.remove(batch);
  if (later.records.length > 0) lane.put(later);
  lane.put(next);
  next.wait(world);
}

function partOf(batch: StreamBatch, records: readonly StreamRecord[], failures: number): StreamBatch {
  const part = new StreamBatch(batch.lane, records, bytesOf(records), batch.window, false, batch.whole);
  part.failures = failures;
  return part;
}
