/** AWS, services-sqs-errorhandling.html, services-sqs-configure.html: the visibility timeout. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import {
  disturbance,
  fateOf,
  hasSucceeded,
  isLetThrough,
  lastEndOf,
  pickupSeconds,
} from '../mappings/records.ts';
import { CONFIGURE, ERRORS, SQS, VISIBILITY } from './pages.ts';
import {
  attempted,
  duplicatesOf,
  isChanged,
  isFifo,
  queueOf,
  receivedEarliest,
  repeated,
  retentionSeconds,
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

/** Messages that failed in the last attempt that was seen of them. */
const failedLast = (view: View): readonly RecordView[] =>
  attempted(view).filter((record) => {
    const last = record.batches.at(-1);
    return last !== undefined && record.redriven.length === 0 && fateOf(last, record) === 'failed';
  });

export const vis03 = defineRule({
  id: 'SQS-VIS-03',
  level: 'MUST',
  invariant: 'A message that failed, and may still be received, is in a later attempt.',
  sources: [CONFIGURE, ERRORS],
  needs: ['sqs'],
  subjects: failedLast,
  check: (record, view, tolerances) => {
    const { source, batches, sent } = record;
    const last = batches.at(-1);
    if (last === undefined || sent === undefined) return;
    const { mapping } = last;
    // It was received again before an attempt that ended ok was over, and then deleted by that one.
    if (hasSucceeded(record) !== false) return { unknown: 'another attempt may have deleted it' };
    if (source.mappings.length > 1) return { unknown: 'several mappings read the queue' };
    const disturbed = disturbance(mapping, view);
    if (disturbed !== undefined) return { unknown: disturbed };
    if (isChanged(source, view)) return { unknown: 'the queue was changed' };
    const received = last.seen[last.records.indexOf(record)]?.receiveCount ?? batches.length;
    const most = queueOf(source, view)?.redrive?.maxReceiveCount;
    if (most !== undefined && received >= most) return;
    if (isLetThrough(record, mapping) !== true) return { unknown: 'a filter may leave it out' };
    if (isFifo(source, view) && hasBlockedGroup(record, view)) return { unknown: 'its group may be held up' };
    const visibility = source.visibilityTimeoutSeconds[0]?.value ?? 0;
    const windowSeconds = mapping.steady?.windowSeconds ?? 0;
    // An old page of the guide has the visibility timeout longer where the window and the timeout need that.
    const longest = Math.max(visibility, windowSeconds + mapping.function.spec.timeoutSeconds + 30);
    const due = lastEndOf(mapping) + longest + pickupSeconds(mapping, tolerances);
    if (due > sent.requestedAt + retentionSeconds(source, view))
      return { unknown: 'it may have been too old' };
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    return {
      expected: `${record.id} in another attempt after attempt ${last.attempt.id} failed`,
      observed: 'none',
      entries: [last.started],
    };
  },
});

/** Whether an earlier message of the same group is still on its way. */
const hasBlockedGroup = (record: RecordView, _view: View): boolean =>
  record.source.records.some(
    (other) =>
      other !== record &&
      other.spec.group === record.spec.group &&
      other.batches.length > 0 &&
      fateOf(other.batches.at(-1) as Batch, other) === 'failed',
  );

/** AWS advises six times the function's timeout. */
const ADVISED_TIMES = 6;

export const vis05 = defineRule({
  id: 'SQS-VIS-05',
  level: 'SHOULD',
  invariant:
    'A visibility timeout of six times the function timeout leaves no attempt of a message beside another.',
  sources: [CONFIGURE],
  needs: ['sqs'],
  isSilent: true,
  note: 'It is advice to users: below it, attempts beside one another are the configuration’s fault.',
  subjects: repeated,
  observe: (record) => {
    const { batches, source } = record;
    const timeoutSeconds = batches[0]?.mapping.function.spec.timeoutSeconds ?? 0;
    const isAdvised = (source.visibilityTimeoutSeconds[0]?.value ?? 0) >= ADVISED_TIMES * timeoutSeconds;
    const isBeside = batches.some((second, at) => {
      const first = batches[at - 1];
      return first !== undefined && second.attempt.startedAt < first.attempt.endedEarliest;
    });
    return `${isAdvised ? 'as advised' : 'below the advice'}: ${isBeside ? 'attempts beside one another' : 'one after the other'}`;
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
