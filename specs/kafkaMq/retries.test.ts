/** AWS, kafka-retry-configurations.html: retries and partial batch responses of Kafka. */
import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { pbr01, ret01, ret02, ret03 } from './retries.ts';

const provisioned = { minimum: 1, maximum: 1 };
const topic = (mapping: Given['mapping'] = {}): Given => ({
  kafkaTopic: {},
  mapping: { startingPosition: 'TRIM_HORIZON', provisioned, ...mapping },
});
const kept = { kept: 1, broken: [], unknown: [] };
const attempts = (count: number, outcome: string, from = 1): string[] =>
  Array.from({ length: count }, (_, k) => `batch r1 @${from + 2 * k}: ${outcome}`);

describe('KAF-RET-01: a batch that fails is tried again, whole', () => {
  test('is: kept', () => {
    const view = polled(topic(), 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'batch r1 r2 @3: ok');
    expect(decided(ret01, view)).toMatchObject(kept);
  });

  test('never again, or in part: broken', () => {
    const never = polled({ ...topic(), closedAt: 900 }, 'send r1 r2 @0', 'batch r1 r2 @1: throw');
    expect(decided(ret01, never).broken).toHaveLength(1);
    const part = polled(topic(), 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'batch r1 @3: ok');
    expect(decided(ret01, part).broken[0]?.observed).toBe('r2 is not in the next attempt');
  });
});

test('KAF-RET-01 says nothing of a repetition that fails after a success', () => {
  const given: Given = { ...topic(), closedAt: 900, tolerances: { duplicateBudget: 1 } };
  const again = polled(given, 'send r1 @0', 'batch r1 @1: ok', 'batch r1 @3: throw');
  expect(decided(ret01, again)).toMatchObject({ kept: 0, broken: [], unknown: ['it had succeeded before'] });
  const part = polled(given, 'send r1 r2 @0', 'batch r1 @1: ok', 'batch r1 r2 @3: throw', 'batch r2 @5: ok');
  expect(decided(ret01, part).broken).toEqual([]);
});

describe('KAF-RET-02: retries are bounded as configured', () => {
  const twice = topic({ maximumRetryAttempts: 1 });

  test('as many: kept; one more: broken', () => {
    expect(decided(ret02, polled(twice, 'send r1 @0', ...attempts(2, 'throw'))).broken).toEqual([]);
    expect(decided(ret02, polled(twice, 'send r1 @0', ...attempts(3, 'throw'))).broken[0]).toMatchObject({
      expected: 'at most 2 attempts with r1',
      observed: '3',
    });
  });
});

describe('KAF-RET-03: with a destination, ten retries where no number is set', () => {
  const bounded = (more: Given['mapping'] = {}): Given => ({
    ...topic({ onFailure: 'queue:own', ...more }),
    scenario: { queues: [{ name: 'own' }] },
  });

  test('eleven attempts: kept; twelve: broken', () => {
    expect(decided(ret03, polled(bounded(), 'send r1 @0', ...attempts(11, 'throw'))).broken).toEqual([]);
    expect(
      decided(ret03, polled(bounded(), 'send r1 @0', ...attempts(12, 'throw'))).broken[0]?.observed,
    ).toBe('12');
  });

  test('after a partial response the count may begin anew: not judged', () => {
    const view = polled(
      bounded({ reportsItemFailures: true }),
      'send r1 @0',
      'batch r1 @1: report r1',
      ...attempts(11, 'throw', 3),
    );
    expect(decided(ret03, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('KAF-PBR-01: after a complete success no record comes again', () => {
  const asked = topic({ reportsItemFailures: true });

  test('one that does: broken', () => {
    const view = polled(asked, 'send r1 @0', 'batch r1 @1: ok', 'batch r1 @3: ok');
    expect(decided(pbr01, view).broken[0]).toMatchObject({
      expected: 'no attempt with r1 after one that ended ok',
      observed: 'one',
    });
  });

  test('within the budget of duplicates kept, beyond it broken', () => {
    const tolerances = { duplicateBudget: 1 };
    const twice = polled({ ...asked, tolerances }, 'send r1 @0', ...attempts(2, 'ok'));
    expect(decided(pbr01, twice).broken).toEqual([]);
    const often = polled({ ...asked, tolerances }, 'send r1 @0', ...attempts(3, 'ok'));
    expect(decided(pbr01, often).broken).toHaveLength(1);
  });

  test('one that was reported, and comes again with others that never failed: innocent', () => {
    const view = polled(
      asked,
      'send r1 r2 r3 @0',
      'batch r1 r2 @1: report r2',
      'batch r2 r3 @3: ok',
      'batch r3 @5: throw',
    );
    const { broken } = decided(pbr01, view);
    expect(broken.map(({ expected }) => expected)).toEqual(['no attempt with r3 after one that ended ok']);
  });
});
