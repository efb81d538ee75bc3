/** What arrives at the on-failure destination of a mapping about a discarded batch, as a conforming target sends it. */
import type { Delivered } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { arnOf } from './payloads.ts';
import type { Placed } from './places.ts';

/** A failure record, as a line of the notation tells it. */
export interface Told {
  readonly at: number;
  readonly mapping: string;
  /** `queue:failed`, … */
  readonly resource: string;
  readonly records: readonly Placed[];
  /** `RetryAttemptsExhausted`, `RecordAgeExceeded`, `RetriesExhausted`, … */
  readonly condition: string;
  /** approximateInvokeCount. */
  readonly count: number;
  /** Of the last attempt; undefined: there was none. */
  readonly requestId: string | undefined;
  /** The whole event: what S3 and Kafka get. */
  readonly payload: Json;
}

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const EPOCH_MS = Date.UTC(2025, 10, 24, 12);
const isoOf = (seconds: number): string => new Date(EPOCH_MS + 1_000 * seconds).toISOString();

/** AWS, kinesis-on-failure-destination.html, kafka-on-failure-destination.html. */
export function failureEntry(told: Told): Delivered {
  const { at, mapping, resource, condition, count, requestId, records } = told;
  const requestContext = {
    requestId: requestId ?? 'r-none',
    functionArn: FUNCTION_ARN,
    condition,
    approximateInvokeCount: count,
  };
  // Recorded from AWS: records that are too old have no responseContext.
  const response: Record<string, Json> =
    condition === 'RecordAgeExceeded' || requestId === undefined
      ? {}
      : { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' } };
  const record: Record<string, Json> = {
    requestContext,
    ...response,
    version: '1.0',
    timestamp: isoOf(at),
    ...placeOf(records),
  };
  const hasPayload = resource.startsWith('bucket:') || resource.startsWith('kafka:');
  const body = hasPayload ? { ...record, payload: told.payload } : record;
  const delivered = { kind: 'delivered', at, resource, mapping, body } as const;
  if (!resource.startsWith('bucket:')) return delivered;
  const second = isoOf(at).slice(0, 19).replaceAll(':', '.');
  const day = isoOf(at).slice(0, 10).replaceAll('-', '/');
  const shard = records[0]?.shard ?? 'none';
  return { ...delivered, objectKey: `aws/lambda/mapping-${mapping}/${shard}/${day}/${second}-1` };
}

/** Where in its source the batch was. */
function placeOf(records: readonly Placed[]): Record<string, Json> {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) return {};
  if (first.kind === 'kafka')
    return { KafkaBatchInfo: { batchSize: records.length, eventSourceArn: arnOf(first.resource) } };
  const shown = (placed: Placed) =>
    first.kind === 'dynamodb' ? `${isoOf(placed.sentAt).slice(0, 19)}Z` : isoOf(placed.sentAt);
  const info = {
    shardId: first.shard ?? '',
    startSequenceNumber: first.id,
    endSequenceNumber: last.id,
    approximateArrivalOfFirstRecord: shown(first),
    approximateArrivalOfLastRecord: shown(last),
    batchSize: records.length,
    streamArn: arnOf(first.resource),
  };
  return first.kind === 'dynamodb' ? { DDBStreamBatchInfo: info } : { KinesisBatchInfo: info };
}
