/**
 * One batch after the other: a shard, or with a parallelization factor the keys of a shard that fall on this lane.
 * AWS, invocation-eventsourcemapping.html: what follows a failing batch waits until that succeeded or was discarded.
 */
import type { World } from '../../world.ts';
import { batchSizeOf, Gathering, isLetThrough, rollingWindowFrom, windowMsOf } from '../batching.ts';
import type { Turn } from '../source.ts';
import { StreamBatch } from './batch.ts';
import { reportFailure } from './failure.ts';
import type { ShardReader } from './reader.ts';
import type { StreamRecord } from './record.ts';
import { isInWindow } from './tumbling.ts';

export class Lane implements Turn {
  readonly reader: ShardReader;
  isInFlight = false;
  /** Milliseconds of the clock. */
  lastCompletedAt = Number.NEGATIVE_INFINITY;
  private waiting: StreamRecord[] = [];
  private head = 0;
  private readonly gathering = new Gathering<StreamRecord>();
  /** Batches that come before whatever is gathered, the next one last: what is tried again, and the halves of one. */
  private readonly todo: StreamBatch[] = [];
  /** It stops at a record that it should pass over, where a target errs. */
  private isHeldUp = false;

  constructor(reader: ShardReader) {
    this.reader = reader;
  }

  /** @param isOvertaking it comes before an earlier change of its item, where a target errs */
  add(record: StreamRecord, isOvertaking: boolean): void {
    const { waiting } = this;
    const last = waiting.length - 1;
    const before = isOvertaking && last >= this.head ? waiting[last] : undefined;
    waiting.push(record);
    if (before === undefined || before.key !== record.key) return;
    waiting[last] = record;
    waiting[last + 1] = before;
  }

  get isEmpty(): boolean {
    return this.todo.length === 0 && this.head === this.waiting.length && this.gathering.items.length === 0;
  }

  get isFailing(): boolean {
    const next = this.todo[this.todo.length - 1];
    return next !== undefined && next.failures > 0;
  }

  /** All that is not done, for other lanes to take. */
  takeAll(): StreamRecord[] {
    const rest = this.waiting.slice(this.head);
    rest.push(...this.gathering.take().items);
    for (const batch of this.todo) rest.push(...batch.records);
    this.waiting = [];
    this.head = 0;
    this.todo.length = 0;
    return rest;
  }

  /** What was in no attempt yet waits again, to be gathered anew. */
  giveBack(): void {
    const { todo } = this;
    const back: StreamRecord[] = [];
    const first = todo[todo.length - 1];
    if (!this.isInFlight && todo.length === 1 && first?.isFresh === true) {
      back.push(...first.records);
      todo.length = 0;
    }
    for (const record of this.gathering.take().items) back.push(record);
    if (back.length === 0) return;
    this.waiting = back.concat(this.waiting.slice(this.head));
    this.head = 0;
  }

  /** It comes before all others. */
  put(batch: StreamBatch): void {
    this.todo.push(batch);
  }

  remove(batch: StreamBatch): void {
    const place = this.todo.lastIndexOf(batch);
    if (place >= 0) this.todo.splice(place, 1);
  }

  turn(world: World): void {
    if (this.reader.lanes.includes(this)) this.reader.advance(world);
  }

  /** The next batch is invoked, if it may be. */
  advance(world: World): void {
    while (!this.isInFlight && !this.isHeldUp) {
      const batch = this.next(world);
      if (batch === undefined) return;
      batch.begin(world);
    }
  }

  private next(world: World): StreamBatch | undefined {
    const first = this.todo[this.todo.length - 1];
    const endsWindow = this.reader.window?.isEarly === true && first?.isFinal !== true;
    if (first !== undefined && !endsWindow) {
      if (first.notBefore <= world.clock.now) return first;
      const standsAside = world.policy.goesOnAfterFailure && first.failures > 0 && !first.isFinal;
      if (!standsAside) return undefined;
    }
    const batch = this.form(world);
    if (batch !== undefined) this.put(batch);
    return batch;
  }

  /** A new batch; undefined where there is nothing for one, or its batching window is still open. */
  private form(world: World): StreamBatch | undefined {
    const { gathering, reader } = this;
    const { settings } = reader.poller.mapping;
    if (reader.window?.isEarly === true) return this.finalBatch(world);
    const isCut = this.gather(world);
    this.forgetRead();
    const { window } = reader;
    const count = gathering.items.length;
    if (count === 0) {
      const isOver = window !== undefined && (isCut || window.isDue || this.isShardOver(world));
      return isOver ? this.finalBatch(world) : undefined;
    }
    const isComplete =
      isCut || gathering.places >= settings.batchSize || gathering.closesAt <= world.clock.now;
    if (!isComplete && window?.isDue !== true) return undefined;
    const { items, bytes } = gathering.take();
    const records = world.policy.keepsShardOrder ? items : items.toReversed();
    return new StreamBatch(this, records, bytes, window, false);
  }

  private isShardOver({ policy }: World): boolean {
    return policy.shardEndClosesWindow && this.reader.isAtEnd;
  }

  /** Takes what waits as far as it goes. True: the next record has no place in the batch. */
  private gather(world: World): boolean {
    const { gathering, reader } = this;
    const { mapping } = reader.poller;
    const windowMs = windowMsOf(world, mapping);
    const isTumbling = mapping.settings.tumblingWindowSeconds > 0;
    for (let left = this.roomLeft(world, windowMs); left > 0; ) {
      const record = this.waiting[this.head];
      if (record === undefined) return false;
      if (this.isPassedOver(world, record)) {
        this.head++;
        if (world.policy.filtersAfterBatching && gathering.items.length > 0) {
          gathering.dropped++;
          left--;
        }
        if (world.policy.filteredHoldUp) return false;
        continue;
      }
      if (!gathering.hasRoom(world, record.bytes)) return true;
      if (isTumbling && !isInWindow(world, reader, record.arrivedAt)) return true;
      if (gathering.items.length === 0) this.openWindow(world, windowMs);
      this.head++;
      mapping.polled++;
      gathering.add(record, record.bytes);
      left--;
    }
    return false;
  }

  /** How many more to take: as many as may be, or fewer where nothing says that a batch must be full. */
  private roomLeft(world: World, windowMs: number): number {
    const left = batchSizeOf(world, this.reader.poller.mapping) - this.gathering.places;
    if (windowMs > 0 || left < 2 || !world.chance.isTrue(world.policy.cutsStreamBatchesShare)) return left;
    return 1 + world.chance.index(Math.min(left, this.waiting.length - this.head));
  }

  /** Too old for its source, or left out by the filters: it is in no batch, and blocks nothing. */
  private isPassedOver(world: World, record: StreamRecord): boolean {
    const { policy } = world;
    const { mapping } = this.reader.poller;
    if (world.clock.now - record.arrivedAt >= policy.streamRetentionSeconds * 1_000) {
      if (policy.reportsExpiredRecords) this.report(world, record, policy.agedCondition);
      return true;
    }
    if (mapping.settings.filters.length === 0) return false;
    if (isLetThrough(world, mapping, () => record.document())) return false;
    if (policy.textPassesStreamFilters && record.change === undefined && !/^\s*[{[]/.test(record.text))
      return false;
    mapping.polled++;
    mapping.filteredOut++;
    if (policy.filteredAreReported) this.report(world, record, policy.exhaustedBatchCondition);
    if (policy.filteredHoldUp) this.isHeldUp = true;
    return true;
  }

  private report(world: World, record: StreamRecord, condition: string): void {
    const alone = new StreamBatch(this, [record], record.bytes, undefined, false);
    reportFailure(world, alone, alone.records, condition, false);
  }

  private forgetRead(): void {
    if (this.head === this.waiting.length) {
      if (this.head === 0) return;
      this.waiting = [];
    } else if (this.head > 4_096 && this.head * 2 > this.waiting.length)
      this.waiting = this.waiting.slice(this.head);
    else return;
    this.head = 0;
  }

  private finalBatch(world: World): StreamBatch | undefined {
    const { reader } = this;
    if (world.policy.finalInvocations) return new StreamBatch(this, NO_RECORDS, 0, reader.window, true);
    reader.window?.end();
    return this.form(world);
  }

  private openWindow(world: World, windowMs: number): void {
    const { gathering } = this;
    const { now } = world.clock;
    gathering.closesAt = now;
    if (windowMs === 0) return;
    const openedAt = world.policy.windowsOpenWithRecords
      ? now
      : rollingWindowFrom(world, this.lastCompletedAt, windowMs);
    if (openedAt + windowMs <= now) return;
    gathering.closesAt = openedAt + windowMs;
    world.clock.in(gathering.closesAt - now, 'turn', this);
  }
}

const NO_RECORDS: readonly StreamRecord[] = [];
