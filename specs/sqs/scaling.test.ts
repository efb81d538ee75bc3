import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { maxc01, maxc02 } from './maximumConcurrency.ts';
import { prov01, prov03 } from './provisionedPollers.ts';
import { scale01, scale02, scale03 } from './scaling.ts';

const kept = { broken: [], unknown: [] };

/** So many batches at once, of a message each: all start at one time, and take 20 s. */
function atOnce(count: number, atSeconds = 1, from = 1): string[] {
  const records = Array.from({ length: count }, (_, k) => `r${from + k}`);
  return [
    `send ${records.join(' ')} @0`,
    ...records.map((record) => `batch ${record} @${atSeconds}: ok @${atSeconds + 20}`),
  ];
}
const of = (given: Given, ...lines: string[]) =>
  polled({ mapping: { batchSize: 1 }, function: { timeoutSeconds: 30 }, ...given }, ...lines);

describe('SQS-SCALE-01 and SQS-SCALE-02: five attempts at first, then 300 more a minute', () => {
  test.each([scale01, scale02])('$id: five at first: kept', (rule) => {
    expect(decided(rule, of({}, ...atOnce(5)))).toMatchObject({ kept: 1, ...kept });
  });

  test.each([scale01, scale02])('$id: fifty at first: broken', (rule) => {
    const [breach] = decided(rule, of({}, ...atOnce(50))).broken;
    expect(breach?.expected).toBe('at most 10 attempts of the mapping m at once');
  });

  test.each([scale01, scale02])('$id: five more with each second, as some scale: kept', (rule) => {
    const lines = [0, 1, 2, 3].flatMap((k) => atOnce(5, 1 + k, 1 + 5 * k));
    expect(decided(rule, of({}, ...lines))).toMatchObject({ kept: 1, ...kept });
  });

  test.each([scale01, scale02])('$id: fifty after ten seconds of five: kept', (rule) => {
    const lines = [...atOnce(5), ...atOnce(45, 11, 6)];
    expect(decided(rule, of({}, ...lines))).toMatchObject({ kept: 1, ...kept });
  });

  test.each([scale01, scale02])('$id: one after the other, however many: kept', (rule) => {
    const lines = Array.from({ length: 12 }, (_, k) => `batch r${k + 1} @${1 + k / 5}: ok`);
    expect(decided(rule, of({}, 'send r1..r12 @0', ...lines))).toMatchObject({ kept: 1, ...kept });
  });

  test('where the first batch may have been throttled, scaling counts from the first message', () => {
    const given: Given = { function: { timeoutSeconds: 30, reservedConcurrency: 40 } };
    expect(decided(scale02, of(given, ...atOnce(30, 10), ...atOnce(20, 60, 31)))).toMatchObject({
      kept: 1,
      ...kept,
    });
  });

  test('FIFO queues do not concern SQS-SCALE-01', () => {
    expect(decided(scale01, of({ queue: { fifo: true } }, ...atOnce(50))).kept).toBe(0);
  });

  test('provisioned mode concerns neither', () => {
    const view = of({ mapping: { batchSize: 1, provisioned: {} } }, ...atOnce(50));
    expect([scale01, scale02].map((rule) => decided(rule, view).kept)).toEqual([0, 0]);
  });
});

describe('SQS-SCALE-03: how far a mapping goes back', () => {
  test.each([
    [2, 'up to two at once'],
    [5, 'up to five at once'],
    [6, 'more than five at once'],
  ])('%i at once: %s', (count, label) => {
    expect(decided(scale03, of({}, ...atOnce(count))).observed).toEqual([label]);
  });
});

describe('SQS-MAXC-01: MaximumConcurrency', () => {
  const two: Given = { mapping: { batchSize: 1, maximumConcurrency: 2 } };

  test('as many at once: kept', () => {
    expect(decided(maxc01, of(two, ...atOnce(2)))).toMatchObject({ kept: 1, ...kept });
  });

  test('one more: broken', () => {
    const view = of(two, ...atOnce(3));
    const [breach] = decided(maxc01, view).broken;
    expect(breach).toMatchObject({
      expected: 'at most 2 attempts of the mapping m at once',
      observed: '3',
      entries: [view.batches[2]?.started],
    });
  });

  test('a mapping without one does not concern it', () => {
    expect(decided(maxc01, of({}, ...atOnce(3))).kept).toBe(0);
  });

  test('it was raised meanwhile: what may be in force bounds it', () => {
    const raise =
      'request UpdateEventSourceMapping {"UUID":"mapping:m","ScalingConfig":{"MaximumConcurrency":3}} @0.5: 202';
    expect(decided(maxc01, of(two, raise, ...atOnce(3)))).toMatchObject({ kept: 1, ...kept });
  });

  test('an attempt that was killed may have ended early by the skew of the clocks: kept', () => {
    const lines = ['send r1..r3 @0', 'batch r1 @1: timeout', 'batch r2 @1: timeout', 'batch r3 @31: ok'];
    expect(decided(maxc01, of(two, ...lines))).toMatchObject({ kept: 1, ...kept });
  });
});

describe('SQS-MAXC-02: the maximum is the mapping’s own', () => {
  const reserved: Given = {
    mapping: { batchSize: 1, maximumConcurrency: 2 },
    function: { timeoutSeconds: 30, reservedConcurrency: 10 },
  };
  const beside: Given = {
    mapping: { batchSize: 1, maximumConcurrency: 2 },
    mappings: [{ name: 'n', source: 'queue:other', maximumConcurrency: 3 }],
    scenario: { queues: [{ name: 'other' }] },
  };

  test('beyond it, though the reserve has room: broken', () => {
    expect(decided(maxc02, of(reserved, ...atOnce(3))).broken).toHaveLength(1);
  });

  test('two mappings have as many each: kept', () => {
    const lines = ['send r1 r2 @0', 'send s1 s2 s3 to queue/other @0'];
    const batches = ['batch r1', 'batch r2', 'batch s1 of n', 'batch s2 of n', 'batch s3 of n'];
    const view = of(beside, ...lines, ...batches.map((batch) => `${batch} @1: ok @20`));
    expect(decided(maxc02, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('one has what is left of the other: broken', () => {
    expect(decided(maxc02, of(beside, ...atOnce(3))).broken).toHaveLength(1);
  });

  test('a reserve, and another mapping, that allow no more say nothing of that', () => {
    const scarce: Given = { ...reserved, function: { timeoutSeconds: 30, reservedConcurrency: 2 } };
    const alike: Given = {
      ...beside,
      mappings: [{ name: 'n', source: 'queue:other', maximumConcurrency: 2 }],
    };
    for (const given of [scarce, alike]) expect(decided(maxc02, of(given, ...atOnce(2))).kept).toBe(0);
  });

  test('a mapping that is alone, of a function without a reserve, does not concern it', () => {
    expect(decided(maxc02, of({ mapping: { batchSize: 1, maximumConcurrency: 2 } }, ...atOnce(3))).kept).toBe(
      0,
    );
  });
});

describe('SQS-PROV-01 and SQS-PROV-03: pollers in provisioned mode', () => {
  const pollers: Given = { mapping: { batchSize: 1, provisioned: { minimum: 2, maximum: 2 } } };

  test('ten attempts a poller: kept', () => {
    expect(decided(prov01, of(pollers, ...atOnce(20)))).toMatchObject({ kept: 1, ...kept });
    expect(decided(prov03, of(pollers, ...atOnce(20)))).toMatchObject({ kept: 1, ...kept });
  });

  test('one more: broken', () => {
    expect(decided(prov01, of(pollers, ...atOnce(21))).broken[0]).toMatchObject({ observed: '21' });
  });

  test('more than 1,000 a minute: broken, however many pollers there may be', () => {
    const many: Given = { mapping: { batchSize: 1, provisioned: { minimum: 2, maximum: 200 } } };
    expect(decided(prov01, of(many, ...atOnce(60))).broken).toEqual([]);
    expect(decided(prov03, of(many, ...atOnce(60))).broken).toHaveLength(1);
    expect(decided(prov03, of(many, ...atOnce(20), ...atOnce(40, 4, 21)))).toMatchObject({
      kept: 1,
      ...kept,
    });
  });

  test('other mappings do not concern them', () => {
    expect([prov01, prov03].map((rule) => decided(rule, of({}, ...atOnce(21))).kept)).toEqual([0, 0]);
  });
});
