/** What the rules on mappings of all kinds speak of. */

import type { Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { once, onceEach } from '../memo.ts';
import {
  duplicatesOf,
  mayBeRedrivenUnseen,
  mayOutliveVisibility,
  queueOf,
  retentionSeconds,
} from '../sqs/subjects.ts';
import {
  disturbance,
  disturbanceBesideRights,
  firstWith,
  hadSucceeded,
  hasSucceeded,
  isLetThrough,
  isReconfigured,
  lastEndOf,
  NO_MAPPINGS,
  pickupSeconds,
  placeIn,
  repetitionBeyond,
  STREAM_RETENTION_SECONDS,
  stillHolds,
} from './records.ts';

/** All mappings. */
export const allMappings = once((view: View): readonly MappingView[] =>
  view.mappings.size === 0 ? NO_MAPPINGS : [...view.mappings.values()],
);

export const withBatches = once((view: View): readonly MappingView[] =>
  allMappings(view).filter(({ batches }) => batches.length > 0),
);

export const allBatches = (view: View): readonly Batch[] => view.batches;

/** A record with a mapping that should have it. */
export interface Delivery {
  readonly record: RecordView;
  readonly mapping: MappingView;
}

const NO_DELIVERIES: readonly Delivery[] = [];

/** Each record that a source took, with each mapping of the source; the messages of a queue go to one of them. */
export const expected = once((view: View): readonly Delivery[] => {
  if (view.records.size === 0 || view.mappings.size === 0) return NO_DELIVERIES;
  const found: Delivery[] = [];
  for (const source of view.sources.values()) {
    const [mapping, ...others] = source.mappings;
    if (mapping === undefined || (source.kind === 'sqs' && others.length > 0)) continue;
    for (const record of source.records) {
      if (record.sent === undefined) continue;
      for (const one of source.mappings) found.push({ record, mapping: one });
    }
  }
  return found;
});

/** The first batch of the mapping that held the record. */
export const firstBatch = ({ record, mapping }: Delivery): Batch | undefined => firstWith(record, mapping);

/**
 * Why a record may rightly be in no attempt of the mapping; undefined where nothing excuses it.
 * @param readableAt from when on the role may read the source for certain, where it could not before
 */
export function excuse(
  { record, mapping }: Delivery,
  view: View,
  tolerances: Tolerances,
  readableAt?: number,
): string | undefined {
  const { source, sent, spec } = record;
  if (sent === undefined) return 'the source was not seen to take it';
  const disturbed =
    readableAt === undefined ? disturbance(mapping, view) : disturbanceBesideRights(mapping, view);
  if (disturbed !== undefined) return disturbed;
  // What was there before the mapping depends on its starting position, which rules of its own are about.
  if (mapping.spec === undefined) return 'the mapping was made under way';
  if (mapping.steady?.consumerGroup !== undefined) return 'its consumer group may have committed more';
  if (spec.deduplicationId !== undefined) return 'it may have been taken for a repetition';
  if (source.kind === 'dynamodb') return 'what became of the item is not known here';
  if (mapping.steady !== undefined && mapping.steady.maximumRecordAgeSeconds > 0)
    return 'it may have been too old';
  if (record.redriven.length > 0) return 'it was redriven';
  // A message that is visible again before its batch is complete is received again, and that counts.
  const window = mapping.steady?.windowSeconds ?? 0;
  if (source.kind === 'sqs' && window > 0 && mayBeRedrivenUnseen(source, view))
    return 'it may have been redriven unseen';
  const due = dueBy({ record, mapping }, tolerances, readableAt);
  if (due > sent.requestedAt + keptSeconds(record, view)) return 'it may have been too old';
  return view.watchedUntil < due ? 'the observer left before it was due' : undefined;
}

/** Until when the mapping has had it, whatever else was in the way. */
function dueBy({ record, mapping }: Delivery, tolerances: Tolerances, readableAt = 0): number {
  const queueDelay = record.spec.delaySeconds ?? LONGEST_DELAY_SECONDS;
  const delaySeconds = record.source.kind === 'sqs' ? queueDelay : 0;
  const visibility =
    record.source.kind === 'sqs' ? (record.source.visibilityTimeoutSeconds.at(-1)?.value ?? 0) : 0;
  const from = Math.max((record.sent?.at ?? 0) + delaySeconds, lastEndOf(mapping), readableAt);
  return from + visibility + tolerances.pollingRetrySeconds + pickupSeconds(mapping, tolerances);
}

/** AWS, SQS: no message is delayed longer. */
const LONGEST_DELAY_SECONDS = 900;

/** Seconds for which a record is kept: in topics, of which AWS says nothing, as long as in streams. */
export const keptSeconds = ({ source }: RecordView, view: View): number =>
  source.kind === 'sqs' ? retentionSeconds(source, view) : STREAM_RETENTION_SECONDS;

/**
 * A record that should be in an attempt of the mapping, and is in none.
 * @param readableAt as for `excuse`
 */
export function isDelivered(
  delivery: Delivery,
  view: View,
  tolerances: Tolerances,
  readableAt?: number,
): Finding {
  if (firstBatch(delivery) !== undefined) return;
  const { record, mapping } = delivery;
  const isThrough = isLetThrough(record, mapping);
  if (isThrough === false) return;
  if (isThrough === undefined) return { unknown: 'a filter may leave it out' };
  const why = excuse(delivery, view, tolerances, readableAt);
  if (why !== undefined) return { unknown: why };
  return {
    expected: `${record.id} in an attempt of the mapping ${mapping.name}`,
    observed: 'none',
    entries: record.sent === undefined ? [] : [record.sent],
  };
}

/** A record that should be in no attempt of the mapping, and is in one. */
export function isLeftOut(delivery: Delivery): Finding {
  const batch = firstBatch(delivery);
  if (batch === undefined || isLetThrough(delivery.record, delivery.mapping) !== false) return;
  return {
    expected: `no attempt with ${delivery.record.id}, which no filter lets through`,
    observed: 'one',
    entries: [batch.started],
  };
}

/** The records of a batch that ended ok for all of them: none comes again. */
export function noneComesAgain(batch: Batch, view: View, tolerances: Tolerances): Finding {
  const { mapping, started } = batch;
  for (const record of batch.records) {
    if (record === undefined || !hasLater(record, batch)) continue;
    const budget =
      mapping.source.kind === 'sqs'
        ? duplicatesOf(mapping.source, view, tolerances)
        : tolerances.duplicateBudget;
    const next = repetitionBeyond(record, batch, budget);
    if (next === undefined) continue;
    if (batch.attempt.mayHaveBeenKilled) return { unknown: 'the attempt may have timed out' };
    if (mapping.source.kind === 'sqs' && mayEverOutlive(record, view))
      return { unknown: 'its visibility timeout may have ended before the attempt' };
    // A batch of which this was a part may have failed before, and be on its way again.
    if ((endsBefore(record, view)[placeIn(record, batch)] ?? 0) > started.at)
      return { unknown: 'another attempt with it was in flight' };
    return {
      expected: `no further attempt with ${record.id} after attempt ${batch.attempt.id} succeeded`,
      observed: 'one',
      entries: [next.started, started],
    };
  }
  return;
}

/** Whether an attempt with the message may have outlasted its visibility timeout. */
const mayEverOutlive = onceEach((record: RecordView, view): boolean =>
  record.batches.some((one) => mayOutliveVisibility(one, view, view.tolerances)),
);

/** For each batch of a record, the latest time at which one that started before it can have been in flight. */
const endsBefore = onceEach((record: RecordView): readonly number[] => {
  let latest = Number.NEGATIVE_INFINITY;
  return record.batches.map(({ attempt }) => {
    const before = latest;
    latest = Math.max(latest, attempt.endedLatest);
    return before;
  });
});

/** Whether the record is in a later batch of the same mapping: most often the last one tells. */
function hasLater(record: RecordView, batch: Batch): boolean {
  const { batches } = record;
  for (let place = batches.length - 1; place >= 0; place--) {
    const other = batches[place];
    if (other === batch) return false;
    if (other?.mapping === batch.mapping) return true;
  }
  return false;
}

/** The records of a batch that failed as a whole: each comes again, or is told of as failed for good. */
export function allComeAgain(batch: Batch, view: View, tolerances: Tolerances): Finding {
  let unknown: Finding;
  for (const record of batch.records) {
    if (record === undefined || hasLater(record, batch)) continue;
    const finding = comesAgain(record, batch, view, tolerances);
    if (finding !== undefined && !('unknown' in finding)) return finding;
    unknown ??= finding;
  }
  return unknown;
}

function comesAgain(record: RecordView, batch: Batch, view: View, tolerances: Tolerances): Finding {
  const { mapping, started } = batch;
  const { source } = record;
  if (record.redriven.length > 0) return;
  if (source.kind === 'sqs') {
    const isHeld = stillHolds(source, record.id);
    const succeeded = hasSucceeded(record);
    if (isHeld === true || succeeded === true) return;
    if (succeeded === undefined) return { unknown: 'it may have succeeded in another attempt' };
    if (isHeld === undefined) return { unknown: 'nobody looked what the queue still holds' };
    if (isReconfigured(source, view)) return { unknown: 'the queue was changed' };
    if (queueOf(source, view)?.redrive !== undefined)
      return { unknown: 'it may be in the dead-letter queue' };
    if ((source.remaining?.at ?? 0) >= (record.sent?.requestedAt ?? 0) + keptSeconds(record, view) - 1)
      return { unknown: 'it may have been too old' };
    if (isLetThrough(record, mapping) !== true) return { unknown: 'a filter may have left it out' };
    if (source.mappings.length > 1) return { unknown: 'several mappings read the queue' };
    return {
      expected: `${record.id} kept: attempt ${batch.attempt.id} failed`,
      observed: 'it is gone',
      entries: [started],
    };
  }
  const { steady } = mapping;
  if (steady === undefined) return { unknown: 'the mapping was changed' };
  if (hadSucceeded(record, batch)) return { unknown: 'it had succeeded before' };
  const attempts = record.batches.filter((one) => one.mapping === mapping).length;
  const retries = steady.maximumRetryAttempts;
  const most =
    retries === -1
      ? source.kind === 'kafka' && steady.onFailure !== undefined
        ? 10
        : Number.POSITIVE_INFINITY
      : retries;
  // With a bound it may have been discarded.
  if (attempts > most || steady.maximumRecordAgeSeconds > 0 || steady.bisects) return;
  if (steady.reportsItemFailures) return { unknown: 'partial responses may have counted its retries anew' };
  const why = disturbance(mapping, view);
  if (why !== undefined) return { unknown: why };
  const due = lastEndOf(mapping) + tolerances.pollingRetrySeconds + pickupSeconds(mapping, tolerances);
  if (due > (record.sent?.requestedAt ?? 0) + keptSeconds(record, view))
    return { unknown: 'it may have been too old' };
  if (view.watchedUntil < due) return { unknown: 'the observer left before it was due again' };
  return {
    expected: `${record.id} again after attempt ${batch.attempt.id} failed`,
    observed: 'no further attempt',
    entries: [started],
  };
}
