import { describe, expect, test } from 'vitest';
import { ALL_CAPABILITIES } from '../engine/capabilities.ts';
import { ALL_FEATURES, FEATURES, type Feature, featuresFor, implied } from './features.ts';
import { featureSets, SWARM_SETS } from './swarm.ts';

describe('the feature sets of a campaign', () => {
  test('have every feature on somewhere and off somewhere, for any seed', () => {
    for (let seed = 0; seed < 200; seed++) {
      const sets = featureSets(seed, ALL_FEATURES);
      for (const feature of ALL_FEATURES) {
        const on = sets.filter((set) => set.has(feature)).length;
        expect(on, feature).toBeGreaterThan(0);
        expect(on, feature).toBeLessThan(SWARM_SETS);
      }
    }
  });

  test('come from the seed', () => {
    expect(featureSets(5, ALL_FEATURES)).toEqual(featureSets(5, ALL_FEATURES));
    expect(featureSets(5, ALL_FEATURES)).not.toEqual(featureSets(6, ALL_FEATURES));
  });

  test('bring with a feature what it makes no sense without, and always a way to call', () => {
    for (const set of featureSets(1, ALL_FEATURES)) {
      for (const feature of set) for (const part of implied(feature)) expect(set).toContain(part);
      expect(set.has('sync') || set.has('async')).toBe(true);
    }
  });

  test('have no feature that the target cannot run', () => {
    const available = featuresFor(new Set(['async', 'versions']), true);
    for (const set of featureSets(1, available))
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
