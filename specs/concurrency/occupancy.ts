/**
 * How many attempts were in flight at once: at least, and at most, for a black box shows neither when an attempt
 * was admitted nor when its environment was free again. All linear but for one sort.
 */
import { possible, settled, type Timeline } from '../../engine/configuration.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, Call, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { earliestEnd } from '../sync/ends.ts';

/** The time, seconds, by which an attempt may have been admitted before its handler was entered. */
export function admissionLag(owner: FunctionView, tolerances: Tolerances): number {
  return tolerances.schedulingSlackSeconds + tolerances.clockSkewSeconds + (owner.spec.initSeconds ?? 0);
}

/** The largest reserve that may have been in force from `from` to `to`; Infinity where there may have been none. */
export function largestReserve(reserved: Timeline<number | null>, from: number, to: number): number {
  if (reserved.length === 1) return reserved[0]?.value ?? Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const value of possible(reserved, from, to)) {
    largest = Math.max(largest, value ?? Number.POSITIVE_INFINITY);
  }
  return largest;
}

/** The smallest reserve that may have been in force; 0 where there may have been none. */
export function smallestReserve(reserved: Timeline<number | null>, from: number, to: number): number {
  if (reserved.length === 1) return reserved[0]?.value ?? 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const value of possible(reserved, from, to)) smallest = Math.min(smallest, value ?? 0);
  return smallest;
}

/** An attempt that began while at least `inFlight` others were certainly running, and the limit that was then. */
export interface Overflow {
  readonly attempt: Attempt;
  readonly inFlight: number;
  readonly limit: number;
}

/**
 * The first attempt that starts while as many as the limit certainly run already.
 * @param attempts in order of their start
 * @param limitAt the largest limit that may hold for an attempt that starts
 */
export function overflow(
  attempts: readonly Attempt[],
  limitAt: (attempt: Attempt) => number,
  tolerances: Tolerances,
): Overflow | undefined {
  const ends = sortedEnds(attempts, tolerances);
  let ended = 0;
  for (let index = 0; index < attempts.length; index++) {
    const attempt = attempts[index];
    if (attempt === undefined) break;
    // An end may be seen late by the skew of the clocks: then the room was free before.
    const { startedAt } = attempt;
    while (ended < ends.length && (ends[ended] ?? 0) - tolerances.clockSkewSeconds <= startedAt) ended++;
    // What has ended by now had started before, so that all of it is among the earlier attempts.
    const inFlight = index - ended;
    if (inFlight <= 0) continue;
    const limit = limitAt(attempt);
    if (inFlight >= limit) return { attempt, inFlight, limit };
  }
  return undefined;
}

function sortedEnds(attempts: readonly Attempt[], tolerances: Tolerances): Float64Array {
  const ends = new Float64Array(attempts.length);
  for (let index = 0; index < attempts.length; index++) {
    const attempt = attempts[index];
    if (attempt !== undefined) ends[index] = earliestEnd(attempt, tolerances);
  }
  return ends.sort();
}

/** Starts and earliest ends of attempts, each sorted, for counting how many certainly ran for a while. */
interface Occupancy {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

function occupancyOf(attempts: readonly Attempt[], tolerances: Tolerances): Occupancy {
  const starts = new Float64Array(attempts.length);
  for (let index = 0; index < attempts.length; index++) starts[index] = attempts[index]?.startedAt ?? 0;
  return { starts, ends: sortedEnds(attempts, tolerances) };
}

/** At least so many attempts ran all the time from `from` to `to`. */
function surelyInFlight({ starts, ends }: Occupancy, from: number, to: number): number {
  return countUpTo(starts, from) - countUpTo(ends, to);
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

/** Concurrent executions of the account. */
export const accountLimit = (view: View): number =>
  view.history.scenario.account?.concurrency ?? view.tolerances.accountConcurrency;

const occupancies = once(
  (_view): { account: Occupancy | undefined; readonly of: Map<FunctionView, Occupancy> } => ({
    account: undefined,
    of: new Map(),
  }),
);

/**
 * What had certainly run out all the time in which `call` can have reached the service, in words; undefined where
 * there may have been room for it.
 */
export function fullWhen(call: Call, view: View): string | undefined {
  const owner = call.function;
  if (owner === undefined) return;
  const limit = accountLimit(view);
  const isUnreserved = owner.reserved.length === 1 && owner.reserved[0]?.value === null;
  if (isUnreserved && (view.attempts.length < limit || owner.spec.provisioned !== undefined)) return;
  const { clockSkewSeconds, schedulingSlackSeconds } = view.tolerances;
  const from = call.requested.at - clockSkewSeconds;
  const to = call.requested.at + schedulingSlackSeconds + clockSkewSeconds;
  const known = occupancies(view);
  if (isUnreserved) {
    known.account ??= occupancyOf(view.attempts, view.tolerances);
    const running = surelyInFlight(known.account, from, to);
    return running >= limit ? `${running} attempts are running in an account that has ${limit}` : undefined;
  }
  const reserve = settled(owner.reserved, from, to);
  if (typeof reserve !== 'number') return;
  if (reserve === 0) return `the reserve of ${owner.name} is 0`;
  if (owner.attempts.length < reserve) return;
  let occupancy = known.of.get(owner);
  if (occupancy === undefined) {
    occupancy = occupancyOf(owner.attempts, view.tolerances);
    known.of.set(owner, occupancy);
  }
  const running = surelyInFlight(occupancy, from, to);
  return running >= reserve
    ? `${running} attempts run on the reserve of ${reserve} of ${owner.name}`
    : undefined;
}
