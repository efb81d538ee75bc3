/** The event-invoke configuration that governs a queued event, with AWS's defaults. */
import type { StoredEventInvoke } from './account.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';
import { LATEST } from './qualifiers.ts';
import type { World } from './world.ts';

/** The stored configuration now; null without one. */
export function configNow(
  world: World,
  owner: FunctionRuntime,
  qualifier: string | undefined,
): StoredEventInvoke | null {
  const { eventInvoke } = owner.state;
  if (eventInvoke.size === 0) return null;
  const of = world.policy.eventInvokeOf === '$LATEST' ? LATEST : (qualifier ?? LATEST);
  return eventInvoke.get(of) ?? null;
}

/**
 * What governs the event now. AWS does not say whether a change reaches events that were accepted before it
 * (ASYNC-CFG-04): an event that it does not reach carries what it was accepted with.
 */
export function configOf(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
): StoredEventInvoke | null {
  return invocation.config === undefined
    ? configNow(world, owner, invocation.asked.qualifier)
    : invocation.config;
}

/** The function's dead-letter target for the event: that of `$LATEST`, whatever version ran (ASYNC-DLQ-07). */
export function deadLetterOf(owner: FunctionRuntime, invocation: Invocation): string | undefined {
  return invocation.deadLetter === undefined ? owner.state.deadLetter : (invocation.deadLetter ?? undefined);
}

/** Milliseconds of the clock at which the event is too old. */
export function expiresAt(world: World, config: StoredEventInvoke | null, invocation: Invocation): number {
  const seconds = config?.maximumEventAgeSeconds ?? world.policy.maximumEventAgeSeconds;
  return invocation.acceptedAt + seconds * 1_000;
}
