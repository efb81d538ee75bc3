/**
 * What is read in order: a partition of a topic, one batch after the other, or a broker's queue, as many batches at
 * once as the broker allows. AWS, with-kafka.html and with-mq.html.
 */
import type { Json } from '../../../../engine/json.ts';
import type { World } from '../../world.ts';
import { batchSizeOf, Gathering, isLetThrough, rollingWindowFrom, windowMsOf } from '../batching.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Turn } from '../source.ts';
import { LogBatch } from './batch.ts';
import type { LogEntry } from './entry.ts';

/** What a line must know of the poller that it is one of. */
export interface LineOwner {
  readonly mapping: MappingRuntime;
  /** Whether a batch may be formed now. */
  mayRead(world: World): boolean;
  /** Batches of one line at once. */
  atOnce(world: World): number;
  /** Whether there is a place for one more attempt. Where there is none, all lines look again when there may be one. */
  hasPlace(world: World): boolean;
  takePlace(): void;
  givePlace(world: World): void;
  /** Other lines whose records may join a batch of this one. */
  othersOf(world: World, line: Line): readonly Line[];
  /** A batch succeeded, or is given up. */
  settled(world: World, entries: readonly LogEntry[], isHandled: boolean): void;
  /** The mapping may not read any more: what is left of a batch; true where the source took it back. */
  takeBack(world: World, entries: readonly LogEntry[]): boolean;
  /** Writes what failed to another topic. */
  produce(world: World, topic: string, failed: LogEntry, body: Json): void;
}

const NO_LINES: readonly Line[] = [];
const NO_ENTRIES: readonly LogEntry[] = [];

export class Line {
  readonly owner: LineOwner;
  private waiting: LogEntry[] = [];
  private head = 0;
  private readonly gathering = new Gathering<LogEntry>();
  /** Batches that come before whatever is gathered. */
  private readonly todo: LogBatch[] = [];
  /** Batches in flight, or waiting to be tried again. */
  private busy = 0;
  private isLooking = false;
  /** Milliseconds of the clock. */
  private lastCompletedAt = Number.NEGATIVE_INFINITY;
  /** Filtered out since the last batch: committed with it. */
  private passedOver: LogEntry[] = [];
  /** Filtered out, and read again when the mapping is changed, where a target does not commit it. */
  private uncommitted: LogEntry[] = [];

  constructor(owner: LineOwner) {
    this.owner = owner;
  }

  /** Nothing of it is in a batch, or waits to be. */
  get isIdle(): boolean {
    return this.busy === 0 && this.todo.length === 0;
  }

  add(entry: LogEntry): void {
    this.waiting.push(entry);
  }

  lookSoon(world: World): void {
    if (this.isLooking) return;
    this.isLooking = true;
    const withinMs = world.policy.kafkaPollMostSeconds * 1_000;
    world.clock.in(1 + world.chance.between(0, withinMs), 'turn', this.look);
  }

  private readonly look: Turn = {
    turn: (world) => {
      this.isLooking = false;
      this.read(world);
    },
  };

  private read(world: World): void {
    const { owner } = this;
    if (!owner.mayRead(world)) return;
    while (this.busy < owner.atOnce(world)) {
      if (!owner.hasPlace(world)) return;
      const batch = this.todo.shift() ?? this.formed(world);
      if (batch === undefined) return;
      owner.takePlace();
      this.busy++;
      batch.begin(world);
    }
  }

  /** The next batch, if it is due. */
  private formed(world: World): LogBatch | undefined {
    const { gathering } = this;
    const isFull = this.gather(world);
    if (gathering.items.length === 0 || (!isFull && gathering.closesAt > world.clock.now)) return undefined;
    const { bytes } = gathering;
    let { items } = gathering.take();
    const passedOver = this.takePassedOver();
    const others = isFull ? NO_LINES : this.owner.othersOf(world, this);
    if (others.length === 0) return this.batchOf(world, items, passedOver, others);
    const joined: Line[] = [];
    let room = world.policy.batchBytes - bytes;
    for (const other of others) {
      const lent = other.lend(world, batchSizeOf(world, this.owner.mapping) - items.length, room);
      if (lent.length === 0) continue;
      for (const entry of lent) room -= entry.bytes + 1;
      items = items.concat(lent);
      joined.push(other);
      passedOver.push(...other.takePassedOver());
    }
    return this.batchOf(world, items, passedOver, joined);
  }

  private batchOf(
    world: World,
    items: LogEntry[],
    passedOver: readonly LogEntry[],
    others: readonly Line[],
  ): LogBatch {
    const entries = world.policy.keepsOffsetOrder ? items : items.toReversed();
    return new LogBatch(this, others, entries, passedOver);
  }

  /** All that is gathered here, for a batch of another line, if it has room for that. Until then this line waits. */
  private lend(world: World, most: number, bytes: number): readonly LogEntry[] {
    if (!this.isIdle || most <= 0) return NO_ENTRIES;
    this.gather(world);
    const { items, bytes: own } = this.gathering;
    if (items.length === 0 || items.length > most || own > bytes) return NO_ENTRIES;
    this.busy++;
    return this.gathering.take().items;
  }

  /** Puts what waits into the batch in the making, as far as it has room; whether it is full. */
  private gather(world: World): boolean {
    const { gathering, owner, waiting } = this;
    const most = batchSizeOf(world, owner.mapping);
    let isCut = false;
    while (this.head < waiting.length && gathering.items.length < most) {
      const entry = waiting[this.head] as LogEntry;
      if (!isLetThrough(world, owner.mapping, () => entry.document())) {
        owner.mapping.filteredOut++;
        this.passOver(world, entry);
      } else if (gathering.hasRoom(world, entry.bytes)) {
        if (gathering.items.length === 0) this.openWindow(world, entry);
        gathering.add(entry, entry.bytes);
      } else {
        isCut = true;
        break;
      }
      owner.mapping.polled++;
      this.head++;
    }
    if (this.head > 4_096 && this.head * 2 > waiting.length) {
      this.waiting = waiting.slice(this.head);
      this.head = 0;
    }
    return isCut || gathering.items.length >= owner.mapping.settings.batchSize;
  }

  /** Of a broker it is acknowledged at once, of a topic committed with the next batch. */
  private passOver(world: World, entry: LogEntry): void {
    if (entry.shard === undefined) this.owner.settled(world, [entry], true);
    else if (world.policy.commitsFiltered) this.passedOver.push(entry);
    else this.uncommitted.push(entry);
  }

  private takePassedOver(): LogEntry[] {
    const passed = this.passedOver;
    if (passed.length > 0) this.passedOver = [];
    return passed;
  }

  /** AWS, invocation-eventsourcemapping.html: of a broker with the first message, else when the last batch was over. */
  private openWindow(world: World, { arrivedAt, shard }: LogEntry): void {
    const { gathering } = this;
    const { now } = world.clock;
    const windowMs = windowMsOf(world, this.owner.mapping);
    if (windowMs === 0) {
      gathering.closesAt = now;
      return;
    }
    const opensWithMessage = shard === undefined && world.policy.mqWindowOpensWithMessage;
    const openedAt = opensWithMessage
      ? Math.max(arrivedAt, this.lastCompletedAt)
      : rollingWindowFrom(world, this.lastCompletedAt, windowMs);
    gathering.closesAt = Math.max(now, openedAt + windowMs);
    if (gathering.closesAt > now) world.clock.in(gathering.closesAt - now, 'turn', this.look);
  }

  /** It comes before whatever is gathered. */
  first(batch: LogBatch): void {
    this.todo.unshift(batch);
  }

  /** The mapping may not read any more: the batch waits until it may, if the source does not take it back. */
  putBack(world: World, batch: LogBatch): void {
    if (!this.owner.takeBack(world, batch.entries)) this.first(batch);
    this.busy--;
    this.owner.givePlace(world);
  }

  completed(world: World): void {
    this.owner.givePlace(world);
    this.released(world);
  }

  /** A batch of another line that had records of this one is over. */
  released(world: World): void {
    this.busy--;
    this.lastCompletedAt = world.clock.now;
    if (this.hasMore) this.lookSoon(world);
  }

  private get hasMore(): boolean {
    return this.todo.length > 0 || this.head < this.waiting.length || this.gathering.items.length > 0;
  }

  rewind(): void {
    if (this.uncommitted.length === 0) return;
    this.waiting = this.uncommitted.concat(this.waiting.slice(this.head));
    this.head = 0;
    this.uncommitted = [];
  }

  /** What was gathered is read again later: the mapping was disabled. */
  ungather(): void {
    const { items } = this.gathering.take();
    if (items.length === 0) return;
    this.waiting = items.concat(this.waiting.slice(this.head));
    this.head = 0;
  }

  /** All that is in no attempt. */
  drained(): LogEntry[] {
    this.ungather();
    const rest = this.waiting.slice(this.head);
    this.waiting = [];
    this.head = 0;
    return this.todo
      .splice(0)
      .flatMap(({ entries }) => entries)
      .concat(rest);
  }
}
