/** Records and failure records of streams, as AWS's pages show them. */
import type { Json } from '../../../engine/json.ts';
import { type RecordSpec, textOf } from '../../../engine/sourceSpec.ts';

/** One record of a test's stream. */
export interface Written {
  readonly spec: RecordSpec;
  readonly at: number;
  readonly shard: number;
  readonly isUnsent: boolean;
}

/** The time at which the scenario began, seconds since 1970: a full minute. */
export const BEGAN_AT = 1_764_028_800;

/** Sequence numbers in the order of the records' names. */
export const sequenceOf = ({ spec }: Written): string => `4${spec.record.slice(1).padStart(20, '0')}`;

export const shardOf = ({ shard }: Written): string => `shardId-${String(shard).padStart(12, '0')}`;

const keyOf = ({ spec }: Written): string => spec.key ?? spec.record;

export const kinesisOf = (record: Written): Json => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey: keyOf(record),
    sequenceNumber: sequenceOf(record),
    data: Buffer.from(textOf(record.spec, record.spec.record)).toString('base64'),
    approximateArrivalTimestamp: BEGAN_AT + record.at,
  },
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: `${shardOf(record)}:${sequenceOf(record)}`,
  eventName: 'aws:kinesis:record',
  eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/s',
});

export const changeOf = (record: Written): Json => {
  const item = {
    id: { S: keyOf(record) },
    record: { S: record.spec.record },
    body: { S: textOf(record.spec, record.spec.record) },
  };
  const isGone = record.spec.change === 'remove';
  return {
    eventID: sequenceOf(record),
    eventName: isGone ? 'REMOVE' : 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(BEGAN_AT + record.at),
      Keys: { id: { S: keyOf(record) } },
      ...(isGone ? { OldImage: item } : { NewImage: item }),
      SequenceNumber: sequenceOf(record),
      SizeBytes: 26,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/s/stream/2025-11-25T00:00:00.000',
  };
};

const isoAt = (seconds: number): string => new Date((BEGAN_AT + seconds) * 1_000).toISOString();

/** What is told of a discarded batch. */
export function failureRecord(
  kind: 'kinesis' | 'dynamodb',
  records: readonly Written[],
  condition: string,
  approximateInvokeCount: number,
): Json {
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) throw new Error('a failure record is about some records');
  const info = {
    shardId: shardOf(first),
    startSequenceNumber: sequenceOf(first),
    endSequenceNumber: sequenceOf(last),
    approximateArrivalOfFirstRecord: isoAt(first.at),
    approximateArrivalOfLastRecord: isoAt(last.at),
    batchSize: records.length,
    streamArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/s',
  };
  return {
    requestContext: {
      requestId: 'c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5',
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      condition,
      approximateInvokeCount,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: isoAt(0),
    ...(kind === 'kinesis' ? { KinesisBatchInfo: info } : { DDBStreamBatchInfo: info }),
  };
}
