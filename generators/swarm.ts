/** Swarm testing: the set of features that each scenario of a campaign uses. */

import { type Random, randomOf } from './fc.ts';
import { ALL_FEATURES, FEATURES, type Feature, hasCalls, implied } from './features.ts';

/** So many sets are drawn for a campaign: enough for variety, few enough to keep an arbitrary for each. */
export const SWARM_SETS = 64;

/** Numbers of scenarios are never negative: the sets are drawn before the first. */
const BEFORE_THE_FIRST = -1;

export interface Swarm {
  /** The features of scenario number `index`. The same set is always the same object. */
  setOf(index: number): ReadonlySet<Feature>;
}

/**
 * Draws the feature sets of a campaign. Every available feature is in at least one of them, and each has a way to
 * call or, where no handler runs, requests; scenarios take them by turns. A heavy feature has scenarios of its own, one in so many.
 */
export function swarmOf(seed: number, available: ReadonlySet<Feature>): Swarm {
  const random = randomOf(seed, BEFORE_THE_FIRST);
  const sets = drawnSets(random, available);
  const heavy = [...available].flatMap((feature) => {
    const { every } = FEATURES[feature];
    return every === undefined ? [] : [{ every, set: implied(feature) }];
  });
  // The heaviest first: where two fall on one number, the rarer one has it.
  heavy.sort((a, b) => b.every - a.every);
  return {
    setOf(index) {
      for (const { every, set } of heavy) if (index % every === every - 1) return set;
      return sets[index % SWARM_SETS] ?? new Set();
    },
  };
}

/** Every feature in its share of the sets, not in about its share: what is rare is not left to luck. */
function drawnSets(random: Random, available: ReadonlySet<Feature>): ReadonlySet<Feature>[] {
  const sets = Array.from({ length: SWARM_SETS }, () => new Set<Feature>());
  // Half of all features would bring Event calls back: some sets are kept for synchronous calls alone.
  const withEvents = sets.slice(Math.round(SYNC_ONLY * SWARM_SETS));
  for (const feature of ALL_FEATURES) {
    const { odds } = FEATURES[feature];
    if (odds === undefined || !available.has(feature)) continue;
    const parts = implied(feature);
    const count = Math.max(1, Math.round(odds * SWARM_SETS));
    for (const set of someOf(parts.has('async') ? withEvents : sets, count, random))
      for (const part of parts) set.add(part);
  }
  for (const set of sets) {
    if (set.has('crowded')) set.delete('brief');
    if (!hasCalls(set)) set.add(available.has('sync') ? 'sync' : 'controlPlane');
  }
  return someOf(sets, sets.length, random);
}

/** Share of the feature sets without Event calls. */
const SYNC_ONLY = 0.15;

/** `count` of the items, or all where there are fewer, in random order. */
function someOf<T>(items: readonly T[], count: number, random: Random): T[] {
  const rest = [...items];
  const some: T[] = [];
  while (some.length < count && rest.length > 0)
    some.push(...rest.splice(random.nextInt(0, rest.length - 1), 1));
  return some;
}
