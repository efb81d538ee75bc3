/** A batch of a shard, from its first attempt to its success or its end. AWS, kinesis-on-failure and with-ddb pages. */
import { type HandledRecord, handleBatch } from '../../../../engine/batchHandler.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import { isFiller, type Json } from '../../../../engine/json.ts';
import { asObject } from '../../../../engine/record.ts';
import { recordBehaviourAt } from '../../../../engine/sourceSpec.ts';
import type { Attempt } from '../../attempt.ts';
import type { Result } from '../../invocation.ts';
import type { World } from '../../world.ts';
import { invokeBatch, type PolledBatch } from '../batch.ts';
import { EVENT_FRAME_BYTES } from '../batching.ts';
import type { MappingRuntime } from '../mapping.ts';
import { meaningOf } from '../response.ts';
import type { Turn } from '../source.ts';
import { type Failed, reportFailure } from './failure.ts';
import type { Lane } from './lane.ts';
import { payloadOf, recordBytesOf, type StreamRecord, seenRecord, streamArn } from './record.ts';
import type { WindowContext } from './tumbling.ts';

const BACKOFF_MS = 1_000;
const BACKOFF_MOST_MS = 30_000;
const JITTER = 0.2;

export class StreamBatch implements PolledBatch, Turn {
  readonly mapping: MappingRuntime;
  private readonly lane: Lane;
  private records: readonly StreamRecord[];
  private readonly window: WindowContext | undefined;
  /** Attempts that count against its retries. */
  private attempts = 0;
  private throttles = 0;
  private last: Failed | undefined;
  private isRetrying = false;

  constructor(lane: Lane, records: readonly StreamRecord[], window: WindowContext | undefined, attempts = 0) {
    this.lane = lane;
    this.mapping = lane.poller.mapping;
    this.records = records;
    this.window = window;
    this.attempts = attempts;
  }

  get seen(): readonly SeenRecord[] {
    return this.records.map(seenRecord);
  }

  turn(world: World): void {
    if (!this.isRetrying) return;
    this.isRetrying = false;
    this.lane.poller.retrying--;
    if (!this.lane.isBusy) {
      // Only a target that goes on after a failure comes here: it has lost its turn.
      this.lane.isBusy = true;
    }
    this.begin(world);
  }

  begin(world: World): void {
    if (!this.mapping.isActive && world.policy.honoursDisabling) {
      // Disabled meanwhile: it is the first when the mapping is enabled again.
      this.lane.first(this);
      this.lane.isBusy = false;
      return;
    }
    this.dropOld(world);
    if (this.records.length === 0 && this.window?.isFinal !== true) {
      this.lane.completed(world);
      return;
    }
    const throttled = invokeBatch(world, this, this.event(world), this.bytes());
    if (throttled === undefined) {
      this.mapping.invoked += this.records.length;
      return;
    }
    if (world.policy.dropsThrottledBatches) {
      this.lane.completed(world);
      return;
    }
    if (world.policy.throttlesCountAsRetries && this.countsOut(world)) return;
    this.tryAgainIn(world, Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** this.throttles++));
  }

  /** Records that are too old, for the mapping or for the source, are in no further attempt. */
  private dropOld(world: World): void {
    const { policy } = world;
    const { now } = world.clock;
    const ageMs = 1_000 * this.mapping.settings.maximumRecordAgeSeconds;
    if (ageMs > 0 && policy.honoursRecordAge) {
      const isOld = ({ arrivedAt }: StreamRecord) => now - arrivedAt > ageMs;
      const old =
        policy.discardsWholeBatchByAge && this.records.some(isOld)
          ? this.records
          : this.records.filter(isOld);
      if (old.length > 0) {
        reportFailure(world, this.lane, old, policy.agedCondition, Math.max(1, this.attempts), undefined);
        this.records = this.records.filter((record) => !old.includes(record));
      }
    }
    const keptMs = 1_000 * policy.streamRetentionSeconds;
    if (this.records.some(({ arrivedAt }) => now - arrivedAt >= keptMs))
      this.records = this.records.filter(({ arrivedAt }) => now - arrivedAt < keptMs);
  }

  private event(world: World): Json {
    const arn = streamArn(this.lane.poller.stream.ref);
    const Records = this.records.map((record) => payloadOf(world, record, arn));
    return this.window === undefined
      ? { Records }
      : { Records, ...this.window.fields(this.lane.shard.id, arn) };
  }

  private bytes(): number {
    let bytes = EVENT_FRAME_BYTES;
    for (const record of this.records) bytes += recordBytesOf(record) + 1;
    return bytes;
  }

  behave(timeoutSeconds: number) {
    const { window } = this;
    if (window?.isFinal === true) {
      const behaviour = recordBehaviourAt(this.mapping.finalPlan, ++window.finals);
      return handleBatch([{ behaviour, identifier: '' }], timeoutSeconds, window.state);
    }
    const handled = this.records.map(
      (record): HandledRecord => ({
        behaviour: recordBehaviourAt(record.spec.plan, ++record.deliveries),
        identifier: record.sequence,
      }),
    );
    return handleBatch(handled, timeoutSeconds, window?.state);
  }

  ended(world: World, attempt: Attempt, result: Result): void {
    this.last = {
      requestId: attempt.invocation.requestId,
      version: result.version,
      isError: result.isError,
      event: attempt.invocation.asked.payload,
    };
    const { window } = this;
    if (window?.isFinal === true) {
      if (result.isError) this.failed(world);
      else this.finished(world);
      return;
    }
    const places = new Map(this.records.map(({ sequence }, place) => [sequence, place]));
    const meaning = meaningOf(world, this.mapping, result, (identifier) =>
      typeof identifier === 'string' ? places.get(identifier) : undefined,
    );
    const state = asObject(result.payload)?.['state'];
    const lacksState = window !== undefined && state === undefined && !world.policy.acceptsMissingState;
    if (meaning === 'failure' || lacksState) {
      if (result.isError && this.splits(world)) return;
      this.failed(world);
      return;
    }
    if (window !== undefined && state !== undefined) window.keep(world, state, stateBytesOf(state));
    if (meaning === 'success') this.succeeded(world);
    else this.partlyFailed(world, meaning);
  }

  private succeeded(world: World): void {
    if (world.policy.batchRecordsAfterSuccess) this.report(world, this.records);
    if (world.policy.repeatsHandled && this.attempts === 0) {
      this.attempts = 1;
      this.tryAgainIn(world, 1_000);
      return;
    }
    this.lane.completed(world);
  }

  private finished(world: World): void {
    this.lane.tumbling.end(world);
    this.lane.completed(world);
  }

  /** AWS, services-kinesis-batchfailurereporting.html: the lowest reported sequence number is the checkpoint. */
  private partlyFailed(world: World, failed: ReadonlySet<number>): void {
    const { checkpoint, checkpointRenewsRetries } = world.policy;
    const lowest = Math.min(...failed);
    const from = checkpoint === 'none' ? 0 : checkpoint === 'highest' ? Math.max(...failed) : lowest;
    if (from > 0) {
      this.records = this.records.slice(from);
      if (checkpointRenewsRetries) {
        this.attempts = 0;
        this.tryAgainIn(world, this.delayMs(world));
        return;
      }
    }
    this.failed(world);
  }

  /** After an error a batch of several is split; that uses up no retry. */
  private splits(world: World): boolean {
    const { policy } = world;
    const { settings } = this.mapping;
    if (!settings.bisects || !policy.honoursBisect || this.records.length < 2 || this.window !== undefined)
      return false;
    if (settings.reportsItemFailures && !policy.bisectsWithResponses) return false;
    const used = policy.splitsUseRetries ? this.attempts + 1 : this.attempts;
    if (policy.splitsUseRetries && settings.maximumRetryAttempts >= 0 && used > settings.maximumRetryAttempts)
      return false;
    const middle = Math.ceil(this.records.length / 2);
    const first = new StreamBatch(
      this.lane,
      this.records.slice(0, middle - policy.bisectLoses),
      undefined,
      used,
    );
    const second = new StreamBatch(this.lane, this.records.slice(middle), undefined, used);
    if (policy.secondHalfFirst) this.lane.first(second, first);
    else this.lane.first(first, second);
    const waitMs = this.delayMs(world);
    world.clock.in(waitMs, 'turn', { turn: () => this.lane.completed(world) });
    return true;
  }

  private failed(world: World): void {
    if (this.countsOut(world)) return;
    this.tryAgainIn(world, this.delayMs(world));
    if (world.policy.goesOnAfterFailure) this.lane.goOnMeanwhile(world);
  }

  /** Counts an attempt; true where it was the last that is allowed, and the batch is gone. */
  private countsOut(world: World): boolean {
    const { policy } = world;
    const { maximumRetryAttempts: retries } = this.mapping.settings;
    this.attempts++;
    const isLast = retries >= 0 && this.attempts > retries + policy.streamRetriesExcess;
    if (!isLast && !policy.discardsAtOnce) return false;
    this.report(world, this.records);
    if (this.window?.isFinal === true) this.lane.tumbling.end(world);
    if (
      policy.undeliveredBlocks &&
      this.mapping.settings.onFailure !== undefined &&
      !this.isDeliverable(world)
    ) {
      this.attempts = 0;
      this.tryAgainIn(world, 60_000);
      return true;
    }
    this.lane.completed(world);
    return true;
  }

  private isDeliverable(world: World): boolean {
    return world.account.resources.get(this.mapping.settings.onFailure ?? '')?.exists === true;
  }

  private report(world: World, records: readonly StreamRecord[]): void {
    reportFailure(world, this.lane, records, world.policy.exhaustedBatchCondition, this.attempts, this.last);
  }

  /** The wait before the next attempt: no page says how long. */
  private delayMs(world: World): number {
    const { streamRetrySeconds, streamRetryFactor, streamRetryMostSeconds } = world.policy;
    const seconds = Math.min(
      streamRetryMostSeconds,
      streamRetrySeconds * streamRetryFactor ** Math.max(0, this.attempts - 1),
    );
    return seconds * 1_000 * (1 + (JITTER * world.chance.between(0, 1_000)) / 1_000);
  }

  private tryAgainIn(world: World, waitMs: number): void {
    this.isRetrying = true;
    this.lane.poller.retrying++;
    world.clock.in(waitMs, 'turn', this);
  }
}

function stateBytesOf(state: Json): number {
  const filler = asObject(state)?.['filler'];
  return isFiller(filler) ? filler.$filler : 0;
}
