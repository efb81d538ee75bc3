/** Failure records of Kafka. AWS, kafka-on-failure.html and kafka-on-failure-destination.html. */
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';
import { type Body, type Failed, headOf, objectKey, takesFailures } from '../failureRecord.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { LogEntry } from './entry.ts';
import { bootstrapServers, clusterArnOf, eventOf } from './events.ts';
import type { LineOwner } from './line.ts';

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
  const head = headOf(world, mapping, {
    condition,
    invokeCount: Math.max(1, attempts),
    last,
    // As recorded of streams: what is too old has no response (STR-AGE-03).
    hasResponse: condition !== world.policy.agedCondition,
  });
  if (!world.policy.kafkaRecordsHaveMetadata) delete head['requestContext'];
  world.clock.in(world.chance.between(LATENCY_MS.least, LATENCY_MS.most), 'turn', {
    turn: () => {
      if (!takesFailures(world, mapping, onFailure)) {
        mapping.owner.deliveryFailures++;
        mapping.dropped += entries.length;
      } else if (onFailure.startsWith('kafka:')) produce(world, owner, onFailure, entries, head);
      else deliver(world, mapping, onFailure, entries, head);
    },
  });
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
  world.recorder.push({ ...told, objectKey: objectKey(world, mapping, entries[0]?.shard ?? '') });
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
