/** AWS, services-sqs-errorhandling.html: which messages of a batch are deleted, and which come again. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { fateAt, fateOf, hasSucceeded, isLetThrough, stillHolds } from '../mappings/records.ts';
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

/** Whether a message that succeeded in `batch` came again, or is still there: what should not be. */
function comesAgain(record: RecordView, batch: Batch, view: View, tolerances: Tolerances): Finding {
  const { source } = record;
  const after = record.batches.indexOf(batch);
  // One that was visible again before the attempt was over may be received by another poller before it is deleted.
  const isRaced = record.batches
    .slice(0, after + 1)
    .some((one) => mayOutliveVisibility(one, view, tolerances));
  const later = record.batches.length - after - 1;
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
  const { remaining } = source;
  // A duplicate may still be there, where nobody reads the queue any more.
  if (remaining === undefined || stillHolds(source, record.id) !== true || repeats < budget) return;
  if (later > 0 || isRaced) return;
  if (remaining.at < batch.attempt.endedLatest + 2 * tolerances.schedulingSlackSeconds)
    return { unknown: 'the attempt had just ended when the queue was looked at' };
  return {
    expected: `${record.id} deleted after attempt ${batch.attempt.id} ended ok`,
    observed: 'it is still in the queue',
    entries: [remaining, batch.started],
  };
}

/** What became of a message that no attempt ended ok for: it must be somewhere. */
function isKept(record: RecordView, view: View, tolerances: Tolerances): Finding {
  const { source, redriven, sent, spec } = record;
  if (redriven.length > 0) return;
  const { remaining } = source;
  if (remaining?.records === undefined) return { unknown: 'nobody looked what the queue still holds' };
  if (stillHolds(source, record.id) === true) return;
  if (spec.deduplicationId !== undefined) return { unknown: 'it may have been taken for a repetition' };
  if (isChanged(source, view)) return { unknown: 'the queue was changed' };
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
const failed = once((view: View): readonly Batch[] => {
  const all = sqsBatches(view);
  return all.length === 0 ? all : all.filter(({ attempt }) => !attempt.succeeded);
});

/** Each message of the batch is somewhere: later in an attempt, in the queue, or in its dead-letter queue. */
function allKept(batch: Batch, view: View, tolerances: Tolerances): Finding {
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

/** Batches with a partial response. */
const partial = once((view: View): readonly Batch[] => {
  const all = sqsBatches(view);
  return all.length === 0 ? all : all.filter((batch) => responseOf(batch).kind === 'partial');
});

export const pbr01 = defineRule({
  id: 'SQS-PBR-01',
  level: 'MUST',
  invariant:
    'After a partial response exactly the reported messages stay; all others of the batch are deleted.',
  sources: [ERRORS],
  needs: ['sqs', 'remaining'],
  subjects: partial,
  check: (batch, view, tolerances) => {
    let unknown: Finding;
    for (let place = 0; place < batch.records.length; place++) {
      const record = batch.records[place];
      if (record === undefined) continue;
      const hasFailed = fateAt(batch, place) === 'failed';
      if (hasFailed && (record.batches.at(-1) !== batch || hasSucceeded(record) !== false)) continue;
      const finding = hasFailed
        ? isKept(record, view, tolerances)
        : comesAgain(record, batch, view, tolerances);
      if (finding !== undefined && !('unknown' in finding)) return finding;
      unknown ??= finding;
    }
    return unknown;
  },
});

export const pbr02 = defineRule({
  id: 'SQS-PBR-02',
  level: 'MUST',
  invariant: 'A result that is not valid JSON is a complete failure.',
  sources: [ERRORS],
  needs: ['sqs', 'remaining'],
  note: 'Seen with results that JSON cannot write: the runtime reports them as errors.',
  subjects: (view) => failed(view).filter(({ attempt }) => attempt.outcome === 'unserializable'),
  check: allKept,
});

export const fifo06 = defineRule({
  id: 'SQS-FIFO-06',
  level: 'MAY',
  invariant: 'With partial responses on a FIFO queue, what is not reported is deleted, whatever the order.',
  sources: [ERRORS],
  needs: ['sqs', 'fifo'],
  subjects: (view) =>
    partial(view).filter((batch) => batch.records.some((record) => record?.spec.group !== undefined)),
  observe: (batch) => {
    const first = batch.seen.findIndex((_, place) => fateAt(batch, place) === 'failed');
    const group = batch.records[first]?.spec.group;
    const later = batch.records.filter(
      (record, place) =>
        place > first && record?.spec.group === group && fateAt(batch, place) === 'succeeded',
    );
    if (later.length === 0) return 'nothing later of the group was left unreported';
    const again = later.some((record) => record?.batches.at(-1) !== batch);
    return again ? 'later messages of the group come again' : 'later messages of the group are deleted';
  },
});
