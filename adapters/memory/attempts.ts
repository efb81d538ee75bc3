/** An attempt from its admission to its end: capacity, environment, handler, result. */
import type { Ended, Started } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { type BehaviourObject, behaviourAt, type Outcome, outcomeOf } from '../../engine/scenario.ts';
import { Attempt } from './attempt.ts';
import { admission, isAdmitted, occupy, provisionedKey, type ThrottleReason, vacate } from './concurrency.ts';
import { entering, takeEnvironment } from './environments.ts';
import { exited, type FunctionError, thrownWith, timedOut, tooLarge, UNSERIALIZABLE } from './errors.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation, Result } from './invocation.ts';
import { versionFor } from './qualifiers.ts';
import { payloadBytesOf } from './sizes.ts';
import type { World } from './world.ts';

/** How long a handler works that says nothing of it, milliseconds. */
const WORK_MOST_MS = 8;
const ERROR_BYTES = 400;

/** Starts an attempt if there is capacity; else the limit that is exhausted. */
export function beginAttempt(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  isDuplicate: boolean,
): ThrottleReason | undefined {
  const { qualifier, batch } = invocation.asked;
  const version = versionFor(world, owner, qualifier);
  const admitted = admission(world, owner, qualifier, version, batch !== undefined);
  if (!isAdmitted(admitted)) return admitted;
  const provisionedAs = admitted === 'provisioned' ? provisionedKey(owner, qualifier, version) : undefined;
  const environment = takeEnvironment(world, owner, version, provisionedAs !== undefined);
  if (environment === undefined) return 'ConcurrentInvocationLimitExceeded';
  occupy(owner, provisionedAs);
  owner.invocations++;
  const attempt = new Attempt(
    world.nextAttempt(),
    invocation,
    owner,
    version,
    environment,
    provisionedAs,
    isDuplicate,
  );
  const { afterMs, isReached } = entering(world, owner, environment);
  world.clock.in(afterMs, isReached ? 'enter' : 'end', attempt);
  return undefined;
}

/** The handler is entered: what it will do is fixed now, and shown. */
export function enterHandler(world: World, attempt: Attempt): void {
  const { invocation, owner } = attempt;
  const { batch, plan } = invocation.asked;
  const behaviour =
    batch === undefined
      ? behaviourAt(plan, invocation.hop - 1 + ++invocation.starts)
      : batch.behave(owner.state.timeoutSeconds);
  attempt.behaviour = behaviour;
  attempt.planned = outcomeOf(behaviour, owner.state.timeoutSeconds);
  attempt.enteredAt = world.clock.now;
  attempt.timeoutSeconds = owner.state.timeoutSeconds;
  attempt.timerAheadMs = timerAheadMs(world, attempt.timeoutSeconds);
  world.recorder.push(startedEntry(world, attempt));
}

function timerAheadMs({ chance, policy }: World, timeoutSeconds: number): number {
  const mostMs = Math.min(policy.timerAheadMostSeconds, timeoutSeconds / 2) * 1_000;
  return mostMs === 0 ? 0 : chance.between(0, mostMs);
}

/** The handler works on its own from now on: after `afterSeconds` it ends, or at the timeout it is stopped. */
export function work(world: World, attempt: Attempt): void {
  const { policy, clock } = world;
  const timeoutMs = attempt.timeoutSeconds * 1_000;
  const workMs = (attempt.behaviour?.afterSeconds ?? 0) * 1_000;
  const endsAt = clock.now + (workMs === 0 ? world.chance.between(0, WORK_MOST_MS) : workMs);
  const stoppedAt = attempt.enteredAt + timeoutMs - attempt.timerAheadMs;
  attempt.isWaiting = false;
  if (!policy.enforcesTimeout) {
    attempt.endsAt = attempt.planned === 'timeout' ? Math.max(endsAt, stoppedAt + 10_000) : endsAt;
  } else if (attempt.planned === 'timeout' || endsAt >= stoppedAt) {
    attempt.isStopped = true;
    attempt.isToldOf = attempt.planned !== 'timeout' && attempt.timerAheadMs > 0 && world.chance.isTrue(0.5);
    attempt.endsAt = stoppedAt + stopDelayMs(world);
  } else attempt.endsAt = endsAt;
  clock.in(attempt.endsAt - clock.now, 'end', attempt);
}

const stopDelayMs = (world: World): number => world.chance.between(0, world.policy.stopMostSeconds * 1_000);

/** The handler waits for the answer to its own call: at the timeout it is stopped all the same. */
export function waitForAnswer(world: World, attempt: Attempt): void {
  attempt.isWaiting = true;
  const stoppedAt = attempt.enteredAt + attempt.timeoutSeconds * 1_000 - attempt.timerAheadMs;
  attempt.endsAt = stoppedAt + stopDelayMs(world);
  world.clock.in(attempt.endsAt - world.clock.now, 'end', attempt);
}

/** The end of an attempt, with its result; undefined where it has another end than the one that was due now. */
export function endAttempt(world: World, attempt: Attempt): Result | undefined {
  if (attempt.isOver || world.clock.now < attempt.endsAt) return undefined;
  const { owner, environment } = attempt;
  attempt.isOver = true;
  const isStopped = attempt.isStopped || attempt.isWaiting || attempt.enteredAt < 0;
  const outcome = isStopped ? 'timeout' : attempt.planned === 'timeout' ? 'ok' : attempt.planned;
  if (isStopped || outcome === 'exit') environment.isInitialised = false;
  environment.attempts--;
  vacate(owner, attempt.provisionedAs);
  const result = resultOf(world, attempt, outcome);
  if (!isStopped) world.recorder.push(endedEntry(world, attempt, outcome));
  else if (attempt.isToldOf) world.recorder.push(endedEntry(world, attempt, attempt.planned));
  if (result.isError) owner.errors++;
  return result;
}

function startedEntry(world: World, attempt: Attempt): Started {
  const { invocation } = attempt;
  const { asked } = invocation;
  const isEvent = asked.type === 'Event';
  const entry: { -readonly [K in keyof Started]: Started[K] } = {
    kind: 'started',
    at: world.seconds,
    attempt: attempt.id,
    function: attempt.owner.name,
    version: attempt.version,
    requestId:
      isEvent && invocation.starts > 1 && !world.policy.keepsRequestId
        ? world.nextRequestId()
        : invocation.requestId,
    environment: attempt.environment.id,
    payload: asked.payload,
    planned: attempt.planned,
  };
  if (asked.event !== undefined) entry.event = asked.event;
  if (asked.batch !== undefined) {
    entry.mapping = asked.batch.mapping.name;
    entry.records = asked.batch.seen;
  }
  if (invocation.pushed !== undefined) entry.records = invocation.pushed;
  if (asked.about !== undefined) entry.about = asked.about;
  const context = asked.own?.clientContext;
  if (context !== undefined) {
    const isPassed = isEvent ? world.policy.passesClientContextOfEvents : world.policy.passesClientContext;
    if (isPassed) entry.clientContext = context;
  }
  return entry;
}

function endedEntry(world: World, attempt: Attempt, outcome: Outcome): Ended {
  const at = world.seconds;
  return outcome === 'ok'
    ? { kind: 'ended', at, attempt: attempt.id, outcome, result: returnedBy(attempt) }
    : { kind: 'ended', at, attempt: attempt.id, outcome };
}

/** What a handler returns that returns something: its own value, else the event. */
function returnedBy(attempt: Attempt): Json {
  const value = attempt.behaviour?.value;
  return value === undefined ? attempt.invocation.asked.payload : value;
}

function resultOf(world: World, attempt: Attempt, outcome: Outcome): Result {
  const { invocation, behaviour } = attempt;
  switch (outcome) {
    case 'ok': {
      const payload = returnedBy(attempt);
      const own = behaviour?.value;
      const payloadBytes = own === undefined ? invocation.asked.payloadBytes : payloadBytesOf(own);
      if (payloadBytes > world.policy.responseBytes && world.policy.enforcesResponseSize)
        return failed(attempt, tooLarge(world.policy));
      return { isError: false, payload, payloadBytes, message: '', version: attempt.version };
    }
    case 'nothing':
      return { isError: false, payload: null, payloadBytes: 4, message: '', version: attempt.version };
    case 'oversize':
      if (!world.policy.enforcesResponseSize) {
        const payloadBytes = 2 * world.policy.responseBytes;
        const payload = { $filler: payloadBytes };
        return { isError: false, payload, payloadBytes, message: '', version: attempt.version };
      }
      return failed(attempt, tooLarge(world.policy));
    case 'throw':
      return failed(attempt, thrownWith((behaviour as BehaviourObject).message));
    case 'exit':
      return failed(attempt, exited(invocation.requestId));
    case 'unserializable':
      return failed(attempt, UNSERIALIZABLE);
    case 'timeout': {
      const seconds = attempt.enteredAt < 0 ? attempt.owner.state.timeoutSeconds : attempt.timeoutSeconds;
      return failed(attempt, timedOut(invocation.requestId, seconds, world.policy));
    }
  }
}

const failed = (attempt: Attempt, { payload, message }: FunctionError): Result => ({
  isError: true,
  payload,
  payloadBytes: ERROR_BYTES + message.length,
  message,
  version: attempt.version,
});
