/** The event-invoke configuration that governs a queued event, with AWS's defaults. */
import type { StoredEventInvoke } from './account.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';
import { LATEST } from './qualifiers.ts';
import type { World } from './world.ts';

/**
 * The stored configuration now; null without one. Whether an alias without one takes its version's is not
 * documented (ASYNC-CFG-02): it is drawn for each event.
 */
export function configNow(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
): StoredEventInvoke | null {
  const { eventInvoke, aliases } = owner.state;
  if (eventInvoke.size === 0) return null;
  const qualifier = invocation.asked.qualifier ?? LATEST;
  const of = world.policy.eventInvokeOf === '$LATEST' ? LATEST : qualifier;
  const own = eventInvoke.get(of);
  if (own !== undefined) return own;
  const version = invocation.usesVersionsConfig ? aliases.get(of)?.version : undefined;
  return version === undefined ? null : (eventInvoke.get(version) ?? null);
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
  return invocation.config === undefined ? configNow(world, owner, invocation) : invocation.config;
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
