/** Records of failure: what was discarded, told to the on-failure destination. AWS, kinesis-on-failure-destination.html. */
import type { Json } from '../../../../engine/json.ts';
import { functionArn } from '../../qualifiers.ts';
import { EPOCH_MS, isoTime } from '../../records.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { mayWrite } from '../steps.ts';
import type { StreamBatch } from './batch.ts';
import type { StreamRecord } from './record.ts';

/** The last attempt of what was discarded. */
export interface Failed {
  readonly requestId: string;
  readonly version: string;
  readonly isError: boolean;
}

const LATENCY_LEAST_MS = 5;

/** Tells the mapping's destination, if it has one and that is there. Without it the records are dropped. */
export function reportFailure(
  world: World,
  batch: StreamBatch,
  records: readonly StreamRecord[],
  condition: string,
  hasResponse: boolean,
): void {
  const { mapping } = batch;
  const { policy } = world;
  const { onFailure } = mapping.settings;
  if (records.length === 0) return;
  if (onFailure === undefined || !policy.sendsBatchRecords) {
    mapping.dropped += records.length;
    return;
  }
  const told = policy.batchRecordsOfWholeBatch ? batch.whole : records;
  const body = recordOf(world, batch, told, condition, hasResponse);
  const isBucket = onFailure.startsWith('bucket:');
  if (isBucket ? policy.bucketRecordsHavePayload : policy.batchRecordsHaveData)
    body['payload'] = payloadOf(world, batch, told);
  const mostMs = Math.max(LATENCY_LEAST_MS, policy.batchRecordMostSeconds * 1_000);
  world.clock.in(world.chance.between(LATENCY_LEAST_MS, mostMs), 'turn', {
    turn: () => deliver(world, batch, onFailure, body, records.length),
  });
}

/** The guide shows the event as a text in S3 objects, a recorded object has it as it is: either is drawn. */
function payloadOf(world: World, { lane }: StreamBatch, records: readonly StreamRecord[]): Json {
  const { arn } = lane.reader.poller.stream;
  const event = { Records: records.map((record) => record.payload(world, arn)) };
  return world.chance.isTrue(0.5) ? JSON.stringify(event) : event;
}

function deliver(world: World, batch: StreamBatch, resource: string, body: Json, count: number): void {
  const { mapping } = batch;
  // AWS: what cannot be delivered is dropped, and processing goes on.
  if (!isTakenBy(world, mapping, resource)) {
    mapping.owner.deliveryFailures++;
    mapping.dropped += count;
    return;
  }
  const told = { kind: 'delivered', at: world.seconds, resource, mapping: mapping.name, body } as const;
  if (!resource.startsWith('bucket:')) world.recorder.push(told);
  else world.recorder.push({ ...told, objectKey: objectKey(world, batch) });
}

/** Whether the mapping's destination takes records: it is there, it is standard, and the role may write to it. */
export const isTaken = (world: World, mapping: MappingRuntime): boolean =>
  isTakenBy(world, mapping, mapping.settings.onFailure ?? '');

function isTakenBy(world: World, { owner }: MappingRuntime, resource: string): boolean {
  const state = world.account.resources.get(resource);
  if (state?.exists !== true || state.isFifo) return false;
  if (state.kind !== 'queue' && state.kind !== 'topic' && state.kind !== 'bucket') return false;
  return mayWrite(world, owner.name, resource);
}

/** AWS: `aws/lambda/<mapping's UUID>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>`. */
function objectKey(world: World, { mapping, lane }: StreamBatch): string {
  const time = isoTime(world);
  const day = time.slice(0, 10).replaceAll('-', '/');
  const place = `${mapping.uuid}/${lane.reader.shard.id}`;
  const second = time.slice(0, 19).replaceAll(':', '.');
  return `${world.policy.batchObjectKeyPrefix}${place}/${day}/${second}-${world.nextRequestId()}`;
}

function recordOf(
  world: World,
  batch: StreamBatch,
  records: readonly StreamRecord[],
  condition: string,
  hasResponse: boolean,
): Record<string, Json> {
  const { mapping, last, attempts } = batch;
  const { policy } = world;
  const body: Record<string, Json> = {
    requestContext: {
      requestId: last?.requestId ?? world.nextRequestId(),
      // Recorded: as the mapping names it, which may be without a qualifier.
      functionArn: functionArn(mapping.owner.name, mapping.settings.qualifier),
      condition,
      // Recorded: 1 for records that were in no attempt.
      approximateInvokeCount: Math.max(1, attempts) + policy.batchCountShift,
    },
  };
  if (hasResponse && last !== undefined && policy.batchRecordsHaveResponse)
    body['responseContext'] = {
      statusCode: 200,
      executedVersion: last.version,
      functionError: last.isError ? 'Unhandled' : null,
    };
  body['version'] = policy.recordVersion;
  body['timestamp'] = isoTime(world);
  const isTable = batch.lane.reader.poller.stream.ref.startsWith('table:');
  body[isTable ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo'] = infoOf(world, batch, records, isTable);
  return body;
}

function infoOf(world: World, batch: StreamBatch, records: readonly StreamRecord[], isTable: boolean): Json {
  const { policy } = world;
  const { poller } = batch.lane.reader;
  const ordered = policy.keepsShardOrder
    ? records
    : records.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1));
  const first = ordered[Math.min(policy.batchRecordShift, ordered.length - 1)];
  const end = ordered[ordered.length - 1];
  const info: Record<string, Json> = {
    shardId: first?.shard.id ?? '',
    startSequenceNumber: first?.sequence ?? '',
    endSequenceNumber: end?.sequence ?? '',
    batchSize: records.length - policy.batchRecordShift,
    streamArn: poller.stream.arn,
  };
  if (policy.batchRecordsTellArrivals) {
    info['approximateArrivalOfFirstRecord'] = arrivalOf(first, isTable);
    info['approximateArrivalOfLastRecord'] = arrivalOf(end, isTable);
  }
  return info;
}

/** To the second for changes of a table, as their records tell it. */
function arrivalOf(record: StreamRecord | undefined, isTable: boolean): string {
  const text = new Date(EPOCH_MS + (record?.arrivedAt ?? 0)).toISOString();
  return isTable ? `${text.slice(0, 19)}Z` : text;
}
