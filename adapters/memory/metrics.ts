/** CloudWatch's sums at the end of a run: a metric without a data point is not shown. */
import type { Metric } from '../../engine/history.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { World } from './world.ts';

export function showMetrics(world: World): void {
  if (world.mappings.size > 0) showMappings(world);
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

/** Of event source mappings. AWS, monitoring-metrics-types.html#event-source-mapping-metrics. */
function showMappings(world: World): void {
  for (const { name, owner, polled, filteredOut, invoked, dropped } of world.mappings.values()) {
    const sums: readonly (readonly [Metric['name'], number])[] = [
      ['PolledEventCount', polled],
      ['FilteredOutEventCount', filteredOut],
      ['InvokedEventCount', invoked],
      ['DroppedEventCount', dropped],
    ];
    for (const [metric, value] of sums) {
      if (value === 0) continue;
      const at = world.seconds;
      world.recorder.push({ kind: 'metric', at, function: owner.name, mapping: name, name: metric, value });
    }
  }
}

function show(world: World, owner: FunctionRuntime, name: Metric['name'], value: number): void {
  if (value > 0)
    world.recorder.push({ kind: 'metric', at: world.seconds, function: owner.name, name, value });
}
