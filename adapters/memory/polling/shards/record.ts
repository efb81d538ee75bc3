/** A record of a stream, and what a function sees of it. */

import { changeDocument, documentOf, type FilterDocument } from '../../../../engine/filterPattern.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import { filler, isFiller, type Json } from '../../../../engine/json.ts';
import { type RecordSpec, textOf } from '../../../../engine/sourceSpec.ts';
import { EPOCH_MS } from '../../records.ts';
import { base64Bytes } from '../../sizes.ts';
import type { World } from '../../world.ts';

/** A change of an item, as its stream record has it. */
export interface Change {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb: { readonly [key: string]: Json };
}

export class StreamRecord {
  readonly record: string;
  readonly spec: RecordSpec;
  readonly key: string;
  readonly shard: string;
  /** Of equal length, so that texts compare as numbers do. */
  readonly sequence: string;
  /** Milliseconds of the clock. */
  readonly arrivedAt: number;
  readonly change: Change | undefined;
  /** Attempts that held it. */
  deliveries = 0;

  constructor(
    record: string,
    spec: RecordSpec,
    key: string,
    shard: string,
    sequence: string,
    arrivedAt: number,
    change: Change | undefined,
  ) {
    this.record = record;
    this.spec = spec;
    this.key = key;
    this.shard = shard;
    this.sequence = sequence;
    this.arrivedAt = arrivedAt;
    this.change = change;
  }

  get text(): string {
    return textOf(this.spec, this.record);
  }

  document(): FilterDocument {
    const { change } = this;
    return change === undefined
      ? documentOf('kinesis', this.text)
      : changeDocument(change.eventName, change.dynamodb);
  }
}

const KINESIS_FRAME_BYTES = 520;
const TABLE_FRAME_BYTES = 700;

/** About the bytes of the record's JSON text, and never less. */
export function recordBytesOf({ spec, text, change }: StreamRecord): number {
  const { body } = spec;
  const bytes = isFiller(body) ? body.$filler : Buffer.byteLength(text);
  return change === undefined ? KINESIS_FRAME_BYTES + base64Bytes(bytes) : TABLE_FRAME_BYTES + 4 * bytes;
}

export const seenRecord = ({ record, sequence, shard }: StreamRecord): SeenRecord => ({
  record,
  id: sequence,
  shard,
});

/** The record as the function is given it. AWS, with-kinesis.html and with-ddb.html. */
export function payloadOf(world: World, record: StreamRecord, arn: string): Json {
  const { change, sequence, shard, spec } = record;
  const arrivedSeconds = (EPOCH_MS + record.arrivedAt) / 1_000;
  if (!world.policy.sendsRecordShape) return { data: record.text };
  if (change !== undefined) {
    return {
      eventID: sequence.slice(-24),
      eventName: change.eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(arrivedSeconds),
        SequenceNumber: sequence,
        ...change.dynamodb,
      },
      eventSourceARN: arn,
    };
  }
  const data = isFiller(spec.body)
    ? filler(base64Bytes(spec.body.$filler) + 2)
    : Buffer.from(record.text).toString('base64');
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.key,
      sequenceNumber: sequence,
      data,
      approximateArrivalTimestamp: arrivedSeconds,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shard}:${sequence}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/function',
    awsRegion: 'us-east-1',
    eventSourceARN: arn,
  };
}

/** Stream or table as an ARN. */
export function streamArn(ref: string): string {
  const name = ref.slice(ref.indexOf(':') + 1);
  return ref.startsWith('stream:')
    ? `arn:aws:kinesis:us-east-1:123456789012:stream/${name}`
    : `arn:aws:dynamodb:us-east-1:123456789012:table/${name}/stream/2026-01-01T00:00:00.000`;
}
