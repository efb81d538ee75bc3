/** Handlers that invoke a function themselves: chains, and loops. */
import type { Attempt } from './attempt.ts';
import { waitForAnswer, work } from './attempts.ts';
import { send } from './invoke.ts';
import { mayCall } from './recursion.ts';
import type { World } from './world.ts';

/**
 * The handler calls the function that its behaviour names, with the event it was given, before it goes on. The
 * event of that call is named after the one at the beginning of the chain: `e1.2`, `e1.3`, … Its attempts do what
 * the plan says from the chain's next place on: the second invocation of the chain begins with the second entry.
 */
export function startHandler(world: World, attempt: Attempt): void {
  const { behaviour, invocation } = attempt;
  const { asked } = invocation;
  asked.batch?.entered?.(world, attempt);
  const chainTo = behaviour?.chainTo;
  if (chainTo === undefined || asked.event === undefined || !mayCall(world, invocation)) {
    work(world, attempt);
    return;
  }
  waitForAnswer(world, attempt);
  const dot = asked.event.indexOf('.');
  const root = dot < 0 ? asked.event : asked.event.slice(0, dot);
  send(world, {
    call: world.nextCall(),
    step: asked.step,
    own: undefined,
    event: `${root}.${++world.handlersCalls + 1}`,
    about: undefined,
    functionName: chainTo,
    qualifier: undefined,
    type: behaviour?.chainType ?? 'Event',
    payload: asked.payload,
    payloadBytes: asked.payloadBytes,
    isNoJson: false,
    plan: asked.plan,
    requestId: world.nextRequestId(),
    cause: attempt,
    isHandlersCall: true,
    batch: undefined,
  });
}

/** The handler has its answer, whatever it says, and goes on. */
export function goOn(world: World, attempt: Attempt): void {
  if (!attempt.isOver && attempt.isWaiting) work(world, attempt);
}
