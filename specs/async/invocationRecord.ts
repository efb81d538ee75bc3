/** AWS, invocation-async-retain-records.html, "Example invocation record": what stands in a record. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import { type Json, jsonEqual } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { AsyncEvent, Attempt, Delivery, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import {
  type Aftermath,
  aftermathsWith,
  firstRecord,
  forCertain,
  recordOf,
  requestContextOf,
} from './aftermath.ts';
import { mayBeTooLarge } from './arrival.ts';
import { earliestEnd, mayFailUnseen } from './attempts.ts';
import { earliestExpiry } from './fate.ts';
import { formFault } from './recordForm.ts';
import { shortened, wrong } from './showing.ts';

const page = guide('invocation-async-retain-records');
const NONE: readonly never[] = [];

/** Everything that arrived where records are sent, whatever it looks like. */
const records = (view: View): readonly Delivery[] => {
  if (view.deliveries.length === 0) return NONE;
  return view.deliveries.filter(({ role }) => role === 'record');
};

const eventsById = once(
  (view: View): ReadonlyMap<string, AsyncEvent> => new Map(view.events.map((event) => [event.id, event])),
);

const recorded = (view: View): readonly Aftermath[] => aftermathsWith(view, (a) => a.records.length > 0);

/** Events whose fate is known, and about which a record arrived. */
export const recordedAndOver = (view: View): readonly Aftermath[] =>
  aftermathsWith(
    view,
    (a) => a.records.length > 0 && a.fate.end !== 'open' && a.fate.cause !== 'zeroReserve',
  );

export const dest04 = defineRule({
  id: 'ASYNC-DEST-04',
  level: 'MUST',
  invariant:
    'A record has version 1.0, timestamp, requestContext, requestPayload and, if an attempt ran, responseContext and responsePayload.',
  sources: [page],
  needs: ['destinations', 'async'],
  subjects: records,
  check: (delivery, view) => {
    const event = delivery.event === undefined ? undefined : eventsById(view).get(delivery.event);
    const fault = formFault(recordOf(delivery), {
      mustTellResponse:
        event !== undefined && event.attempts.length > 0 && !mayLackCapacity(event.function, view),
      // A handler that returns nothing has no result to tell, and what is too large may be left out (ASYNC-DEST-14).
      mayLackPayloads: event === undefined || mayBeTooLarge(event, delivery.resource),
      mayLackResponsePayload: event?.attempts.some(({ outcome }) => outcome === 'nothing') === true,
    });
    return fault === undefined ? undefined : wrong(fault.expected, fault.observed, delivery);
  },
});

export const dest05 = defineRule({
  id: 'ASYNC-DEST-05',
  level: 'MUST',
  invariant: 'The condition of a record is RetriesExhausted when the attempts were used up.',
  sources: [page],
  needs: ['destinations', 'async'],
  note: 'The page names no other condition. Recorded on AWS: Success, EventAgeExceeded, ZeroReservedConcurrency.',
  subjects: (view) =>
    aftermathsWith(
      view,
      (a) => a.fate.cause === 'retriesExhausted' && firstRecord(a, 'failure') !== undefined,
    ),
  check: forCertain((aftermath, _view, tolerances) => {
    const record = firstRecord(aftermath, 'failure');
    if (record === undefined) return;
    const condition = requestContextOf(record)?.['condition'];
    if (condition === 'RetriesExhausted') return;
    const { config } = aftermath.event;
    const ageSeconds = config?.maximumEventAgeSeconds ?? 0;
    // The last attempt may have ended beyond the age limit as well: the page does not say which is then told.
    if (aftermath.fate.latest >= earliestExpiry(aftermath.event, ageSeconds, tolerances))
      return { unknown: 'its age limit was reached at about the same time' };
    return wrong('condition RetriesExhausted', shortened(condition), record);
  }),
});

export const dest06 = defineRule({
  id: 'ASYNC-DEST-06',
  level: 'SHOULD',
  invariant: 'approximateInvokeCount is the number of attempts of the event.',
  sources: [page],
  needs: ['destinations', 'async'],
  note: 'Judged where nothing can have been throttled: AWS does not say whether throttled tries count.',
  subjects: recordedAndOver,
  check: forCertain((aftermath, view, { duplicateBudget }) => {
    const { event } = aftermath;
    const record = aftermath.records[0];
    if (record === undefined) return;
    if (event.throttledAt.length > 0 || mayLackCapacity(event.function, view))
      return { unknown: 'throttled tries may be counted or not' };
    if (mayFailUnseen(event.function, view.tolerances))
      return { unknown: 'attempts may have failed before their handler was entered' };
    const count = requestContextOf(record)?.['approximateInvokeCount'];
    const attempts = event.attempts.length;
    if (typeof count === 'number' && Math.abs(count - attempts) <= duplicateBudget) return;
    return wrong(`approximateInvokeCount ${attempts}`, shortened(count), record);
  }),
});

export const dest07 = defineRule({
  id: 'ASYNC-DEST-07',
  level: 'MUST',
  invariant: 'requestPayload is the payload of the event, as JSON.',
  sources: [page],
  needs: ['destinations', 'async'],
  subjects: recorded,
  check: forCertain((aftermath) => {
    const { event } = aftermath;
    for (const record of aftermath.records) {
      const told = recordOf(record)?.['requestPayload'];
      if (isPayloadOf(event, told)) continue;
      if (mayBeTooLarge(event, record.resource))
        return { unknown: 'the payload may have been left out for its size' };
      return wrong('requestPayload as sent', shortened(told), record);
    }
    return;
  }),
});

/** Whether `told` is what was sent. Recorded on AWS: a call without a payload is an event `{}`. */
export function isPayloadOf({ call: { step } }: AsyncEvent, told: Json | undefined): boolean {
  if (step.payload !== undefined) return jsonEqual(told, step.payload);
  if (step.body !== undefined || told === undefined || told === null || told === '') return true;
  const object = asObject(told);
  return object !== undefined && Object.keys(object).length === 0;
}

export const dest09 = defineRule({
  id: 'ASYNC-DEST-09',
  level: 'MUST',
  invariant: 'A record comes after the end of its last attempt, and names the function by a qualified ARN.',
  sources: [page],
  needs: ['destinations', 'async'],
  subjects: recordedAndOver,
  check: forCertain((aftermath, _view, tolerances) => {
    const record = aftermath.records[0];
    if (record === undefined) return;
    const last = settlingAttempt(aftermath, tolerances.duplicateBudget);
    if (last !== undefined && record.at + tolerances.clockSkewSeconds < earliestEnd(last, tolerances))
      return {
        expected: `the record after the end of attempt ${last.ordinal} of ${aftermath.event.id}`,
        observed: 'before it',
        entries: [record.entry, last.ended ?? last.started],
      };
    const arn = requestContextOf(record)?.['functionArn'];
    if (isQualified(arn)) return;
    return wrong('functionArn with a qualifier', shortened(arn), record);
  }),
});

/** The attempt that decided: the first success, or the last failure that is certainly no duplicate. */
function settlingAttempt({ event, fate }: Aftermath, duplicateBudget: number): Attempt | undefined {
  const { attempts } = event;
  if (fate.end === 'succeeded') return attempts.find(({ succeeded }) => succeeded);
  return attempts[attempts.length - 1 - duplicateBudget];
}

/** `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER` */
function isQualified(arn: Json | undefined): boolean {
  if (typeof arn !== 'string') return false;
  const at = arn.indexOf(':function:');
  if (at < 0) return false;
  const colon = arn.indexOf(':', at + ':function:'.length);
  return colon > 0 && colon < arn.length - 1;
}
