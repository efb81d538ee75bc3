/**
 * One batch after the other: a shard, or with a parallelization factor the keys of a shard that fall on this lane.
 * AWS, invocation-eventsourcemapping.html: what follows a failing batch waits until that succeeded or was discarded.
 */
import type { World } from '../../world.ts';
import { batchSizeOf, Gathering, isLetThrough, windowMsOf } from '../batching.ts';
import type { Turn } from '../source.ts';
import { StreamBatch } from './batch.ts';
import { reportFailure } from './failure.ts';
import type { StreamPoller } from './poller.ts';
import { recordBytesOf, type StreamRecord } from './record.ts';
import type { Shard } from './shard.ts';
import { Tumbling } from './tumbling.ts';

export class Lane {
  readonly poller: StreamPoller;
  readonly shard: Shard;
  readonly tumbling = new Tumbling(this);
  private waiting: StreamRecord[] = [];
  private head = 0;
  private readonly gathering = new Gathering<StreamRecord>();
  /** Batches that come before whatever is gathered: what is tried again, and the halves of a batch. */
  private todo: StreamBatch[] = [];
  /** A batch is in flight, or waits to be tried again. */
  isBusy = false;
  private isLooking = false;
  private hasToldDone = false;
  private lastCompletedAt = 0;

  constructor(poller: StreamPoller, shard: Shard) {
    this.poller = poller;
    this.shard = shard;
  }

  add(record: StreamRecord): void {
    this.waiting.push(record);
  }

  /** Everything that came was processed, and nothing comes any more. */
  get isDone(): boolean {
    if (!this.shard.isClosed || this.isBusy || this.head < this.waiting.length) return false;
    return this.gathering.items.length === 0 && this.todo.length === 0 && !this.tumbling.isOpen;
  }

  /** All that is not in flight, for other lanes to take. */
  takeAll(): StreamRecord[] {
    const rest = [...this.gathering.take().items, ...this.waiting.slice(this.head)];
    this.waiting = [];
    this.head = 0;
    return rest;
  }

  giveUpGathering(): void {
    const { items } = this.gathering.take();
    if (items.length > 0) this.putBack(items);
  }

  private putBack(items: readonly StreamRecord[]): void {
    this.waiting = [...items, ...this.waiting.slice(this.head)];
    this.head = 0;
  }

  lookSoon(world: World): void {
    if (this.isLooking || this.isBusy) return;
    this.isLooking = true;
    const { kinesisPollMostSeconds, tablePollMostSeconds } = world.policy;
    const most = this.poller.stream.ref.startsWith('stream:') ? kinesisPollMostSeconds : tablePollMostSeconds;
    world.clock.in(1 + world.chance.between(0, most * 1_000), 'turn', this.look);
  }

  private readonly look: Turn = {
    turn: (world) => {
      this.isLooking = false;
      this.read(world);
    },
  };

  private read(world: World): void {
    if (this.isBusy || !this.poller.mayRead(world, this.shard, this)) return;
    const next = this.todo.shift();
    if (next !== undefined) {
      this.begin(world, next);
      return;
    }
    if (this.tumbling.isDueToEnd(world, this.waiting[this.head])) {
      if (this.gathering.items.length > 0) this.invoke(world);
      else this.begin(world, this.tumbling.finalBatch(world));
      return;
    }
    this.gather(world);
    if (this.gathering.items.length === 0) {
      this.tumbling.awaitEnd(world);
      this.tellDone(world);
      return;
    }
    const isFull = this.gathering.items.length >= this.poller.mapping.settings.batchSize;
    if (isFull || this.gathering.closesAt <= world.clock.now || !this.hasRoomForNext(world))
      this.invoke(world);
  }

  /** Children of the shard may be read: told once. */
  private tellDone(world: World): void {
    if (this.hasToldDone || !this.isDone) return;
    this.hasToldDone = true;
    this.poller.completed(world, this.shard);
  }

  private hasRoomForNext(world: World): boolean {
    const next = this.waiting[this.head];
    return next === undefined || this.gathering.hasRoom(world, recordBytesOf(next));
  }

  private gather(world: World): void {
    const { gathering, poller, waiting } = this;
    const { mapping } = poller;
    const windowMs = windowMsOf(world, mapping);
    const most = batchSizeOf(world, mapping);
    let raw = 0;
    while (this.head < waiting.length && gathering.items.length < most) {
      const record = waiting[this.head];
      if (record === undefined || !this.tumbling.takes(world, record)) break;
      if (world.policy.filtersAfterBatching && raw++ >= most) break;
      if (this.isPassedOver(world, record)) {
        this.head++;
        continue;
      }
      if (!gathering.hasRoom(world, recordBytesOf(record))) break;
      if (gathering.items.length === 0) this.openWindow(world, windowMs);
      this.head++;
      gathering.add(record, recordBytesOf(record));
    }
    this.forgetRead();
  }

  /** Too old for its source, or left out by the filters: it is in no batch, and blocks nothing. */
  private isPassedOver(world: World, record: StreamRecord): boolean {
    const { policy } = world;
    const { mapping } = this.poller;
    mapping.polled++;
    if (world.clock.now - record.arrivedAt >= policy.streamRetentionSeconds * 1_000) {
      if (policy.reportsExpiredRecords)
        reportFailure(world, this, [record], policy.agedCondition, 0, undefined);
      return true;
    }
    if (isLetThrough(world, mapping, () => record.document())) return false;
    if (policy.textPassesStreamFilters && record.change === undefined && !/^\s*[{[]/.test(record.text))
      return false;
    mapping.filteredOut++;
    if (policy.filteredAreReported)
      reportFailure(world, this, [record], policy.exhaustedBatchCondition, 0, undefined);
    return true;
  }

  private forgetRead(): void {
    if (this.head < 4_096 || this.head * 2 < this.waiting.length) return;
    this.waiting = this.waiting.slice(this.head);
    this.head = 0;
  }

  private openWindow(world: World, windowMs: number): void {
    const { gathering } = this;
    const { now } = world.clock;
    if (windowMs === 0) {
      gathering.closesAt = now;
      return;
    }
    const sinceMs = now - this.lastCompletedAt;
    // The window opened when the last invocation completed; with nothing to do another one has opened since.
    const openedAt =
      this.lastCompletedAt > 0 && sinceMs < windowMs
        ? this.lastCompletedAt
        : now - world.chance.between(0, windowMs);
    gathering.closesAt = Math.max(now, openedAt + windowMs);
    if (gathering.closesAt > now) world.clock.in(gathering.closesAt - now, 'turn', this.look);
  }

  private invoke(world: World): void {
    const { items } = this.gathering.take();
    const records = world.policy.keepsShardOrder ? items : items.toReversed();
    this.begin(world, new StreamBatch(this, records, this.tumbling.contextFor(world)));
  }

  private begin(world: World, batch: StreamBatch): void {
    this.isBusy = true;
    batch.begin(world);
  }

  /** What is to be tried next, before anything else; in their order. */
  first(...batches: readonly StreamBatch[]): void {
    this.todo.unshift(...batches);
  }

  /** A batch succeeded, was discarded or was split: the lane goes on. */
  completed(world: World): void {
    this.isBusy = false;
    this.lastCompletedAt = world.clock.now;
    if (this.todo.length > 0) this.read(world);
    else if (this.head < this.waiting.length || this.gathering.items.length > 0) this.lookSoon(world);
    else if (this.tumbling.isOpen) this.tumbling.awaitEnd(world);
    this.poller.completed(world, this.shard);
  }

  /** Whether some other batch may go on while this one waits, where a target errs. */
  goOnMeanwhile(world: World): void {
    this.isBusy = false;
    this.lookSoon(world);
  }
}
