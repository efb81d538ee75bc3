/**
 * The ledger of concurrency. AWS, lambda-concurrency.html: a function with a reserve has that for itself and never
 * more; all others share what the account has left; provisioned concurrency is taken of the one or the other.
 */
import type { FunctionRuntime } from './functionRuntime.ts';
import type { World } from './world.ts';

export type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'FunctionInvocationRateLimitExceeded'
  | 'ReservedFunctionInvocationRateLimitExceeded';

/** On what an attempt runs, or why it may not. */
export type Admission = 'provisioned' | 'onDemand' | ThrottleReason;

export const isAdmitted = (admission: Admission): admission is 'provisioned' | 'onDemand' =>
  admission === 'provisioned' || admission === 'onDemand';

/**
 * Whether an attempt of the function may start now. Changes nothing.
 * @param isPolled whether a poller asks
 */
export function admission(
  world: World,
  owner: FunctionRuntime,
  qualifier: string | undefined,
  version: string,
  isPolled: boolean,
): Admission {
  const { policy } = world;
  const reserved = isPolled && !policy.reserveBindsPollers ? null : owner.reserved;
  if (reserved === 0 && policy.zeroReserveStopsCalls)
    return 'ReservedFunctionConcurrentInvocationLimitExceeded';
  const key = provisionedKey(owner, qualifier, version);
  if (key !== undefined) {
    const busy = owner.provisionedInFlight?.get(key) ?? 0;
    if (busy < (owner.state.provisioned.get(key) ?? 0)) return 'provisioned';
    if (!policy.provisionedSpillsOver) return 'ConcurrentInvocationLimitExceeded';
  }
  if (reserved !== null && reserved > 0 && policy.enforcesReserve) {
    const provisioned = policy.provisionedTakesOfReserve ? provisionedOf(owner) : 0;
    const busy = policy.reserveCountsPerVersion ? inFlightOn(owner, version) : onDemandOf(owner);
    if (busy >= reserved - provisioned) return 'ReservedFunctionConcurrentInvocationLimitExceeded';
  }
  if (!policy.enforcesAccountConcurrency) return 'onDemand';
  return hasAccountCapacity(world, reserved === null) ? 'onDemand' : 'ConcurrentInvocationLimitExceeded';
}

/** Whether the account has room for one more: of all, and for functions without a reserve of what is unreserved. */
function hasAccountCapacity(world: World, isUnreserved: boolean): boolean {
  let total = 0;
  let unreserved = 0;
  let capacity = world.account.concurrencyLimit;
  for (const other of world.functions.values()) {
    total += other.inFlight;
    if (other.reserved === null) {
      unreserved += onDemandOf(other);
      capacity -= provisionedOf(other);
    } else if (world.policy.reserveIsExclusive) capacity -= other.reserved;
  }
  if (total >= world.account.concurrencyLimit) return false;
  return !isUnreserved || unreserved < capacity;
}

/** Under which qualifier provisioned concurrency serves the call: the one it names, or the version that runs. */
export function provisionedKey(
  owner: FunctionRuntime,
  qualifier: string | undefined,
  version: string,
): string | undefined {
  const { provisioned } = owner.state;
  if (provisioned.size === 0) return undefined;
  if (qualifier !== undefined && provisioned.has(qualifier)) return qualifier;
  return provisioned.has(version) ? version : undefined;
}

function provisionedOf(owner: FunctionRuntime): number {
  if (owner.state.provisioned.size === 0) return 0;
  let sum = 0;
  for (const concurrency of owner.state.provisioned.values()) sum += concurrency;
  return sum;
}

function onDemandOf(owner: FunctionRuntime): number {
  if (owner.provisionedInFlight === undefined) return owner.inFlight;
  let provisioned = 0;
  for (const busy of owner.provisionedInFlight.values()) provisioned += busy;
  return owner.inFlight - provisioned;
}

function inFlightOn(owner: FunctionRuntime, version: string): number {
  let busy = 0;
  for (const environment of owner.environments)
    if (environment.version === version && !environment.isProvisioned) busy += environment.attempts;
  return busy;
}

/** An attempt takes its place: on provisioned concurrency under `provisionedAs`, or on demand. */
export function occupy(owner: FunctionRuntime, provisionedAs: string | undefined): void {
  owner.inFlight++;
  if (provisionedAs !== undefined) countProvisioned(owner, provisionedAs, 1);
}

/** An attempt leaves its place. */
export function vacate(owner: FunctionRuntime, provisionedAs: string | undefined): void {
  owner.inFlight--;
  if (provisionedAs !== undefined) countProvisioned(owner, provisionedAs, -1);
}

function countProvisioned(owner: FunctionRuntime, key: string, change: number): void {
  owner.provisionedInFlight ??= new Map();
  owner.provisionedInFlight.set(key, (owner.provisionedInFlight.get(key) ?? 0) + change);
}

/**
 * Whether one more synchronous request may be taken this second, and counts it if so.
 * AWS, lambda-concurrency.html: ten times the concurrency that applies, each second.
 */
export function rateLimit(world: World, owner: FunctionRuntime): ThrottleReason | undefined {
  const { now } = world.clock;
  const { requestsPerConcurrency } = world.policy;
  const { reserved } = owner;
  // Recorded: without any concurrency that is what is told, and not a rate of 0.
  if (reserved === 0) return undefined;
  const most = requestsPerConcurrency * (reserved ?? world.account.concurrencyLimit);
  let recent = 0;
  if (reserved !== null) recent = countRecent(owner, now);
  else
    for (const other of world.functions.values())
      if (other.reserved === null) recent += countRecent(other, now);
  if (recent >= most)
    return reserved === null
      ? 'FunctionInvocationRateLimitExceeded'
      : 'ReservedFunctionInvocationRateLimitExceeded';
  owner.requestsAt.push(now);
  return undefined;
}

function countRecent(owner: FunctionRuntime, now: number): number {
  const times = owner.requestsAt;
  let old = 0;
  while (old < times.length && now - (times[old] ?? now) >= 1_000) old++;
  if (old > 0) times.splice(0, old);
  return times.length;
}
