/** A batch of a shard, from its first attempt to its success or its end. What its attempts mean: settling.ts. */
import { type HandledRecord, handleBatch } from '../../../../engine/batchHandler.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import type { Json } from '../../../../engine/json.ts';
import { recordBehaviourAt } from '../../../../engine/sourceSpec.ts';
import type { Attempt } from '../../attempt.ts';
import type { Result } from '../../invocation.ts';
import type { World } from '../../world.ts';
import { invokeBatch, type PolledBatch } from '../batch.ts';
import { EVENT_FRAME_BYTES } from '../batching.ts';
import type { Failed } from '../failureRecord.ts';
import type { MappingRuntime } from '../mapping.ts';
import { dropOld, tooOldAt } from './discarding.ts';
import type { Lane } from './lane.ts';
import { type StreamRecord, seenRecord } from './record.ts';
import { settle, throttled } from './settling.ts';
import { isInWindow, type TumblingWindow } from './tumbling.ts';

export class StreamBatch implements PolledBatch {
  readonly mapping: MappingRuntime;
  readonly lane: Lane;
  /** The tumbling window that it is in. */
  window: TumblingWindow | undefined;
  /** It is the final invocation of the window. */
  readonly isFinal: boolean;
  records: readonly StreamRecord[];
  seen: readonly SeenRecord[];
  /** The batch that it was split from. */
  readonly whole: readonly StreamRecord[];
  /** Attempts of the records as they are now, and those of them that failed. */
  attempts = 0;
  failures = 0;
  last: Failed | undefined = undefined;
  /** Milliseconds of the clock: no attempt starts before. */
  notBefore = 0;
  /** It succeeded, and comes again all the same. */
  isRepeated = false;
  /** Waits one after the other: each is longer than the one before. */
  private waits = 0;
  private bytes: number;
  private event: Json | undefined = undefined;

  constructor(
    lane: Lane,
    records: readonly StreamRecord[],
    bytes: number,
    window: TumblingWindow | undefined,
    isFinal: boolean,
    whole = records,
  ) {
    this.lane = lane;
    this.mapping = lane.reader.poller.mapping;
    this.records = records;
    this.seen = records.map(seenRecord);
    this.whole = whole;
    this.bytes = bytes;
    this.window = window;
    this.isFinal = isFinal;
  }

  /** It is as it was gathered, and was in no attempt. */
  get isFresh(): boolean {
    return this.last === undefined && this.failures === 0 && this.records === this.whole && !this.isFinal;
  }

  /** Only these are left of it, and begin anew. */
  keep(records: readonly StreamRecord[]): void {
    this.records = records;
    this.seen = records.map(seenRecord);
    this.bytes = bytesOf(records);
    this.event = undefined;
    this.attempts = 0;
    this.failures = 0;
    this.waits = 0;
  }

  /** The next attempt, with what is not too old of it. */
  begin(world: World): void {
    if (!this.isFinal && !dropOld(world, this)) {
      this.lane.remove(this);
      return;
    }
    this.findWindow(world);
    this.event ??= this.eventOf(world);
    if (invokeBatch(world, this, this.event, this.bytes) !== undefined) {
      throttled(world, this);
      return;
    }
    this.lane.isInFlight = true;
    this.mapping.invoked += this.records.length;
  }

  /** Where its window ended before it came to its turn, its records are in another one. */
  private findWindow(world: World): void {
    const { reader } = this.lane;
    const first = this.records[0];
    if (this.window === undefined || this.window === reader.window || first === undefined) return;
    isInWindow(world, reader, first.arrivedAt);
    this.window = reader.window;
    this.event = undefined;
  }

  private eventOf(world: World): Json {
    const { arn } = this.lane.reader.poller.stream;
    const Records = this.records.map((record) => record.payload(world, arn));
    return this.window === undefined ? { Records } : { Records, ...this.window.fields(world, this.isFinal) };
  }

  /** No page says how long it waits before the next attempt. That is no longer than it has to live. */
  wait(world: World): void {
    const { streamRetrySeconds, streamRetryFactor, streamRetryMostSeconds, streamRetryJitter } = world.policy;
    const seconds = Math.min(streamRetryMostSeconds, streamRetrySeconds * streamRetryFactor ** this.waits++);
    const jitter = (streamRetryJitter * world.chance.between(0, 1_000)) / 1_000;
    let waitMs = Math.max(1, Math.round(1_000 * seconds * (1 - jitter)));
    const first = this.records[0];
    if (first !== undefined) {
      const leftMs = tooOldAt(world, this.mapping, first) - world.clock.now;
      if (leftMs > 0 && leftMs < waitMs) waitMs = leftMs;
    }
    this.notBefore = world.clock.now + waitMs;
    world.clock.in(waitMs, 'turn', this.lane);
  }

  behave(timeoutSeconds: number) {
    const { window } = this;
    if (this.isFinal) {
      const ordinal = ++this.lane.reader.poller.finalAttempts;
      const behaviour = recordBehaviourAt(this.mapping.finalPlan, ordinal);
      return handleBatch([{ behaviour, identifier: '' }], timeoutSeconds, window?.state);
    }
    const handled: HandledRecord[] = [];
    for (const record of this.records)
      handled.push({
        behaviour: recordBehaviourAt(record.spec.plan, ++record.deliveries),
        identifier: record.sequence,
      });
    return handleBatch(handled, timeoutSeconds, window?.state);
  }

  ended(world: World, attempt: Attempt, result: Result): void {
    const { lane } = this;
    lane.isInFlight = false;
    lane.lastCompletedAt = world.clock.now;
    this.attempts++;
    this.last = {
      requestId: attempt.invocation.requestId,
      version: result.version,
      isError: result.isError,
    };
    settle(world, this, result);
    const { reader } = lane;
    // Others may have waited for it, where a target errs.
    if (world.policy.failuresBlockAllShards) for (const other of reader.poller.readers) other.advance(world);
    else reader.advance(world);
  }
}

/** About the bytes of an event with these records, and never less. */
export function bytesOf(records: readonly StreamRecord[]): number {
  let bytes = EVENT_FRAME_BYTES;
  for (const record of records) bytes += record.bytes + 1;
  return bytes;
}
