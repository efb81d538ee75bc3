/** What is told of an event when it is over: invocation records and dead letters. */
import type { Attempt } from './attempt.ts';
import { sendDeadLetter } from './deadLetter.ts';
import { sendRecord } from './destinations.ts';
import { configOf, deadLetterOf } from './eventConfig.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation, Result } from './invocation.ts';
import type { World } from './world.ts';

export type DiscardReason = 'exhausted' | 'expired' | 'zeroReserve' | 'stopped';

/** An attempt of the event ended ok. */
export function succeed(world: World, attempt: Attempt, result: Result): void {
  const { invocation, owner } = attempt;
  const { policy } = world;
  const config = configOf(world, owner, invocation);
  if (config?.onSuccess !== undefined && policy.sendsSuccessRecords)
    sendRecord(world, owner, invocation, config.onSuccess, 'Success', attempt, result);
  if (config?.onFailure !== undefined && policy.failureRecordAfterSuccess)
    sendRecord(world, owner, invocation, config.onFailure, 'Success', attempt, result);
  if (policy.deadLetterAfterSuccess) deadLetter(world, owner, invocation, attempt);
}

/** The event is given up. */
export function discard(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  reason: DiscardReason,
  attempt: Attempt | undefined,
): void {
  const { policy } = world;
  owner.eventsDropped++;
  if (reason === 'expired' && !policy.reportsExpiredEvents) return;
  if (reason === 'stopped' && !policy.reportsStoppedEvents) return;
  const config = configOf(world, owner, invocation);
  const condition = conditionOf(world, reason);
  const hasDestination = config?.onFailure !== undefined && policy.sendsFailureRecords;
  if (hasDestination && config.onFailure !== undefined)
    sendRecord(world, owner, invocation, config.onFailure, condition, attempt, invocation.last);
  if (config?.onSuccess !== undefined && policy.successRecordAfterFailure)
    sendRecord(world, owner, invocation, config.onSuccess, condition, attempt, invocation.last);
  if (!hasDestination || policy.deadLetterBesideDestination) deadLetter(world, owner, invocation, attempt);
}

/** A failed attempt that is not the last: a failure record, where a target errs so. */
export function intermediateFailure(world: World, attempt: Attempt): void {
  const { invocation, owner } = attempt;
  const config = configOf(world, owner, invocation);
  if (config?.onFailure === undefined) return;
  const condition = world.policy.exhaustedCondition;
  sendRecord(world, owner, invocation, config.onFailure, condition, attempt, invocation.last);
}

function deadLetter(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  attempt: Attempt | undefined,
): void {
  if (invocation.asked.qualifier !== undefined && !world.policy.deadLettersOfVersions) return;
  const resource = deadLetterOf(owner, invocation);
  if (resource !== undefined && world.policy.sendsDeadLetters)
    sendDeadLetter(world, owner, invocation, resource, attempt);
}

function conditionOf(world: World, reason: DiscardReason): string {
  const { policy } = world;
  switch (reason) {
    case 'exhausted':
      return policy.exhaustedCondition;
    case 'expired':
      return policy.expiredCondition;
    case 'zeroReserve':
      return policy.zeroReserveCondition;
    case 'stopped':
      return policy.stoppedCondition;
  }
}
