/** AWS, with-sqs.html and services-sqs-scaling.html: FIFO queues and their message groups. */
import { defineRule } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { overflow } from '../concurrency/occupancy.ts';
import { fateOf, isLetThrough } from '../mappings/records.ts';
import { type Group, groups, isSentBefore } from './groups.ts';
import { FIFO_QUEUES, SCALING } from './pages.ts';
import {
  isChanged,
  isFifo,
  mayBeRedrivenUnseen,
  mayOutliveVisibility,
  queueOf,
  retentionSeconds,
  sqsBatches,
  sqsMappings,
} from './subjects.ts';

export const fifo01 = defineRule({
  id: 'SQS-FIFO-01',
  level: 'MUST',
  invariant:
    'In a message group first attempts come in the order of the queue, and so do the records of a batch.',
  sources: [SCALING, FIFO_QUEUES],
  needs: ['sqs', 'fifo'],
  subjects: groups,
  check: ({ messages, batches, name }) => {
    /** Of the messages that were in an attempt: the one that was sent last, and the batch it was in first. */
    let reached: RecordView | undefined;
    let reachedIn: Batch | undefined;
    for (const batch of batches) {
      let within: RecordView | undefined;
      for (const record of batch.records) {
        if (record === undefined || !messages.has(record)) continue;
        const isFirst = record.batches[0] === batch;
        const isAfterWithin = within !== undefined && isSentBefore(record, within);
        if (isAfterWithin || (isFirst && reached !== undefined && isSentBefore(record, reached))) {
          return {
            expected: `${record.id} of the group ${name} before those that were sent after it`,
            observed: isAfterWithin ? 'after one of them in the same batch' : 'after one of them',
            entries: reachedIn === undefined ? [batch.started] : [batch.started, reachedIn.started],
          };
        }
        if (within === undefined || isSentBefore(within, record)) within = record;
        if (!isFirst || (reached !== undefined && !isSentBefore(reached, record))) continue;
        reached = record;
        reachedIn = batch;
      }
    }
    return;
  },
});

export const fifo02 = defineRule({
  id: 'SQS-FIFO-02',
  level: 'MUST',
  invariant:
    'At most one attempt in flight holds messages of a group, unless the visibility timeout ran out.',
  sources: [FIFO_QUEUES, SCALING],
  needs: ['sqs', 'fifo'],
  subjects: groups,
  check: ({ batches, name }, view, tolerances) => {
    let running: Batch | undefined;
    for (const batch of batches) {
      const isBeside =
        running !== undefined &&
        batch.attempt.startedAt < running.attempt.endedEarliest - tolerances.clockSkewSeconds;
      if (isBeside && running !== undefined) {
        if (mayOutliveVisibility(running, view, tolerances))
          return { unknown: 'a visibility timeout may have ended during an attempt' };
        return {
          expected: `one attempt at a time with messages of the group ${name}`,
          observed: `attempt ${batch.attempt.id} while ${running.attempt.id} was in flight`,
          entries: [batch.started, running.started],
        };
      }
      if (running === undefined || batch.attempt.endedEarliest > running.attempt.endedEarliest)
        running = batch;
    }
    return;
  },
});

export const fifo03 = defineRule({
  id: 'SQS-FIFO-03',
  level: 'MUST',
  invariant: 'After a failure no later message of the group starts before the failed ones are gone.',
  sources: [SCALING, FIFO_QUEUES],
  needs: ['sqs', 'fifo'],
  subjects: (view) => groups(view).filter(({ batches }) => batches.length > 1),
  check: (group, view, tolerances) => {
    const { source } = group.mapping;
    if (isChanged(source, view)) return { unknown: 'the queue was changed' };
    if (mayBeRedrivenUnseen(source, view))
      return { unknown: 'nobody saw what arrived at its dead-letter queue' };
    const most = queueOf(source, view)?.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
    /** The message that failed, and has to come again before later ones; and the batch in which it failed. */
    let blocking: RecordView | undefined;
    let failedIn: Batch | undefined;
    for (const batch of group.batches) {
      if (blocking !== undefined && failedIn !== undefined) {
        const other = overtaking(batch, blocking, group);
        // An attempt that was still in flight is the affair of SQS-FIFO-02.
        const isOver = failedIn.attempt.endedLatest <= batch.attempt.startedAt;
        if (other !== undefined && isOver && !mayBeGone(blocking, batch, view, tolerances)) {
          if (isLetThrough(blocking, group.mapping) !== true)
            return { unknown: 'a filter may have left the failed message out' };
          return {
            expected: `${blocking.id} of the group ${group.name} again before later messages`,
            observed: `${other.id} in attempt ${batch.attempt.id}`,
            entries: [batch.started, failedIn.started],
          };
        }
      }
      const now = blockingAfter(batch, blocking, group.messages, most);
      if (now !== blocking || (now !== undefined && batch.records.includes(now))) failedIn = batch;
      blocking = now;
    }
    return;
  },
});

/** A message of the group that is in its first attempt, though it was sent after the one that is in the way. */
function overtaking(batch: Batch, blocking: RecordView, { messages }: Group): RecordView | undefined {
  if (batch.records.includes(blocking)) return undefined;
  return batch.records.find(
    (record) =>
      record !== undefined &&
      messages.has(record) &&
      record.batches[0] === batch &&
      isSentBefore(blocking, record),
  );
}

/** Whether the message may be in the way no more when the batch starts: redriven, too old, or handled by another attempt. */
function mayBeGone(blocking: RecordView, batch: Batch, view: View, tolerances: Tolerances): boolean {
  const { redriven, sent, source, batches } = blocking;
  const { startedAt } = batch.attempt;
  const { schedulingSlackSeconds } = tolerances;
  for (const one of batches)
    if (one.attempt.startedAt < startedAt && fateOf(one, blocking) !== 'failed') return true;
  if (redriven.some(({ at }) => at <= startedAt + 2 * schedulingSlackSeconds)) return true;
  return startedAt + schedulingSlackSeconds >= (sent?.requestedAt ?? 0) + retentionSeconds(source, view);
}

/** Which message of the group is in the way once the batch is over. */
function blockingAfter(
  batch: Batch,
  before: RecordView | undefined,
  messages: ReadonlySet<RecordView>,
  most: number,
): RecordView | undefined {
  for (let place = 0; place < batch.records.length; place++) {
    const record = batch.records[place];
    if (record === undefined || !messages.has(record)) continue;
    const fate = fateOf(batch, record);
    // One that was received as often as it may be goes to the dead-letter queue, and is out of the way.
    if (fate === 'failed') return (batch.seen[place]?.receiveCount ?? most) >= most ? undefined : record;
    if (fate === 'unknown') return undefined;
  }
  return before !== undefined && batch.records.includes(before) ? undefined : before;
}

export const fifo04 = defineRule({
  id: 'SQS-FIFO-04',
  level: 'MAY',
  invariant: 'One batch may hold several message groups.',
  sources: [SCALING],
  needs: ['sqs', 'fifo'],
  isContradictory: true,
  note: 'The guide of 2022 said one batch a group.',
  subjects: (view) =>
    sqsBatches(view).filter(({ mapping, seen }) => seen.length > 1 && isFifo(mapping.source, view)),
  observe: ({ records }) =>
    new Set(records.map((record) => record?.spec.group)).size > 1
      ? 'several groups in a batch'
      : 'one group in a batch',
});

export const fifo05 = defineRule({
  id: 'SQS-FIFO-05',
  level: 'MUST',
  invariant: 'There are no more attempts at once than message groups.',
  sources: [SCALING],
  needs: ['sqs', 'fifo'],
  note: 'That MaximumConcurrency bounds them too is SQS-MAXC-01.',
  subjects: (view) =>
    sqsMappings(view).filter(
      ({ source, batches }) => batches.length > 1 && source.mappings.length === 1 && isFifo(source, view),
    ),
  check: (mapping, view, tolerances) => {
    const names = new Set(mapping.source.records.map(({ spec }) => spec.group));
    const over = overflow(
      mapping.batches.map(({ attempt }) => attempt),
      () => names.size,
      tolerances,
    );
    if (over === undefined) return;
    if (view.chainedRecords.some(({ sent }) => sent.resource === mapping.source.ref))
      return { unknown: 'handlers sent messages on to the queue, of groups that are not told' };
    if (mapping.batches.some((batch) => mayOutliveVisibility(batch, view, tolerances)))
      return { unknown: 'a visibility timeout may have ended during an attempt' };
    return {
      expected: `at most ${names.size} attempts at once, as many as there are groups`,
      observed: `${over.inFlight + 1}`,
      entries: [over.attempt.started],
    };
  },
});
