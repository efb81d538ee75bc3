/** Which id and which shard each source of a notation's history gives to the records that are sent to it. */
import type { SeenRecord } from '../../../engine/history.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import { type RecordSpec, type SourceKind, sourceKind } from '../../../engine/sourceSpec.ts';

/** A record as its source has it. */
export interface Placed {
  readonly record: string;
  readonly spec: RecordSpec;
  readonly resource: string;
  readonly kind: SourceKind;
  readonly sentAt: number;
  /** SQS message id, sequence number, offset, message id of a broker. */
  readonly id: string;
  /** Undefined for queues. */
  readonly shard: string | undefined;
  /** Tables: what the change does, and to which item. */
  readonly change: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** Tables: the record whose item was there before. */
  readonly before: Placed | undefined;
}

const SHARD_ID = 'shardId-';

/** `1` as the id of a stream's shard: `shardId-000000000001`; an id stays as it is. */
export const shardId = (shard: string): string =>
  shard.startsWith(SHARD_ID) ? shard : `${SHARD_ID}${shard.padStart(12, '0')}`;

/** The place of a record of a topic, as batch responses write it: `orders-0`. */
const partitionId = (resource: string, partition: string): string =>
  `${resource.slice('kafka:'.length)}-${partition}`;

/** A place in a source, by a word of the notation: a shard of a stream or table, a partition of a topic. */
export const placeIn = (resource: string, word: string): string =>
  sourceKind(resource) === 'kafka' ? partitionId(resource, word) : shardId(word);

/** Gives out ids, shards and offsets in the order in which records are sent. */
export class Places {
  private readonly byRecord = new Map<string, Placed>();
  private readonly offsets = new Map<string, number>();
  private readonly items = new Map<string, Placed>();
  private sequence = 0;

  of(record: string): Placed | undefined {
    return this.byRecord.get(record);
  }

  /** @param on the shard or partition to which it goes; the first one where nothing is said */
  place(record: string, spec: RecordSpec, resource: string, sentAt: number, on: string | undefined): Placed {
    const kind = sourceKind(resource);
    if (kind === undefined) throw new Error(`Lambda does not poll ${resource}`);
    const shard = this.shardOf(kind, resource, spec, on);
    const itemKey = `${resource} ${spec.key ?? record}`;
    const before = this.items.get(itemKey);
    const change = spec.change === 'remove' ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY';
    const id = this.idOf(kind, record, shard);
    const placed: Placed = { record, spec, resource, kind, sentAt, id, shard, change, before };
    this.byRecord.set(record, placed);
    if (change === 'REMOVE') this.items.delete(itemKey);
    else this.items.set(itemKey, placed);
    return placed;
  }

  private shardOf(
    kind: SourceKind,
    resource: string,
    spec: RecordSpec,
    on: string | undefined,
  ): string | undefined {
    if (kind === 'sqs' || kind === 'mq') return undefined;
    return placeIn(resource, on ?? String(spec.partition ?? 0));
  }

  private idOf(kind: SourceKind, record: string, shard: string | undefined): string {
    switch (kind) {
      case 'sqs':
      case 'mq':
        return `m-${record}`;
      case 'kinesis':
      case 'dynamodb':
        return `49${String(++this.sequence).padStart(19, '0')}`;
      case 'kafka': {
        const offset = this.offsets.get(shard ?? '') ?? 0;
        this.offsets.set(shard ?? '', offset + 1);
        return String(offset);
      }
    }
  }
}

/** Who a record is, for a history. The event of a table does not tell its shard. */
export function seenAs(placed: Placed, receiveCount: number): SeenRecord {
  const { record, id, shard, kind } = placed;
  if (kind === 'sqs') return { record, id, receiveCount };
  return kind === 'dynamodb' || shard === undefined ? { record, id } : { record, id, shard };
}

/** What RabbitMQ and ActiveMQ differ in, as the scenario declares the queue. */
export const engineOf = (scenario: Scenario, resource: string): 'activeMq' | 'rabbitMq' =>
  scenario.brokerQueues?.find(({ name }) => `broker:${name}` === resource)?.engine ?? 'activeMq';
