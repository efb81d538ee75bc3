/** Records and dead letters at the end of their way: delivered, or counted as failures. */
import { acceptEvent } from './asyncQueue.ts';
import { deliveredDeadLetter, takesDeadLetter } from './deadLetter.ts';
import { deliveredRecord, takesRecord } from './destinations.ts';
import type { Dispatch } from './dispatch.ts';
import { Invocation } from './invocation.ts';
import type { World } from './world.ts';

export function deliver(world: World, what: Dispatch): void {
  if (what.role === 'deadLetter') deliverDeadLetter(world, what);
  else deliverRecord(world, what);
}

function deliverDeadLetter(world: World, what: Dispatch): void {
  if (takesDeadLetter(world, what)) {
    world.recorder.push(deliveredDeadLetter(world, what));
    return;
  }
  what.owner.deadLetterErrors++;
  if (world.policy.failedDeadLetterRunsFunctionAgain) runAgain(world, what);
}

function deliverRecord(world: World, what: Dispatch): void {
  if (!takesRecord(world, what)) {
    what.owner.deliveryFailures++;
    if (world.policy.failedDeliveryRunsFunctionAgain) runAgain(world, what);
    return;
  }
  if (what.resource.startsWith('function:')) invokeWithRecord(world, what);
  else world.recorder.push(deliveredRecord(world, what));
}

/** What no target should do: the function pays, once, for what its destination would not take. */
function runAgain(world: World, { invocation }: Dispatch): void {
  if (invocation.isRunAgain) return;
  invocation.isRunAgain = true;
  world.clock.in(1, 'poll', invocation);
}

const ALWAYS_OK = ['ok'] as const;

/** AWS: a function that is a destination is invoked asynchronously, with the record as its payload. */
function invokeWithRecord(world: World, what: Dispatch): void {
  const functionName = what.resource.slice('function:'.length);
  const owner = world.functionNamed(functionName);
  if (owner === undefined || !world.policy.invokesFunctionDestinations) return;
  const { asked } = what.invocation;
  const invocation = new Invocation({
    call: '',
    step: asked.step,
    own: undefined,
    event: undefined,
    about: asked.event,
    functionName,
    qualifier: undefined,
    type: 'Event',
    payload: what.body,
    payloadBytes: what.bodyBytes,
    isNoJson: false,
    plan: ALWAYS_OK,
    requestId: world.nextRequestId(),
    cause: what.cause,
    isHandlersCall: false,
    batch: undefined,
  });
  acceptEvent(world, owner, invocation);
}
