/** A topic of Kafka with its partitions and consumer groups. AWS, with-kafka.html, kafka-consumer-group-id.html. */
import type { Json } from '../../../../engine/json.ts';
import { type RecordSpec, recordIds, type SendStep } from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { placeOf } from '../shards/shard.ts';
import type { Poller, Source } from '../source.ts';
import { LogEntry } from './entry.ts';
import { KafkaPoller } from './kafkaPoller.ts';

const NO_PLAN: RecordSpec['plan'] = ['ok'];

export class KafkaTopic implements Source {
  readonly ref: string;
  readonly partitions: readonly LogEntry[][];
  /** By group: the offset that it has committed in each partition, the next one to be read; undefined: none yet. */
  private readonly groups = new Map<string, (number | undefined)[]>();
  private readonly pollers: KafkaPoller[] = [];

  constructor(ref: string, partitions: number, committed: Readonly<Record<string, number>>) {
    this.ref = ref;
    this.partitions = Array.from({ length: partitions }, () => []);
    for (const [group, offset] of Object.entries(committed))
      this.groups.set(group, new Array<number>(partitions).fill(offset));
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(world: World, mapping: MappingRuntime): Poller {
    const poller = new KafkaPoller(world, this, mapping);
    this.pollers.push(poller);
    return poller;
  }

  /** Where the group goes on in a partition; undefined where there is no such group, or it has committed none of it. */
  committed(group: string, partition: number): number | undefined {
    return this.groups.get(group)?.[partition];
  }

  commit(group: string, entries: readonly LogEntry[]): void {
    let offsets = this.groups.get(group);
    if (offsets === undefined) {
      offsets = this.partitions.map(() => undefined);
      this.groups.set(group, offsets);
    }
    for (const { partition, offset } of entries)
      if (offset >= (offsets[partition] ?? 0)) offsets[partition] = offset + 1;
  }

  send(world: World, step: SendStep, index: number): void {
    const told = { at: world.seconds, requestedAt: world.seconds, step: index, resource: this.ref };
    const exists = this.exists(world);
    for (const spec of step.records) {
      for (const record of recordIds(spec)) {
        if (exists) {
          const { offset, shard = '' } = this.append(world, spec, record, spec.key ?? record);
          world.recorder.push({ kind: 'sent', ...told, record, id: String(offset), shard });
        } else {
          const { at, step: place, resource } = told;
          const error = 'UnknownTopicOrPartition';
          world.recorder.push({ kind: 'unsent', at, step: place, record, resource, error });
        }
      }
    }
    this.wake(world);
  }

  /** What a mapping writes that has failed with a record: under the record's key. */
  produced(world: World, { spec, record }: LogEntry, body: Json): void {
    const key = spec.key ?? record;
    this.append(world, { record, key, text: JSON.stringify(body), plan: NO_PLAN }, '', key);
    this.wake(world);
  }

  private append(world: World, spec: RecordSpec, record: string, key: string): LogEntry {
    const partition = (spec.partition ?? placeOf(key)) % this.partitions.length;
    const log = this.partitions[partition] as LogEntry[];
    const shard = `${this.ref.slice('kafka:'.length)}-${partition}`;
    const entry = new LogEntry(record, spec, partition, log.length, shard, world.clock.now);
    log.push(entry);
    for (const poller of this.pollers) poller.take(entry);
    return entry;
  }

  private wake(world: World): void {
    for (const poller of this.pollers) poller.wake(world);
  }

  /** No API of Lambda tells how far a group has read. */
  remaining(): undefined {
    return undefined;
  }
}
