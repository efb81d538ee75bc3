/** AWS, with-sqs.html and services-sqs-scaling.html: FIFO queues and their message groups. */
import { defineRule } from '../../engine/rule.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { overflow } from '../concurrency/occupancy.ts';
import { fateOf, isLetThrough } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { FIFO_QUEUES, SCALING } from './pages.ts';
import {
  isChanged,
  isDeadLetterQueueWatched,
  isFifo,
  mayOutliveVisibility,
  queueOf,
  retentionSeconds,
  sqsBatches,
  sqsMappings,
} from './subjects.ts';

/** One message group of a queue that one mapping reads. */
interface Group {
  readonly name: string;
  readonly mapping: MappingView;
  /** In the order in which they were sent. */
  readonly messages: readonly RecordView[];
  /** The batches that held one of them, in order of their start. */
  readonly batches: readonly Batch[];
}

const NO_GROUPS: readonly Group[] = [];

/** The groups of FIFO queues with one mapping: several would share them. */
const groups = once((view: View): readonly Group[] => {
  let found: Group[] | undefined;
  for (const mapping of sqsMappings(view)) {
    if (!isFifo(mapping.source, view) || mapping.source.mappings.length > 1) continue;
    const byName = new Map<string, { messages: RecordView[]; batches: Batch[] }>();
    for (const record of mapping.source.records) {
      if (record.sent === undefined || record.spec.group === undefined) continue;
      const group = byName.get(record.spec.group);
      if (group === undefined) byName.set(record.spec.group, { messages: [record], batches: [] });
      else group.messages.push(record);
    }
    for (const batch of mapping.batches) {
      const names = new Set(batch.records.map((record) => record?.spec.group));
      for (const name of names) if (name !== undefined) byName.get(name)?.batches.push(batch);
    }
    found ??= [];
    for (const [name, group] of byName) if (group.batches.length > 0) found.push({ name, mapping, ...group });
  }
  return found ?? NO_GROUPS;
});

export const fifo01 = defineRule({
  id: 'SQS-FIFO-01',
  level: 'MUST',
  invariant:
    'In a message group first attempts come in the order of the queue, and so do the records of a batch.',
  sources: [SCALING, FIFO_QUEUES],
  needs: ['sqs', 'fifo'],
  subjects: groups,
  check: ({ messages, batches, name }) => {
    const places = new Map(messages.map((record, place) => [record, place]));
    let reached = -1;
    let reachedIn: Batch | undefined;
    for (const batch of batches) {
      let within = -1;
      for (const record of batch.records) {
        const place = record === undefined ? undefined : places.get(record);
        if (record === undefined || place === undefined) continue;
        const isFirst = record.batches[0] === batch;
        if (place < within || (isFirst && place < reached)) {
          return {
            expected: `${record.id} of the group ${name} before those that were sent after it`,
            observed: place < within ? 'after one of them in the same batch' : 'after one of them',
            entries: reachedIn === undefined ? [batch.started] : [batch.started, reachedIn.started],
          };
        }
        within = Math.max(within, place);
        if (!isFirst) continue;
        reached = Math.max(reached, place);
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
  check: ({ messages, batches, name, mapping }, view, tolerances) => {
    const { source } = mapping;
    if (isChanged(source, view)) return { unknown: 'the queue was changed' };
    if (!isDeadLetterQueueWatched(source, view) && queueOf(source, view)?.redrive !== undefined)
      return { unknown: 'nobody saw what arrived at its dead-letter queue' };
    const most = queueOf(source, view)?.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY;
    const keptSeconds = retentionSeconds(source, view);
    const places = new Map(messages.map((record, place) => [record, place]));
    /** The earliest message that failed, and has to come again before the others. */
    let blocking: RecordView | undefined;
    for (const batch of batches) {
      const { startedAt } = batch.attempt;
      if (
        blocking?.redriven.some(({ at }) => at <= startedAt + 2 * tolerances.schedulingSlackSeconds) === true
      )
        blocking = undefined;
      if (
        blocking !== undefined &&
        startedAt + tolerances.schedulingSlackSeconds >= (blocking.sent?.requestedAt ?? 0) + keptSeconds
      )
        blocking = undefined;
      if (blocking !== undefined && !batch.records.includes(blocking)) {
        const before = places.get(blocking) ?? 0;
        const other = batch.records.find(
          (record) =>
            record !== undefined && (places.get(record) ?? -1) > before && record.batches[0] === batch,
        );
        if (other !== undefined && isLetThrough(blocking, mapping) !== true)
          return { unknown: 'a filter may have left the failed message out' };
        if (other !== undefined) {
          const failedIn = blocking.batches.findLast((one) => one.attempt.startedAt < startedAt);
          return {
            expected: `${blocking.id} of the group ${name} again before later messages`,
            observed: `${other.id} in attempt ${batch.attempt.id}`,
            entries: [batch.started, ...(failedIn === undefined ? [] : [failedIn.started])],
          };
        }
      }
      blocking = blockingAfter(batch, blocking, places, most);
    }
    return;
  },
});

/** Which message of the group is in the way once the batch is over. */
function blockingAfter(
  batch: Batch,
  before: RecordView | undefined,
  places: ReadonlyMap<RecordView, number>,
  most: number,
): RecordView | undefined {
  for (let place = 0; place < batch.records.length; place++) {
    const record = batch.records[place];
    if (record === undefined || !places.has(record)) continue;
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
    if (mapping.batches.some((batch) => mayOutliveVisibility(batch, view, tolerances)))
      return { unknown: 'a visibility timeout may have ended during an attempt' };
    return {
      expected: `at most ${names.size} attempts at once, as many as there are groups`,
      observed: `${over.inFlight + 1}`,
      entries: [over.attempt.started],
    };
  },
});
