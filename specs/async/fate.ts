/**
 * What became of an event, told from its attempts and its configuration alone: neither records nor dead letters
 * are asked, so that rules may judge those by it. What cannot be known stays open, with the reason.
 */
import { settled } from '../../engine/configuration.ts';
import { RETRY_DELAYS_SECONDS } from '../../engine/horizon.ts';
import { isFiller } from '../../engine/json.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { AsyncEvent, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { earliestEnd, latestEnd, mayBeReservedToZero, mayFailUnseen, resultOf } from './attempts.ts';

/**
 * Why an event is over. AWS, invocation-async-retain-records.html: an event is discarded when its retries are
 * exhausted, when it has become too old, or when the function's reserved concurrency is 0. `unclear`: it is
 * certainly discarded, but for the one or the other of these reasons.
 */
export type Cause = 'success' | 'retriesExhausted' | 'expired' | 'zeroReserve' | 'unclear' | 'open';

export interface Fate {
  readonly event: AsyncEvent;
  readonly end: 'succeeded' | 'discarded' | 'open';
  readonly cause: Cause;
  /** The earliest and the latest time at which that was settled, seconds; for an open fate 0 and Infinity. */
  readonly earliest: number;
  readonly latest: number;
  /** What is not known of an open fate; else the empty string. */
  readonly why: string;
}

/** The fates of the scenario's own events, in order of acceptance. */
export const fates = once((view: View): readonly Fate[] => {
  const { events } = view;
  if (events.length === 0) return NONE;
  const all: Fate[] = [];
  for (const event of events) all.push(fateOf(event, view));
  return all;
});

/** The fates of the scenario's own events that certainly succeeded. */
export const succeeded = once((view: View): readonly Fate[] => withEnd(fates(view), 'succeeded'));

const NONE: readonly never[] = [];

function withEnd(all: readonly Fate[], end: Fate['end']): readonly Fate[] {
  let some: Fate[] | undefined;
  for (const fate of all) {
    if (fate.end !== end) continue;
    some ??= [];
    some.push(fate);
  }
  return some ?? NONE;
}

/** What became of one event. */
export function fateOf(event: AsyncEvent, view: View): Fate {
  const { tolerances } = view;
  const { attempts, config } = event;
  if (isBeyondLimit(event, tolerances)) return open(event, 'no event of this size is accepted by AWS');
  let successEarliest = Number.POSITIVE_INFINITY;
  let successLatest = Number.POSITIVE_INFINITY;
  let isUnclear = false;
  for (const attempt of attempts) {
    const result = resultOf(attempt, tolerances);
    if (result === 'unclear') isUnclear = true;
    if (result !== 'success') continue;
    successEarliest = Math.min(successEarliest, earliestEnd(attempt, tolerances));
    successLatest = Math.min(successLatest, latestEnd(attempt, tolerances));
  }
  if (successEarliest < Number.POSITIVE_INFINITY) {
    return over(event, 'succeeded', 'success', successEarliest, successLatest);
  }
  if (isUnclear) return open(event, 'how one of its attempts ended cannot be told');
  if (view.removed.size > 0 && view.removed.has(`function:${event.function.name}`)) {
    return open(event, 'its function was deleted');
  }
  if (isAcceptedAtZeroReserve(event, tolerances)) {
    if (attempts.length > 0) return open(event, 'it ran although the reserved concurrency is 0');
    const latest = event.acceptedAt + 2 * tolerances.schedulingSlackSeconds;
    return over(event, 'discarded', 'zeroReserve', event.call.requested.at, latest);
  }
  if (config === undefined) return open(event, CONFIG_UNCLEAR);
  const due = 1 + config.maximumRetryAttempts;
  if (attempts.length >= due) return exhausted(event, due, tolerances);
  return expired(event, config.maximumEventAgeSeconds, view);
}

/**
 * Whether AWS would have refused the event for its size (ASYNC-SIZE-01), so that its pages say nothing of what becomes
 * of it. A target that takes it may well spend the function's timeout on carrying megabytes to the handler and back.
 */
function isBeyondLimit({ call }: AsyncEvent, tolerances: Tolerances): boolean {
  const { payload } = call.step;
  return isFiller(payload) && payload.$filler > tolerances.asyncPayloadBytes + tolerances.payloadMarginBytes;
}

/** The reason of what cannot be decided because the configuration that governs an event is not certain. */
export const CONFIG_UNCLEAR =
  'which event-invoke configuration governs it is not certain: it changed, or AWS does not say';

/** Whether the function's reserved concurrency was certainly 0 when Lambda took the event from its queue. */
export function isAcceptedAtZeroReserve(event: AsyncEvent, tolerances: Tolerances): boolean {
  const { reserved } = event.function;
  if (reserved.length === 1) return reserved[0]?.value === 0;
  const until = event.acceptedAt + 2 * tolerances.schedulingSlackSeconds;
  return settled(reserved, event.call.requested.at, until) === 0;
}

function exhausted(event: AsyncEvent, due: number, tolerances: Tolerances): Fate {
  const { attempts } = event;
  const final = attempts[due - 1];
  const last = attempts.at(-1);
  if (final === undefined || last === undefined) return open(event, 'it has no attempt');
  const latest = latestEnd(last, tolerances);
  const { duplicateBudget } = tolerances;
  if (duplicateBudget === 0) {
    return over(event, 'discarded', 'retriesExhausted', earliestEnd(final, tolerances), latest);
  }
  // One of them may be a duplicate of another (ASYNC-DUP-01): then a true one was still to come, or to expire.
  const isCertain = attempts.length >= due + duplicateBudget;
  const wait = 2 * (RETRY_DELAYS_SECONDS.at(-1) ?? 0) * tolerances.retryTimeScale;
  return over(
    event,
    'discarded',
    isCertain ? 'retriesExhausted' : 'unclear',
    final.startedAt,
    isCertain ? latest : latest + wait + tolerances.schedulingSlackSeconds,
  );
}

function expired(event: AsyncEvent, ageSeconds: number, view: View): Fate {
  const { tolerances } = view;
  const { attempts } = event;
  if (mayFailUnseen(event.function, tolerances)) {
    return open(event, 'attempts may have failed before their handler was entered');
  }
  if (mayBeReservedToZero(event.function, event.call.requested.at, Number.POSITIVE_INFINITY)) {
    return open(event, 'the reserved concurrency was 0 for a while');
  }
  if (event.call.requested.chainedFrom !== undefined) {
    return open(event, 'it may have been stopped as part of a recursive loop');
  }
  let earliest = event.call.requested.at;
  let latest = latestExpiry(event, ageSeconds, tolerances);
  for (const attempt of attempts) {
    earliest = Math.max(earliest, earliestEnd(attempt, tolerances));
    latest = Math.max(latest, latestEnd(attempt, tolerances));
  }
  latest += longestWaitSeconds(tolerances) + tolerances.schedulingSlackSeconds;
  if (view.watchedUntil < latest) return open(event, 'the observer left before its age limit');
  return over(event, 'discarded', 'expired', earliest, latest);
}

/** AWS, invocation-async-error-handling.html: the wait between tries grows up to five minutes. */
export const LONGEST_BACKOFF_SECONDS = 300;

/**
 * So long may an event lie in the queue, throttled or too old, until something is seen of it again: a try that meets
 * a system error (5xx) shows nothing, and two of those in a row are granted.
 */
export const longestWaitSeconds = (tolerances: Tolerances): number =>
  3 * LONGEST_BACKOFF_SECONDS * tolerances.throttleTimeScale;

/** The latest time at which an event is of age; a target that scales its waits may scale this one or not. */
export const latestExpiry = (event: AsyncEvent, ageSeconds: number, tolerances: Tolerances): number =>
  event.acceptedAt + ageSeconds * Math.max(1, tolerances.retryTimeScale);

/** The earliest time at which an event may be too old. */
export const earliestExpiry = (event: AsyncEvent, ageSeconds: number, tolerances: Tolerances): number =>
  event.call.requested.at + ageSeconds * Math.min(1, tolerances.retryTimeScale) - tolerances.clockSkewSeconds;

const over = (
  event: AsyncEvent,
  end: 'succeeded' | 'discarded',
  cause: Cause,
  earliest: number,
  latest: number,
): Fate => ({ event, end, cause, earliest, latest, why: '' });

const open = (event: AsyncEvent, why: string): Fate => ({
  event,
  end: 'open',
  cause: 'open',
  earliest: 0,
  latest: Number.POSITIVE_INFINITY,
  why,
});
