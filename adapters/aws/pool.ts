import type { Scenario } from '../../engine/scenario.ts';
import { type FunctionSetup, type MadeFunction, makeFunction } from './functions.ts';
import { type Group, groupsOf, isReusable } from './groups.ts';
import type { Maker } from './maker.ts';
import type { Alias, ResourceKind } from './names.ts';
import { type MadePlace, makePlace } from './places.ts';
import { remove } from './removal.ts';

/** A group that exists, its members in the order of the group's. */
export interface MadeGroup {
  readonly key: string;
  readonly places: readonly MadePlace[];
  readonly functions: readonly MadeFunction[];
}

/** What a scenario holds while it runs. */
export interface Lease {
  readonly groups: readonly { readonly group: Group; readonly made: MadeGroup }[];
  readonly aliases: readonly Alias[];
}

/**
 * Groups of resources that exist and that no scenario holds. To make them takes longer than most scenarios, so
 * they are lent again and again.
 */
export class Pool {
  readonly #free = new Map<string, MadeGroup[]>();
  readonly #setup: FunctionSetup;

  constructor(setup: FunctionSetup) {
    this.#setup = setup;
  }

  /** All that the scenario declares, from the pool or new. */
  async lease(scenario: Scenario, maker: Maker): Promise<Lease> {
    const outcomes = await Promise.allSettled(
      groupsOf(scenario).map(async (group) => ({
        group,
        made: this.#free.get(group.key)?.pop() ?? (await this.#make(group, maker)),
      })),
    );
    const groups = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      for (const { made } of groups) this.#put(made);
      throw failed.reason;
    }
    return { groups, aliases: groups.flatMap(({ group, made }) => aliasesOf(group, made)) };
  }

  /**
   * Takes a lease back. Only what the scenario left as it was, and to which nothing can happen any more, is lent
   * again: a late attempt must never be taken for one of the next scenario's.
   */
  async giveBack(lease: Lease, scenario: Scenario, isSettled: boolean, maker: Maker): Promise<void> {
    await Promise.all(
      lease.groups.map(async ({ group, made }) => {
        if (isSettled && isReusable(group, scenario)) this.#put(made);
        else await removeGroup(made, maker);
      }),
    );
  }

  #put(made: MadeGroup): void {
    const free = this.#free.get(made.key);
    if (free === undefined) this.#free.set(made.key, [made]);
    else free.push(made);
  }

  async #make(group: Group, maker: Maker): Promise<MadeGroup> {
    const places = await Promise.all(group.places.map((place) => makePlace(place, maker)));
    const arnOf = new Map(group.places.map(({ ref }, index) => [ref, places[index]?.arn]));
    const functions = await Promise.all(
      group.functions.map((spec) => makeFunction(spec, arnOf.get(spec.deadLetter ?? ''), this.#setup, maker)),
    );
    return { key: group.key, places, functions };
  }
}

function aliasesOf(group: Group, made: MadeGroup): Alias[] {
  const aliases: Alias[] = [];
  group.places.forEach(({ ref }, index) => {
    const place = made.places[index];
    if (place === undefined) return;
    const { realName, arn, queueUrl } = place;
    const isQueue = place.kind === 'queue' && queueUrl !== undefined;
    aliases.push(isQueue ? { ref, realName, arn, url: queueUrl } : { ref, realName, arn });
  });
  group.functions.forEach(({ name }, index) => {
    const fn = made.functions[index];
    if (fn !== undefined) aliases.push({ ref: `function:${name}`, realName: fn.realName, arn: fn.arn });
  });
  return aliases;
}

/** Best effort: what cannot be removed now stays in the journal, for the end of the run. */
async function removeGroup(made: MadeGroup, maker: Maker): Promise<void> {
  const gone = async (kind: ResourceKind, name: string | undefined) => {
    // A step of the scenario may have removed it already.
    if (name !== undefined && maker.journal.has(kind, name))
      await remove(kind, name, maker).catch(() => undefined);
  };
  for (const { realName } of made.functions) await gone('function', realName);
  for (const { kind, realName, queueUrl } of made.places) {
    await gone(kind, realName);
    // The queue through which a topic or bus was observed.
    await gone('queue', queueUrl?.split('/').at(-1));
  }
}
