/** AWS, monitoring-metrics-types.html: what refused and throttled requests may not be counted as. */
import type { Entry } from '../../engine/history.ts';
import type { Breach } from '../../engine/rule.ts';
import type { FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';

/** What can have been counted at most for one function by what was seen of it. */
interface Bound {
  readonly invocations: number;
  readonly errors: number;
}

/**
 * The breach on a refused or throttled request (`refused` shows it) of a function whose Invocations or Errors are
 * more than its attempts account for; undefined where they are not, or where the target shows no metrics.
 */
export function excessOver(
  owner: FunctionView | undefined,
  refused: Entry | undefined,
  view: View,
): Breach | undefined {
  if (view.metrics.size === 0 || owner === undefined || refused === undefined) return;
  const bound = bounds(view).get(owner.name);
  const metrics = view.metrics.get(owner.name);
  if (bound === undefined || metrics === undefined) return;
  for (const [name, most] of [
    ['Invocations', bound.invocations],
    ['Errors', bound.errors],
  ] as const) {
    const counted = metrics.get(name) ?? 0;
    if (counted <= most) continue;
    return {
      expected: `${name} of ${owner.name} at most ${most}: what is refused or throttled does not count`,
      observed: `${counted}`,
      entries: [refused],
    };
  }
  return;
}

/**
 * By function. An environment that fails before the handler is entered is an invocation, and an error, that shows
 * no attempt: what was accepted and shows none may be one. A function that is slow to begin has no bound: records
 * that it receives as a destination may fail like that as well, and nobody sees them.
 */
const bounds = once((view: View): ReadonlyMap<string, Bound> => {
  const byName = new Map<string, { invocations: number; errors: number }>();
  for (const owner of view.functions.values()) {
    if (owner.spec.initSeconds !== undefined) continue;
    let errors = 0;
    for (const attempt of owner.attempts) if (!attempt.succeeded || attempt.mayHaveBeenKilled) errors++;
    byName.set(owner.name, { invocations: owner.attempts.length, errors });
  }
  for (const calls of [view.calls, view.chained]) {
    for (const call of calls) {
      const bound = call.function === undefined ? undefined : byName.get(call.function.name);
      if (bound === undefined || call.rejected !== undefined || call.type === 'DryRun') continue;
      if (call.attempts.length > 0) continue;
      const unseen = call.type === 'Event' ? ATTEMPTS_PER_EVENT : 1;
      bound.invocations += unseen;
      bound.errors += unseen;
    }
  }
  return byName;
});

/** AWS, invocation-async-error-handling.html: three attempts at most. */
const ATTEMPTS_PER_EVENT = 3;
