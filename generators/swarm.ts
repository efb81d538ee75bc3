/** Swarm testing: the set of features that each scenario of a campaign uses. */

import { type Random, randomOf } from './fc.ts';
import { ALL_FEATURES, FEATURES, type Feature, implied } from './features.ts';

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
 * call; scenarios take them by turns. A heavy feature has scenarios of its own, one in so many.
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

function drawnSets(random: Random, available: ReadonlySet<Feature>): ReadonlySet<Feature>[] {
  const sets = Array.from({ length: SWARM_SETS }, () => drawnSet(random, available));
  for (const feature of available) {
    if (FEATURES[feature].every !== undefined || sets.some((set) => set.has(feature))) continue;
    const set = sets[random.nextInt(0, SWARM_SETS - 1)];
    for (const part of implied(feature)) set?.add(part);
  }
  return sets;
}

function drawnSet(random: Random, available: ReadonlySet<Feature>): Set<Feature> {
  const set = new Set<Feature>();
  // Half of all features would bring Event calls back: where they are off, synchronous calls have the set alone.
  const isSyncOnly = random.nextInt(0, 999) < SYNC_ONLY * 1_000;
  for (const feature of ALL_FEATURES) {
    const { odds = 0 } = FEATURES[feature];
    const isDrawn = random.nextInt(0, 999) < odds * 1_000;
    const parts = implied(feature);
    if (!isDrawn || !available.has(feature) || (isSyncOnly && parts.has('async'))) continue;
    for (const part of parts) set.add(part);
  }
  if (set.has('crowded')) set.delete('brief');
  if (!set.has('async') && !set.has('sync')) set.add('sync');
  return set;
}

/** Share of the feature sets without Event calls. */
const SYNC_ONLY = 0.15;
