/** What is known of a record: when a mapping can have had it, and what became of it. Shared by all kinds of sources. */
import { possible } from '../../engine/configuration.ts';
import {
  documentOf,
  type FilterDocument,
  filterOf,
  isMatch,
  matchesAny,
} from '../../engine/filterPattern.ts';
import type { Remaining } from '../../engine/history.ts';
import { mayLackCapacity, pickupWithinSeconds } from '../../engine/horizon.ts';
import { isFiller } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { textOf } from '../../engine/sourceSpec.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView, SourceView, View } from '../../engine/view.ts';
import { identifierAt, responseOf } from './response.ts';
import { isFiltering } from './settings.ts';

export const NO_MAPPINGS: readonly MappingView[] = [];
export const NO_RECORDS: readonly RecordView[] = [];
export const NO_BATCHES: readonly Batch[] = [];

/** What a batch did for the record at one place of it. */
export type Fate = 'succeeded' | 'failed' | 'unknown';

export function fateAt(batch: Batch, place: number): Fate {
  const response = responseOf(batch);
  switch (response.kind) {
    case 'success':
      return 'succeeded';
    case 'failure':
      return 'failed';
    case 'unknown':
      return 'unknown';
    case 'partial':
      return isFailed(batch, place, response.failed) ? 'failed' : 'succeeded';
  }
}

/** Of a stream, all from the lowest reported one on is tried again: that is the checkpoint. */
function isFailed(batch: Batch, place: number, failed: ReadonlySet<string>): boolean {
  const { kind } = batch.mapping.source;
  if (kind !== 'kinesis' && kind !== 'dynamodb') return failed.has(identifierAt(batch, place));
  for (let before = 0; before <= place; before++) if (failed.has(identifierAt(batch, before))) return true;
  return false;
}

/** From so many records on, the places of a batch are looked up in a table. */
const MANY = 32;

const placesByBatch = new WeakMap<Batch, ReadonlyMap<RecordView | undefined, number>>();

/** The place of a record in a batch that holds it. */
export function placeOf(batch: Batch, record: RecordView): number {
  const { records } = batch;
  if (records.length < MANY) return records.indexOf(record);
  let places = placesByBatch.get(batch);
  if (places === undefined) {
    places = new Map(records.map((one, place) => [one, place]));
    placesByBatch.set(batch, places);
  }
  return places.get(record) ?? -1;
}

/** What a batch did for a record that it holds. */
export const fateOf = (batch: Batch, record: RecordView): Fate => fateAt(batch, placeOf(batch, record));

/** How often the message had been received, as the batch tells it; undefined where it does not. */
export const receiveCountIn = (batch: Batch, record: RecordView): number | undefined =>
  batch.seen[placeOf(batch, record)]?.receiveCount;

/** Whether some batch, of whatever mapping, ended ok for the record; undefined where that cannot be told. */
export function hasSucceeded(record: RecordView): boolean | undefined {
  let isKnown = true;
  for (const batch of record.batches) {
    const fate = fateOf(batch, record);
    if (fate === 'succeeded') return true;
    if (fate === 'unknown') isKnown = false;
  }
  return isKnown ? false : undefined;
}

/** Whether an attempt of the mapping before this one may have succeeded for the record: what comes after it is a repetition. */
export function hadSucceeded(record: RecordView, until: Batch): boolean {
  for (const batch of record.batches) {
    if (batch === until) return false;
    if (batch.mapping === until.mapping && fateOf(batch, record) !== 'failed') return true;
  }
  return false;
}

const FEW = 16;
const places = new WeakMap<RecordView, ReadonlyMap<Batch, number>>();

/** The position of a batch among those of a record; of many they are numbered once. */
export function placeIn(record: RecordView, batch: Batch): number {
  const { batches } = record;
  if (batches.length <= FEW) return batches.indexOf(batch);
  let numbered = places.get(record);
  if (numbered === undefined) {
    numbered = new Map(batches.map((one, place) => [one, place]));
    places.set(record, numbered);
  }
  return numbered.get(batch) ?? -1;
}

/** The first batch of the mapping with the record. */
export function firstWith({ batches }: RecordView, mapping: MappingView): Batch | undefined {
  for (const batch of batches) if (batch.mapping === mapping) return batch;
  return undefined;
}

/** The scenario's record at this place, where it comes for the first time: its data is looked at once. */
export function newAt({ records, mapping, attempt }: Batch, place: number): RecordView | undefined {
  const record = records[place];
  return record !== undefined && firstWith(record, mapping)?.attempt === attempt ? record : undefined;
}

/** The next batch of the same mapping that holds the record; undefined where there is none. */
export function nextWith(record: RecordView, batch: Batch): Batch | undefined {
  const { batches } = record;
  for (let place = placeIn(record, batch) + 1; place < batches.length; place++)
    if (batches[place]?.mapping === batch.mapping) return batches[place];
  return undefined;
}

/** How many attempts of the mapping held the record, up to this one and with it. */
export function attemptsUpTo(record: RecordView, until: Batch): number {
  let count = 0;
  for (const batch of record.batches) {
    if (batch.mapping === until.mapping) count++;
    if (batch === until) break;
  }
  return count;
}

/** AWS: Kinesis keeps records for a day where nothing else is configured, DynamoDB Streams always. */
export const STREAM_RETENTION_SECONDS = 86_400;

/**
 * The attempt of the same mapping that came although the one before it had ended ok for the record, and although
 * `allowed` such ones had come already; undefined where there were no more than that.
 */
export function repetitionBeyond(record: RecordView, batch: Batch, allowed: number): Batch | undefined {
  let found = 0;
  let isDone = true;
  for (let place = placeIn(record, batch) + 1; place < record.batches.length; place++) {
    const next = record.batches[place];
    if (next === undefined || next.mapping !== batch.mapping) continue;
    if (isDone && found++ === allowed) return next;
    isDone = fateOf(next, record) === 'succeeded';
  }
  return undefined;
}

/**
 * Whether a request may have changed a queue under way, in more than its visibility timeout, which `SourceView` has over
 * time: for how long it keeps messages, after what delay they appear, or where they go.
 */
export const isReconfigured = ({ ref }: SourceView, view: View): boolean =>
  view.requests.some(
    ({ step, rejected }) =>
      rejected === undefined &&
      step.operation === 'SetQueueAttributes' &&
      step.input['QueueUrl'] === ref &&
      Object.keys(asObject(step.input['Attributes']) ?? {}).some((key) => key !== 'VisibilityTimeout'),
  );

const disturbances = new WeakMap<MappingView, string>();

/** What may keep a mapping from acting as it is configured, at some time: in words; undefined where nothing does. */
export function disturbance(mapping: MappingView, view: View): string | undefined {
  let known = disturbances.get(mapping);
  if (known === undefined) {
    known = disturbanceAtAll(mapping, view) ?? '';
    disturbances.set(mapping, known);
  }
  return known === '' ? undefined : known;
}

function disturbanceAtAll(mapping: MappingView, view: View): string | undefined {
  for (const { resource } of view.permissions)
    if (resource === mapping.source.ref) return 'the right to the source changed';
  return disturbanceBesideRights(mapping, view);
}

/** The same, whatever the role of the function may do. */
export function disturbanceBesideRights(mapping: MappingView, view: View): string | undefined {
  const { source, function: owner, steady } = mapping;
  if (steady === undefined) return 'the mapping was changed';
  if (!steady.isEnabled) return 'the mapping is disabled';
  if (source.removedAt !== Number.POSITIVE_INFINITY) return 'the source was deleted';
  if (isReconfigured(source, view)) return 'the queue was changed';
  if (view.removed.has(`function:${owner.name}`)) return 'the function was deleted';
  if (mapping.settings.at(-1)?.value === null) return 'the mapping was deleted';
  if (mayLackCapacity(owner, view)) return 'the function may have lacked capacity';
  if (owner.timeoutSeconds.length > 1) return 'the timeout was changed';
  return undefined;
}

/** The time by which a mapping that is not disturbed has looked at what was there, and formed a batch of it. */
export const pickupSeconds = ({ steady, source }: MappingView, tolerances: Tolerances): number =>
  pickupWithinSeconds(source.kind, steady?.windowSeconds ?? 0, tolerances);

/** The latest time at which a batch of the mapping can have been in flight; Infinity where an end was not seen. */
export function lastEndOf(mapping: MappingView): number {
  let last = lastEnds.get(mapping);
  if (last !== undefined) return last;
  last = Number.NEGATIVE_INFINITY;
  for (const { attempt } of mapping.batches) last = Math.max(last, attempt.endedLatest);
  lastEnds.set(mapping, last);
  return last;
}

const lastEnds = new WeakMap<MappingView, number>();

/** What a filter pattern is held against; undefined where that cannot be told (a change of an item, a filler). */
export function documentFor(record: RecordView): FilterDocument | undefined {
  const { source, spec, id } = record;
  if (source.kind === 'dynamodb' || isFiller(spec.body)) return undefined;
  return documentOf(source.kind, textOf(spec, id));
}

const DATA_KEYS = { sqs: 'body', kinesis: 'data', kafka: 'value', mq: 'data', dynamodb: 'dynamodb' } as const;

/** Whether the pattern speaks of the data alone: what others do is contradictory (SQS-FILT-03). */
export function isOnData(pattern: string, { kind }: SourceView): boolean {
  for (const node of filterOf(pattern)?.all ?? [])
    if (node.kind === 'or' || node.key !== DATA_KEYS[kind]) return false;
  return true;
}

/**
 * Whether the mapping's filters let the record through, under all settings that it ever had; undefined where they
 * differ, or where AWS's pages leave it open.
 */
export function isLetThrough(record: RecordView, mapping: MappingView): boolean | undefined {
  if (!isFiltering(mapping)) return mapping.settings.some(({ value }) => value !== null) ? true : undefined;
  let known = letThrough.get(mapping);
  if (known === undefined) {
    known = new Map();
    letThrough.set(mapping, known);
  }
  let isThrough = known.get(record);
  if (isThrough === undefined && !known.has(record)) {
    isThrough = isLetThroughBy(record, mapping);
    known.set(record, isThrough);
  }
  return isThrough;
}

const letThrough = new WeakMap<MappingView, Map<RecordView, boolean | undefined>>();

function isLetThroughBy(record: RecordView, mapping: MappingView): boolean | undefined {
  const document = documentFor(record);
  let result: boolean | undefined;
  for (const { value } of mapping.settings) {
    if (value === null) continue;
    const { filters } = value;
    if (
      filters.length > 0 &&
      (document === undefined || !filters.every((pattern) => isOnData(pattern, record.source)))
    )
      return undefined;
    const isThrough = document === undefined || matchesAny(filters, document);
    if (result !== undefined && result !== isThrough) return undefined;
    result = isThrough;
  }
  return result;
}

/** How many of the filters let the record through. */
export function matching(record: RecordView, filters: readonly string[]): number {
  const document = documentFor(record);
  if (document === undefined) return 0;
  let count = 0;
  for (const text of filters) {
    const filter = filterOf(text);
    if (filter !== undefined && isMatch(filter, document)) count++;
  }
  return count;
}

/** The smallest value that a timeline may have had from `from` to `to`. */
export const smallest = (
  timeline: Parameters<typeof possible<number>>[0],
  from: number,
  to: number,
): number => (timeline.length === 1 ? (timeline[0]?.value ?? 0) : Math.min(...possible(timeline, from, to)));

const held = new WeakMap<Remaining, ReadonlySet<string>>();

/** Whether the source still holds the record; undefined where nobody looked, or could tell. */
export function stillHolds(source: SourceView, id: string): boolean | undefined {
  const { remaining } = source;
  if (remaining?.records === undefined) return undefined;
  let ids = held.get(remaining);
  if (ids === undefined) {
    ids = new Set(remaining.records);
    held.set(remaining, ids);
  }
  return ids.has(id);
}
