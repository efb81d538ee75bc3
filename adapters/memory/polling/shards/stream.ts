/** Kinesis streams and the streams of DynamoDB tables. */
import type { Json } from '../../../../engine/json.ts';
import {
  type RecordSpec,
  type ReshardStep,
  recordIds,
  type SendStep,
  textOf,
} from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller, Source } from '../source.ts';
import { StreamPoller } from './poller.ts';
import { type Change, StreamRecord } from './record.ts';
import { Shard, shardFor, shardId, shardsOf } from './shard.ts';

abstract class StreamSource implements Source {
  readonly ref: string;
  readonly shards: Shard[];
  protected readonly pollers: StreamPoller[] = [];
  private sequences = 0;

  constructor(ref: string, shards: number) {
    this.ref = ref;
    this.shards = shardsOf(shards);
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(world: World, mapping: MappingRuntime): Poller {
    const poller = new StreamPoller(world, this, mapping);
    this.pollers.push(poller);
    return poller;
  }

  send(world: World, step: SendStep, index: number): void {
    const requestedAt = world.seconds;
    for (const spec of step.records)
      for (const record of spec.times === undefined ? [spec.record] : recordIds(spec)) {
        const at = world.seconds;
        const told = { at, step: index, record, resource: this.ref };
        if (this.exists(world)) this.take(world, spec, record, { ...told, requestedAt });
        else world.recorder.push({ kind: 'unsent', ...told, error: 'ResourceNotFoundException' });
      }
    for (const poller of this.pollers) poller.wake(world);
  }

  protected abstract take(world: World, spec: RecordSpec, record: string, told: Told): void;

  /** Puts a record on its shard, and before all that read it. */
  protected append(
    world: World,
    spec: RecordSpec,
    record: string,
    key: string,
    change: Change | undefined,
  ): StreamRecord {
    const shard = shardFor(this.shards, key) ?? (this.shards[0] as Shard);
    const sequence = `4965${String(++this.sequences).padStart(20, '0')}`;
    const entry = new StreamRecord(record, spec, key, shard.id, sequence, world.clock.now, change);
    shard.records.push(entry);
    for (const poller of this.pollers) poller.take(world, shard, entry);
    return entry;
  }

  reshard(world: World, step: ReshardStep): void {
    const open = this.shards.filter(({ isClosed }) => !isClosed).sort((a, b) => a.from - b.from);
    const place = Math.min(step.shard, open.length - 1);
    const first = open[place];
    if (first === undefined) return;
    const second = step.action === 'merge' ? (open[place + 1] ?? open[place - 1]) : undefined;
    if (step.action === 'merge' && second === undefined) return;
    const parents = second === undefined ? [first] : [first, second];
    for (const parent of parents) parent.isClosed = true;
    const from = Math.min(...parents.map((parent) => parent.from));
    const to = Math.max(...parents.map((parent) => parent.to));
    const middle = (from + to) / 2;
    const spans: readonly (readonly [number, number])[] =
      second === undefined
        ? [
            [from, middle],
            [middle, to],
          ]
        : [[from, to]];
    const children = spans.map(
      ([low, high]) =>
        new Shard(shardId(this.shards.length + spans.findIndex(([one]) => one === low)), low, high, parents),
    );
    this.shards.push(...children);
    world.recorder.push({
      kind: 'resharded',
      at: world.seconds,
      resource: this.ref,
      parents: parents.map(({ id }) => id),
      children: children.map(({ id }) => id),
    });
    for (const poller of this.pollers) poller.readNew(world);
  }

  remaining(): undefined {
    return undefined;
  }
}

interface Told {
  readonly at: number;
  readonly step: number;
  readonly record: string;
  readonly resource: string;
  readonly requestedAt: number;
}

export class KinesisStream extends StreamSource {
  protected override take(world: World, spec: RecordSpec, record: string, told: Told): void {
    const { sequence, shard } = this.append(world, spec, record, spec.key ?? record, undefined);
    world.recorder.push({ kind: 'sent', ...told, id: sequence, shard });
  }
}

type View = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/**
 * A table with a stream. A record is an item with the attributes `id` (its key), `record` (the record's id) and `body`
 * (its text), all of the type S.
 */
export class DynamoTable extends StreamSource {
  private readonly view: View;
  private readonly items = new Map<string, Json>();

  constructor(ref: string, shards: number, view: View) {
    super(ref, shards);
    this.view = view;
  }

  protected override take(world: World, spec: RecordSpec, record: string, told: Told): void {
    const key = spec.key ?? record;
    const before = this.items.get(key);
    const after: Json | undefined =
      spec.change === 'remove'
        ? undefined
        : { id: { S: key }, record: { S: record }, body: { S: textOf(spec, record) } };
    world.recorder.push({ kind: 'sent', ...told });
    if (after === undefined) this.items.delete(key);
    else this.items.set(key, after);
    // AWS, with-ddb.html: what changes nothing is in no stream.
    if (before === undefined && after === undefined) return;
    const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
    const change: Change = { eventName, dynamodb: this.imageOf(key, before, after) };
    this.append(world, spec, record, key, change);
    if (world.policy.changesTwice) this.append(world, spec, record, key, change);
  }

  private imageOf(key: string, before: Json | undefined, after: Json | undefined): Change['dynamodb'] {
    const image: Record<string, Json> = { Keys: { id: { S: key } } };
    const { view } = this;
    if (after !== undefined && (view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES'))
      image['NewImage'] = after;
    if (before !== undefined && (view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES'))
      image['OldImage'] = before;
    image['SizeBytes'] = 26 + key.length;
    image['StreamViewType'] = view;
    return image;
  }
}
