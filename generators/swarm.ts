/** Swarm testing: the sets of features that the scenarios of a campaign use, by turns. */

import { type Random, randomOf } from './fc.ts';
import { ALL_FEATURES, FEATURES, type Feature, implied } from './features.ts';

/** So many sets serve a campaign: enough for variety, few enough to keep an arbitrary for each. */
export const SWARM_SETS = 64;

/** Numbers of scenarios are never negative: the sets are drawn before the first. */
const BEFORE_THE_FIRST = -1;

/**
 * Draws the feature sets of a campaign. Every available feature is in at least one of them, and each has a way to
 * call.
 */
export function featureSets(seed: number, available: ReadonlySet<Feature>): readonly ReadonlySet<Feature>[] {
  const random = randomOf(seed, BEFORE_THE_FIRST);
  const sets = Array.from({ length: SWARM_SETS }, () => drawSet(random, available));
  const missing = new Set(available);
  for (const set of sets) for (const feature of set) missing.delete(feature);
  for (const feature of missing) {
    const set = sets[random.nextInt(0, SWARM_SETS - 1)];
    for (const part of implied(feature)) set?.add(part);
  }
  return sets;
}

function drawSet(random: Random, available: ReadonlySet<Feature>): Set<Feature> {
  const set = new Set<Feature>();
  let isAfterAsync = false;
  for (const feature of ALL_FEATURES) {
    const isDrawn = random.nextInt(0, 999) < FEATURES[feature].odds * 1_000;
    isAfterAsync ||= feature === 'async';
    if (!isDrawn || !available.has(feature)) continue;
    // Half of all features would bring Event calls back: where they are off, synchronous calls have the set alone.
    if (feature !== 'async' && isAfterAsync && !set.has('async') && implied(feature).has('async')) continue;
    for (const part of implied(feature)) set.add(part);
  }
  // The size of a scenario is one of them; a thousand calls are enough for one step or two.
  if (set.has('crowds')) set.delete('crowded');
  if (set.has('crowded')) set.delete('brief');
  if (!set.has('async') && !set.has('sync')) set.add('sync');
  return set;
}
