/**
 * What a scenario says of the polling model: sources, event source mappings, and the steps that feed and disturb
 * them. Defaults are AWS's; what is absent is not sent.
 */
import { z } from 'zod';
import type { Json } from './json.ts';
import { json, name, resourceRef, seconds } from './scenarioParts.ts';

/** An SQS queue: a source, a destination, a dead-letter queue. Its settings are CreateQueue's. */
export const queueSpec = z.strictObject({
  name,
  fifo: z.literal(true).exactOptional(),
  /** AWS: 30 where it is absent. */
  visibilityTimeoutSeconds: z.int().min(0).max(43_200).exactOptional(),
  delaySeconds: z.int().min(0).max(900).exactOptional(),
  /** AWS: 345,600 (four days) where it is absent. */
  retentionSeconds: z.int().min(60).max(1_209_600).exactOptional(),
  /** The queue's own dead-letter queue, and after how many receives a message goes there. */
  redrive: z.strictObject({ to: resourceRef, maxReceiveCount: z.int().min(1).max(1_000) }).exactOptional(),
});
export type QueueSpec = z.output<typeof queueSpec>;

/** A Kinesis data stream. Its records are kept for 24 hours. */
export const streamSpec = z.strictObject({ name, shards: z.int().min(1).max(16).exactOptional() });
export type StreamSpec = z.output<typeof streamSpec>;

export const STREAM_VIEWS = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;

/** A DynamoDB table with a stream. Its items have the key attribute `id`. */
export const tableSpec = z.strictObject({
  name,
  /** NEW_AND_OLD_IMAGES where it is absent. */
  view: z.enum(STREAM_VIEWS).exactOptional(),
  shards: z.int().min(1).max(4).exactOptional(),
});
export type TableSpec = z.output<typeof tableSpec>;

/** A Kafka topic, on Amazon MSK or on a self-managed cluster. All topics of one kind are on one cluster. */
export const kafkaTopicSpec = z.strictObject({
  name,
  on: z.enum(['msk', 'selfManaged']),
  partitions: z.int().min(1).max(16).exactOptional(),
  /** Consumer groups that have committed offsets already: the number of records each partition's offset stands at. */
  committed: z.record(z.string(), z.int().min(0)).exactOptional(),
});
export type KafkaTopicSpec = z.output<typeof kafkaTopicSpec>;

/** A queue on an Amazon MQ broker. */
export const brokerQueueSpec = z.strictObject({ name, engine: z.enum(['activeMq', 'rabbitMq']) });
export type BrokerQueueSpec = z.output<typeof brokerQueueSpec>;

/** How a handler ends an attempt on account of one record of its batch. */
export const RECORD_OUTCOMES = [
  'ok',
  'throw',
  'timeout',
  'exit',
  'oversize',
  'unserializable',
  'report',
] as const;
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number];

/** How a handler that reports a record names it in `batchItemFailures`. */
export const REPORTED_AS = ['itself', 'twice', 'empty', 'null', 'wrongKey', 'unknown'] as const;

const recordBehaviourObject = z.strictObject({
  do: z.enum(RECORD_OUTCOMES),
  /** Seconds the handler works on the batch on account of this record; the longest of a batch counts. */
  afterSeconds: seconds.exactOptional(),
  message: z.string().max(5_000).exactOptional(),
  /** With `report`: `itself` where it is absent. The others are flaws that AWS's pages name. */
  as: z.enum(REPORTED_AS).exactOptional(),
  /** With `ok`, where no record of the batch is reported: the handler returns this, as it stands. */
  value: json.exactOptional(),
  /** Messages of queues: the handler first sends the message on to this queue: a chain, for loop detection. */
  chainTo: resourceRef.exactOptional(),
  /** With `ok`, in a tumbling window: the state it returns is so large. */
  stateBytes: z.int().min(0).max(10_000_000).exactOptional(),
});
export type RecordBehaviourObject = z.output<typeof recordBehaviourObject>;
const recordBehaviour = z.union([z.enum(RECORD_OUTCOMES), recordBehaviourObject]);
export type RecordBehaviour = z.output<typeof recordBehaviour>;

/** A message attribute with its type. AWS, SQS: the value of a number is written as text too. */
const typedAttribute = z.strictObject({ type: z.enum(['String', 'Number']), value: z.string() });

/** One record, or message, or item change. */
export const recordSpec = z.strictObject({
  /** Its id, unique in the scenario. With `times`, the ids are `r1`, `r1#2`, `r1#3`, … */
  record: z.string().regex(/^[a-z][a-z0-9]{0,15}$/, 'a record id is a letter and up to 15 letters or digits'),
  times: z.int().min(1).max(1_000_000).exactOptional(),
  /** Sent as JSON text. Without `body` and `text`: `{"record": "r1"}`. */
  body: json.exactOptional(),
  /** Instead of `body`: sent as it stands. */
  text: z.string().max(1_000).exactOptional(),
  /** Message attributes (SQS) by name: a string, or with its type. */
  attributes: z.record(z.string(), z.union([z.string(), typedAttribute])).exactOptional(),
  /** Message group (FIFO queues, where it is needed). */
  group: z.string().min(1).max(128).exactOptional(),
  /** FIFO queues; the record's id where it is absent. */
  deduplicationId: z.string().min(1).max(128).exactOptional(),
  /** Of this message alone (standard queues). */
  delaySeconds: z.int().min(0).max(900).exactOptional(),
  /** Partition key (Kinesis), key of the item (table), key of the record (Kafka); the record's id where it is absent. */
  key: z.string().min(1).max(256).exactOptional(),
  /** Kafka: to this partition, instead of the one that the key hashes to. */
  partition: z.int().min(0).exactOptional(),
  /** Tables: the item is removed instead of put. */
  change: z.literal('remove').exactOptional(),
  /** What the handler does on the 1st, 2nd, … attempt that holds this record; the last one repeats. */
  plan: z.array(recordBehaviour).min(1).default(['ok']),
});
export type RecordSpec = z.output<typeof recordSpec>;

/** The message attributes of a record with their types; none where it has none. */
export const attributesOf = ({ attributes = {} }: RecordSpec): [string, z.output<typeof typedAttribute>][] =>
  Object.entries(attributes).map(([name, given]) => [
    name,
    typeof given === 'string' ? { type: 'String', value: given } : given,
  ]);

export const STARTING_POSITIONS = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'] as const;

/** An event source mapping. Names are the scenario's, meanings AWS's. */
export const mappingSpec = z.strictObject({
  name,
  /** `queue:`, `stream:`, `table:`, `kafka:` or `broker:`. */
  source: resourceRef,
  function: name,
  qualifier: z.string().exactOptional(),
  /** Created disabled. */
  enabled: z.literal(false).exactOptional(),
  batchSize: z.int().min(1).max(10_000).exactOptional(),
  windowSeconds: z.int().min(0).max(300).exactOptional(),
  /** Filter patterns: each as JSON, or as a string that is the pattern's text as it stands. */
  filters: z.array(json).exactOptional(),
  /** FunctionResponseTypes: ReportBatchItemFailures. */
  reportsItemFailures: z.literal(true).exactOptional(),
  maximumConcurrency: z.int().min(2).max(1_000).exactOptional(),
  provisioned: z
    .strictObject({ minimum: z.int().min(1).exactOptional(), maximum: z.int().min(1).exactOptional() })
    .exactOptional(),
  startingPosition: z.enum(STARTING_POSITIONS).exactOptional(),
  /** With AT_TIMESTAMP: seconds since the scenario began. */
  startingAtSeconds: z.number().exactOptional(),
  parallelizationFactor: z.int().min(1).max(10).exactOptional(),
  maximumRetryAttempts: z.int().min(-1).max(10_000).exactOptional(),
  maximumRecordAgeSeconds: z.int().min(-1).max(604_800).exactOptional(),
  bisects: z.literal(true).exactOptional(),
  tumblingWindowSeconds: z.int().min(0).max(900).exactOptional(),
  onFailure: resourceRef.exactOptional(),
  consumerGroup: z.string().min(1).max(200).exactOptional(),
  /** What the handler does on the 1st, 2nd, … final invocation of a tumbling window; the last one repeats. */
  finalPlan: z.array(recordBehaviour).min(1).exactOptional(),
});
export type MappingSpec = z.output<typeof mappingSpec>;

/** A service that invokes the function by itself: a topic, a bus (by a rule that matches all), a bucket. */
export const subscriptionSpec = z.strictObject({
  source: resourceRef,
  function: name,
  qualifier: z.string().exactOptional(),
});
export type SubscriptionSpec = z.output<typeof subscriptionSpec>;

/** Records are sent to a source, in one call where its API has one for several. */
export const sendStep = z.strictObject({
  atSeconds: seconds,
  do: z.literal('send'),
  to: resourceRef,
  records: z.array(recordSpec).min(1),
});
export type SendStep = z.output<typeof sendStep>;

/** A shard of a stream is split in two, or merged with the one whose hash keys follow. */
export const reshardStep = z.strictObject({
  atSeconds: seconds,
  do: z.literal('reshard'),
  stream: resourceRef,
  /** Index among the open shards, in order of their hash keys. */
  shard: z.int().min(0),
  action: z.enum(['split', 'merge']),
});
export type ReshardStep = z.output<typeof reshardStep>;

/** The execution role of a function loses, or gets back, what it needs to read or write the resource. */
export const permissionStep = z.strictObject({
  atSeconds: seconds,
  do: z.literal('permission'),
  function: name,
  resource: resourceRef,
  isAllowed: z.boolean(),
});
export type PermissionStep = z.output<typeof permissionStep>;

/** What kind of source a reference means; undefined where Lambda does not poll it. */
export type SourceKind = 'sqs' | 'kinesis' | 'dynamodb' | 'kafka' | 'mq';

export function sourceKind(ref: string): SourceKind | undefined {
  switch (ref.slice(0, ref.indexOf(':'))) {
    case 'queue':
      return 'sqs';
    case 'stream':
      return 'kinesis';
    case 'table':
      return 'dynamodb';
    case 'kafka':
      return 'kafka';
    case 'broker':
      return 'mq';
    default:
      return undefined;
  }
}

/** The ids of the records that one entry of a step stands for: `r1`, `r1#2`, … for one repeated by `times`. */
export function recordIds(spec: RecordSpec): string[] {
  const ids = [spec.record];
  for (let k = 2; k <= (spec.times ?? 1); k++) ids.push(`${spec.record}#${k}`);
  return ids;
}

/** What is sent for the record `id`: its text as it stands on the wire. */
export function textOf(spec: RecordSpec, id: string): string {
  if (spec.text !== undefined) return spec.text;
  // An id has no character that JSON writes otherwise.
  return spec.body === undefined ? `{"record":"${id}"}` : JSON.stringify(spec.body);
}

/** What the handler does on the `ordinal`-th attempt (from 1) that holds the record: the last entry repeats. */
export function recordBehaviourAt(plan: readonly RecordBehaviour[], ordinal: number): RecordBehaviourObject {
  const planned = plan[Math.min(ordinal, plan.length) - 1] ?? 'ok';
  return typeof planned === 'string' ? ALONE[planned] : planned;
}

const ALONE: Readonly<Record<RecordOutcome, RecordBehaviourObject>> = {
  ok: { do: 'ok' },
  throw: { do: 'throw' },
  timeout: { do: 'timeout' },
  exit: { do: 'exit' },
  oversize: { do: 'oversize' },
  unserializable: { do: 'unserializable' },
  report: { do: 'report' },
};

/** A name for a record in a batch response: SQS message id, sequence number, or partition and offset of Kafka. */
export type ItemIdentifier = Json;
