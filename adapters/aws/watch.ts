/**
 * How long to watch: until the last thing that may happen to each event must have happened, then a quiet period
 * in which one attempt too many would show, and no longer. The arithmetic is engine/horizon.ts's, for rules and
 * watch must agree on what "not seen" means.
 */
import type { EventInvokeConfig } from '../../engine/configuration.ts';
import { deliveryDueBy, retryDelaySeconds } from '../../engine/horizon.ts';
import type { Tolerances } from '../../engine/tolerances.ts';

/** An attempt as far as it was seen; times in seconds since the scenario began. */
export interface WatchedAttempt {
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly succeeded: boolean;
  readonly timeoutSeconds: number;
}

export interface WatchedEvent {
  /** `async`: accepted; `sync`: answered; `left`: its caller hung up; `none`: refused, or a dry run. */
  readonly kind: 'async' | 'sync' | 'left' | 'none';
  /** When the call was answered, refused or given up. */
  readonly doneAt: number;
  readonly attempts: readonly WatchedAttempt[];
  /** When records and dead letters about it came. */
  readonly deliveredAt: readonly number[];
  /** What governs it; undefined where a step changes that. */
  readonly config: EventInvokeConfig | undefined;
  readonly hasDeadLetter: boolean;
  /** Whether it may wait for concurrency, and since when its function has had nothing else to do. */
  readonly mayLackCapacity: boolean;
  readonly functionIdleSince: number;
}

/** Until when to watch an event, and whether all that is due to happen to it has been seen by then. */
export interface Watch {
  readonly until: number;
  readonly isSettled: boolean;
}

/** AWS, invocation-async-error-handling.html: throttled events back off from 1 second up to 5 minutes. */
const LONGEST_BACKOFF_SECONDS = 300;

/** Until when to watch `event`, from what was seen so far. */
export function watchEvent(event: WatchedEvent, tolerances: Tolerances): Watch {
  const slack = tolerances.schedulingSlackSeconds;
  const last = event.attempts.at(-1);
  if (last === undefined) return watchUnattempted(event, tolerances);
  if (last.endedAt === undefined) {
    // It ends by its timeout, and before the answer to its caller; whatever follows is due after that.
    const timedOutBy = last.startedAt + last.timeoutSeconds + slack;
    const killedBy = event.kind === 'sync' ? Math.min(event.doneAt, timedOutBy) : timedOutBy;
    return after(event, killedBy, false, tolerances);
  }
  return after(event, last.endedAt, last.succeeded, tolerances);
}

/** What is still due after an attempt that was over at `endedAt`. */
function after(event: WatchedEvent, endedAt: number, succeeded: boolean, tolerances: Tolerances): Watch {
  const slack = tolerances.schedulingSlackSeconds;
  const nextDueBy = endedAt + 2 * retryDelaySeconds(event.attempts.length, tolerances) + slack;
  const lastDelivery = event.deliveredAt.at(-1) ?? Number.NEGATIVE_INFINITY;
  // Nobody retries a synchronous call; but if somebody does, it is after this long.
  if (event.kind !== 'async') return { until: succeeded ? endedAt + slack : nextDueBy, isSettled: true };
  const retriesLeft = (event.config?.maximumRetryAttempts ?? 2) + 1 - event.attempts.length;
  if (!succeeded && retriesLeft > 0 && lastDelivery < endedAt) return { until: nextDueBy, isSettled: false };
  const expected = expectedDeliveries(event, succeeded);
  const isSettled = expected !== undefined && event.deliveredAt.length >= expected;
  const deliveredBy = isSettled ? Math.max(endedAt, lastDelivery) : deliveryDueBy(endedAt, tolerances);
  return { until: Math.max(deliveredBy + slack, nextDueBy), isSettled: isSettled || expected === undefined };
}

function watchUnattempted(event: WatchedEvent, tolerances: Tolerances): Watch {
  const slack = tolerances.schedulingSlackSeconds;
  if (event.kind !== 'async') return { until: event.doneAt + 2 * slack, isSettled: event.kind !== 'left' };
  const lastDelivery = event.deliveredAt.at(-1);
  // A record without an attempt: expired, or refused for zero reserved concurrency.
  if (lastDelivery !== undefined) return { until: lastDelivery + 2 * slack, isSettled: true };
  if (!event.mayLackCapacity) return { until: event.doneAt + 2 * slack, isSettled: false };
  // Exponential back-off: the wait for the next of its tries is at most as long as it has waited so far.
  const idleSince = Math.max(event.functionIdleSince, event.doneAt);
  const backoff = Math.min(LONGEST_BACKOFF_SECONDS, Math.max(1, 2 * (idleSince - event.doneAt)));
  return { until: idleSince + backoff + 2 * slack, isSettled: false };
}

/** How many records and dead letters are due, or undefined where a step changes what is configured. */
function expectedDeliveries(event: WatchedEvent, succeeded: boolean): number | undefined {
  if (event.config === undefined) return undefined;
  if (succeeded) return event.config.onSuccess === undefined ? 0 : 1;
  return (event.config.onFailure === undefined ? 0 : 1) + (event.hasDeadLetter ? 1 : 0);
}

/** Until when to watch a scenario: the latest of its events. */
export function watchAll(events: Iterable<WatchedEvent>, tolerances: Tolerances): Watch {
  let until = 0;
  let isSettled = true;
  for (const event of events) {
    const watch = watchEvent(event, tolerances);
    if (watch.until > until) until = watch.until;
    if (!watch.isSettled) isSettled = false;
  }
  return { until, isSettled };
}
