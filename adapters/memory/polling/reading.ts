/** Whether a mapping may read its source. AWS, invocation-eventsourcemapping.html, lambda-intro-execution-role.html. */
import type { World } from '../world.ts';
import type { MappingRuntime } from './mapping.ts';
import { isPermitted } from './steps.ts';

/** The mapping acts, what it reads and what it invokes are there, and the role of its function may read. */
export function mayRead(
  world: World,
  { isActive, owner }: MappingRuntime,
  source: { readonly ref: string; exists(world: World): boolean },
): boolean {
  if (!isActive && world.policy.honoursDisabling) return false;
  return source.exists(world) && owner.resource.exists && isPermitted(world, owner.name, source.ref);
}
