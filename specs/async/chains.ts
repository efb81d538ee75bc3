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

/** No chain is followed further back; far more than Lambda lets pass. */
const MOST_HOPS = 256;

/** All calls by handlers to declared functions, in order of request. */
export const links = once((view: View): readonly Link[] => {
  if (view.chained.length === 0) return NONE;
  const attempts = new Map<string, Attempt>();
  for (const attempt of view.attempts) attempts.set(attempt.id, attempt);
  const calls = new Map<string, Call>();
  for (const call of view.chained) calls.set(call.event, call);
  const events = new Map<string, AsyncEvent>();
  for (const event of view.chainedEvents) events.set(event.id, event);
  const found: Link[] = [];
  for (const call of view.chained) {
    const owner = call.function;
    if (owner === undefined) continue;
    found.push({
      call,
      event: events.get(call.event),
      earlier: earlierOf(call, attempts, calls),
      loop: settled(owner.recursiveLoop, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    });
  }
  return found;
});

function earlierOf(
  call: Call,
  attempts: ReadonlyMap<string, Attempt>,
  calls: ReadonlyMap<string, Call>,
): number {
  let count = 0;
  let current: Call | undefined = call;
  for (let hop = 0; hop < MOST_HOPS && current !== undefined; hop++) {
    const from: Attempt | undefined = attempts.get(current.requested.chainedFrom ?? '');
    if (from === undefined) break;
    if (from.function === call.function) count++;
    current = from.started.event === undefined ? undefined : calls.get(from.started.event);
  }
  return count;
}
