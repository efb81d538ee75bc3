/** CloudWatch's sums at the end of a run: a metric without a data point is not shown. */
import type { Metric } from '../../engine/history.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { World } from './world.ts';

export function showMetrics(world: World): void {
  for (const owner of world.functions.values()) {
    show(world, owner, 'Invocations', owner.invocations);
    show(world, owner, 'Errors', owner.errors);
    show(world, owner, 'Throttles', owner.throttles);
    show(world, owner, 'AsyncEventsReceived', owner.eventsReceived);
    show(world, owner, 'AsyncEventsDropped', owner.eventsDropped);
    show(world, owner, 'DestinationDeliveryFailures', owner.deliveryFailures);
    show(world, owner, 'DeadLetterErrors', owner.deadLetterErrors);
    show(world, owner, 'RecursiveInvocationsDropped', owner.loopsStopped);
  }
}

function show(world: World, owner: FunctionRuntime, name: Metric['name'], value: number): void {
  if (value > 0)
    world.recorder.push({ kind: 'metric', at: world.seconds, function: owner.name, name, value });
}
