import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { conc01, conc02 } from './concurrency.ts';
import { streamed } from './testing/notation.ts';

const factor = { mapping: { parallelizationFactor: 2 } };

describe('STR-CONC-01', () => {
  test('is broken by two attempts of a shard at once', () => {
    expect(decided(conc01, streamed({}, 'r1 @1 for 5: ok', 'r2 @3: ok')).broken).toHaveLength(1);
  });

  test('is kept by one after the other, and by two shards at once', () => {
    expect(decided(conc01, streamed({}, 'r1 @1 for 5: ok', 'r2 @6.01: ok')).broken).toEqual([]);
    const view = streamed({ records: { r2: { shard: 1 } } }, 'r1 @1 for 5: ok', 'r2 @3: ok');
    expect(decided(conc01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('counts up to the factor', () => {
    const two = ['r1 @1 for 5: ok', 'r2 @2 for 5: ok'];
    expect(decided(conc01, streamed(factor, ...two)).broken).toEqual([]);
    expect(decided(conc01, streamed(factor, ...two, 'r3 @3: ok')).broken).toHaveLength(1);
  });

  test('does not know when a handler that was killed came to its end', () => {
    const view = streamed({}, 'r1 @1: timeout', 'r1 @3.99: ok');
    expect(decided(conc01, view).broken).toEqual([]);
  });

  test('grants each mapping of a stream its own', () => {
    const view = streamed({ others: { n: {} } }, 'r1 @1 for 5: ok', 'r1 via n @2 for 5: ok');
    expect(decided(conc01, view)).toMatchObject({ kept: 2, broken: [] });
  });
});

describe('STR-CONC-02', () => {
  const sameKey = { records: { r1: { key: 'k' }, r2: { key: 'k' } } };
  const atOnce = ['r1 @1 for 5: ok', 'r2 @3: ok'];

  test('is broken by two attempts with one key', () => {
    expect(decided(conc02, streamed({ ...factor, ...sameKey }, ...atOnce)).broken).toHaveLength(1);
    expect(decided(conc02, streamed({ kind: 'dynamodb', ...sameKey }, ...atOnce)).broken).toHaveLength(1);
  });

  test('is kept by two attempts with different keys', () => {
    expect(decided(conc02, streamed(factor, ...atOnce))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is not known where a target repeats batches', () => {
    const view = streamed({ ...factor, ...sameKey, tolerances: { duplicateBudget: 1 } }, ...atOnce);
    expect(decided(conc02, view).broken).toEqual([]);
  });
});
