/**
 * The queue of asynchronous invocations. AWS, invocation-async-error-handling.html: an event waits until the
 * function has capacity, is tried again after errors, one minute and then two minutes later, and is discarded when
 * its retries are used up or it is too old.
 */
import type { StoredEventInvoke } from './account.ts';
import type { Attempt } from './attempt.ts';
import { beginAttempt } from './attempts.ts';
import { configNow, configOf, expiresAt } from './eventConfig.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation, Result } from './invocation.ts';
import { discard, intermediateFailure, succeed } from './outcomes.ts';
import { isStoppedAsLoop } from './recursion.ts';
import type { World } from './world.ts';

/** A throttled event waits up to so much longer than the back-off says, as a share of it. */
const BACKOFF_JITTER = 0.1;
/** How often in a row the queue meets an error of Lambda's own. */
const MOST_SYSTEM_ERRORS = 2;
const LATE_RETRY = 1.9;
/** How often, and when, an event is looked at again that should be gone. */
const LATER_LOOKS = 10;
const LATER_LOOK_MS = 60_000;

/** The event is in the queue. */
export function acceptEvent(world: World, owner: FunctionRuntime, invocation: Invocation): void {
  owner.eventsReceived++;
  invocation.acceptedAt = world.clock.now;
  invocation.cameAtZeroReserve = owner.reserved === 0;
  if (owner.state.aliases.size > 0) invocation.usesVersionsConfig = world.chance.isTrue(0.5);
  if (world.hasRequests && world.chance.isTrue(0.5)) {
    invocation.config = configNow(world, owner, invocation);
    invocation.deadLetter = owner.state.deadLetter ?? null;
  }
  world.clock.in(pollMs(world), 'poll', invocation);
}

/** When the queue looks at a new event: soon as a rule, and sometimes late, so that others overtake. */
function pollMs(world: World): number {
  const share = world.chance.between(0, 1_000) / 1_000;
  return 2 + world.policy.pollMostSeconds * 1_000 * share * share;
}

/** The queue looks at an event: it gets an attempt, waits on, or is discarded. */
export function poll(world: World, invocation: Invocation): void {
  const owner = world.functionNamed(invocation.asked.functionName);
  // The pages do not say what becomes of the events of a deleted function: here they are gone.
  if (owner === undefined) return;
  const { policy } = world;
  if (isStoppedAsLoop(world, owner, invocation)) {
    owner.loopsStopped++;
    discard(world, owner, invocation, 'stopped', undefined);
    return;
  }
  if ((invocation.cameAtZeroReserve || owner.reserved === 0) && policy.zeroReserveDiscards) {
    if (invocation.laterLooks === 0) discard(world, owner, invocation, 'zeroReserve', undefined);
    if (policy.keepsZeroReserveEvents) waitForReserve(world, invocation);
    return;
  }
  const config = configOf(world, owner, invocation);
  const endsAt = expiresAt(world, config, invocation);
  if (world.clock.now >= endsAt && policy.enforcesEventAge) {
    discard(world, owner, invocation, 'expired', undefined);
    return;
  }
  if (invocation.systemErrors < MOST_SYSTEM_ERRORS && world.chance.isTrue(policy.systemErrorShare)) {
    invocation.systemErrors++;
    waitOn(world, invocation, endsAt);
    return;
  }
  if (beginAttempt(world, owner, invocation, false) === undefined) invocation.backoffs = 0;
  else throttle(world, owner, invocation, config, endsAt);
}

/** What no target should do: the event was sent away as discarded, and waits in the queue all the same. */
function waitForReserve(world: World, invocation: Invocation): void {
  invocation.cameAtZeroReserve = false;
  if (++invocation.laterLooks <= LATER_LOOKS) world.clock.in(LATER_LOOK_MS, 'poll', invocation);
}

function throttle(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  config: StoredEventInvoke | null,
  endsAt: number,
): void {
  const { policy } = world;
  const { event } = invocation.asked;
  owner.throttles++;
  if (policy.countsThrottlesAsInvocations) owner.invocations++;
  if (event !== undefined) world.recorder.push({ kind: 'throttled', at: world.seconds, event });
  if (policy.dropsThrottledEvents) {
    owner.eventsDropped++;
    return;
  }
  if (policy.throttlesUseUpRetries && ++invocation.attempts >= attemptsAllowed(world, config)) {
    discard(world, owner, invocation, 'exhausted', undefined);
    return;
  }
  waitOn(world, invocation, endsAt);
}

/** Exponential back-off, cut short by the age limit. */
function waitOn(world: World, invocation: Invocation, endsAt: number): void {
  const { policy } = world;
  const backoffMs =
    1_000 * policy.throttleBackoffSeconds * policy.throttleBackoffFactor ** invocation.backoffs;
  invocation.backoffs++;
  const jittered = backoffMs * (1 + (BACKOFF_JITTER * world.chance.between(0, 100)) / 100);
  const waitMs = Math.min(jittered, 1_000 * policy.throttleBackoffMostSeconds);
  const leftMs = endsAt - world.clock.now;
  world.clock.in(policy.enforcesEventAge && leftMs < waitMs ? leftMs : waitMs, 'poll', invocation);
}

const attemptsAllowed = (world: World, config: StoredEventInvoke | null): number =>
  1 +
  (config?.maximumRetryAttempts ?? world.policy.maximumRetryAttempts) +
  world.policy.retriesBeyondConfigured;

/** A handler was entered for an event: where the queue errs, the event runs twice. */
export function eventStarted(world: World, attempt: Attempt): void {
  const { policy } = world;
  if (attempt.isDuplicate || (policy.duplicateShare === 0 && !policy.retriesOverlap)) return;
  // A handler that calls another function may be stopped while it waits: then its event is tried again anyway.
  const isCalling = attempt.behaviour?.chainTo !== undefined;
  const succeeds = !isCalling && (attempt.planned === 'ok' || attempt.planned === 'nothing');
  // A duplicate that ended otherwise than the attempt it repeats would be an attempt of its own.
  const { plan } = attempt.invocation.asked;
  const isRepeating = attempt.invocation.hop - 1 + attempt.invocation.starts >= plan.length;
  if (!isRepeating) return;
  if (policy.retriesOverlap && !succeeds) world.clock.in(1, 'repeat', attempt);
  else if (succeeds && world.chance.isTrue(policy.duplicateShare))
    world.clock.in(world.chance.between(0, 1_500), 'repeat', attempt);
}

/** The same event once more, beside the attempt that counts. Without capacity nothing comes of it. */
export function repeat(world: World, attempt: Attempt): void {
  if (attempt.owner.reserved === 0) return;
  beginAttempt(world, attempt.owner, attempt.invocation, true);
}

/** An attempt of an event is over: what becomes of the event. */
export function eventAttempted(world: World, attempt: Attempt, result: Result): void {
  const { invocation, owner } = attempt;
  invocation.attempts++;
  invocation.first ??= result;
  invocation.last = result;
  if (!result.isError) {
    succeed(world, attempt, result);
    if (
      world.policy.retryAfterSuccess &&
      invocation.attempts < attemptsAllowed(world, configOf(world, owner, invocation))
    )
      world.clock.in(retryMs(world, invocation), 'poll', invocation);
    return;
  }
  const config = configOf(world, owner, invocation);
  if (invocation.attempts >= attemptsAllowed(world, config) || !isRetried(world, attempt)) {
    discard(world, owner, invocation, 'exhausted', attempt);
    return;
  }
  const waitMs = retryMs(world, invocation);
  const { enforcesEventAge, looksAhead } = world.policy;
  const leftMs = expiresAt(world, config, invocation) - world.clock.now;
  if (enforcesEventAge && waitMs > leftMs) {
    // Recorded from AWS: an event whose next retry would come too late is discarded at once.
    if (looksAhead) discard(world, owner, invocation, 'expired', attempt);
    else world.clock.in(leftMs, 'poll', invocation);
    return;
  }
  if (world.policy.destinationOnIntermediateFailure) intermediateFailure(world, attempt);
  world.clock.in(waitMs, 'poll', invocation);
}

function isRetried(world: World, attempt: Attempt): boolean {
  if (attempt.enteredAt < 0 || attempt.planned === 'timeout' || attempt.isStopped)
    return world.policy.retriesTimeouts;
  return attempt.planned !== 'exit' || world.policy.retriesExits;
}

/** The wait before the next attempt, from the end of the last one. */
function retryMs(world: World, invocation: Invocation): number {
  const { policy, chance } = world;
  const delays = policy.retryDelaysSeconds;
  const seconds = delays[Math.min(invocation.attempts, delays.length) - 1] ?? 0;
  const late = chance.isTrue(policy.lateRetryShare) ? LATE_RETRY : 1;
  return seconds * 1_000 * late * (1 + (policy.retryDelayJitter * chance.between(0, 1_000)) / 1_000);
}
