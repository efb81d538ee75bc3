/** The steps of a scenario that concern sources. Each is over when it is answered, before the next one begins. */
import type { PermissionStep, ReshardStep, SendStep } from '../../../engine/sourceSpec.ts';
import type { World } from '../world.ts';

export function send(world: World, step: SendStep, index: number): void {
  world.sources.get(step.to)?.send(world, step, index);
}

export function reshard(world: World, step: ReshardStep): void {
  world.sources.get(step.stream)?.reshard?.(world, step);
}

/** What a function's role may not do: read a source, or write to a destination. */
export function setPermission(world: World, step: PermissionStep): void {
  const key = `${step.function} ${step.resource}`;
  if (step.isAllowed) world.account.denied.delete(key);
  else world.account.denied.add(key);
  world.recorder.push({
    kind: 'permission',
    at: world.seconds,
    function: step.function,
    resource: step.resource,
    isAllowed: step.isAllowed,
  });
  // What waited in the source is read now; mappings that it does not concern go on as they were.
  if (!step.isAllowed || !world.policy.resumesWhenPermitted) return;
  for (const mapping of world.mappings.values())
    if (mapping.isActive && mapping.owner.name === step.function && mapping.source.ref === step.resource)
      mapping.poller?.resume(world);
}

/** Whether the role of a function may read a source, for a mapping. */
export function isPermitted(world: World, functionName: string, resource: string): boolean {
  const { policy, account } = world;
  if (policy.mappingsNeedStatements && world.functions.get(functionName)?.state.spec.policy === undefined)
    return false;
  if (account.denied.size === 0 || !policy.checksReadPermission) return true;
  return !account.denied.has(`${functionName} ${resource}`);
}

/** Whether the role of a function may write to a destination, or invoke it. */
export const mayWrite = (world: World, functionName: string, resource: string): boolean =>
  world.account.denied.size === 0 ||
  !world.policy.checksWritePermission ||
  !world.account.denied.has(`${functionName} ${resource}`);
