/** Failure records of Kafka. AWS, kafka-on-failure.html and kafka-on-failure-destination.html. */
import type { Json } from '../../../../engine/json.ts';
import { functionArn } from '../../qualifiers.ts';
import { EPOCH_MS, isoTime } from '../../records.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { mayWrite } from '../steps.ts';
import type { LogEntry } from './entry.ts';
import { bootstrapServers, clusterArnOf, eventOf } from './events.ts';
import type { LineOwner } from './line.ts';

/** The last attempt of what was discarded. */
export interface Failed {
  readonly requestId: string;
  readonly version: string;
  readonly isError: boolean;
}

const LATENCY_MS = { least: 5, most: 400 } as const;

/** Tells the mapping's destination, if it has one and that is there. Without it the records are dropped. */
export function reportFailure(
  world: World,
  owner: LineOwner,
  entries: readonly LogEntry[],
  condition: string,
  attempts: number,
  last: Failed | undefined,
): void {
  const { mapping } = owner;
  const { onFailure } = mapping.settings;
  if (onFailure === undefined || entries[0]?.shard === undefined) {
    mapping.dropped += entries.length;
    return;
  }
  const head = headOf(world, mapping, condition, attempts, last);
  world.clock.in(world.chance.between(LATENCY_MS.least, LATENCY_MS.most), 'turn', {
    turn: () => {
      if (!isTaken(world, mapping, onFailure)) {
        mapping.owner.deliveryFailures++;
        mapping.dropped += entries.length;
      } else if (onFailure.startsWith('kafka:')) produce(world, owner, onFailure, entries, head);
      else deliver(world, mapping, onFailure, entries, head);
    },
  });
}

type Body = Record<string, Json>;

function headOf(
  world: World,
  mapping: MappingRuntime,
  condition: string,
  attempts: number,
  last: Failed | undefined,
): Body {
  const head: Body = {
    requestContext: {
      requestId: last?.requestId ?? world.nextRequestId(),
      functionArn: functionArn(mapping.owner.name, mapping.settings.qualifier),
      condition,
      approximateInvokeCount: Math.max(1, attempts),
    },
  };
  // As recorded of streams: what is too old has no response (STR-AGE-03).
  if (last !== undefined && condition !== world.policy.agedCondition)
    head['responseContext'] = {
      statusCode: 200,
      executedVersion: last.version,
      functionError: last.isError ? 'Unhandled' : null,
    };
  head['version'] = world.policy.recordVersion;
  head['timestamp'] = isoTime(world);
  if (!world.policy.kafkaRecordsHaveMetadata) delete head['requestContext'];
  return head;
}

function isTaken(world: World, mapping: MappingRuntime, resource: string): boolean {
  const state = world.account.resources.get(resource);
  if (state?.exists !== true || state.isFifo) return false;
  if (state.kind !== 'queue' && state.kind !== 'topic' && state.kind !== 'bucket' && state.kind !== 'kafka')
    return false;
  return mayWrite(world, mapping.owner.name, resource);
}

/** One record of failure for the whole batch. A bucket gets the event too, as a text. */
function deliver(
  world: World,
  mapping: MappingRuntime,
  resource: string,
  entries: readonly LogEntry[],
  head: Body,
): void {
  const body: Body = {
    ...head,
    KafkaBatchInfo: { ...batchInfo(world, mapping, entries), recordsInfo: recordsInfo(entries) },
  };
  const told = { kind: 'delivered', at: world.seconds, resource, mapping: mapping.name, body } as const;
  if (!resource.startsWith('bucket:')) {
    world.recorder.push(told);
    return;
  }
  body['payload'] = JSON.stringify(eventOf(world, mapping, entries));
  world.recorder.push({ ...told, objectKey: objectKey(world, mapping, entries) });
}

/** AWS, kafka-on-failure-destination.html: a topic gets each record by itself, with its key, and the metadata. */
function produce(
  world: World,
  owner: LineOwner,
  resource: string,
  entries: readonly LogEntry[],
  head: Body,
): void {
  const { mapping } = owner;
  for (const entry of entries) {
    const one = [entry];
    const body: Body = {
      ...head,
      KafkaBatchInfo: {
        ...batchInfo(world, mapping, one),
        recordInfo: { offset: String(entry.offset), timestamp: timeOf(entry) },
      },
      payload: eventOf(world, mapping, one),
    };
    const told = { kind: 'delivered', at: world.seconds, resource, mapping: mapping.name, body } as const;
    world.recorder.push(entry.record === '' ? told : { ...told, record: entry.record });
    owner.produce(world, resource, entry, body);
  }
}

function batchInfo(world: World, { settings }: MappingRuntime, entries: readonly LogEntry[]): Body {
  let payloadSize = 0;
  for (const { bytes } of entries) payloadSize += bytes;
  const info: Body = { batchSize: entries.length };
  const arn = clusterArnOf(world, settings.source);
  if (arn !== undefined) info['eventSourceArn'] = arn;
  info['bootstrapServers'] = bootstrapServers;
  info['payloadSize'] = payloadSize;
  return info;
}

/** By `TOPIC-PARTITION`: from where to where. */
function recordsInfo(entries: readonly LogEntry[]): Body {
  const ends = new Map<string, { first: LogEntry; last: LogEntry }>();
  for (const entry of entries) {
    const known = ends.get(entry.shard ?? '');
    if (known === undefined) ends.set(entry.shard ?? '', { first: entry, last: entry });
    else if (entry.offset > known.last.offset) known.last = entry;
    else if (entry.offset < known.first.offset) known.first = entry;
  }
  const info: Body = {};
  for (const [shard, { first, last }] of ends)
    info[shard] = {
      firstRecordOffset: String(first.offset),
      lastRecordOffset: String(last.offset),
      firstRecordTimestamp: timeOf(first),
      lastRecordTimestamp: timeOf(last),
    };
  return info;
}

const timeOf = ({ arrivedAt }: LogEntry): string => new Date(EPOCH_MS + arrivedAt).toISOString();

/** As AWS names the objects of streams; for Kafka its page gives no name. */
function objectKey(world: World, { uuid }: MappingRuntime, [first]: readonly LogEntry[]): string {
  const time = isoTime(world);
  const day = time.slice(0, 10).replaceAll('-', '/');
  const second = time.slice(0, 19).replaceAll(':', '.');
  const place = `${uuid}/${first?.shard ?? ''}/${day}`;
  return `${world.policy.batchObjectKeyPrefix}${place}/${second}-${world.nextRequestId()}`;
}
