/** Records of failure: what was discarded, told to the on-failure destination. AWS, kinesis-on-failure-destination.html. */
import type { Json } from '../../../../engine/json.ts';
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';
import { type Body, headOf, objectKey, takesFailures } from '../failureRecord.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { StreamBatch } from './batch.ts';
import type { StreamRecord } from './record.ts';

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
  if (!takesFailures(world, mapping, resource)) {
    mapping.owner.deliveryFailures++;
    mapping.dropped += count;
    return;
  }
  const told = { kind: 'delivered', at: world.seconds, resource, mapping: mapping.name, body } as const;
  if (!resource.startsWith('bucket:')) world.recorder.push(told);
  else world.recorder.push({ ...told, objectKey: objectKey(world, mapping, batch.lane.reader.shard.id) });
}

/** Whether the mapping's destination takes records. */
export const isTaken = (world: World, mapping: MappingRuntime): boolean =>
  takesFailures(world, mapping, mapping.settings.onFailure ?? '');

function recordOf(
  world: World,
  batch: StreamBatch,
  records: readonly StreamRecord[],
  condition: string,
  hasResponse: boolean,
): Body {
  const { mapping, last, attempts } = batch;
  const { policy } = world;
  const body = headOf(world, mapping, {
    condition,
    // Recorded: 1 for records that were in no attempt.
    invokeCount: Math.max(1, attempts) + policy.batchCountShift,
    last,
    hasResponse: hasResponse && policy.batchRecordsHaveResponse,
  });
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
  const info: Body = {
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
