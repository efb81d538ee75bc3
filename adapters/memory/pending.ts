/** The state of a function that was just created. AWS, functions-states.html: Pending, then Active. */
import type { FunctionRuntime } from './functionRuntime.ts';
import type { World } from './world.ts';

const ACTIVE_AFTER_MS = { least: 300, most: 5_000 };
/** GetFunction is asked so often, milliseconds. */
const LOOK_EVERY_MS = 400;

/** New functions become active some time after the scenario has begun, and are looked at until they are. */
export function createFresh(world: World): void {
  for (const owner of world.functions.values()) {
    if (owner.state.spec.fresh !== true) continue;
    world.clock.in(world.chance.between(ACTIVE_AFTER_MS.least, ACTIVE_AFTER_MS.most), 'activate', owner);
    world.clock.in(0, 'look', owner);
  }
}

export function activate(owner: FunctionRuntime): void {
  owner.state.state = 'Active';
}

export function look(world: World, owner: FunctionRuntime): void {
  if (!owner.resource.exists) return;
  const { state } = owner.state;
  world.recorder.push({ kind: 'state', at: world.seconds, function: owner.name, state });
  if (state === 'Pending') world.clock.in(LOOK_EVERY_MS, 'look', owner);
}
