/** What the synchronous rules speak of. */
import type { Attempt, Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';

/** `calls` that satisfy `holds`; the array itself where all do, and no new one where none does. */
export function those<T>(items: readonly T[], holds: (item: T) => boolean): readonly T[] {
  let kept: T[] | undefined;
  for (const item of items) {
    if (!holds(item)) continue;
    kept ??= [];
    kept.push(item);
  }
  return kept ?? NONE;
}

const NONE: readonly never[] = [];

const isAttempted = (call: Call): boolean => call.attempts.length > 0;

/** RequestResponse calls of which an attempt was seen, whatever came of them. */
export const attempted = once((view: View): readonly Call[] => those(view.sync, isAttempted));

/** RequestResponse calls that were answered with success and of which an attempt was seen. */
export const answeredAndAttempted = once((view: View): readonly Call[] =>
  those(view.syncAnswered, isAttempted),
);

/** RequestResponse calls that were answered with a function error. */
export const functionErrors = once((view: View): readonly Call[] =>
  those(view.syncAnswered, (call) => call.answered?.functionError !== undefined),
);

/** Attempts that were told to outlive their function's timeout. */
export const timeouts = once((view: View): readonly Attempt[] =>
  those(view.attempts, (attempt) => attempt.started.planned === 'timeout'),
);

/** Refused for want of capacity or rate, through whatever kind of call. */
export const throttledCalls = once((view: View): readonly Call[] =>
  view.rejected.length === 0 ? NONE : those(view.rejected, (call) => call.rejected?.status === 429),
);

/** When the call was over for its caller; Infinity where it was not seen to be. */
export const resolvedAt = (call: Call): number =>
  (call.answered ?? call.rejected ?? call.hungUp)?.at ?? Number.POSITIVE_INFINITY;
