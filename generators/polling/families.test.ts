import { describe, expect, test } from 'vitest';
import { ALL_CAPABILITIES, type Capability } from '../../engine/capabilities.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { scenarioSource } from '../source.ts';
import { ANY_FAMILY, type AnyFamily, familiesFor, turnsOf } from './families.ts';

const without = (...lacking: Capability[]) =>
  new Set([...ALL_CAPABILITIES].filter((capability) => !lacking.includes(capability)));

/** Kinds of sources that the mappings of a scenario read. */
const kindsIn = ({ mappings = [], steps }: Scenario): Set<string> => {
  const kinds = new Set(mappings.map(({ source }) => source.slice(0, source.indexOf(':'))));
  for (const step of steps) if (step.do === 'send') kinds.add(step.to.slice(0, step.to.indexOf(':')));
  return kinds;
};

describe('the families of a campaign', () => {
  test('take turns, evenly: each in its share of any stretch', () => {
    const turns = turnsOf(ANY_FAMILY);
    const count = (family: AnyFamily, among: readonly AnyFamily[]) =>
      among.filter((other) => other === family).length;
    expect(count('calls', turns) / turns.length).toBeCloseTo(0.4, 1);
    const half = turns.slice(0, turns.length / 2);
    for (const family of ['calls', 'sqs', 'streams', 'kafkaMq'] as const)
      expect(Math.abs(2 * count(family, half) - count(family, turns))).toBeLessThanOrEqual(2);
  });

  test('are those that the target can run', () => {
    expect(familiesFor(ALL_CAPABILITIES, false)).toEqual(ANY_FAMILY);
    expect(familiesFor(new Set(), false)).toEqual(['calls']);
    expect(familiesFor(new Set<Capability>(['sqs']), true)).toEqual(['calls', 'sqs']);
    expect(familiesFor(without('kinesis'), true)).not.toContain('mixed');
    expect(familiesFor(without('kafka', 'mq', 'roles', 'callers', 'pushes'), true)).toEqual([
      'calls',
      'sqs',
      'streams',
      'mixed',
    ]);
  });

  test('may be asked for one by one', () => {
    const source = (...families: AnyFamily[]) =>
      scenarioSource({ seed: 1, capabilities: ALL_CAPABILITIES, isRealTime: false, families });
    const kinds = (family: AnyFamily) => {
      const seen = new Set<string>();
      const drawn = source(family);
      for (let i = 0; i < 400; i++) {
        const { scenario } = drawn.draw(i);
        // Requests have sources of their own.
        if (!scenario.functions.some(({ name }) => name.startsWith('h')))
          for (const kind of kindsIn(scenario)) seen.add(kind);
      }
      return [...seen].toSorted();
    };
    expect(kinds('calls')).toEqual([]);
    expect(kinds('sqs')).toEqual(['queue']);
    expect(kinds('streams')).toEqual(['stream', 'table']);
    expect(kinds('kafkaMq')).toEqual(['broker', 'kafka']);
    expect(kinds('mixed')).toEqual(['queue', 'stream', 'table']);
  });

  test('each have all their traits in a campaign, and never all at once', () => {
    const source = scenarioSource({
      seed: 2,
      capabilities: ALL_CAPABILITIES,
      isRealTime: false,
      families: ['streams'],
    });
    const scenarios = Array.from({ length: 300 }, (_, i) => source.draw(i).scenario);
    const share = (key: string) =>
      scenarios.filter(({ mappings = [] }) => mappings.some((mapping) => key in mapping)).length / 300;
    for (const key of ['filters', 'bisects', 'onFailure', 'parallelizationFactor', 'tumblingWindowSeconds']) {
      expect(share(key)).toBeGreaterThan(0.02);
      expect(share(key)).toBeLessThan(0.7);
    }
  });
});
