/** What the platform must have made of an attempt: as far as a black box lets one be certain. */
import { possible } from '../../engine/configuration.ts';
import { isFiller } from '../../engine/json.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, FunctionView } from '../../engine/view.ts';

/** `unclear`: it cannot be told from outside, or AWS's pages do not say. */
export type Result = 'success' | 'failure' | 'unclear';

/** How Lambda must have seen the attempt end. */
export function resultOf(attempt: Attempt, tolerances: Tolerances): Result {
  const { ended, outcome } = attempt;
  if (attempt.started.planned === 'timeout') {
    // One that was to be killed, and ended by itself all the same, is SYNC-TIMEOUT-01's affair.
    return ended === undefined || !attempt.succeeded ? 'failure' : 'unclear';
  }
  if (ended === undefined) return 'unclear';
  // AWS limits the response of synchronous calls; its pages do not say what a larger one makes of an event.
  if (outcome === 'oversize') return 'unclear';
  if (!attempt.succeeded) return 'failure';
  if (
    isFiller(ended.result) &&
    ended.result.$filler > tolerances.syncPayloadBytes - tolerances.payloadMarginBytes
  ) {
    return 'unclear';
  }
  return attempt.mayHaveBeenKilled ? 'unclear' : 'success';
}

function shortestTimeoutSeconds(owner: FunctionView): number {
  if (owner.timeoutSeconds.length === 1) return owner.spec.timeoutSeconds;
  return Math.min(...owner.timeoutSeconds.map(({ value }) => value));
}

/** The earliest time at which Lambda can have seen the attempt end, on the function's clock. */
export function earliestEnd(attempt: Attempt, tolerances: Tolerances): number {
  if (attempt.ended !== undefined || attempt.started.planned !== 'timeout') return attempt.endedEarliest;
  // The view reckons with the declared timeout; and a start may have been seen late, after the timer began.
  const end =
    attempt.startedAt +
    shortestTimeoutSeconds(attempt.function) -
    tolerances.clockSkewSeconds -
    tolerances.schedulingSlackSeconds;
  return Math.max(attempt.startedAt, end);
}

/** The latest time at which it can have ended; Infinity where its end was not seen. */
export function latestEnd(attempt: Attempt, tolerances: Tolerances): number {
  if (attempt.ended !== undefined || attempt.started.planned !== 'timeout') return attempt.endedLatest;
  if (attempt.function.timeoutSeconds.length === 1) return attempt.endedLatest;
  const longest = Math.max(...attempt.function.timeoutSeconds.map(({ value }) => value));
  return attempt.startedAt + longest + tolerances.schedulingSlackSeconds;
}

/** AWS, lambda-runtime-environment.html: an initialisation of more than ten seconds is done again. */
const INIT_LIMIT_SECONDS = 10;

/**
 * Whether attempts may fail before their handler is entered, so that nothing is seen of them: an initialisation
 * that is done again within the invocation uses up the function's timeout.
 */
export function mayFailUnseen(owner: FunctionView, tolerances: Tolerances): boolean {
  const { initSeconds } = owner.spec;
  if (initSeconds === undefined) return false;
  const bound = Math.min(INIT_LIMIT_SECONDS, shortestTimeoutSeconds(owner));
  return initSeconds + tolerances.schedulingSlackSeconds >= bound;
}

/** Whether the function's reserved concurrency may have been 0 at some time from `from` to `to`. */
export function mayBeReservedToZero(owner: FunctionView, from: number, to: number): boolean {
  if (owner.reserved.length === 1) return owner.reserved[0]?.value === 0;
  return possible(owner.reserved, from, to).includes(0);
}
