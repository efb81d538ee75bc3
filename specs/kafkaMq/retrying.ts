/** Whether a batch that failed was tried again, and whole: for Kafka and Amazon MQ alike. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import type { Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { hadSucceeded, nextWith, repetitionBeyond } from '../mappings/records.ts';
import { batchesWith, isDisturbed, placeOf } from './subjects.ts';

/** The time by which a batch that failed has been tried again, on a target that has capacity. */
export function retryDueBy({ attempt, mapping }: Batch, tolerances: Tolerances): number {
  const windowSeconds = mapping.steady?.windowSeconds ?? 0;
  const { pollSeconds, pollingRetrySeconds, schedulingSlackSeconds } = tolerances;
  return attempt.endedLatest + pollingRetrySeconds + windowSeconds + pollSeconds + 2 * schedulingSlackSeconds;
}

/** Each record of a batch that failed comes again, with all others of the batch. */
export function triedAgainWhole(batch: Batch, view: View, tolerances: Tolerances): Finding {
  const { attempt, mapping, records, seen, started } = batch;
  if (isDisturbed(mapping, view)) return { unknown: 'the mapping, its source or its rights changed' };
  for (const record of records) {
    if (record === undefined) continue;
    const next = nextWith(record, batch);
    if (next !== undefined) return isWhole(batch, next);
    const due = retryDueBy(batch, tolerances);
    if (hadSucceeded(record, batch)) return { unknown: 'it had succeeded before' };
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due again' };
    if (mayLackCapacity(mapping.function, view)) return { unknown: 'the function may have lacked capacity' };
    return {
      expected: `the batch with ${record.id} tried again after attempt ${attempt.id} failed`,
      observed: `no further attempt in ${Math.round(due - attempt.endedEarliest)} s`,
      entries: [started],
    };
  }
  return { unknown: `none of ${seen.length} records can be told` };
}

function isWhole(batch: Batch, next: Batch): Finding {
  const again = new Set(next.seen.map(placeOf));
  const missing = batch.seen.find((record, at) => {
    if (again.has(placeOf(record))) return false;
    const known = batch.records[at];
    return known === undefined || !hadSucceeded(known, batch);
  });
  if (missing === undefined) return;
  return {
    expected: `all ${batch.seen.length} records of the batch that failed, tried again together`,
    observed: `${missing.record ?? missing.id} is not in the next attempt`,
    entries: [next.started, batch.started],
  };
}

/** None of the records of a batch that ended ok comes again, more often than the target may repeat what was handled. */
export function handledAgain(batch: Batch, { duplicateBudget }: Tolerances): Finding {
  for (const record of batch.records) {
    const next = record === undefined ? undefined : repetitionBeyond(record, batch, duplicateBudget);
    if (record === undefined || next === undefined) continue;
    return {
      expected: `no attempt with ${record.id} after one that ended ok`,
      observed: duplicateBudget === 0 ? 'one' : `${duplicateBudget + 1} of them`,
      entries: [next.started, batch.started],
    };
  }
  return;
}

/** A record that was in more attempts than allowed; `undefined` where none was. */
export function tooOften(
  batch: Batch,
  most: number,
  tolerances: Tolerances,
): { readonly record: RecordView; readonly attempts: readonly Batch[] } | undefined {
  for (const record of batch.records) {
    if (record === undefined) continue;
    const attempts = batchesWith(record, batch.mapping);
    if (attempts.length > most + tolerances.duplicateBudget) return { record, attempts };
  }
  return undefined;
}
