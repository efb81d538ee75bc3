/**
 * Recursive loop detection. AWS, invocation-recursion.html: Lambda counts how often a function was invoked in one
 * chain of requests, and stops the next one after about 16, unless the function allows loops.
 */
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';
import type { Message } from './polling/sqs/message.ts';
import type { World } from './world.ts';

/** A loop that Lambda lets run goes on for ever; in the model its handlers stop calling after so many calls. */
const MOST_HANDLERS_CALLS = 200;
const MOST_HOPS = 48;

/** Whether Lambda stops this invocation as part of a loop. */
export function isStoppedAsLoop(world: World, owner: FunctionRuntime, invocation: Invocation): boolean {
  if (invocation.asked.cause === undefined) return false;
  const { policy } = world;
  const cuts = owner.state.recursiveLoop === 'Allow' ? policy.cutsAllowedLoops : policy.cutsLoops;
  return cuts && earlierInChain(owner, invocation) >= policy.loopLimit;
}

/** The same for a message that a handler sent on: the mapping that reads it is refused. */
export function isStoppedInQueue(world: World, owner: FunctionRuntime, message: Message): boolean {
  if (message.cause === undefined) return false;
  const { policy } = world;
  const cuts = owner.state.recursiveLoop === 'Allow' ? policy.cutsAllowedLoops : policy.cutsLoops;
  if (!cuts) return false;
  let count = 0;
  for (let one: Message | undefined = message; one !== undefined; one = one.parent)
    if (one.cause?.owner === owner) count++;
  return count >= policy.loopLimit;
}

/** Whether a handler may still send the message on: the end of what would never end. */
export const maySendOn = (world: World, message: Message): boolean =>
  message.hop < MOST_HOPS && world.handlersCalls < MOST_HANDLERS_CALLS;

function earlierInChain(owner: FunctionRuntime, invocation: Invocation): number {
  let count = 0;
  for (
    let earlier = invocation.asked.cause?.invocation;
    earlier !== undefined;
    earlier = earlier.asked.cause?.invocation
  )
    if (earlier.asked.functionName === owner.name) count++;
  return count;
}

/** Whether a handler may still call: the end of what would never end. */
export const mayCall = (world: World, invocation: Invocation): boolean =>
  invocation.hop < MOST_HOPS && world.handlersCalls < MOST_HANDLERS_CALLS;
