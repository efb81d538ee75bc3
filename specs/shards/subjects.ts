/** What the rules on streams speak of: mappings of Kinesis and DynamoDB streams, and their batches shard by shard. */
import type { Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { Batch, Delivery, MappingView, RecordView, View } from '../../engine/view.ts';
import { NO_BATCHES, NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';

export const streamMappings = once((view: View): readonly MappingView[] => {
  if (view.mappings.size === 0) return NO_MAPPINGS;
  let found: MappingView[] | undefined;
  for (const mapping of view.mappings.values()) {
    const { kind } = mapping.source;
    if (kind !== 'kinesis' && kind !== 'dynamodb') continue;
    found ??= [];
    found.push(mapping);
  }
  return found ?? NO_MAPPINGS;
});

export const streamBatches = once((view: View): readonly Batch[] => {
  const mappings = streamMappings(view);
  if (mappings.length === 0) return NO_BATCHES;
  return mappings.length === 1
    ? (mappings[0]?.batches ?? NO_BATCHES)
    : mappings.flatMap(({ batches }) => batches);
});

/** The batches of one shard for one mapping, in order of their start. */
export interface Run {
  readonly mapping: MappingView;
  readonly shard: string | undefined;
  readonly batches: readonly Batch[];
}

const NO_RUNS: readonly Run[] = [];

/** The shard of a batch: of its first record or, where a window's last invocation has none, as the event tells it. */
export function shardOf({ shard, started }: Batch): string | undefined {
  if (shard !== undefined) return shard;
  const told = asObject(started.payload)?.['shardId'];
  return typeof told === 'string' ? told : undefined;
}

export const runs = once((view: View): readonly Run[] => {
  const mappings = streamMappings(view);
  if (mappings.length === 0) return NO_RUNS;
  const found: Run[] = [];
  for (const mapping of mappings) {
    const byShard = new Map<string | undefined, Batch[]>();
    for (const batch of mapping.batches) {
      const shard = shardOf(batch);
      const list = byShard.get(shard);
      if (list === undefined) byShard.set(shard, [batch]);
      else list.push(batch);
    }
    // The event of a table does not tell its shard, but in a tumbling window.
    for (const [shard, batches] of byShard) if (shard !== undefined) found.push({ mapping, shard, batches });
  }
  return found;
});

/** All batches of a mapping, whatever their shards: for what is about keys. */
export const whole = once((view: View): readonly Run[] =>
  streamMappings(view).map((mapping) => ({ mapping, shard: undefined, batches: mapping.batches })),
);

/** The largest factor that the mapping ever had. */
export function largestFactor({ settings }: MappingView): number {
  let largest = 1;
  for (const { value } of settings)
    if (value !== null) largest = Math.max(largest, value.parallelizationFactor);
  return largest;
}

/** Runs of shards that were always read one batch at a time. */
export const singles = once((view: View): readonly Run[] => {
  const all = runs(view);
  return all.length === 0 ? all : all.filter(({ mapping }) => largestFactor(mapping) === 1);
});

/** Whether one sequence number is before another: they are whole numbers without a bound. */
export const isBefore = (one: string, other: string): boolean =>
  one.length === other.length ? one < other : one.length < other.length;

/** The batches of the mapping that held the record, in order of their start. */
export function batchesWith(record: RecordView, mapping: MappingView): readonly Batch[] {
  const { batches } = record;
  for (const batch of batches)
    if (batch.mapping !== mapping) return batches.filter((one) => one.mapping === mapping);
  return batches;
}

export const isFirstDelivery = (record: RecordView, batch: Batch): boolean =>
  batchesWith(record, batch.mapping)[0] === batch;

/** The key whose order counts: partition key, or key of the item. */
export const keyOf = ({ spec, id }: RecordView): string => spec.key ?? id;

/** The next batch of the mapping that holds the record; undefined where there is none. */
export function nextWith(record: RecordView, batch: Batch): Batch | undefined {
  const all = batchesWith(record, batch.mapping);
  return all[all.indexOf(batch) + 1];
}

export const isWindowed = ({ settings }: MappingView): boolean =>
  settings.some(({ value }) => value !== null && value.tumblingWindowSeconds > 0);

/** Batches whose function ended with an error, under settings that never changed. */
export const failed = once((view: View): readonly Batch[] => {
  const all = streamBatches(view);
  if (all.length === 0) return all;
  return all.filter(
    ({ attempt, mapping, seen }) => !attempt.succeeded && mapping.steady !== undefined && seen.length > 0,
  );
});

/** The batch's first record that can be told. */
export const firstKnown = ({ records }: Batch): RecordView | undefined =>
  records.find((record) => record !== undefined);

/** What a failure record tells of the batch. */
export interface FailureRecord {
  readonly delivery: Delivery;
  readonly mapping: MappingView;
  readonly body: JsonObject | undefined;
  readonly context: JsonObject | undefined;
  readonly info: JsonObject | undefined;
}

const NO_FAILURES: readonly FailureRecord[] = [];

/** The failure records of mappings of streams. */
export const failureRecords = once((view: View): readonly FailureRecord[] => {
  const mappings = streamMappings(view);
  if (mappings.length === 0) return NO_FAILURES;
  return mappings.flatMap((mapping) =>
    mapping.failures.map((delivery): FailureRecord => {
      const body = delivery.entry.kind === 'delivered' ? bodyOf(delivery.entry.body) : undefined;
      const info = asObject(body?.['KinesisBatchInfo']) ?? asObject(body?.['DDBStreamBatchInfo']);
      return { delivery, mapping, body, context: asObject(body?.['requestContext']), info };
    }),
  );
});

/** The record itself, or the one in a notification of SNS. */
function bodyOf(body: Json): JsonObject | undefined {
  const whole = asObject(body);
  const message = whole?.['Message'];
  if (typeof message !== 'string') return whole;
  try {
    return asObject(JSON.parse(message) as Json);
  } catch {
    return whole;
  }
}

export const textIn = (object: JsonObject | undefined, key: string): string | undefined => {
  const value = object?.[key];
  return typeof value === 'string' ? value : undefined;
};

/** The attempt that had exactly the records of which the failure record tells; undefined where none had. */
export function attemptOf({ info, mapping }: FailureRecord): Batch | undefined {
  const from = textIn(info, 'startSequenceNumber');
  const to = textIn(info, 'endSequenceNumber');
  return mapping.batches.findLast(
    ({ seen }) => seen.length === info?.['batchSize'] && seen[0]?.id === from && seen.at(-1)?.id === to,
  );
}

/** Whether the span of the failure record contains this sequence number; with a factor others lie in it as well. */
export function covers({ info }: FailureRecord, id: string, shard: string | undefined): boolean {
  const from = textIn(info, 'startSequenceNumber');
  const to = textIn(info, 'endSequenceNumber');
  if (from === undefined || to === undefined) return false;
  if (shard !== undefined && textIn(info, 'shardId') !== shard) return false;
  return !isBefore(id, from) && !isBefore(to, id);
}
