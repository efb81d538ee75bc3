/** What the asynchronous rules speak of. */
import type { AsyncEvent, Call, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { hasTwin, isOwn, TWIN } from '../sync/ownership.ts';
import { those } from '../sync/subjects.ts';
import { mayBeReservedToZero, mayFailUnseen } from './attempts.ts';
import { fullWhen } from './fullness.ts';

/** Events of which attempts were seen. */
export const attempted = once((view: View): readonly AsyncEvent[] =>
  those(view.events, ({ attempts }) => attempts.length > 0),
);

/** Events of which attempts were seen, and all of them failed. */
export const failing = once((view: View): readonly AsyncEvent[] =>
  those(view.events, ({ attempts, succeeded }) => attempts.length > 0 && !succeeded),
);

/** Events with more than one attempt. */
export const repeated = once((view: View): readonly AsyncEvent[] =>
  those(view.events, ({ attempts }) => attempts.length > 1),
);

const isRefusedEvent = (call: Call): boolean => call.type === 'Event';

/** Event calls that were refused. */
export const refusedEvents = once((view: View): readonly Call[] =>
  view.rejected.length === 0 ? view.rejected : those(view.rejected, isRefusedEvent),
);

/**
 * Events that met no capacity: a try was seen to be throttled or, where a target does not show that, the function
 * was certainly busy when the event came. With a reserve of 0 an event is not throttled but discarded.
 */
export const throttled = once((view: View): readonly AsyncEvent[] =>
  those(view.events, (event) => isThrottled(event, view)),
);

function isThrottled(event: AsyncEvent, view: View): boolean {
  if (event.throttledAt.length === 0 && fullWhen(event.call, view) === undefined) return false;
  // Between two throttles an attempt may have failed of which nothing is seen.
  if (mayFailUnseen(event.function, view.tolerances)) return false;
  return !mayBeReservedToZero(event.function, event.call.requested.at, Number.POSITIVE_INFINITY);
}

/** Why the attempts seen of an event may be those of another that looks the same; undefined where they are its own. */
export function notItsOwn(event: AsyncEvent, view: View): string | undefined {
  for (const attempt of event.attempts) if (!isOwn(event.call, attempt, view)) return TWIN;
  return event.attempts.length === 0 && !tellsByRequestId(view) && hasTwin(event.call, view)
    ? TWIN
    : undefined;
}

/** Whether each attempt bears the request id of its event's answer, so that events with one payload are told apart. */
const tellsByRequestId = once((view: View): boolean => {
  for (const events of [view.events, view.chainedEvents]) {
    for (const { answered, attempts } of events) {
      if (answered.requestId === undefined) return false;
      for (const { started } of attempts) if (started.requestId !== answered.requestId) return false;
    }
  }
  return true;
});

/** Functions of which attempts were seen that belong to no event, and are about none. */
const withStrays = once((view: View): ReadonlySet<FunctionView> => {
  const found = new Set<FunctionView>();
  for (const { started, function: owner } of view.attempts) {
    if (started.event === undefined && started.about === undefined) found.add(owner);
  }
  return found;
});

/** Why attempts of an event may be missing from what was seen: one under another's name, or under none. */
export const notAllSeen = (event: AsyncEvent, view: View): string | undefined =>
  withStrays(view).has(event.function)
    ? 'attempts that belong to no event were seen'
    : notItsOwn(event, view);

/**
 * AWS, invocation-async-error-handling.html: a long queue is read less often, and where a function cannot keep up
 * events may be deleted without being sent to it. From so many events on, the rules grant both.
 */
const LONG_QUEUE_EVENTS = 100;

export const mayBeLongQueue = (view: View): boolean =>
  view.events.length + view.chainedEvents.length >= LONG_QUEUE_EVENTS;
