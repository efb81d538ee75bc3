/** AWS, sqs-dead-letter-queues.html and services-sqs-configure.html: redrive to the queue's own dead-letter queue. */

import { OUTLETS } from '../../engine/capabilities.ts';
import { mayLackCapacity } from '../../engine/horizon.ts';
import { defineRule } from '../../engine/rule.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import { nothingArrives, outletsOf } from '../mappings/outlets.ts';
import { disturbance, fateOf, receiveCountIn } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { doubtAbout } from './comingAgain.ts';
import { CONFIGURE, DEAD_LETTERS, ERRORS, FUNCTION_DLQ, RECURSION, SET_ATTRIBUTES } from './pages.ts';
import {
  attempted,
  duplicatesOf,
  isChanged,
  isDeadLetterQueueGone,
  isDeadLetterQueueWatched,
  mayOutliveVisibility,
  messages,
  queueOf,
  sqsMappings,
} from './subjects.ts';

/** Messages of queues with a dead-letter queue, that never changed. */
const redrivable = once((view: View): readonly RecordView[] => {
  const all = attempted(view);
  if (all.length === 0) return all;
  return all.filter(({ source }) => queueOf(source, view)?.redrive !== undefined && !isChanged(source, view));
});

const mostReceives = ({ source }: RecordView, view: View): number =>
  queueOf(source, view)?.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY;

export const rdr01 = defineRule({
  id: 'SQS-RDR-01',
  level: 'MUST',
  invariant:
    'A message is in at most maxReceiveCount attempts; then it moves to the queue’s dead-letter queue.',
  sources: [DEAD_LETTERS, CONFIGURE, SET_ATTRIBUTES],
  needs: ['sqs', 'redrive'],
  subjects: redrivable,
  check: (record, view, tolerances) => {
    const { batches, redriven, source } = record;
    const most = mostReceives(record, view);
    const budget = duplicatesOf(source, view, tolerances);
    const beyond = batches[most + budget];
    if (beyond !== undefined) {
      // No page says what becomes of a message that cannot be moved there.
      if (isDeadLetterQueueGone(source, view)) return { unknown: 'its dead-letter queue was deleted' };
      return {
        expected: `${record.id} in at most ${most} attempts`,
        observed: `${batches.length}`,
        entries: [beyond.started],
      };
    }
    const last = batches.at(-1);
    if (last === undefined || redriven.length > 0 || fateOf(last, record) !== 'failed') return;
    const received = receiveCountIn(last, record) ?? batches.length;
    if (received < most) return;
    if (!isDeadLetterQueueWatched(source, view))
      return { unknown: 'nobody saw what arrived at its dead-letter queue' };
    const doubt = doubtAbout(record, last, view, tolerances);
    if (doubt !== undefined) return { unknown: doubt };
    return {
      expected: `${record.id} in the dead-letter queue after ${received} receives`,
      observed: 'it did not arrive there',
      entries: [last.started],
    };
  },
});

export const rdr02 = defineRule({
  id: 'SQS-RDR-02',
  level: 'MUST',
  invariant:
    'Receives that end in a throttle count as well: only then is a message redriven after fewer attempts.',
  sources: [CONFIGURE, ERRORS, RECURSION],
  needs: ['sqs', 'redrive'],
  subjects: (view) =>
    messages(view).filter(({ redriven, source }) => redriven.length > 0 && !isChanged(source, view)),
  check: (record, view, tolerances) => {
    const { batches, source, redriven } = record;
    const most = mostReceives(record, view);
    if (batches.length >= most) return;
    for (const mapping of source.mappings) {
      const why = disturbance(mapping, view) ?? lacks(mapping, view);
      if (why !== undefined) return { unknown: why };
      // An attempt that was not yet over, and one that found its message visible again, may have cost a receive.
      if (mapping.batches.some((batch) => mayOutliveVisibility(batch, view, tolerances)))
        return { unknown: 'a visibility timeout may have ended during an attempt' };
      if ((mapping.steady?.windowSeconds ?? 0) > 0)
        return { unknown: 'its visibility timeout may have ended within a window' };
    }
    const [arrival] = redriven;
    return {
      expected: `${record.id} redriven after ${most} receives; nothing was throttled`,
      observed: `after ${batches.length} attempts`,
      entries: arrival === undefined ? [] : [arrival.entry],
    };
  },
});

const lacks = (mapping: MappingView, view: View): string | undefined =>
  mayLackCapacity(mapping.function, view) ? 'the function may have lacked capacity' : undefined;

export const rdr03 = defineRule({
  id: 'SQS-RDR-03',
  level: 'MUST',
  invariant: 'The function’s own dead-letter queue and destinations never receive messages of a queue.',
  sources: [FUNCTION_DLQ, RECURSION],
  needs: ['sqs', OUTLETS],
  subjects: (view) =>
    sqsMappings(view).filter((mapping) => mapping.batches.length > 0 && outletsOf(mapping).size > 0),
  check: nothingArrives,
});
