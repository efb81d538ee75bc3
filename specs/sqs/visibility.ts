/** AWS, services-sqs-errorhandling.html, services-sqs-configure.html: the visibility timeout. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { hasSucceeded, receiveCountIn } from '../mappings/records.ts';
import { longestWindowSeconds } from '../mappings/settings.ts';
import { doubtAbout, failedLast } from './comingAgain.ts';
import { CONFIGURE, ERRORS, SQS, VISIBILITY } from './pages.ts';
import {
  duplicatesOf,
  mayOutliveVisibility,
  queueOf,
  receivedEarliest,
  repeated,
  visibleEarliest,
} from './subjects.ts';

/** The first pair of attempts of which the second starts before the visibility timeout of the first can be over. */
function tooSoon(
  record: RecordView,
  view: View,
  tolerances: Tolerances,
  speaksOf: (first: Batch) => boolean,
): Finding {
  const { batches, source } = record;
  let early = 0;
  let unclear = false;
  for (let at = 1; at < batches.length; at++) {
    const first = batches[at - 1];
    const second = batches[at];
    if (first === undefined || second === undefined || !speaksOf(first)) continue;
    const visible = visibleEarliest(first, view, tolerances);
    if (visible === Number.NEGATIVE_INFINITY) {
      unclear = true;
      continue;
    }
    if (second.attempt.startedAt >= visible - tolerances.clockSkewSeconds) continue;
    early++;
    if (early <= duplicatesOf(source, view, tolerances)) continue;
    const seconds = second.attempt.startedAt - first.attempt.startedAt;
    return {
      expected: `${record.id} in no attempt until its visibility timeout of ${source.visibilityTimeoutSeconds[0]?.value} s is over`,
      observed: `another one ${seconds.toFixed(2)} s later`,
      entries: [second.started, first.started],
    };
  }
  return unclear ? { unknown: 'the batch may have been throttled after it was received' } : undefined;
}

export const vis01 = defineRule({
  id: 'SQS-VIS-01',
  level: 'MUST',
  invariant: 'Until its visibility timeout is over a message that was received is in no other attempt.',
  sources: [SQS, VISIBILITY],
  needs: ['sqs'],
  subjects: repeated,
  check: (record, view, tolerances) => tooSoon(record, view, tolerances, () => true),
});

export const vis02 = defineRule({
  id: 'SQS-VIS-02',
  level: 'SHOULD',
  invariant:
    'After a function error a message is received again when its visibility timeout is over, not before.',
  sources: [ERRORS, CONFIGURE],
  needs: ['sqs'],
  subjects: (view) =>
    repeated(view).filter(({ batches }) => batches.slice(0, -1).some(({ attempt }) => !attempt.succeeded)),
  check: (record, view, tolerances) => tooSoon(record, view, tolerances, ({ attempt }) => !attempt.succeeded),
});

export const vis03 = defineRule({
  id: 'SQS-VIS-03',
  level: 'MUST',
  invariant: 'A message that failed, and may still be received, is in a later attempt.',
  sources: [CONFIGURE, ERRORS],
  needs: ['sqs'],
  subjects: failedLast,
  check: (record, view, tolerances) => {
    const last = record.batches.at(-1);
    if (last === undefined || record.sent === undefined) return;
    // It was received again before an attempt that ended ok was over, and then deleted by that one.
    if (hasSucceeded(record) !== false) return { unknown: 'another attempt may have deleted it' };
    const most = queueOf(record.source, view)?.redrive?.maxReceiveCount;
    if (most !== undefined && (receiveCountIn(last, record) ?? record.batches.length) >= most) return;
    const doubt = doubtAbout(record, last, view, tolerances);
    if (doubt !== undefined) return { unknown: doubt };
    return {
      expected: `${record.id} in another attempt after attempt ${last.attempt.id} failed`,
      observed: 'none',
      entries: [last.started],
    };
  },
});

/** AWS advises six times the function's timeout, and the window on top of that. */
const ADVISED_TIMES = 6;

function isAdvised(mapping: MappingView): boolean {
  const { source, function: owner } = mapping;
  let timeoutSeconds = 0;
  for (const { value } of owner.timeoutSeconds) timeoutSeconds = Math.max(timeoutSeconds, value);
  const least = ADVISED_TIMES * timeoutSeconds + longestWindowSeconds(mapping);
  return source.visibilityTimeoutSeconds.every(({ value }) => value >= least);
}

export const vis05 = defineRule({
  id: 'SQS-VIS-05',
  level: 'SHOULD',
  invariant:
    'With a visibility timeout of six times the function timeout, and the window, no two attempts of a message are in flight at once.',
  sources: [CONFIGURE],
  needs: ['sqs'],
  note: 'Advice to users: below it, attempts beside one another are the configuration’s fault.',
  subjects: (view) =>
    repeated(view).filter(({ batches }) => batches.every(({ mapping }) => isAdvised(mapping))),
  check: ({ id, batches, source }, view, tolerances) => {
    let beside = 0;
    for (let at = 1; at < batches.length; at++) {
      const first = batches[at - 1];
      const second = batches[at];
      if (first === undefined || second === undefined) continue;
      if (second.attempt.startedAt >= first.attempt.endedEarliest - tolerances.clockSkewSeconds) continue;
      // A throttle, or a window that closes late, may have used the visibility timeout up.
      if (mayOutliveVisibility(first, view, tolerances))
        return { unknown: 'its visibility timeout may have ended during the attempt' };
      beside++;
      if (beside <= duplicatesOf(source, view, tolerances)) continue;
      return {
        expected: `one attempt at a time with ${id}`,
        observed: `attempt ${second.attempt.id} while ${first.attempt.id} was in flight`,
        entries: [second.started, first.started],
      };
    }
    return;
  },
});

export const vis06 = defineRule({
  id: 'SQS-VIS-06',
  level: 'MAY',
  invariant:
    'Where window and function timeout exceed the visibility timeout, they and 30 s are taken instead.',
  sources: [SQS],
  needs: ['sqs'],
  isSilent: true,
  note: 'From the guide of 2022; the current page no longer says so.',
  subjects: (view) =>
    repeated(view).filter(({ batches, source }) => {
      const { mapping } = batches[0] ?? {};
      const windowSeconds = mapping?.steady?.windowSeconds ?? 0;
      if (mapping === undefined || windowSeconds === 0) return false;
      return (
        windowSeconds + mapping.function.spec.timeoutSeconds >
        (source.visibilityTimeoutSeconds[0]?.value ?? 0)
      );
    }),
  observe: ({ batches }, view, tolerances) => {
    const [first, second] = batches;
    if (first === undefined || second === undefined) return 'not received again';
    const needed = (first.mapping.steady?.windowSeconds ?? 0) + first.mapping.function.spec.timeoutSeconds;
    const sinceReceived = second.attempt.startedAt - receivedEarliest(first, view, tolerances);
    return sinceReceived >= needed + 30
      ? 'received again after window, timeout and 30 s'
      : 'received again before';
  },
});
