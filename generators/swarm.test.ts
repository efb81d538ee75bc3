import { describe, expect, test } from 'vitest';
import { ALL_CAPABILITIES } from '../engine/capabilities.ts';
import { ALL_FEATURES, FEATURES, type Feature, featuresFor, implied } from './features.ts';
import { SWARM_SETS, swarmOf } from './swarm.ts';

const sets = (seed: number, available: ReadonlySet<Feature>, scenarios = SWARM_SETS) => {
  const swarm = swarmOf(seed, available);
  return Array.from({ length: scenarios }, (_, index) => swarm.setOf(index));
};

describe('the feature sets of a campaign', () => {
  test('have every feature on somewhere and off somewhere, for any seed', () => {
    for (let seed = 0; seed < 200; seed++) {
      const drawn = sets(seed, ALL_FEATURES);
      for (const feature of ALL_FEATURES) {
        const on = drawn.filter((set) => set.has(feature)).length;
        expect(on > 0, feature).toBe(FEATURES[feature].every === undefined);
        expect(on, feature).toBeLessThan(SWARM_SETS);
      }
    }
  });

  test('give a heavy feature scenarios of its own, one in so many', () => {
    const drawn = sets(1, ALL_FEATURES, 4_096);
    expect(drawn.filter((set) => set.has('crowds'))).toEqual([implied('crowds'), implied('crowds')]);
    expect(drawn.filter((set) => set.has('patter') && !set.has('requestRush'))).toHaveLength(8);
  });

  test('come from the seed', () => {
    expect(sets(5, ALL_FEATURES)).toEqual(sets(5, ALL_FEATURES));
    expect(sets(5, ALL_FEATURES)).not.toEqual(sets(6, ALL_FEATURES));
  });

  test('bring with a feature what it makes no sense without, and always a way to call', () => {
    for (const set of sets(1, ALL_FEATURES)) {
      for (const feature of set) for (const part of implied(feature)) expect(set).toContain(part);
      expect(set.has('sync') || set.has('async')).toBe(true);
    }
  });

  test('have no feature that the target cannot run', () => {
    const available = featuresFor(new Set(['invoke', 'async', 'versions']), true);
    for (const set of sets(1, available, 5_000))
      for (const feature of set) expect(available).toContain(feature);
    expect(available).not.toContain('weights' satisfies Feature);
    expect(available).not.toContain('retries' satisfies Feature);
    expect(available).toContain('versions' satisfies Feature);
  });

  test('on a real clock have none that waits for minutes', () => {
    const available = featuresFor(ALL_CAPABILITIES, true);
    for (const feature of available) {
      for (const part of implied(feature)) expect('isSimulated' in FEATURES[part]).toBe(false);
    }
    expect(featuresFor(ALL_CAPABILITIES, false)).toEqual(ALL_FEATURES);
  });
});
