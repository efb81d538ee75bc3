/** From a qualifier to the version that runs. */
import type { FunctionRuntime } from './functionRuntime.ts';
import type { World } from './world.ts';

export const LATEST = '$LATEST';

/** Whether the function has such a version or alias. */
export function hasQualifier(owner: FunctionRuntime, qualifier: string | undefined): boolean {
  return (
    qualifier === undefined ||
    qualifier === LATEST ||
    owner.state.aliases.has(qualifier) ||
    owner.state.versions.includes(qualifier)
  );
}

/** The version on which one attempt runs: for an alias with weights one of its two, drawn anew each time. */
export function versionFor(world: World, owner: FunctionRuntime, qualifier: string | undefined): string {
  if (qualifier === undefined || qualifier === LATEST) return LATEST;
  const alias = owner.state.aliases.get(qualifier);
  if (alias === undefined) return owner.state.versions.includes(qualifier) ? qualifier : LATEST;
  const { additional } = alias;
  if (additional === undefined || !world.policy.usesRoutingWeights) return alias.version;
  return world.chance.isTrue(additional.weight) ? additional.version : alias.version;
}

/** The function's ARN, with a qualifier where one is given. */
export const functionArn = (name: string, qualifier?: string): string =>
  qualifier === undefined
    ? `arn:aws:lambda:us-east-1:123456789012:function:${name}`
    : `arn:aws:lambda:us-east-1:123456789012:function:${name}:${qualifier}`;
