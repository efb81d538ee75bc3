/** When, and how, an attempt came to its end: as far as a black box lets one be certain. */
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt } from '../../engine/view.ts';

/** The earliest time at which an attempt can have ended. */
export function earliestEnd(attempt: Attempt): number {
  if (attempt.ended !== undefined) return attempt.endedEarliest;
  // The view reckons with the declared timeout: where that changes, nothing is known but the start.
  return attempt.function.timeoutSeconds.length > 1 ? attempt.startedAt : attempt.endedEarliest;
}

/**
 * How the platform must have seen the attempt end; undefined where that cannot be told.
 * @param answer the payload that came with a function error, if one did
 */
export function certainOutcome(
  attempt: Attempt,
  answer: Json | undefined,
  tolerances: Tolerances,
): 'success' | 'failure' | undefined {
  const { ended, started } = attempt;
  // One that was to be killed, and ended by itself, is SYNC-TIMEOUT-01's affair.
  if (started.planned === 'timeout') return ended === undefined || !attempt.succeeded ? 'failure' : undefined;
  if (ended === undefined) return undefined;
  if (!attempt.succeeded) return 'failure';
  // What ends within a hair of its timeout may have been killed on its way out; initialisation uses it up, too.
  const spentBy =
    attempt.endedLatest -
    attempt.startedAt +
    tolerances.schedulingSlackSeconds +
    (attempt.function.spec.initSeconds ?? 0);
  const mayHaveTimedOut =
    attempt.function.timeoutSeconds.length > 1 || spentBy >= attempt.function.spec.timeoutSeconds;
  return mayHaveTimedOut && saysTimeout(answer) ? undefined : 'success';
}

function saysTimeout(answer: Json | undefined): boolean {
  const message = asObject(answer)?.['errorMessage'];
  return typeof message === 'string' && message.includes('timed out');
}
