/** Event source mappings from their making to their end. */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { World } from '../world.ts';
import { MappingRuntime } from './mapping.ts';

/** Those that the scenario declares are there before its first step, and act at once. */
export function startDeclared(world: World): void {
  for (const spec of world.scenario.mappings ?? []) {
    const owner = world.functions.get(spec.function);
    const source = world.sources.get(spec.source);
    if (owner === undefined || source === undefined) continue;
    const state = world.account.mappings.get(spec.name);
    if (state === undefined) continue;
    const { settings } = state;
    const mapping = new MappingRuntime(spec.name, state.uuid, source, owner, settings, -1, spec.finalPlan);
    world.mappings.set(spec.name, mapping);
    mapping.isActive = settings.isEnabled;
    mapping.poller = source.attach(world, mapping);
    if (mapping.isActive) mapping.poller.resume(world);
  }
}

/** A control-plane request was answered: what it changed on mappings takes effect some time later (POLL-STATE-04). */
export function followRequest(_world: World, _step: RequestStep): void {}
