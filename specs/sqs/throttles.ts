/** AWS, services-sqs-errorhandling.html: throttled batches, and what errors do to a mapping's concurrency. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import { defineRule, isUnknown } from '../../engine/rule.ts';
import type { RecordView, View } from '../../engine/view.ts';
import { attemptsOf, mostAtOnce } from '../mappings/atOnce.ts';
import { hasSucceeded, receiveCountIn, smallest } from '../mappings/records.ts';
import { isFiltering } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { isKept } from './deletion.ts';
import { ERRORS, VISIBILITY } from './pages.ts';
import { duplicatesOf, messages, sqsMappings } from './subjects.ts';

/** Messages of functions that may lack capacity: their batches may be throttled. */
const throttleable = once((view: View): readonly RecordView[] => {
  const all = messages(view);
  if (all.length === 0) return all;
  const lacking = new Set(
    sqsMappings(view)
      .filter(({ function: owner }) => mayLackCapacity(owner, view))
      .map(({ source }) => source),
  );
  return lacking.size === 0 ? NONE : all.filter(({ source }) => lacking.has(source));
});

const NONE: readonly RecordView[] = [];

export const thr01 = defineRule({
  id: 'SQS-THR-01',
  level: 'SHOULD',
  invariant: 'A batch that is throttled is tried again while its messages are invisible, not received anew.',
  sources: [ERRORS],
  needs: ['sqs'],
  note: 'Seen in the receive count: it grows by no more than one for each visibility timeout that passed.',
  subjects: (view) => throttleable(view).filter(({ batches }) => batches.length > 0),
  check: (record, view, tolerances) => {
    const { batches, source, sent } = record;
    if (sent === undefined) return;
    for (const batch of batches) {
      const count = receiveCountIn(batch, record);
      if (count === undefined) continue;
      const { startedAt } = batch.attempt;
      const passed = startedAt - sent.requestedAt + tolerances.clockSkewSeconds;
      const visibility = smallest(source.visibilityTimeoutSeconds, sent.requestedAt, startedAt);
      if (visibility <= 0) return { unknown: 'a visibility timeout of 0 lets a message come back at once' };
      const times = 1 + Math.floor((passed + tolerances.schedulingSlackSeconds) / visibility);
      if (count <= times + duplicatesOf(source, view, tolerances)) continue;
      return {
        expected: `${record.id} received at most ${times} times in ${passed.toFixed(1)} s`,
        observed: `ApproximateReceiveCount ${count}`,
        entries: [batch.started],
      };
    }
    return;
  },
});

export const thr02 = defineRule({
  id: 'SQS-THR-02',
  level: 'SHOULD',
  invariant: 'A message whose visibility timeout ends while it is throttled is visible again, and not lost.',
  sources: [ERRORS, VISIBILITY],
  needs: ['sqs', 'remaining'],
  isContradictory: true,
  note: 'The page says that Lambda drops the message then: read as its own copy, for the queue still has it. Judged on messages that were in no attempt, of mappings without filters: nothing else can have deleted those.',
  subjects: (view) => throttleable(view).filter((record) => hasSucceeded(record) === false),
  check: (record, view, tolerances) => {
    const finding = isKept(record, view, tolerances);
    if (finding === undefined || isUnknown(finding)) return finding;
    // What else may have deleted it is the affair of other rules: SQS-FILT-01, and SQS-DEL-02 and 03.
    if (record.source.mappings.some(isFiltering)) return { unknown: 'a filter may have left it out' };
    if (record.batches.length > 0) return { unknown: 'an attempt with it may have deleted it' };
    return finding;
  },
});

/** So many failures in a row, and what came after them, say something. */
const IN_A_ROW = 3;

export const err01 = defineRule({
  id: 'SQS-ERR-01',
  level: 'SHOULD',
  invariant: 'Repeated function errors reduce a mapping’s attempts at once; it recovers after successes.',
  sources: [ERRORS],
  needs: ['sqs'],
  isSilent: true,
  note: 'No numbers are given, so that nothing can be judged: how many were at once is reported.',
  subjects: (view) =>
    sqsMappings(view).filter(({ batches }) => {
      let row = 0;
      for (const { attempt } of batches) {
        row = attempt.succeeded ? 0 : row + 1;
        if (row > IN_A_ROW) return true;
      }
      return false;
    }),
  observe: (mapping) => {
    const failing = attemptsOf(mapping).filter(({ succeeded }) => !succeeded);
    const most = mostAtOnce(failing.slice(IN_A_ROW));
    if (most <= 1) return 'one at a time after errors';
    return most <= IN_A_ROW ? 'few at once after errors' : 'many at once after errors';
  },
});
