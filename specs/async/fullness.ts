/** Whether there was certainly no capacity when an event came. */
import { settled } from '../../engine/configuration.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, Call, FunctionView, View } from '../../engine/view.ts';
import { accountLimit } from '../concurrency/occupancy.ts';
import { once } from '../memo.ts';
import { earliestEnd } from './attempts.ts';

/** Starts and earliest ends of attempts, each sorted, for counting how many certainly ran for a while. */
interface Occupancy {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** Made once a view, and only for functions that are asked about; `undefined` stands for the whole account. */
const occupancies = once((_view): Map<FunctionView | undefined, Occupancy> => new Map());

/**
 * What had certainly run out all the time in which `call` can have reached Lambda, in words; undefined where there
 * may have been room for it. For functions with a reserve, and those that share the account's concurrency.
 */
export function fullWhen(call: Call, view: View): string | undefined {
  const owner = call.function;
  if (owner === undefined) return;
  const isUnreserved = owner.reserved.length === 1 && owner.reserved[0]?.value === null;
  if (isUnreserved && view.attempts.length < accountLimit(view)) return;
  const { clockSkewSeconds, schedulingSlackSeconds } = view.tolerances;
  const from = call.requested.at - clockSkewSeconds;
  const to = call.requested.at + schedulingSlackSeconds + clockSkewSeconds;
  const limit = isUnreserved ? accountLimit(view) : settled(owner.reserved, from, to);
  if (typeof limit !== 'number') return;
  if (limit === 0) return `the reserved concurrency of ${owner.name} is 0`;
  // Provisioned concurrency is ready for some qualifiers beside whatever else runs.
  if (owner.spec.provisioned !== undefined) return;
  const attempts = isUnreserved ? view.attempts : owner.attempts;
  if (attempts.length < limit) return;
  const running = surelyRunning(isUnreserved ? undefined : owner, attempts, from, to, view);
  if (running < limit) return;
  return isUnreserved
    ? `${running} attempts are running in an account that has ${limit}`
    : `${running} attempts are running on the reserve of ${limit} of ${owner.name}`;
}

/** At least so many attempts ran all the time from `from` to `to`. */
function surelyRunning(
  owner: FunctionView | undefined,
  attempts: readonly Attempt[],
  from: number,
  to: number,
  view: View,
): number {
  const known = occupancies(view);
  let occupancy = known.get(owner);
  if (occupancy === undefined) {
    occupancy = occupancyOf(attempts, view.tolerances);
    known.set(owner, occupancy);
  }
  return countUpTo(occupancy.starts, from) - countUpTo(occupancy.ends, to);
}

function occupancyOf(attempts: readonly Attempt[], tolerances: Tolerances): Occupancy {
  const starts = new Float64Array(attempts.length);
  const ends = new Float64Array(attempts.length);
  attempts.forEach((attempt, index) => {
    starts[index] = attempt.startedAt;
    ends[index] = earliestEnd(attempt, tolerances);
  });
  return { starts: starts.sort(), ends: ends.sort() };
}

/** How many of the sorted values are at most `limit`. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
