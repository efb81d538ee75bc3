/** What reads a stream for one mapping: each shard by itself, children when their parents are done. */
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller } from '../source.ts';
import { isPermitted } from '../steps.ts';
import { Lane } from './lane.ts';
import type { StreamRecord } from './record.ts';
import { placeOf, type Shard } from './shard.ts';

/** What a poller must know of its stream. */
export interface Sharded {
  readonly ref: string;
  readonly shards: readonly Shard[];
  exists(world: World): boolean;
}

/** One shard, read for one mapping, on as many lanes as its factor says. */
interface Reader {
  readonly shard: Shard;
  lanes: Lane[];
  /** Another factor is wanted, as soon as no lane is busy. */
  wanted: number;
}

export class StreamPoller implements Poller {
  readonly stream: Sharded;
  readonly mapping: MappingRuntime;
  private readonly readers = new Map<string, Reader>();
  /** A lane waits to try again: where a target errs, all others wait with it. */
  retrying = 0;

  constructor(world: World, stream: Sharded, mapping: MappingRuntime) {
    this.stream = stream;
    this.mapping = mapping;
    for (const shard of stream.shards) this.open(world, shard, this.firstOf(world, shard));
  }

  /** Where the starting position is in a shard: the index of the first record that is read. */
  private firstOf(world: World, { records }: Shard): number {
    const { startingPosition, startingAtSeconds } = this.mapping.settings;
    if (startingPosition === 'LATEST') {
      const isOld = ({ arrivedAt }: StreamRecord) => this.mapping.createdAt < 0 || arrivedAt >= 0;
      return world.policy.latestReadsAll ? 0 : records.filter(isOld).length;
    }
    if (startingPosition === 'AT_TIMESTAMP') {
      const from = 1_000 * (startingAtSeconds ?? 0);
      const first = records.findIndex(({ arrivedAt }) => arrivedAt >= from);
      return first < 0 ? records.length : first;
    }
    return Math.min(world.policy.horizonSkips, records.length);
  }

  private open(world: World, shard: Shard, first: number): void {
    const count = this.factor(world);
    const reader: Reader = { shard, lanes: this.lanesOf(shard, count), wanted: count };
    this.readers.set(shard.id, reader);
    for (let at = first; at < shard.records.length; at++) {
      const record = shard.records[at];
      if (record !== undefined) this.laneFor(world, reader, record)?.add(record);
    }
  }

  private lanesOf(shard: Shard, count: number): Lane[] {
    return Array.from({ length: count }, () => new Lane(this, shard));
  }

  private factor(world: World): number {
    return this.mapping.settings.parallelizationFactor + world.policy.extraLanes;
  }

  private laneFor(world: World, { lanes }: Reader, { key, sequence }: StreamRecord): Lane | undefined {
    if (lanes.length === 1) return lanes[0];
    const place = world.policy.lanesByKey ? placeOf(key) : Number(sequence.slice(-9));
    return lanes[place % lanes.length];
  }

  /** A record is on a shard. */
  take(world: World, shard: Shard, record: StreamRecord): void {
    const reader = this.readers.get(shard.id);
    if (reader !== undefined) this.laneFor(world, reader, record)?.add(record);
  }

  wake(world: World): void {
    for (const { lanes } of this.readers.values()) for (const lane of lanes) lane.lookSoon(world);
  }

  /** There are new shards: read from their beginning. */
  readNew(world: World): void {
    for (const shard of this.stream.shards) if (!this.readers.has(shard.id)) this.open(world, shard, 0);
    this.wake(world);
  }

  resume(world: World): void {
    const wanted = this.factor(world);
    for (const reader of this.readers.values()) {
      reader.wanted = wanted;
      this.relay(world, reader);
    }
    this.wake(world);
  }

  pause(): void {
    for (const { lanes } of this.readers.values()) for (const lane of lanes) lane.giveUpGathering();
  }

  /** The lanes anew, when their number has changed and none is busy: order per key holds over the change. */
  private relay(world: World, reader: Reader): void {
    if (reader.wanted === reader.lanes.length || reader.lanes.some(({ isBusy }) => isBusy)) return;
    const waiting = reader.lanes.flatMap((lane) => lane.takeAll());
    waiting.sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    reader.lanes = this.lanesOf(reader.shard, reader.wanted);
    for (const record of waiting) this.laneFor(world, reader, record)?.add(record);
  }

  /** Whether a batch of the shard may be formed now. */
  mayRead(world: World, shard: Shard, lane: Lane): boolean {
    const { mapping, stream } = this;
    const { policy } = world;
    if (!mapping.isActive && policy.honoursDisabling) return false;
    if (
      !stream.exists(world) ||
      !mapping.owner.resource.exists ||
      !isPermitted(world, mapping.owner.name, stream.ref)
    )
      return false;
    const reader = this.readers.get(shard.id);
    if (reader !== undefined && reader.wanted !== reader.lanes.length) {
      this.relay(world, reader);
      if (!reader.lanes.includes(lane)) return false;
    }
    if (policy.failuresBlockAllShards && this.retrying > 0) return false;
    return policy.readsChildrenAtOnce || shard.parents.every((parent) => this.isDone(parent));
  }

  private isDone(shard: Shard): boolean {
    const reader = this.readers.get(shard.id);
    return reader === undefined || reader.lanes.every((lane) => lane.isDone);
  }

  /** A lane is done with a batch: others may have waited for that. */
  completed(world: World, shard: Shard): void {
    if (world.policy.failuresBlockAllShards || (shard.isClosed && this.isDone(shard))) this.wake(world);
  }
}
