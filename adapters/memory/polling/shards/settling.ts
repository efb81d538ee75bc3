/** What the end of an attempt means for its batch. AWS, services-kinesis-errors.html, -batchfailurereporting.html. */
import type { Json } from '../../../../engine/json.ts';
import { asObject } from '../../../../engine/record.ts';
import type { Result } from '../../invocation.ts';
import type { World } from '../../world.ts';
import { wouldSucceedAgain } from '../repeating.ts';
import { type Meaning, meaningOf } from '../response.ts';
import type { StreamBatch } from './batch.ts';
import { bisect, maySplit } from './bisecting.ts';
import { discard } from './discarding.ts';
import { reportFailure } from './failure.ts';

export function settle(world: World, batch: StreamBatch, result: Result): void {
  const state = batch.window === undefined ? undefined : asObject(result.payload)?.['state'];
  const meaning = meaningFor(world, batch, result, state);
  if (batch.isFinal) settleFinal(world, batch, meaning !== 'failure');
  else if (meaning === 'success') succeeded(world, batch, state);
  else if (meaning === 'failure') failed(world, batch, result.isError);
  else partlyFailed(world, batch, meaning, state);
}

function meaningFor(world: World, batch: StreamBatch, result: Result, state: Json | undefined): Meaning {
  // AWS, services-kinesis-windows.html: in a tumbling window a result without a state is a failure.
  if (batch.window !== undefined && state === undefined && !world.policy.acceptsMissingState)
    return 'failure';
  let places: Map<string, number> | undefined;
  return meaningOf(world, batch.mapping, result, (identifier) => {
    places ??= new Map(batch.records.map(({ sequence }, place) => [sequence, place]));
    return typeof identifier === 'string' ? places.get(identifier) : undefined;
  });
}

/** AWS: nothing of the shard proceeds until the final invocation has succeeded. */
function settleFinal(world: World, batch: StreamBatch, isSuccess: boolean): void {
  if (!isSuccess && world.policy.retriesFinalInvocations) {
    batch.failures++;
    batch.wait(world);
    return;
  }
  batch.window?.end();
  batch.lane.remove(batch);
}

function succeeded(world: World, batch: StreamBatch, state: Json | undefined): void {
  const { policy } = world;
  const { records, window } = batch;
  if (window !== undefined) window.keep(world, state ?? {});
  if (policy.batchRecordsAfterSuccess)
    reportFailure(world, batch, records, policy.exhaustedBatchCondition, true);
  if (batch.isRepeated || !(policy.repeatsHandled || comesAgain(world, batch))) {
    batch.lane.remove(batch);
    return;
  }
  batch.isRepeated = true;
  batch.keep(records);
}

/** Whether a handled batch comes once more. None of a tumbling window, whose state it would change. */
function comesAgain(world: World, { records, window, mapping }: StreamBatch): boolean {
  if (window !== undefined || !world.chance.isTrue(world.policy.streamDuplicateShare)) return false;
  return wouldSucceedAgain(records, mapping.owner.state.timeoutSeconds);
}

function failed(world: World, batch: StreamBatch, isError: boolean): void {
  const { policy } = world;
  if (policy.discardsAtOnce) discard(world, batch, true);
  else if (maySplit(world, batch) && (isError || world.chance.isTrue(policy.bisectsMalformedShare)))
    bisect(world, batch);
  else countFailure(world, batch);
}

/** The batch is as it was, and has one retry less. */
function countFailure(world: World, batch: StreamBatch): void {
  const { policy } = world;
  const { maximumRetryAttempts, bisects } = batch.mapping.settings;
  batch.failures++;
  const isLast =
    maximumRetryAttempts >= 0 && batch.failures > maximumRetryAttempts + policy.streamRetriesExcess;
  const isGivenUp = bisects && batch.records.length === 1 && policy.singlesAreDiscarded;
  if (isLast || isGivenUp) discard(world, batch, true);
  else batch.wait(world);
}

/** AWS: the lowest reported sequence number is the checkpoint; all from there on is tried again. */
function partlyFailed(
  world: World,
  batch: StreamBatch,
  failed: ReadonlySet<number>,
  state: Json | undefined,
): void {
  const { policy } = world;
  if (policy.partialResponsesBisect && maySplit(world, batch)) {
    bisect(world, batch);
    return;
  }
  const from =
    policy.checkpoint === 'none'
      ? 0
      : policy.checkpoint === 'highest'
        ? Math.max(...failed)
        : Math.min(...failed);
  if (from === 0) {
    countFailure(world, batch);
    return;
  }
  const { failures, attempts, window } = batch;
  if (window !== undefined && state !== undefined && world.chance.isTrue(policy.partialKeepsStateShare))
    window.keep(world, state);
  batch.keep(batch.records.slice(from));
  if (policy.checkpointRenewsRetries) {
    batch.wait(world);
    return;
  }
  batch.failures = failures;
  batch.attempts = attempts;
  countFailure(world, batch);
}

/** AWS: throttles do not count as retries; the batch is tried until its records are too old. */
export function throttled(world: World, batch: StreamBatch): void {
  const { policy } = world;
  // A final invocation that is given up would be formed again at once, for ever.
  if (batch.isFinal) batch.wait(world);
  else if (policy.dropsThrottledBatches) batch.lane.remove(batch);
  else if (policy.throttlesCountAsRetries) countFailure(world, batch);
  else batch.wait(world);
}
