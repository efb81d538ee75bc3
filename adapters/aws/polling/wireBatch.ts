/** An event that a mapping gave to a function, as it came over the wire. */
import type { SeenRecord } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';

/** The event of an attempt, as far as it says where it is from. */
export interface WireEventOfMapping {
  /** As the event names it, put back into the scenario's words: `queue:orders`, or an ARN of somebody else's. */
  readonly source: string;
  readonly kind: 'sqs' | 'kinesis' | 'dynamodb';
  readonly records: readonly Json[];
  /** With a tumbling window: what it is given of its state. */
  readonly state: Json | undefined;
  readonly isFinal: boolean;
}

const KINDS: Readonly<Record<string, WireEventOfMapping['kind']>> = {
  'aws:sqs': 'sqs',
  'aws:kinesis': 'kinesis',
  'aws:dynamodb': 'dynamodb',
};

/** The event of a mapping in a payload; undefined where it is none. */
export function eventOfMapping(payload: Json): WireEventOfMapping | undefined {
  const event = asObject(payload);
  const records = event?.['Records'];
  if (event === undefined || !Array.isArray(records)) return undefined;
  const first = asObject(records[0]);
  const source = first?.['eventSourceARN'] ?? event['eventSourceARN'];
  if (typeof source !== 'string') return undefined;
  const kind = KINDS[String(first?.['eventSource'] ?? '')] ?? kindOfArn(source);
  if (kind === undefined) return undefined;
  const hasWindow = event['window'] !== undefined;
  return {
    source,
    kind,
    records,
    state: hasWindow ? (event['state'] ?? {}) : undefined,
    isFinal: event['isFinalInvokeForWindow'] === true,
  };
}

/** A final invocation has no records that could say. */
function kindOfArn(source: string): WireEventOfMapping['kind'] | undefined {
  if (source.startsWith('stream:')) return 'kinesis';
  return source.startsWith('table:') ? 'dynamodb' : undefined;
}

/** Who a record of an event is, but for the scenario's name for it. */
export function seenOf(kind: WireEventOfMapping['kind'], item: Json): Omit<SeenRecord, 'record'> {
  const record = asObject(item) ?? {};
  if (kind === 'sqs') return seenMessage(record);
  if (kind === 'dynamodb')
    return { id: String(asObject(record['dynamodb'])?.['SequenceNumber'] ?? record['eventID'] ?? '') };
  const id = String(asObject(record['kinesis'])?.['sequenceNumber'] ?? '');
  // AWS, with-kinesis.html: `shardId-000000000006:4959…`.
  const [shard] = String(record['eventID'] ?? '').split(':');
  return shard === undefined || shard === '' ? { id } : { id, shard };
}

function seenMessage(record: JsonObject): Omit<SeenRecord, 'record'> {
  const id = String(record['messageId'] ?? '');
  const count = Number(asObject(record['attributes'])?.['ApproximateReceiveCount']);
  return Number.isNaN(count) ? { id } : { id, receiveCount: count };
}

/** The data of a message or a stream record as it was sent; undefined where it was too long to be told. */
export function textOfItem(kind: 'sqs' | 'kinesis', item: Json): string | undefined {
  const record = asObject(item);
  if (kind === 'sqs') return typeof record?.['body'] === 'string' ? record['body'] : undefined;
  const data = asObject(record?.['kinesis'])?.['data'];
  return typeof data === 'string' ? Buffer.from(data, 'base64').toString() : undefined;
}
