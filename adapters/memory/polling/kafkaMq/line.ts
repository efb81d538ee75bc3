/**
 * What one poller reads: a partition of a topic, or a broker's queue. One batch after the other, or as many at once as
 * the broker allows. AWS, with-kafka.html and with-mq.html.
 */
import type { World } from '../../world.ts';
import { batchSizeOf, Gathering, isLetThrough, windowMsOf } from '../batching.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Turn } from '../source.ts';
import { LogBatch } from './batch.ts';
import { entryBytesOf, type LogEntry } from './entry.ts';

/** What a line must know of the poller that it is one of. */
export interface LineOwner {
  readonly mapping: MappingRuntime;
  /** Whether a batch may be formed now. */
  mayRead(world: World): boolean;
  /** Batches of this line at once. */
  atOnce(world: World): number;
  /** A batch succeeded, or is given up. */
  settled(world: World, entries: readonly LogEntry[], isHandled: boolean): void;
  /** A place for one more attempt; false: it has to wait for one. */
  takePlace(world: World): boolean;
  givePlace(world: World): void;
}

export class Line {
  readonly owner: LineOwner;
  private waiting: LogEntry[] = [];
  private head = 0;
  private readonly gathering = new Gathering<LogEntry>();
  private todo: LogBatch[] = [];
  /** Batches in flight, or waiting to be tried again. */
  busy = 0;
  private isLooking = false;
  private lastCompletedAt = 0;
  /** Filtered out since the last batch: committed with it. */
  private passedOver: LogEntry[] = [];
  /** Filtered out, and read again when the mapping is changed, where a target does not commit it. */
  private uncommitted: LogEntry[] = [];

  constructor(owner: LineOwner) {
    this.owner = owner;
  }

  add(entry: LogEntry): void {
    this.waiting.push(entry);
  }

  lookSoon(world: World, withinMs = world.policy.kafkaPollMostSeconds * 1_000): void {
    if (this.isLooking) return;
    this.isLooking = true;
    world.clock.in(1 + world.chance.between(0, withinMs), 'turn', this.look);
  }

  private readonly look: Turn = {
    turn: (world) => {
      this.isLooking = false;
      this.read(world);
    },
  };

  private read(world: World): void {
    if (!this.owner.mayRead(world)) return;
    while (this.busy < this.owner.atOnce(world)) {
      const batch = this.todo.shift() ?? this.gathered(world);
      if (batch === undefined) return;
      if (!this.owner.takePlace(world)) {
        this.todo.unshift(batch);
        return;
      }
      this.busy++;
      batch.begin(world);
    }
  }

  private gathered(world: World): LogBatch | undefined {
    const { gathering, owner } = this;
    const windowMs = windowMsOf(world, owner.mapping);
    const most = batchSizeOf(world, owner.mapping);
    let isCut = false;
    while (this.head < this.waiting.length && gathering.items.length < most && !isCut) {
      const entry = this.waiting[this.head] as LogEntry;
      owner.mapping.polled++;
      if (!isLetThrough(world, owner.mapping, () => entry.document())) {
        owner.mapping.filteredOut++;
        this.passOver(world, entry);
      } else if (gathering.hasRoom(world, entryBytesOf(entry))) {
        if (gathering.items.length === 0) this.openWindow(world, windowMs, entry);
        gathering.add(entry, entryBytesOf(entry));
      } else {
        isCut = true;
        continue;
      }
      this.head++;
    }
    if (this.head > 4_096 && this.head * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
    if (gathering.items.length === 0) return undefined;
    const isFull = isCut || gathering.items.length >= owner.mapping.settings.batchSize;
    if (!isFull && gathering.closesAt > world.clock.now) return undefined;
    const { items } = gathering.take();
    const passed = this.passedOver;
    this.passedOver = [];
    const entries = world.policy.keepsOffsetOrder ? items : items.toReversed();
    if (world.policy.commitsBeforeAttempt) owner.settled(world, items, true);
    return new LogBatch(this, entries, passed);
  }

  /** Of a broker it is acknowledged at once, of a topic committed with the next batch. */
  private passOver(world: World, entry: LogEntry): void {
    if (entry.shard === undefined) this.owner.settled(world, [entry], true);
    else if (world.policy.commitsFiltered) this.passedOver.push(entry);
    else this.uncommitted.push(entry);
  }

  private openWindow(world: World, windowMs: number, { arrivedAt, shard }: LogEntry): void {
    const { gathering } = this;
    const { now } = world.clock;
    if (windowMs === 0) {
      gathering.closesAt = now;
      return;
    }
    const sinceMs = now - this.lastCompletedAt;
    const isOfBroker = shard === undefined;
    const rolling =
      this.lastCompletedAt > 0 && sinceMs < windowMs
        ? this.lastCompletedAt
        : now - world.chance.between(0, windowMs);
    const openedAt =
      isOfBroker && world.policy.mqWindowOpensWithMessage
        ? Math.max(arrivedAt, this.lastCompletedAt)
        : rolling;
    gathering.closesAt = Math.max(now, openedAt + windowMs);
    if (gathering.closesAt > now) world.clock.in(gathering.closesAt - now, 'turn', this.look);
  }

  /** It comes before whatever is gathered. */
  first(batch: LogBatch): void {
    this.todo.unshift(batch);
  }

  completed(world: World): void {
    this.busy--;
    this.lastCompletedAt = world.clock.now;
    this.owner.givePlace(world);
    if (this.todo.length > 0 || this.head < this.waiting.length || this.gathering.items.length > 0)
      this.lookSoon(world);
  }

  rewind(): void {
    if (this.uncommitted.length === 0) return;
    this.waiting = [...this.uncommitted, ...this.waiting.slice(this.head)];
    this.head = 0;
    this.uncommitted = [];
  }

  /** What was not committed is read again from the beginning: the mapping was disabled. */
  giveUp(): void {
    const { items } = this.gathering.take();
    this.waiting = [...items, ...this.waiting.slice(this.head)];
    this.head = 0;
  }
}
