/** AWS, invocation-async-error-handling.html and configuration-concurrency.html: a reserved concurrency of 0. */
import { settled } from '../../engine/configuration.ts';
import { deliveryDueBy } from '../../engine/horizon.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Delivery, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import {
  type Aftermath,
  aftermathOf,
  firstRecord,
  forCertain,
  recordOf,
  requestContextOf,
} from './aftermath.ts';
import { missing } from './arrival.ts';
import { firstDeadLetter } from './deadLetterQueue.ts';
import { fates, isAcceptedAtZeroReserve, LONGEST_BACKOFF_SECONDS } from './fate.ts';

const NONE: readonly never[] = [];

/** Events that Lambda took from its queue while the function's reserved concurrency was certainly 0. */
const acceptedAtZero = once((view: View): readonly Aftermath[] => {
  let some: Aftermath[] | undefined;
  for (const fate of fates(view)) {
    if (!isAcceptedAtZeroReserve(fate.event, view.tolerances)) continue;
    some ??= [];
    some.push(aftermathOf(fate));
  }
  return some ?? NONE;
});

export const rc001 = defineRule({
  id: 'ASYNC-RC0-01',
  level: 'MUST',
  invariant:
    'At a reserved concurrency of 0 an event starts no attempt and goes to dead-letter target and OnFailure without any retry.',
  sources: [guide('invocation-async-retain-records'), guide('configuration-concurrency')],
  needs: ['reserved', 'async'],
  subjects: acceptedAtZero,
  check: forCertain((aftermath, view, { clockSkewSeconds }): Finding => {
    const { event, deadLetter, onFailure } = aftermath;
    const first = event.attempts[0];
    if (first !== undefined) {
      const until = first.startedAt + clockSkewSeconds;
      // One that starts after the reserve was raised may have waited in the queue: ASYNC-RC0-03 looks at those.
      if (settled(event.function.reserved, event.call.requested.at, until) !== 0)
        return { unknown: 'the reserved concurrency was raised before its first attempt' };
      return { expected: `no attempt of ${event.id}`, observed: 'one', entries: [first.started] };
    }
    const record = onFailure === undefined ? undefined : firstRecord(aftermath, 'failure', onFailure);
    if (onFailure !== undefined && record === undefined)
      return missing(aftermath, onFailure, 'failure record', view);
    const letter = deadLetter === undefined ? undefined : firstDeadLetter(aftermath, deadLetter);
    if (deadLetter !== undefined && letter === undefined)
      return missing(aftermath, deadLetter, 'dead letter', view);
    return tooLate(aftermath, record, view) ?? tooLate(aftermath, letter, view);
  }),
});

/**
 * A delivery so late that the event must have been tried again and again before it was given up. What is granted is the
 * longest wait between two looks at a queued event.
 */
function tooLate({ event, fate }: Aftermath, delivery: Delivery | undefined, view: View): Finding {
  const { tolerances } = view;
  const waitSeconds = LONGEST_BACKOFF_SECONDS * tolerances.throttleTimeScale;
  if (delivery === undefined || delivery.at <= deliveryDueBy(fate.latest, tolerances) + waitSeconds) return;
  const isAboutZero = settled(event.function.reserved, event.call.requested.at, delivery.at) === 0;
  // To a function it may come late for that function's own reasons.
  if (!isAboutZero || delivery.entry.kind === 'started') return;
  return {
    expected: `${event.id} at ${delivery.resource} without any retry`,
    observed: `${Math.round(delivery.at - event.acceptedAt)} s after it was accepted`,
    entries: [delivery.entry],
  };
}

export const rc002 = defineRule({
  id: 'ASYNC-RC0-02',
  level: 'SHOULD',
  invariant:
    'Its failure record has condition ZeroReservedConcurrency, approximateInvokeCount 0 and no responseContext.',
  sources: [guide('invocation-async-retain-records')],
  needs: ['reserved', 'destinations', 'async'],
  isSilent: true,
  note: 'The page does not say: it was recorded on AWS on 2025-11-25.',
  subjects: (view) =>
    acceptedAtZero(view).filter(
      (a) => a.event.attempts.length === 0 && firstRecord(a, 'failure') !== undefined,
    ),
  observe: (aftermath) => {
    const record = firstRecord(aftermath, 'failure');
    const context = record === undefined ? undefined : requestContextOf(record);
    const response = record === undefined ? undefined : recordOf(record)?.['responseContext'];
    const condition =
      context?.['condition'] === 'ZeroReservedConcurrency' ? 'ZeroReservedConcurrency' : 'another condition';
    const count = context?.['approximateInvokeCount'] === 0 ? 'count 0' : 'another count';
    return `${condition}, ${count}, ${response === undefined ? 'no response' : 'a response'}`;
  },
});

export const rc003 = defineRule({
  id: 'ASYNC-RC0-03',
  level: 'MUST',
  invariant:
    'Raising the reserved concurrency does not run the events that went to dead-letter target or OnFailure before.',
  sources: [guide('invocation-async-retain-records')],
  needs: ['reserved', 'controlPlane', 'async'],
  subjects: (view) =>
    acceptedAtZero(view).filter(({ event, records }) => {
      if (event.function.reserved.length < 2) return false;
      return records.length > 0 || event.deadLetters.length > 0;
    }),
  check: forCertain(({ event, records }, _view, { clockSkewSeconds }) => {
    const first = event.attempts[0];
    if (first === undefined) return;
    let handedAt = Number.POSITIVE_INFINITY;
    for (const { at } of records) handedAt = Math.min(handedAt, at);
    for (const { at } of event.deadLetters) handedAt = Math.min(handedAt, at);
    // One that ran first was not handed over, but waited in the queue, and failed.
    if (first.startedAt <= handedAt + clockSkewSeconds) return;
    return {
      expected: `no attempt of ${event.id}, which was sent away at a reserved concurrency of 0`,
      observed: 'one, after the reserved concurrency was raised',
      entries: [first.started],
    };
  }),
});
