/** What Kinesis streams and the streams of tables have in common: shards, and the pollers that read them. */
import {
  type RecordSpec,
  type ReshardStep,
  recordIds,
  type SendStep,
} from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller, Source } from '../source.ts';
import type { Change } from './item.ts';
import { StreamPoller } from './poller.ts';
import { StreamRecord, streamArn } from './record.ts';
import { Shard, shardFor, shardId, shardsOf } from './shard.ts';

/** Sequence numbers are of equal length and grow: this stands before a number of 16 digits. */
const SEQUENCE_PREFIX = '4965982715031415926535897932384626433832';
const SEQUENCE_BASE = 1_000_000_000_000_000;

export abstract class StreamSource implements Source {
  readonly ref: string;
  readonly arn: string;
  /** All that there ever were. */
  readonly shards: Shard[];
  /** Those that take records, in the order of their places. */
  private open: Shard[];
  protected readonly pollers: StreamPoller[] = [];
  private sequences = 0;

  constructor(ref: string, shards: number) {
    this.ref = ref;
    this.arn = streamArn(ref);
    this.shards = shardsOf(shards);
    this.open = this.shards.slice();
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(world: World, mapping: MappingRuntime): Poller {
    const poller = new StreamPoller(world, this, mapping);
    this.pollers.push(poller);
    return poller;
  }

  /** The place of a poller among those that read the stream, from 0: mappings that are enabled. */
  placeOf(poller: StreamPoller): number {
    return this.pollers.filter(({ mapping }) => mapping.isActive).indexOf(poller);
  }

  send(world: World, step: SendStep, index: number): void {
    for (const spec of step.records) {
      for (const record of recordIds(spec)) this.write(world, spec, record, index);
    }
    for (const poller of this.pollers) poller.wake(world);
  }

  private write(world: World, spec: RecordSpec, record: string, step: number): void {
    const error = this.exists(world) ? this.take(world, spec, record, step) : 'ResourceNotFoundException';
    if (error !== undefined)
      world.recorder.push({ kind: 'unsent', at: world.seconds, step, record, resource: this.ref, error });
  }

  /** Takes the record, and tells that it was sent; or tells why it is not taken. */
  protected abstract take(world: World, spec: RecordSpec, record: string, step: number): string | undefined;

  /** Puts a record on its shard, and before all that read it. */
  protected append(
    world: World,
    spec: RecordSpec,
    record: string,
    key: string,
    change: Change | undefined,
    bytes: number,
  ): StreamRecord {
    const shard = shardFor(this.open, key);
    const isOfShard = world.policy.numbersEachShard && change === undefined;
    const sequence = SEQUENCE_PREFIX + (SEQUENCE_BASE + (isOfShard ? ++shard.sequence : ++this.sequences));
    const entry = new StreamRecord(record, spec, key, shard, sequence, world.clock.now, change, bytes);
    shard.records.push(entry);
    for (const poller of this.pollers) poller.take(world, entry);
    return entry;
  }

  /**
   * AWS, Kinesis: a shard is split in two at the middle of its places, or merged with the one that follows (the last
   * one with the one before it); these are closed then.
   */
  reshard(world: World, step: ReshardStep): void {
    const { open } = this;
    const isMerge = step.action === 'merge';
    if (!this.exists(world) || (isMerge && open.length < 2)) return;
    const place = Math.min(step.shard, open.length - (isMerge ? 2 : 1));
    const parents = open.slice(place, place + (isMerge ? 2 : 1));
    const from = parents[0]?.from ?? 0;
    const to = parents[parents.length - 1]?.to ?? 0;
    const middle = Math.floor((from + to) / 2);
    const children = isMerge
      ? [this.add(from, to, parents)]
      : [this.add(from, middle, parents), this.add(middle, to, parents)];
    for (const parent of parents) parent.isClosed = true;
    open.splice(place, parents.length, ...children);
    world.recorder.push({
      kind: 'resharded',
      at: world.seconds,
      resource: this.ref,
      parents: parents.map(({ id }) => id),
      children: children.map(({ id }) => id),
    });
    for (const poller of this.pollers) poller.readNew(world, children);
  }

  private add(from: number, to: number, parents: readonly Shard[]): Shard {
    const shard = new Shard(shardId(this.shards.length), from, to, parents);
    this.shards.push(shard);
    return shard;
  }

  /** No API tells how far a mapping has read. */
  remaining(): undefined {
    return undefined;
  }
}
