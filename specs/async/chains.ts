/** Chains: invocations that handlers of earlier invocations asked for. */
import { settled } from '../../engine/configuration.ts';
import type { AsyncEvent, Attempt, Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';

/** A call by a handler, with its place in its chain. */
export interface Link {
  readonly call: Call;
  /** The event that it made, where it was an accepted event. */
  readonly event: AsyncEvent | undefined;
  /** How many invocations of the function it calls were before it in the chain. */
  readonly earlier: number;
  /** What the function says of loops; undefined where that changed. */
  readonly loop: 'Allow' | 'Terminate' | undefined;
}

const NONE: readonly Link[] = [];

/** No chain is followed further back to an earlier call of the same function. */
const MOST_HOPS = 32;

/** All calls by handlers to declared functions, in order of request. */
export const links = once((view: View): readonly Link[] => {
  if (view.chained.length === 0) return NONE;
  const attempts = new Map<string, Attempt>();
  for (const attempt of view.attempts) attempts.set(attempt.id, attempt);
  const calls = new Map<string, Call>();
  for (const call of view.chained) calls.set(call.event, call);
  const events = new Map<string, AsyncEvent>();
  for (const event of view.chainedEvents) events.set(event.id, event);
  const found = new Map<Call, Link>();
  for (const call of view.chained) {
    const owner = call.function;
    if (owner === undefined) continue;
    found.set(call, {
      call,
      event: events.get(call.event),
      earlier: earlierOf(call, attempts, calls, found),
      loop: settled(owner.recursiveLoop, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    });
  }
  return [...found.values()];
});

/** Goes back to the last call of the same function, whose place in the chain is known already. */
function earlierOf(
  call: Call,
  attempts: ReadonlyMap<string, Attempt>,
  calls: ReadonlyMap<string, Call>,
  known: ReadonlyMap<Call, Link>,
): number {
  let current = call;
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const from = attempts.get(current.requested.chainedFrom ?? '');
    if (from === undefined) return 0;
    const cause = from.started.event === undefined ? undefined : calls.get(from.started.event);
    if (from.function === call.function) {
      return 1 + (cause === undefined ? 0 : (known.get(cause)?.earlier ?? 0));
    }
    if (cause === undefined) return 0;
    current = cause;
  }
  return 0;
}
