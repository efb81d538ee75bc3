/** Whether what was written reached the function as soon as it could. */
import type { Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { firstWith, isLetThrough, pickupSeconds } from '../mappings/records.ts';
import { mayBeTooOld } from './calm.ts';
import { isCertainlyInStream } from './subjects.ts';

const dueAfter = (at: number, mapping: MappingView, tolerances: Tolerances): number =>
  at + pickupSeconds(mapping, tolerances) + tolerances.clockSkewSeconds;

/**
 * The first batch that starts later than its records were there, and all that started before it was over.
 * @param batches in order of their start, none of which failed
 */
export function firstLate(batches: readonly Batch[], mapping: MappingView, tolerances: Tolerances): Finding {
  let freeAt = Number.NEGATIVE_INFINITY;
  for (const batch of batches) {
    let thereAt = Number.POSITIVE_INFINITY;
    for (const record of batch.records)
      if (record?.sent !== undefined && firstWith(record, mapping) === batch)
        thereAt = Math.min(thereAt, record.sent.at);
    const from = Math.max(thereAt, freeAt);
    if (batch.attempt.startedAt > dueAfter(from, mapping, tolerances))
      return {
        expected: `an attempt by ${dueAfter(from, mapping, tolerances).toFixed(1)} s: its records were there`,
        observed: `at ${batch.attempt.startedAt.toFixed(1)} s`,
        entries: [batch.started],
      };
    freeAt = Math.max(freeAt, batch.attempt.endedLatest);
  }
  return;
}

/** The first of the records that never comes, of a mapping that reads all from the beginning. */
export function firstMissing(
  records: readonly RecordView[],
  batches: readonly Batch[],
  mapping: MappingView,
  view: View,
): Finding {
  if (mapping.steady?.startingPosition !== 'TRIM_HORIZON') return;
  let freeAt = Number.NEGATIVE_INFINITY;
  for (const { attempt } of batches) freeAt = Math.max(freeAt, attempt.endedLatest);
  for (const record of records) {
    if (record.sent === undefined || !isCertainlyInStream(record)) continue;
    if (firstWith(record, mapping) !== undefined || isLetThrough(record, mapping) !== true) continue;
    const due = dueAfter(Math.max(record.sent.at, freeAt), mapping, view.tolerances);
    if (mayBeTooOld(record, mapping, due, view.tolerances)) return { unknown: 'it may have been too old' };
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    return { expected: `${record.id} in an attempt`, observed: 'in none', entries: [record.sent] };
  }
  return;
}
