/** AWS, invocation-async-retain-records.html: what is sent to a destination, and when. */
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { View } from '../../engine/view.ts';
import {
  type Aftermath,
  aftermathsWith,
  firstRecord,
  forCertain,
  isDiscarded,
  isSucceeded,
  kindOf,
} from './aftermath.ts';
import { isFifo, isLargeFiller, isRemoved, missing } from './arrival.ts';
import { resultOf } from './attempts.ts';
import { attemptedSyncWithOutlets, bearsIdOf, deliveriesByEvent, isSentAsEventToo } from './syncOutlets.ts';

/** Events whose records the rule about the one kind of destination can judge: their fate is known. */
const isOver = ({ fate }: Aftermath): boolean => fate.end !== 'open' && fate.cause !== 'zeroReserve';

export const dest01 = defineRule({
  id: 'ASYNC-DEST-01',
  level: 'MUST',
  invariant:
    'With OnSuccess set, an event of which an attempt succeeded yields a success record; one that never succeeded yields none.',
  sources: [guide('invocation-async-retain-records')],
  needs: ['destinations', 'async'],
  subjects: (view) => aftermathsWith(view, (a) => a.onSuccess !== undefined && a.fate.end !== 'open'),
  check: forCertain((aftermath, view) => {
    const { event, onSuccess = '' } = aftermath;
    const record = firstRecord(aftermath, 'success', onSuccess);
    if (isSucceeded(aftermath)) {
      return record === undefined ? missing(aftermath, onSuccess, 'success record', view) : undefined;
    }
    if (record === undefined) return;
    return {
      expected: `no success record about ${event.id}, which never succeeded`,
      observed: `one at ${onSuccess}`,
      entries: [record.entry],
    };
  }),
});

export const dest02 = defineRule({
  id: 'ASYNC-DEST-02',
  level: 'MUST',
  invariant:
    'With OnFailure set, an event yields a failure record exactly when it is discarded, and not after an attempt that is retried.',
  sources: [guide('invocation-async-retain-records'), api('PutFunctionEventInvokeConfig')],
  needs: ['destinations', 'async'],
  subjects: (view) =>
    aftermathsWith(
      view,
      (a) =>
        a.onFailure !== undefined && (isOver(a) || (a.records.length > 0 && a.event.attempts.length > 1)),
    ),
  check: forCertain((aftermath, view) => {
    const { onFailure = '' } = aftermath;
    const record = firstRecord(aftermath, 'failure', onFailure);
    if (record === undefined)
      return isDiscarded(aftermath) ? missing(aftermath, onFailure, 'failure record', view) : undefined;
    return prematureOrNeedless(aftermath, record, view);
  }),
});

/** A failure record about an event that was attempted again afterwards, or that succeeded. */
function prematureOrNeedless(
  { event, fate, onFailure }: Aftermath,
  record: { readonly at: number; readonly entry: Aftermath['records'][number]['entry'] },
  { tolerances }: View,
): Finding {
  const { attempts } = event;
  const last = attempts.at(-1);
  // A second execution of the same event (ASYNC-DUP-01) may fail and be told of, whatever came of the first.
  const mayBeDuplicated = tolerances.duplicateBudget > 0 && attempts.length > 1;
  if (fate.end === 'succeeded') {
    if (mayBeDuplicated) return { unknown: 'the event may have been executed twice' };
    return {
      expected: `no failure record about ${event.id}, which succeeded`,
      observed: `one at ${onFailure}`,
      entries: [record.entry],
    };
  }
  if (last === undefined || last.startedAt <= record.at + tolerances.clockSkewSeconds) return;
  if (mayBeDuplicated) return { unknown: 'the attempt after the record may be a duplicate' };
  return {
    expected: `no failure record about ${event.id} before its last attempt`,
    observed: `one before attempt ${last.ordinal}`,
    entries: [record.entry, last.started],
  };
}

export const dest03 = defineRule({
  id: 'ASYNC-DEST-03',
  level: 'SHOULD',
  invariant: 'One event yields at most one invocation record, and never one of each kind.',
  sources: [guide('invocation-async-retain-records')],
  needs: ['destinations', 'async'],
  note: 'An event that is executed twice may be recorded twice: the same allowance as for ASYNC-DUP-01.',
  subjects: (view) => aftermathsWith(view, (a) => a.records.length > 0),
  check: forCertain((aftermath, _view, { duplicateBudget }) => {
    const { event, records } = aftermath;
    const most = event.attempts.length > 1 ? 1 + duplicateBudget : 1;
    const beyond = records[most];
    if (beyond === undefined) return;
    return {
      expected: most === 1 ? `one record about ${event.id}` : `at most ${most} records about ${event.id}`,
      observed: `${records.length}: ${records.map((record) => kindOf(record, aftermath)).join(', ')}`,
      entries: [beyond.entry],
    };
  }),
});

export const dest12 = defineRule({
  id: 'ASYNC-DEST-12',
  level: 'MUST',
  invariant: 'A record that cannot be delivered causes no further attempt of the function.',
  sources: [guide('invocation-async-retain-records'), guide('monitoring-metrics-types')],
  needs: ['destinations', 'async'],
  note: 'AWS does not say whether the delivery itself is tried again: that is not judged.',
  subjects: (view) => aftermathsWith(view, (a) => hasFailedDelivery(a, view)),
  check: forCertain((aftermath, view) =>
    furtherAttempt(aftermath, 'its record could not be delivered', view),
  ),
});

/** Records that certainly could not be delivered, or that hardly can: deleted, FIFO, more than 256 KB for SNS. */
function hasFailedDelivery(aftermath: Aftermath, view: View): boolean {
  if (!isOver(aftermath) || aftermath.fate.cause === 'expired') return false;
  const resource = isSucceeded(aftermath) ? aftermath.onSuccess : aftermath.onFailure;
  if (resource === undefined) return false;
  return (
    isRemoved(resource, aftermath.fate.earliest, view) ||
    isFifo(resource, view) ||
    (resource.startsWith('topic:') && isLargeFiller(aftermath.event, SNS_BYTES))
  );
}

/** AWS, invocation-async-retain-records.html: the limit of a message to SNS. */
export const SNS_BYTES = 262_144;

/** An attempt after the event was over: one too many, whatever the reason. */
export function furtherAttempt({ event, fate }: Aftermath, why: string, view: View): Finding {
  const { tolerances } = view;
  const { attempts, config } = event;
  let allowed = 1 + (config?.maximumRetryAttempts ?? 2);
  if (fate.end === 'succeeded') {
    for (const attempt of attempts) {
      // One whose end nobody saw may have been stopped: it is not the success.
      if (resultOf(attempt, tolerances) !== 'success') continue;
      allowed = attempt.ordinal;
      break;
    }
  }
  const further = attempts[allowed + tolerances.duplicateBudget];
  if (further === undefined) return;
  return {
    expected: `no attempt of ${event.id} after attempt ${allowed}, though ${why}`,
    observed: `attempt ${further.ordinal}`,
    entries: [further.started],
  };
}

export const dest13 = defineRule({
  id: 'ASYNC-DEST-13',
  level: 'MUST',
  invariant:
    'A synchronous call leads to no invocation record and to no dead letter, whatever is configured.',
  sources: [
    guide('invocation-async-retain-records'),
    guide('with-sqs', 'archived'),
    guide('invocation-recursion'),
  ],
  needs: [['eventInvokeConfig', 'deadLetter']],
  note: 'Attempts made by event source mappings are judged with the polling model.',
  subjects: attemptedSyncWithOutlets,
  check: (call, view) => {
    const delivery = deliveriesByEvent(view).get(call.event);
    if (delivery === undefined) return;
    if (!bearsIdOf(delivery, call) && isSentAsEventToo(call, view))
      return { unknown: 'an event had the same payload, and the request id fits neither' };
    return {
      expected: `nothing sent about ${call.event}, a synchronous call`,
      observed: `a ${delivery.role === 'record' ? 'record' : 'dead letter'} at ${delivery.resource}`,
      entries: [delivery.entry],
    };
  },
});
