import { DeleteRoleCommand, DeleteRolePolicyCommand } from '@aws-sdk/client-iam';
import { describe, failureOf } from './failures.ts';
import { removeFunction } from './functions.ts';
import { ignoreGone, type Maker } from './maker.ts';
import type { ResourceKind } from './names.ts';
import { removePlace } from './places.ts';
import { removeMappingsOf } from './polling/makeMapping.ts';

/** Removals at once: enough to be quick, few enough not to run into AWS's rate limits. */
const SIDE_BY_SIDE = 8;

export interface Removal {
  readonly removed: number;
  /** What could not be removed, each with the reason. */
  readonly failed: readonly string[];
}

/** Removes one resource and says so in the journal; what is gone already counts as removed. */
export async function remove(kind: ResourceKind, name: string, maker: Maker): Promise<void> {
  try {
    if (kind === 'function') await removeFunction(name, maker);
    else if (kind === 'role') await removeRole(name, maker);
    else if (kind === 'mapping') await removeMappingsOf(name, maker);
    else await removePlace(kind, name, maker);
  } catch (thrown) {
    ignoreGone(thrown);
  }
  maker.journal.gone(kind, name);
}

async function removeRole(name: string, maker: Maker): Promise<void> {
  const policy = new DeleteRolePolicyCommand({ RoleName: name, PolicyName: 'destinations' });
  await maker.clients.iam.send(policy, maker.within()).catch(ignoreGone);
  await maker.clients.iam.send(new DeleteRoleCommand({ RoleName: name }), maker.within());
}

/** What points at others goes before them: mappings, then functions, then all else. */
const ORDER: Readonly<Partial<Record<ResourceKind, number>>> = { mapping: 0, function: 1, role: 3 };

/** Removes all of `resources`, one kind after the other where one needs the other. */
export async function removeAll(
  resources: readonly { readonly kind: ResourceKind; readonly name: string }[],
  maker: Maker,
): Promise<Removal> {
  const order = (kind: ResourceKind): number => ORDER[kind] ?? 2;
  const waiting = [...resources].sort((a, b) => order(a.kind) - order(b.kind));
  const failed: string[] = [];
  let removed = 0;
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await remove(next.kind, next.name, maker);
        removed++;
      } catch (thrown) {
        const failure = failureOf(thrown);
        failed.push(`${next.kind} ${next.name}: ${describe(failure)}`);
        // Nobody is there any more: what is left stays in the journal.
        if (failure.kind === 'closed') waiting.length = 0;
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return { removed, failed };
}
