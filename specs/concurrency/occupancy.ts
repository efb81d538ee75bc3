/**
 * How many attempts were in flight at once: at least, and at most, for a black box shows neither when an attempt
 * was admitted nor when its environment was free again. All linear but for one sort.
 */
import { possible, settled, type Timeline } from '../../engine/configuration.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, Call, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { earliestEnd } from '../sync/ends.ts';

/**
 * The time, seconds, by which an attempt may have been admitted before its handler was entered. Initialisation that
 * takes too long is done a second time (SYNC-INIT-01).
 */
export function admissionLag(owner: FunctionView, tolerances: Tolerances): number {
  const { schedulingSlackSeconds, clockSkewSeconds } = tolerances;
  return schedulingSlackSeconds + clockSkewSeconds + 2 * (owner.spec.initSeconds ?? 0);
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
  const ends = certainEnds(attempts, tolerances.clockSkewSeconds);
  if (ends.length === 0) return undefined;
  let begun = 0;
  let ended = 0;
  for (const attempt of attempts) {
    const { startedAt } = attempt;
    while (ended < ends.length && (ends[ended] ?? 0) <= startedAt) ended++;
    const inFlight = begun - ended;
    if (inFlight > 0) {
      const limit = limitAt(attempt);
      if (inFlight >= limit) return { attempt, inFlight, limit };
    }
    if (isLasting(attempt, tolerances.clockSkewSeconds)) begun++;
  }
  return undefined;
}

/** An end may be seen late by so much: one that lasted no longer was in nobody's way for certain. */
const isLasting = (attempt: Attempt, seconds: number): boolean =>
  earliestEnd(attempt) - seconds > attempt.startedAt;

/** Of the attempts that lasted longer than so many seconds, their ends without them, in order. */
function certainEnds(attempts: readonly Attempt[], seconds: number): ArrayLike<number> {
  const ends: number[] = [];
  for (const attempt of attempts) if (isLasting(attempt, seconds)) ends.push(earliestEnd(attempt) - seconds);
  // Most often there is none, for which a typed array would be dear.
  return ends.length < 2 ? ends : Float64Array.from(ends).sort();
}

/** Concurrent executions of the account. */
export const accountLimit = (view: View): number =>
  view.history.scenario.account?.concurrency ?? view.tolerances.accountConcurrency;

/** Whether a request of the scenario gives or takes provisioned concurrency of the function. */
export function isReprovisioned(owner: FunctionView, view: View): boolean {
  for (const { step, rejected } of view.requests) {
    if (rejected !== undefined || step.input['FunctionName'] !== owner.name) continue;
    if (step.operation === 'PutProvisionedConcurrencyConfig') return true;
    if (step.operation === 'DeleteProvisionedConcurrencyConfig') return true;
  }
  return false;
}

/**
 * Whether what is provisioned may, for a while, come on top of what already runs: it was given while others ran, or
 * the reserve was lowered beneath it. AWS does not say whether provisioned environments then wait.
 */
export const mayOverlap = (owner: FunctionView, view: View): boolean =>
  (owner.spec.provisioned !== undefined && owner.reserved.length > 1) || isReprovisioned(owner, view);

/** The reason of a finding that cannot be had because of that. */
export const OVERLAP = 'provisioned concurrency or the reserve beneath it was changed while attempts ran';

/** How many calls of a function were made, whatever came of them. */
export function demandOn(owner: FunctionView, view: View): number {
  let demand = 0;
  for (const call of view.calls) if (call.function === owner) demand++;
  for (const call of view.chained) if (call.function === owner) demand++;
  return demand;
}

/** A call that came while there was certainly no room for it, and what had run out, in words. */
export interface Crowded {
  readonly call: Call;
  readonly exhausted: string;
}

const NONE: readonly Crowded[] = [];

/** RequestResponse calls that came while the reserve of their function, or the account, was certainly used up. */
export const crowded = once((view: View): readonly Crowded[] => {
  if (view.sync.length === 0) return NONE;
  const limit = accountLimit(view);
  let found: Crowded[] | undefined;
  for (const owner of view.functions.values()) {
    // A reserve that was never used up by then cannot have been when a call came.
    if (isUnreserved(owner) || owner.attempts.length < smallestEver(owner)) continue;
    if (mayOverlap(owner, view)) continue;
    const calls = view.sync.filter((call) => call.function === owner);
    if (calls.length > 0) found = crowdedOn(calls, owner.attempts, owner, undefined, view, found);
  }
  if (view.attempts.length >= limit) {
    // What is provisioned for a function it has for itself.
    const calls = view.sync.filter(
      ({ function: owner }) =>
        owner !== undefined &&
        isUnreserved(owner) &&
        owner.spec.provisioned === undefined &&
        !isReprovisioned(owner, view),
    );
    if (calls.length > 0) found = crowdedOn(calls, view.attempts, undefined, limit, view, found);
  }
  return found ?? NONE;
});

/** The smallest reserve that a function ever had; Infinity where it never had one. */
export function smallestEver({ reserved }: FunctionView): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const { value } of reserved) if (value !== null && value < smallest) smallest = value;
  return smallest;
}

const isUnreserved = ({ reserved }: FunctionView): boolean =>
  reserved.length === 1 && reserved[0]?.value === null;

/** Adds those of `calls` to `found` that came while as many as the limit of `attempts` were running. */
function crowdedOn(
  calls: readonly Call[],
  attempts: readonly Attempt[],
  owner: FunctionView | undefined,
  accountHas: number | undefined,
  view: View,
  found: Crowded[] | undefined,
): Crowded[] | undefined {
  const { clockSkewSeconds, schedulingSlackSeconds } = view.tolerances;
  const running = new Running(attempts, schedulingSlackSeconds + 2 * clockSkewSeconds);
  let all = found;
  for (const call of calls) {
    // The span in which it can have reached the service.
    const from = call.requested.at - clockSkewSeconds;
    const to = call.requested.at + schedulingSlackSeconds + clockSkewSeconds;
    const inFlight = running.throughout(from);
    const limit = owner === undefined ? accountHas : settled(owner.reserved, from, to);
    if (typeof limit !== 'number' || inFlight < limit) continue;
    const exhausted = inWords(inFlight, limit, owner);
    all ??= [];
    all.push({ call, exhausted });
  }
  return all;
}

function inWords(inFlight: number, limit: number, owner: FunctionView | undefined): string {
  if (owner === undefined) return `${inFlight} attempts are running in an account that has ${limit}`;
  if (limit === 0) return `the reserve of ${owner.name} is 0`;
  return `${inFlight} attempts are running on the reserve of ${limit} of ${owner.name}`;
}

/**
 * Counts, for one span of time after the other, all of one length, the attempts that certainly ran all through it: they
 * started by its beginning, and ended more than its length after that.
 */
class Running {
  private readonly starts: readonly number[];
  private readonly lastBeginnings: ArrayLike<number>;
  private started = 0;
  private over = 0;

  /** @param attempts in order of their start */
  constructor(attempts: readonly Attempt[], spanSeconds: number) {
    this.starts = attempts
      .filter((attempt) => isLasting(attempt, spanSeconds))
      .map(({ startedAt }) => startedAt);
    this.lastBeginnings = certainEnds(attempts, spanSeconds);
  }

  /** How many run through the span from `from` on, which is no earlier than the one before. */
  throughout(from: number): number {
    const { starts, lastBeginnings } = this;
    while (this.started < starts.length && (starts[this.started] ?? 0) <= from) this.started++;
    while (this.over < lastBeginnings.length && (lastBeginnings[this.over] ?? 0) <= from) this.over++;
    return this.started - this.over;
  }
}
