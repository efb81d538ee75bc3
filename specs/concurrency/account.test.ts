import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { acc01, rate01, rps01 } from './account.ts';

const ran = (at: number, until: number, environment = 'env-1'): SeenCall => ({
  at,
  attempts: [{ planned: 'ok', at, until, environment }],
  answered: {},
});

describe('CONC-ACC-01', () => {
  const account = { concurrency: 1, unreservedMinimum: 0 };

  test('is kept by attempts within the limit', () => {
    expect(decided(acc01, seen({ account }, ran(0, 1), ran(2, 3)))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by the excess, over all functions', () => {
    const functions = [{ name: 'f' }, { name: 'g' }];
    const view = seen({ account, functions }, ran(0, 5), { ...ran(2, 3), step: { function: 'g' } });
    expect(decided(acc01, view).broken).toMatchObject([{ observed: '2' }]);
  });

  test('says nothing of an account that is asked for less', () => {
    expect(decided(acc01, seen({}, ran(0, 5), ran(2, 3)))).toMatchObject({ kept: 0, broken: [] });
  });

  test('grants the skew of the clocks', () => {
    expect(decided(acc01, seen({ account }, ran(0, 2), ran(1.96, 3)))).toMatchObject({ kept: 1 });
  });
});

describe('CONC-RATE-01', () => {
  /** `count` attempts, `perSecond` of them a second, each in an environment of its own unless there are fewer. */
  const started = (count: number, perSecond: number, environments = count) =>
    seen({}, ...Array.from({ length: count }, (_, n) => ran(n / perSecond, 100, `env-${n % environments}`)));

  test('is kept by 1,000 new environments in 10 seconds, again and again', () => {
    expect(decided(rate01, started(1_200, 100))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by 1,001 at once', () => {
    expect(decided(rate01, started(1_001, 1_000)).broken).toHaveLength(1);
  });

  test('says nothing of fewer calls', () => {
    expect(decided(rate01, started(1_000, 1_000))).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not count environments that are used again', () => {
    expect(decided(rate01, started(1_001, 1_000, 1_000))).toMatchObject({ kept: 1, broken: [] });
  });

  test('reckons with environments that were begun before they were seen', () => {
    expect(decided(rate01, started(1_001, 110))).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('CONC-RPS-01', () => {
  const short = (count: number, perSecond: number, step: SeenCall['step'] = {}) =>
    Array.from({ length: count }, (_, n) => ({ ...ran(n / perSecond, n / perSecond + 0.001), step }));
  const reserved = { functions: [{ reservedConcurrency: 1 }] };

  test('is kept by 10 requests a second', () => {
    expect(decided(rps01, seen(reserved, ...short(60, 10)))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by 50 requests a second on a reserve of 1', () => {
    expect(decided(rps01, seen(reserved, ...short(60, 50))).broken).toHaveLength(1);
  });

  test('is broken by 60 requests a second in an account of 2', () => {
    const account = { concurrency: 2, unreservedMinimum: 0 };
    expect(decided(rps01, seen({ account }, ...short(120, 60))).broken).toHaveLength(1);
  });

  test('says nothing of few requests, of no limit in reach, and of queued events', () => {
    expect(decided(rps01, seen(reserved, ...short(20, 50)))).toMatchObject({ kept: 0, broken: [] });
    expect(decided(rps01, seen({}, ...short(60, 50)))).toMatchObject({ kept: 0, broken: [] });
    expect(decided(rps01, seen(reserved, ...short(60, 50, { type: 'Event' })))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });

  test('does not mind a burst that the lag of admission explains', () => {
    expect(
      decided(rps01, seen(reserved, ...short(30, 1_000), ...[{ rejected: { status: 429 } }])),
    ).toMatchObject({ broken: [] });
  });
});
