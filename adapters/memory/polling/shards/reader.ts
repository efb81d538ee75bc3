/**
 * What reads one shard for a mapping, on one lane, or with a parallelization factor on so many: a key is always on the
 * same one, so that the order of its records is kept. AWS, services-kinesis-create.html: ParallelizationFactor.
 */
import type { Json } from '../../../../engine/json.ts';
import type { World } from '../../world.ts';
import { mayRead } from '../reading.ts';
import type { Turn } from '../source.ts';
import { Lane } from './lane.ts';
import type { StreamPoller } from './poller.ts';
import type { StreamRecord } from './record.ts';
import { placeOf, type Shard } from './shard.ts';
import type { TumblingWindow } from './tumbling.ts';

/** How long a reader of a table waits that others hold up: no page says. */
const HELD_UP_SECONDS = 60;

export class ShardReader implements Turn {
  readonly poller: StreamPoller;
  readonly shard: Shard;
  lanes: readonly Lane[];
  /** The tumbling window that is open. */
  window: TumblingWindow | undefined = undefined;
  /** The state that the last one has left, for targets that keep it. */
  leftState: Json | undefined = undefined;
  /** The shard is closed, and all of it is done: children may begin. */
  private isDone = false;
  private isLooking = false;
  private readonly parents: readonly ShardReader[];
  private readonly children: ShardReader[] = [];

  constructor(world: World, poller: StreamPoller, shard: Shard, first: number) {
    this.poller = poller;
    this.shard = shard;
    this.parents = poller.readers.filter((reader) => shard.parents.includes(reader.shard));
    for (const parent of this.parents) parent.children.push(this);
    this.lanes = lanesOf(this, this.factor(world));
    this.fill(world, first);
    this.finishIfDone(world);
  }

  private fill(world: World, first: number): void {
    const { records } = this.shard;
    for (let at = first; at < records.length; at++) {
      const record = records[at];
      if (record !== undefined) this.add(world, record);
    }
  }

  /** How many lanes there should be. */
  private factor(world: World): number {
    const { parallelizationFactor, tumblingWindowSeconds } = this.poller.mapping.settings;
    // The state of a tumbling window is the shard's: its attempts follow one another.
    return (tumblingWindowSeconds > 0 ? 1 : parallelizationFactor) + world.policy.extraLanes;
  }

  add(world: World, record: StreamRecord): void {
    const isOvertaking = record.change !== undefined && !world.policy.changesInOrder;
    this.laneFor(world, record)?.add(record, isOvertaking);
  }

  private laneFor(world: World, { key }: StreamRecord): Lane | undefined {
    const { lanes } = this;
    if (lanes.length === 1) return lanes[0];
    return lanes[world.policy.lanesByKey ? placeOf(key) % lanes.length : world.chance.index(lanes.length)];
  }

  /** A poll is due some time from now. Nobody polls a shard without anything to do. */
  lookSoon(world: World): void {
    if (this.isLooking || this.isIdle) return;
    this.isLooking = true;
    world.clock.in(world.chance.between(1, this.longestPollMs(world)), 'turn', this);
  }

  private longestPollMs({ policy }: World): number {
    const { stream } = this.poller;
    if (stream.ref.startsWith('stream:')) return 1_000 * policy.kinesisPollMostSeconds;
    // AWS, with-ddb.html: more than two functions on a shard of a table can be throttled.
    const isHeldUp = stream.placeOf(this.poller) >= policy.readersOfTables;
    return 1_000 * (isHeldUp ? HELD_UP_SECONDS : policy.tablePollMostSeconds);
  }

  turn(world: World): void {
    this.isLooking = false;
    this.advance(world);
  }

  /** The mapping acts, perhaps with other settings: what was in no attempt yet is gathered by these. */
  resume(world: World): void {
    for (const lane of this.lanes) lane.giveBack();
    this.lookSoon(world);
    this.finishIfDone(world);
  }

  /** Each lane goes on, if it may. */
  advance(world: World): void {
    const { mapping, stream } = this.poller;
    if (!mayRead(world, mapping, stream) || !this.mayBegin(world) || !this.isInLanes(world)) return;
    const { failuresBlockAllShards } = world.policy;
    if (failuresBlockAllShards && this.poller.isFailingBeside(this)) return;
    for (const lane of this.lanes) lane.advance(world);
    this.finishIfDone(world);
  }

  /** AWS: a shard that came of others is read when these have been read to their end. */
  private mayBegin(world: World): boolean {
    if (world.policy.readsChildrenAtOnce) return true;
    for (const parent of this.parents) if (!parent.isDone) return false;
    return true;
  }

  /** Another factor binds when no attempt is in flight: then what waits is spread anew, in its order. */
  private isInLanes(world: World): boolean {
    const count = this.factor(world);
    const { lanes } = this;
    if (lanes.length === count) return true;
    for (const lane of lanes) if (lane.isInFlight) return false;
    const waiting = lanes.flatMap((lane) => lane.takeAll());
    waiting.sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    this.lanes = lanesOf(this, count);
    for (const record of waiting) this.add(world, record);
    return true;
  }

  get isFailing(): boolean {
    return this.lanes.some((lane) => lane.isFailing);
  }

  private get isIdle(): boolean {
    if (this.window !== undefined) return false;
    for (const lane of this.lanes) if (!lane.isEmpty) return false;
    return true;
  }

  /** Nothing is left of the shard, but perhaps its window. */
  get isAtEnd(): boolean {
    if (!this.shard.isClosed) return false;
    for (const lane of this.lanes) if (!lane.isEmpty) return false;
    return true;
  }

  private finishIfDone(world: World): void {
    if (this.isDone || !this.isAtEnd) return;
    if (this.window !== undefined) {
      if (world.policy.shardEndClosesWindow) return;
      this.window = undefined;
    }
    this.isDone = true;
    for (const child of this.children) {
      if (world.policy.childrenKeepState) child.leftState = this.leftState;
      child.lookSoon(world);
      child.finishIfDone(world);
    }
  }

  /** What no target should do: goes on at another record than where it stopped. */
  jumpTo(world: World, first: number): void {
    this.lanes = lanesOf(this, this.factor(world));
    this.fill(world, first);
  }
}

const lanesOf = (reader: ShardReader, count: number): Lane[] =>
  Array.from({ length: count }, () => new Lane(reader));
