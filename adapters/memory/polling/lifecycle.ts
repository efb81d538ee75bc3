/**
 * Event source mappings from their making to their end. AWS, invocation-eventsourcemapping.html: what is asked for
 * takes effect eventually; in between attempts may follow the old settings or the new ones.
 */
import { mappingNamed } from '../../../engine/mappingSettings.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { MappingState } from '../account.ts';
import type { World } from '../world.ts';
import { MappingRuntime } from './mapping.ts';
import type { Turn } from './source.ts';

/** Those that the scenario declares are there before its first step, and act at once. */
export function startDeclared(world: World): void {
  for (const spec of world.scenario.mappings ?? []) {
    const state = world.account.mappings.get(spec.name);
    if (state !== undefined) begin(world, state, -1);
  }
}

function begin(world: World, state: MappingState, createdAt: number): void {
  const { name, uuid, settings } = state;
  const owner = world.functions.get(settings.function);
  const source = world.sources.get(settings.source);
  if (owner === undefined || source === undefined) return;
  const finalPlan = world.scenario.mappings?.find((spec) => spec.name === name)?.finalPlan;
  const mapping = new MappingRuntime(name, uuid, source, owner, settings, createdAt, finalPlan);
  world.mappings.set(name, mapping);
  mapping.isActive = settings.isEnabled;
  mapping.poller = source.attach(world, mapping);
  if (mapping.isActive) mapping.poller.resume(world);
}

/** A control-plane request was answered: what it changed on a mapping takes effect some time later. */
export function followRequest(world: World, step: RequestStep): void {
  const name = mappingNamed(step);
  const state = name === undefined ? undefined : world.account.mappings.get(name);
  if (state === undefined || state.state === 'Enabled' || state.state === 'Disabled') return;
  const afterMs = world.chance.between(50, Math.max(50, world.policy.mappingBindsWithinSeconds * 1_000));
  world.clock.in(afterMs, 'turn', new Binding(state, world.clock.now));
}

/** What was asked for takes effect. */
class Binding implements Turn {
  private readonly state: MappingState;
  private readonly askedAt: number;

  constructor(state: MappingState, askedAt: number) {
    this.state = state;
    this.askedAt = askedAt;
  }

  turn(world: World): void {
    const { state } = this;
    // It was deleted meanwhile, and its name may be another’s.
    if (world.account.mappings.get(state.name) !== state) return;
    switch (state.state) {
      case 'Creating':
        begin(world, state, this.askedAt);
        break;
      case 'Deleting':
        this.end(world);
        return;
      case 'Enabled':
      case 'Disabled':
        // Another request was in between, and has been carried out.
        return;
      default:
        this.change(world);
    }
    state.state = state.settings.isEnabled ? 'Enabled' : 'Disabled';
    world.recorder.push({ kind: 'mapping', at: world.seconds, mapping: state.name, state: state.state });
  }

  private change(world: World): void {
    const mapping = world.mappings.get(this.state.name);
    if (mapping === undefined) return;
    const { settings } = this.state;
    const { ignoresUpdates, honoursDisabling } = world.policy;
    mapping.settings = ignoresUpdates ? { ...mapping.settings, isEnabled: settings.isEnabled } : settings;
    mapping.owner = world.functions.get(mapping.settings.function) ?? mapping.owner;
    mapping.isActive = settings.isEnabled || !honoursDisabling;
    if (mapping.isActive) mapping.poller?.resume(world);
    else mapping.poller?.pause(world);
  }

  private end(world: World): void {
    const { name } = this.state;
    const mapping = world.mappings.get(name);
    if (mapping !== undefined) {
      mapping.isActive = false;
      mapping.poller?.pause(world);
      world.mappings.delete(name);
    }
    world.account.mappings.delete(name);
    world.recorder.push({ kind: 'mapping', at: world.seconds, mapping: name, state: 'Deleted' });
  }
}
