/** AWS, invocation-async-error-handling.html: what the function gets of an event, how often, and in which order. */
import { type Json, jsonEqual } from '../../engine/json.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { AsyncEvent, Delivery, FunctionView, View } from '../../engine/view.ts';
import { hasTwin, TWIN } from '../sync/ownership.ts';
import { those } from '../sync/subjects.ts';
import { requestContextOf } from './aftermath.ts';
import { earliestEnd, latestEnd, resultOf } from './attempts.ts';
import { attempted } from './subjects.ts';

const PAGE = guide('invocation-async-error-handling');

/** AWS gives `{}` to the handler of a call without a body. */
const NO_BODY: Json = {};

const isJson = ({ call, attempts }: AsyncEvent): boolean =>
  call.step.body === undefined && attempts.length > 0;

export const event01 = defineRule({
  id: 'ASYNC-EVENT-01',
  level: 'MUST',
  invariant: 'Every attempt of an event gets the payload that was accepted.',
  sources: [PAGE, guide('invocation-async-retain-records#invocation-dlq')],
  needs: ['async'],
  subjects: (view) => those(view.events, isJson),
  check: ({ id, call, attempts }) => {
    const payload = call.step.payload === undefined ? NO_BODY : call.step.payload;
    for (const { started, ordinal } of attempts) {
      if (jsonEqual(started.payload, payload)) continue;
      return {
        expected: `attempt ${ordinal} of ${id} with the payload that was sent`,
        observed: 'another payload',
        entries: [started],
      };
    }
    return;
  },
});

/** Something delivered about an event that bears a request id. */
interface Bearer {
  readonly event: AsyncEvent;
  readonly delivery: Delivery;
  readonly requestId: string;
}

const NO_BEARER: readonly Bearer[] = [];

function bearers(view: View): readonly Bearer[] {
  if (view.deliveries.length === 0) return NO_BEARER;
  let found: Bearer[] | undefined;
  for (const event of view.events) {
    for (const delivery of event.records) {
      const requestId = requestContextOf(delivery)?.['requestId'];
      if (typeof requestId !== 'string') continue;
      found ??= [];
      found.push({ event, delivery, requestId });
    }
    for (const delivery of event.deadLetters) {
      const requestId =
        delivery.entry.kind === 'delivered' ? delivery.entry.attributes?.['RequestID'] : undefined;
      if (requestId === undefined) continue;
      found ??= [];
      found.push({ event, delivery, requestId: requestId.value });
    }
  }
  return found ?? NO_BEARER;
}

export const reqid01 = defineRule({
  id: 'ASYNC-REQID-01',
  level: 'SHOULD',
  invariant: 'Invocation records and dead letters bear the request id with which the event was accepted.',
  sources: [guide('invocation-async-retain-records')],
  needs: ['async'],
  note:
    'The page is silent on whether all attempts bear that id, too (AWS was seen to do so): that is not judged. Whether ' +
    'an id is there at all is ASYNC-DEST-04 and ASYNC-DLQ-03.',
  subjects: bearers,
  check: ({ event, delivery, requestId }, view) => {
    const accepted = event.answered.requestId;
    if (accepted === undefined) return { unknown: 'the answer bore no request id' };
    if (requestId === accepted) return;
    if (hasTwin(event.call, view)) return { unknown: TWIN };
    return {
      expected: `${accepted}, the request id of ${event.id}`,
      observed: requestId,
      entries: [delivery.entry, event.answered],
    };
  },
});

export const dup01 = defineRule({
  id: 'ASYNC-DUP-01',
  level: 'MAY',
  invariant:
    'An event may have more attempts than it should, even after success: the queue is eventually consistent.',
  sources: [PAGE, api('Invoke'), guide('with-sns')],
  needs: ['async'],
  note: 'How many are tolerated is a property of the target; none on local ones. Reported: what was seen.',
  subjects: attempted,
  observe: ({ attempts, config }, _view, tolerances) => {
    if (attempts.length === 1) return 'no attempt too many';
    let successBy = Number.POSITIVE_INFINITY;
    let runsUntil = Number.NEGATIVE_INFINITY;
    for (const attempt of attempts) {
      if (attempt.startedAt > successBy + tolerances.clockSkewSeconds) return 'again after success';
      if (attempt.startedAt < runsUntil - tolerances.clockSkewSeconds) return 'two attempts at once';
      runsUntil = Math.max(runsUntil, earliestEnd(attempt, tolerances));
      if (resultOf(attempt, tolerances) === 'success')
        successBy = Math.min(successBy, latestEnd(attempt, tolerances));
    }
    const isBeyond = config !== undefined && attempts.length > 1 + config.maximumRetryAttempts;
    return isBeyond ? 'more attempts than configured' : 'no attempt too many';
  },
});

/** Functions with two first attempts of events or more. */
function sequences(view: View): readonly FunctionView[] {
  if (view.events.length < 2) return NO_FUNCTIONS;
  let found: FunctionView[] | undefined;
  for (const owner of view.functions.values()) {
    let count = 0;
    for (const { function: other, attempts } of view.events)
      if (other === owner && attempts.length > 0) count++;
    if (count < 2) continue;
    found ??= [];
    found.push(owner);
  }
  return found ?? NO_FUNCTIONS;
}

const NO_FUNCTIONS: readonly FunctionView[] = [];

export const order01 = defineRule({
  id: 'ASYNC-ORDER-01',
  level: 'MAY',
  invariant: 'Events may start in another order than that in which they were accepted.',
  // No page promises an order.
  sources: [PAGE],
  needs: ['async'],
  isSilent: true,
  subjects: sequences,
  observe: (owner, view, { clockSkewSeconds }) => {
    let latestStart = Number.NEGATIVE_INFINITY;
    let acceptedBefore = Number.NEGATIVE_INFINITY;
    for (const event of view.events) {
      const [first] = event.attempts;
      if (event.function !== owner || first === undefined) continue;
      const isLater = event.call.requested.at > acceptedBefore + clockSkewSeconds;
      if (isLater && first.startedAt < latestStart) return 'in another order';
      if (first.startedAt > latestStart) {
        latestStart = first.startedAt;
        acceptedBefore = event.acceptedAt;
      }
    }
    return 'in order of acceptance';
  },
});
