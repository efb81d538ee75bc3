/** Records of failure: what was discarded, told to the on-failure destination. AWS, kinesis-on-failure-destination.html. */
import type { Json } from '../../../../engine/json.ts';
import { functionArn } from '../../qualifiers.ts';
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';
import { isPermitted } from '../steps.ts';
import type { Lane } from './lane.ts';
import { payloadOf, type StreamRecord, streamArn } from './record.ts';

/** The last attempt of what was discarded. */
export interface Failed {
  readonly requestId: string;
  readonly version: string;
  readonly isError: boolean;
  readonly event: Json;
}

const LATENCY_MS = { least: 5, most: 400 } as const;

/** Tells the mapping's destination, if it has one and that is there. */
export function reportFailure(
  world: World,
  lane: Lane,
  records: readonly StreamRecord[],
  condition: string,
  attempts: number,
  last: Failed | undefined,
): void {
  const { mapping } = lane.poller;
  const { onFailure } = mapping.settings;
  mapping.dropped += records.length;
  if (onFailure === undefined || !world.policy.sendsBatchRecords || records.length === 0) return;
  const body = recordOf(world, lane, records, condition, attempts, last);
  world.clock.in(world.chance.between(LATENCY_MS.least, LATENCY_MS.most), 'turn', {
    turn: () => deliver(world, lane, onFailure, body),
  });
}

function deliver(world: World, lane: Lane, resource: string, body: Json): void {
  const { mapping } = lane.poller;
  const state = world.account.resources.get(resource);
  if (state?.exists !== true || state.isFifo || !isPermitted(world, mapping.owner.name, resource)) {
    mapping.owner.deliveryFailures++;
    return;
  }
  const told = { kind: 'delivered', at: world.seconds, resource, mapping: mapping.name, body } as const;
  if (!resource.startsWith('bucket:')) world.recorder.push(told);
  else world.recorder.push({ ...told, objectKey: objectKey(world, lane) });
}

const isoOf = (ms: number): string => new Date(EPOCH_MS + ms).toISOString();

/** AWS: `aws/lambda/<mapping's UUID>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>`. */
function objectKey(world: World, { poller, shard }: Lane): string {
  const time = isoOf(world.clock.now);
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `aws/lambda/${poller.mapping.uuid}/${shard.id}/${day}/${time.slice(0, 19).replaceAll(':', '.')}-${world.nextRequestId()}`;
}

function recordOf(
  world: World,
  { poller, shard }: Lane,
  records: readonly StreamRecord[],
  condition: string,
  attempts: number,
  last: Failed | undefined,
): Json {
  const { mapping, stream } = poller;
  const { policy } = world;
  const isTable = stream.ref.startsWith('table:');
  const ordered = records.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1));
  const first = ordered[Math.min(policy.batchRecordShift, ordered.length - 1)];
  const end = ordered.at(-1);
  const arrived = (record: StreamRecord | undefined) => {
    const text = isoOf(record?.arrivedAt ?? 0);
    return isTable ? `${text.slice(0, 19)}Z` : text;
  };
  const info = {
    shardId: shard.id,
    startSequenceNumber: first?.sequence ?? '',
    endSequenceNumber: end?.sequence ?? '',
    approximateArrivalOfFirstRecord: arrived(first),
    approximateArrivalOfLastRecord: arrived(end),
    batchSize: records.length - policy.batchRecordShift,
    streamArn: streamArn(stream.ref),
  };
  const body: Record<string, Json> = {
    requestContext: {
      requestId: last?.requestId ?? world.nextRequestId(),
      functionArn: functionArn(mapping.owner.name, mapping.settings.qualifier),
      condition,
      approximateInvokeCount: attempts + policy.batchCountShift,
    },
    version: '1.0',
    timestamp: isoOf(world.clock.now),
    [isTable ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo']: info,
  };
  // Recorded from AWS: without an attempt, or with the records too old, there is no responseContext.
  if (last !== undefined)
    body['responseContext'] = {
      statusCode: 200,
      executedVersion: last.version,
      functionError: last.isError ? 'Unhandled' : null,
    };
  const isBucket = mapping.settings.onFailure?.startsWith('bucket:') === true;
  if ((isBucket && policy.bucketRecordsHavePayload) || policy.batchRecordsHaveData)
    body['payload'] = { Records: ordered.map((record) => payloadOf(world, record, streamArn(stream.ref))) };
  return body;
}
