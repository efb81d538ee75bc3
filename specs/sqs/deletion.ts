/** AWS, services-sqs-errorhandling.html: which messages of a batch are deleted, and which come again. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { fateOf, hasSucceeded, isLetThrough, stillHolds } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { once } from '../memo.ts';
import { CONFIGURE, ERRORS, FILTERING, MAPPINGS, SQS } from './pages.ts';
import {
  duplicatesOf,
  isChanged,
  isDeadLetterQueueWatched,
  mayOutliveVisibility,
  messages,
  queueOf,
  retentionSeconds,
  sqsBatches,
} from './subjects.ts';

/**
 * How often a message came again after it was handled. A duplicate that fails itself, or that outlasts its visibility
 * timeout, comes again by right.
 */
function repeatsAfter(record: RecordView, after: number, view: View, tolerances: Tolerances): number {
  const { batches } = record;
  let repeats = 0;
  for (let place = after; place < batches.length - 1; place++) {
    const batch = batches[place];
    if (batch === undefined || fateOf(batch, record) !== 'succeeded') continue;
    if (place === after || !mayOutliveVisibility(batch, view, tolerances)) repeats++;
  }
  return repeats;
}

/** What may have kept Lambda from deleting a message that an attempt ended ok for: in words. */
function undeletable({ mapping, attempt }: Batch, view: View, tolerances: Tolerances): string | undefined {
  for (const { resource } of view.permissions)
    if (resource === mapping.source.ref) return 'the role may have lacked the right to delete it';
  const latest = attempt.endedLatest + tolerances.schedulingSlackSeconds;
  const removedAt = view.removed.get(`function:${mapping.function.name}`) ?? Number.POSITIVE_INFINITY;
  if (removedAt <= latest) return 'the function was deleted while the attempt may have been in flight';
  return undefined;
}

/** Whether a message that succeeded in `batch` came again, or is still there: what should not be. */
export function comesAgain(record: RecordView, batch: Batch, view: View, tolerances: Tolerances): Finding {
  const { source } = record;
  const after = record.batches.indexOf(batch);
  const later = record.batches.length - after - 1;
  const { remaining } = source;
  const isHeld = remaining !== undefined && stillHolds(source, record.id) === true;
  if (later === 0 && !isHeld) return;
  const why = undeletable(batch, view, tolerances);
  if (why !== undefined) return { unknown: why };
  // One that was visible again before the attempt was over may be received by another poller before it is deleted.
  const isRaced = record.batches
    .slice(0, after + 1)
    .some((one) => mayOutliveVisibility(one, view, tolerances));
  const repeats = repeatsAfter(record, after, view, tolerances);
  const budget = duplicatesOf(source, view, tolerances);
  if (repeats > budget) {
    if (isRaced) return { unknown: 'its visibility timeout may have ended before the attempt' };
    const next = record.batches[after + 1];
    return {
      expected: `${record.id} deleted after attempt ${batch.attempt.id} ended ok`,
      observed: 'it was in another attempt',
      entries: next === undefined ? [batch.started] : [next.started, batch.started],
    };
  }
  // A duplicate may still be there, where nobody reads the queue any more.
  if (remaining === undefined || !isHeld || repeats < budget || later > 0 || isRaced) return;
  if (remaining.at < batch.attempt.endedLatest + 2 * tolerances.schedulingSlackSeconds)
    return { unknown: 'the attempt had just ended when the queue was looked at' };
  return {
    expected: `${record.id} deleted after attempt ${batch.attempt.id} ended ok`,
    observed: 'it is still in the queue',
    entries: [remaining, batch.started],
  };
}

/** What became of a message that no attempt ended ok for: it must be somewhere. */
export function isKept(record: RecordView, view: View, tolerances: Tolerances): Finding {
  const { source, redriven, sent, spec } = record;
  if (redriven.length > 0) return;
  const { remaining } = source;
  if (remaining?.records === undefined) return { unknown: 'nobody looked what the queue still holds' };
  if (stillHolds(source, record.id) === true) return;
  if (spec.deduplicationId !== undefined) return { unknown: 'it may have been taken for a repetition' };
  if (isChanged(source, view)) return { unknown: 'the queue was changed' };
  if (source.removedAt !== Number.POSITIVE_INFINITY) return { unknown: 'the queue was deleted' };
  const keptSeconds = retentionSeconds(source, view);
  const sentAt = sent?.requestedAt ?? 0;
  if (remaining.at >= sentAt + keptSeconds - tolerances.schedulingSlackSeconds) return;
  if (queueOf(source, view)?.redrive !== undefined && !isDeadLetterQueueWatched(source, view))
    return { unknown: 'nobody saw what arrived at its dead-letter queue' };
  for (const mapping of source.mappings)
    if (isLetThrough(record, mapping) !== true) return { unknown: 'a filter may have left it out' };
  return {
    expected: `${record.id} kept: no attempt ended ok for it`,
    observed: 'it is in the queue no more',
    entries: [remaining, ...record.batches.map(({ started }) => started).slice(-1)],
  };
}

export const del01 = defineRule({
  id: 'SQS-DEL-01',
  level: 'MUST',
  invariant: 'After an attempt ended ok every message of its batch is deleted.',
  sources: [SQS, MAPPINGS],
  needs: ['sqs'],
  subjects: (view) => sqsBatches(view).filter((batch) => responseOf(batch).kind === 'success'),
  check: (batch, view, tolerances) => {
    let unknown: Finding;
    for (const record of batch.records) {
      if (record === undefined) continue;
      const finding = comesAgain(record, batch, view, tolerances);
      if (finding !== undefined && !('unknown' in finding)) return finding;
      unknown ??= finding;
    }
    return unknown;
  },
});

export const del02 = defineRule({
  id: 'SQS-DEL-02',
  level: 'MUST',
  invariant:
    'A message is deleted only after an attempt that ended ok for it, or by filter, retention or redrive.',
  sources: [SQS, FILTERING],
  needs: ['sqs', 'remaining'],
  subjects: (view) => messages(view).filter((record) => hasSucceeded(record) === false),
  check: isKept,
});

/** Batches whose function ended with an error. */
export const failed = once((view: View): readonly Batch[] => {
  const all = sqsBatches(view);
  return all.length === 0 ? all : all.filter(({ attempt }) => !attempt.succeeded);
});

/** Each message of the batch is somewhere: later in an attempt, in the queue, or in its dead-letter queue. */
export function allKept(batch: Batch, view: View, tolerances: Tolerances): Finding {
  let unknown: Finding;
  for (const record of batch.records) {
    if (record === undefined || record.batches.at(-1) !== batch) continue;
    if (hasSucceeded(record) !== false) continue;
    const finding = isKept(record, view, tolerances);
    if (finding !== undefined && !('unknown' in finding)) return finding;
    unknown ??= finding;
  }
  return unknown;
}

export const del03 = defineRule({
  id: 'SQS-DEL-03',
  level: 'MUST',
  invariant: 'After a function error no message of the batch is deleted; all become visible again.',
  sources: [CONFIGURE, ERRORS],
  needs: ['sqs', 'remaining'],
  subjects: failed,
  check: allKept,
});
