/** Calls of Invoke: how they reach Lambda, why it refuses them, and how it answers. */
import type { Answered, Rejected } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { acceptEvent } from './asyncQueue.ts';
import type { Attempt } from './attempt.ts';
import { beginAttempt } from './attempts.ts';
import { admission, isAdmitted, rateLimit } from './concurrency.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import { type Asked, Invocation, type Result } from './invocation.ts';
import { logTail } from './logTail.ts';
import { versionFor } from './qualifiers.ts';
import { isStoppedAsLoop } from './recursion.ts';
import { LOOP, type Refusal, refusal, throttled } from './refusals.ts';
import type { World } from './world.ts';

/** Milliseconds on the wire, each way. */
const WIRE_MS = { least: 1, most: 6 };

/** How often a call that waits for capacity looks for it, milliseconds. */
const WAIT_MS = 250;

export const wireMs = (world: World): number => world.chance.between(WIRE_MS.least, WIRE_MS.most);

/** A call leaves its caller. */
export function send(world: World, asked: Asked): void {
  const invocation = new Invocation(asked);
  const { call, step, event, cause } = asked;
  const at = world.seconds;
  if (asked.isHandlersCall && cause !== undefined && event !== undefined) {
    const type = asked.type === 'Event' ? 'Event' : 'RequestResponse';
    const chained = { chainedFrom: cause.id, function: asked.functionName, type } as const;
    world.recorder.push({ kind: 'requested', at, call, step, event, ...chained });
  } else if (event !== undefined) {
    world.recorder.push({ kind: 'requested', at, call, step, event });
  }
  const afterMs = wireMs(world);
  const hangUp = asked.own?.hangUpAfterSeconds;
  if (hangUp !== undefined) {
    world.clock.in(hangUp * 1_000, 'hangUp', invocation);
    // Who hangs up before the request is through may have prevented it, or not.
    if (hangUp * 1_000 < afterMs && world.chance.isTrue(0.5)) return;
  }
  world.clock.in(afterMs, 'arrive', invocation);
}

/** A call reaches Lambda, and is refused, queued or run. */
export function arrive(world: World, invocation: Invocation): void {
  const { asked } = invocation;
  const owner = world.functionNamed(asked.functionName);
  const refused = refusal(world, owner, invocation);
  if (refused !== undefined) {
    reject(world, invocation, refused);
    if (owner === undefined) return;
    if (asked.type === 'Event') {
      if (world.policy.runsRejectedEvents) acceptEvent(world, owner, invocation);
    } else if (world.policy.runsRejectedCalls) beginAttempt(world, owner, invocation, false);
    return;
  }
  if (owner === undefined) return;
  switch (asked.type) {
    case 'DryRun':
      answer(world, invocation, { status: world.policy.dryRunStatus });
      if (world.policy.dryRunRuns) beginAttempt(world, owner, invocation, false);
      return;
    case 'Event':
      arriveEvent(world, owner, invocation);
      return;
    case 'RequestResponse':
      arriveSync(world, owner, invocation);
  }
}

function arriveEvent(world: World, owner: FunctionRuntime, invocation: Invocation): void {
  const { policy } = world;
  const limited = policy.eventsHaveRequestRate ? rateLimit(world, owner) : undefined;
  if (limited !== undefined) {
    reject(world, invocation, throttled(world, limited));
    return;
  }
  if (!policy.acceptsWithoutCapacity) {
    const { qualifier } = invocation.asked;
    const admitted = admission(world, owner, qualifier, versionFor(world, owner, qualifier), false);
    if (!isAdmitted(admitted)) {
      owner.throttles++;
      reject(world, invocation, throttled(world, admitted));
      return;
    }
  }
  if (!policy.answersEventsWithResult) answer(world, invocation, { status: policy.acceptedStatus });
  acceptEvent(world, owner, invocation);
}

function arriveSync(world: World, owner: FunctionRuntime, invocation: Invocation): void {
  if (isStoppedAsLoop(world, owner, invocation)) {
    owner.loopsStopped++;
    reject(world, invocation, LOOP);
    return;
  }
  const reason = rateLimit(world, owner) ?? beginAttempt(world, owner, invocation, false);
  if (reason === undefined) return;
  if (world.policy.callsWaitForCapacity && owner.inFlight > 0) {
    world.clock.in(WAIT_MS, 'arrive', invocation);
    return;
  }
  owner.throttles++;
  if (world.policy.countsThrottlesAsInvocations) owner.invocations++;
  reject(world, invocation, throttled(world, reason));
}

/** An attempt of a synchronous call is over. */
export function answerSync(world: World, attempt: Attempt, result: Result): void {
  const { invocation } = attempt;
  const { policy } = world;
  invocation.attempts++;
  if (result.isError && invocation.attempts <= policy.syncRetries) {
    beginAttempt(world, attempt.owner, invocation, false);
    return;
  }
  const { own, qualifier } = invocation.asked;
  const shown: AnswerParts = {
    status: result.isError ? policy.functionErrorStatus : 200,
    executedVersion:
      policy.reportsExecutedVersion === 'qualifier' ? (qualifier ?? '$LATEST') : attempt.version,
    payload: result.payload,
  };
  if (result.isError) shown.functionError = policy.functionErrorValue;
  if (own?.logType === 'Tail' || policy.logTailUnasked)
    shown.logTail = logTail(world, attempt, Math.max(1, world.clock.now - attempt.enteredAt));
  answer(world, invocation, shown);
}

interface AnswerParts {
  readonly status: number;
  executedVersion?: string;
  payload?: Json;
  functionError?: string | undefined;
  logTail?: string;
}

/** An answer of success sets out for the caller. */
export function answer(world: World, invocation: Invocation, parts: AnswerParts): void {
  const { call } = invocation.asked;
  if (call === '') return;
  const afterMs = wireMs(world);
  const at = world.secondsIn(afterMs);
  const { status, executedVersion, payload, functionError } = parts;
  const entry: { -readonly [K in keyof Answered]: Answered[K] } =
    executedVersion === undefined || payload === undefined
      ? { kind: 'answered', at, call, status, requestId: invocation.requestId }
      : { kind: 'answered', at, call, status, requestId: invocation.requestId, executedVersion, payload };
  if (executedVersion !== undefined && payload === undefined) entry.executedVersion = executedVersion;
  if (functionError !== undefined) entry.functionError = functionError;
  if (parts.logTail !== undefined) entry.logTail = parts.logTail;
  world.clock.in(afterMs, 'answer', { invocation, entry });
}

/** An answer of error sets out for the caller. */
export function reject(world: World, invocation: Invocation, refused: Refusal): void {
  const { call } = invocation.asked;
  if (call === '') return;
  const afterMs = wireMs(world);
  const { status, error, message, reason } = refused;
  const entry: { -readonly [K in keyof Rejected]: Rejected[K] } = {
    kind: 'rejected',
    at: world.secondsIn(afterMs),
    call,
    status,
    error,
    message,
    requestId: invocation.requestId,
  };
  if (reason !== undefined) entry.reason = reason;
  world.clock.in(afterMs, 'answer', { invocation, entry });
}
