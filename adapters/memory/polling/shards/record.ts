/** A record of a stream, and what a function sees of it. */
import { changeDocument, documentOf, type FilterDocument } from '../../../../engine/filterPattern.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import { filler, isFiller, type Json } from '../../../../engine/json.ts';
import { type RecordSpec, textOf } from '../../../../engine/sourceSpec.ts';
import type { Policy } from '../../policy.ts';
import { EPOCH_MS } from '../../records.ts';
import { base64Bytes } from '../../sizes.ts';
import type { World } from '../../world.ts';
import { type Change, imagesOf, shownOf } from './item.ts';
import type { Shard } from './shard.ts';

export class StreamRecord {
  /** The scenario's. */
  readonly record: string;
  readonly spec: RecordSpec;
  /** Partition key, or key of the item. */
  readonly key: string;
  readonly shard: Shard;
  /** Of equal length, so that texts compare as numbers do; unique in its stream. */
  readonly sequence: string;
  /** Milliseconds of the clock. */
  readonly arrivedAt: number;
  /** Of a table. */
  readonly change: Change | undefined;
  /** Bytes of its JSON text, and never less. */
  readonly bytes: number;
  /** Attempts that held it. */
  deliveries = 0;
  /** As functions are given it; made when it is first needed. */
  private json: Json | undefined = undefined;
  /** What filter patterns are held against; made when it is first needed. */
  private filterable: FilterDocument | undefined = undefined;

  constructor(
    record: string,
    spec: RecordSpec,
    key: string,
    shard: Shard,
    sequence: string,
    arrivedAt: number,
    change: Change | undefined,
    bytes: number,
  ) {
    this.record = record;
    this.spec = spec;
    this.key = key;
    this.shard = shard;
    this.sequence = sequence;
    this.arrivedAt = arrivedAt;
    this.change = change;
    this.bytes = bytes;
  }

  get text(): string {
    return textOf(this.spec, this.record);
  }

  document(): FilterDocument {
    const { change } = this;
    this.filterable ??=
      change === undefined
        ? documentOf('kinesis', this.text)
        : changeDocument(change.eventName, imagesOf(change, this.key, true));
    return this.filterable;
  }

  /** As a function is given it: the same in every attempt. */
  payload({ policy }: World, arn: string): Json {
    this.json ??= policy.sendsRecordShape ? payloadOf(policy, this, arn) : { data: this.text };
    return this.json;
  }
}

const KINESIS_FRAME_BYTES = 640;
const TABLE_FRAME_BYTES = 620;

/** Bytes of what is sent to a stream. */
export const dataBytesOf = (spec: RecordSpec, record: string): number =>
  isFiller(spec.body) ? spec.body.$filler : Buffer.byteLength(textOf(spec, record));

/** The bytes of a record's JSON text, and never less. */
export const kinesisBytes = (dataBytes: number, key: string): number =>
  KINESIS_FRAME_BYTES + base64Bytes(dataBytes) + 2 * key.length;

export function changeBytes(change: Change, key: string): number {
  const { before, after } = shownOf(change);
  return TABLE_FRAME_BYTES + 2 * key.length + (before?.textBytes ?? 0) + (after?.textBytes ?? 0);
}

/** Who the record is, for the history. A change of a table does not tell its shard. */
export const seenRecord = ({ record, sequence, shard, change }: StreamRecord): SeenRecord =>
  change === undefined ? { record, id: sequence, shard: shard.id } : { record, id: sequence };

/** AWS, with-kinesis.html and with-ddb.html. */
function payloadOf(policy: Policy, record: StreamRecord, eventSourceARN: string): Json {
  const { change, sequence } = record;
  if (change !== undefined) {
    return {
      eventID: sequence.slice(-24),
      eventName: change.eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor((EPOCH_MS + record.arrivedAt) / 1_000),
        SequenceNumber: sequence,
        ...imagesOf(change, record.key, policy.honoursStreamView),
      },
      eventSourceARN,
    };
  }
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.key,
      sequenceNumber: sequence,
      data: dataOf(record, policy.encodesData),
      approximateArrivalTimestamp: (EPOCH_MS + record.arrivedAt) / 1_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${record.shard.id}:${sequence}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/function',
    awsRegion: 'us-east-1',
    eventSourceARN,
  };
}

function dataOf({ spec, text }: StreamRecord, isEncoded: boolean): Json {
  if (isFiller(spec.body)) return filler(base64Bytes(spec.body.$filler) + 2);
  return isEncoded ? Buffer.from(text).toString('base64') : text;
}

/** Stream or table as an ARN. */
export function streamArn(ref: string): string {
  const name = ref.slice(ref.indexOf(':') + 1);
  return ref.startsWith('stream:')
    ? `arn:aws:kinesis:us-east-1:123456789012:stream/${name}`
    : `arn:aws:dynamodb:us-east-1:123456789012:table/${name}/stream/2026-01-01T00:00:00.000`;
}
