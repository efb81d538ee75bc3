/** The events that a function is given by each kind of source, whole, as AWS's pages show them. */
import { createHash } from 'node:crypto';
import type { Json } from '../../../engine/json.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import { textOf } from '../../../engine/sourceSpec.ts';
import { engineOf, type Placed } from './places.ts';

const ACCOUNT = 'us-east-1:123456789012';

/** The time of day at which every history of the notation begins. */
const EPOCH_MS = Date.UTC(2025, 10, 24, 12);

const name = ({ resource }: Placed): string => resource.slice(resource.indexOf(':') + 1);
const msOf = (seconds: number): number => EPOCH_MS + Math.round(1_000 * seconds);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const textIn = ({ spec, record }: Placed): string => textOf(spec, record);

/** The ARN of a source. */
export function arnOf(resource: string): string {
  const [kind = '', own = ''] = resource.split(':');
  switch (kind) {
    case 'stream':
      return `arn:aws:kinesis:${ACCOUNT}:stream/${own}`;
    case 'table':
      return `arn:aws:dynamodb:${ACCOUNT}:table/${own}/stream/2025-11-24T12:00:00.000`;
    case 'kafka':
      return `arn:aws:kafka:${ACCOUNT}:cluster/scenario/${own}`;
    case 'broker':
      return `arn:aws:mq:${ACCOUNT}:broker:scenario:${own}`;
    default:
      return `arn:aws:sqs:${ACCOUNT}:${own}`;
  }
}

/** AWS, with-sqs.html. */
export function sqsRecord(placed: Placed, receiveCount: number, isFifo: boolean): Json {
  const { record, spec, id, resource, sentAt } = placed;
  const body = textIn(placed);
  const messageAttributes: Record<string, Json> = {};
  for (const [key, stringValue] of Object.entries(spec.attributes ?? {}))
    messageAttributes[key] = { stringValue, dataType: 'String', stringListValues: [], binaryListValues: [] };
  const attributes: Record<string, Json> = {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: String(msOf(sentAt)),
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: String(msOf(sentAt)),
  };
  if (isFifo) {
    attributes['SequenceNumber'] = '18849496460467696128';
    attributes['MessageGroupId'] = spec.group ?? '';
    attributes['MessageDeduplicationId'] = spec.deduplicationId ?? record;
  }
  return {
    messageId: id,
    receiptHandle: `${id}-${receiveCount}`,
    body,
    attributes,
    messageAttributes,
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: arnOf(resource),
    awsRegion: 'us-east-1',
  };
}

/** AWS, with-kinesis.html. */
export const kinesisRecord = (placed: Placed): Json => ({
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey: placed.spec.key ?? placed.record,
    sequenceNumber: placed.id,
    data: base64(textIn(placed)),
    approximateArrivalTimestamp: msOf(placed.sentAt) / 1_000,
  },
  eventSource: 'aws:kinesis',
  eventVersion: '1.0',
  eventID: `${placed.shard}:${placed.id}`,
  eventName: 'aws:kinesis:record',
  invokeIdentityArn: 'arn:aws:iam::123456789012:role/function',
  awsRegion: 'us-east-1',
  eventSourceARN: arnOf(placed.resource),
});

/** AWS, with-ddb.html. @param view the table's stream view type */
export function dynamodbRecord(placed: Placed, view = 'NEW_AND_OLD_IMAGES'): Json {
  const { before, change } = placed;
  const dynamodb: Record<string, Json> = {
    ApproximateCreationDateTime: Math.floor(msOf(placed.sentAt) / 1_000),
    Keys: { id: { S: placed.spec.key ?? placed.record } },
    SequenceNumber: placed.id,
    SizeBytes: 26,
    StreamViewType: view,
  };
  if (change !== 'REMOVE' && view.startsWith('NEW')) dynamodb['NewImage'] = imageOf(placed);
  if (before !== undefined && view.includes('OLD')) dynamodb['OldImage'] = imageOf(before);
  return {
    eventID: placed.id,
    eventName: change,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb,
    eventSourceARN: arnOf(placed.resource),
  };
}

const imageOf = (placed: Placed): Json => ({
  id: { S: placed.spec.key ?? placed.record },
  record: { S: placed.record },
  body: { S: textIn(placed) },
});

/** AWS, with-msk.html, with-kafka.html. @param on the kind of cluster */
export function kafkaEvent(records: readonly Placed[], on: 'msk' | 'selfManaged'): Json {
  const lists: Record<string, Json[]> = {};
  for (const placed of records) {
    const key = placed.shard ?? '';
    const list = lists[key] ?? [];
    lists[key] = list;
    list.push({
      topic: name(placed),
      partition: Number(key.slice(key.lastIndexOf('-') + 1)),
      offset: Number(placed.id),
      timestamp: msOf(placed.sentAt),
      timestampType: 'CREATE_TIME',
      key: base64(placed.spec.key ?? placed.record),
      value: base64(textIn(placed)),
      headers: [],
    });
  }
  const bootstrapServers = 'broker-1:9092';
  if (on === 'selfManaged') return { eventSource: 'SelfManagedKafka', bootstrapServers, records: lists };
  const eventSourceArn = arnOf(records[0]?.resource ?? 'kafka:none');
  return { eventSource: 'aws:kafka', eventSourceArn, bootstrapServers, records: lists };
}

/** AWS, with-mq.html. */
export function brokerEvent(records: readonly Placed[], engine: 'activeMq' | 'rabbitMq'): Json {
  const [first] = records;
  const eventSourceArn = arnOf(first?.resource ?? 'broker:none');
  if (engine === 'rabbitMq') {
    const messages = records.map((placed) => ({
      basicProperties: { contentType: 'text/plain', messageId: placed.id, deliveryMode: 2 },
      redelivered: false,
      data: base64(textIn(placed)),
    }));
    const queue = first === undefined ? 'none' : name(first);
    return { eventSource: 'aws:rmq', eventSourceArn, rmqMessagesByQueue: { [`${queue}::/`]: messages } };
  }
  const messages = records.map((placed) => ({
    messageID: placed.id,
    messageType: 'jms/text-message',
    timestamp: msOf(placed.sentAt),
    deliveryMode: 1,
    redelivered: false,
    destination: { physicalName: name(placed) },
    data: base64(textIn(placed)),
  }));
  return { eventSource: 'aws:mq', eventSourceArn, messages };
}

/** The event of a batch with these records, of a source that is declared in the scenario. */
export function eventOf(
  scenario: Scenario,
  resource: string,
  records: readonly Placed[],
  counts: readonly number[],
): Json {
  const own = (places: readonly { readonly name: string }[] = []) =>
    places.find((place) => resource.endsWith(`:${place.name}`));
  switch (resource.slice(0, resource.indexOf(':'))) {
    case 'stream':
      return { Records: records.map(kinesisRecord) };
    case 'table': {
      const table = own(scenario.tables) as { view?: string } | undefined;
      return { Records: records.map((placed) => dynamodbRecord(placed, table?.view)) };
    }
    case 'kafka': {
      const topic = own(scenario.kafkaTopics) as { on?: 'msk' | 'selfManaged' } | undefined;
      return kafkaEvent(records, topic?.on ?? 'msk');
    }
    case 'broker':
      return brokerEvent(records, engineOf(scenario, resource));
    default: {
      const queue = own(scenario.queues) as { fifo?: true } | undefined;
      return {
        Records: records.map((placed, place) => sqsRecord(placed, counts[place] ?? 1, queue?.fifo === true)),
      };
    }
  }
}
