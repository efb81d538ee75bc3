import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { improbability } from './binomial.ts';
import { ver01, ver02 } from './versions.ts';

const aliased = (weight: number) => ({
  functions: [
    { versions: 2, aliases: [{ name: 'live', version: '1', additional: { version: '2', weight } }] },
  ],
});

const on = (version: string, qualifier = 'live'): SeenCall => ({
  step: { qualifier },
  attempts: [{ planned: 'ok', version }],
  answered: {},
});

describe('SYNC-VER-01', () => {
  test('is kept by the version that ran', () => {
    const view = seen(aliased(0.5), on('2'), on('1', '1'), on('$LATEST', '$LATEST'));
    expect(decided(ver01, view)).toMatchObject({ kept: 3, broken: [] });
  });

  test.each([
    ['the alias in place of its version', { executedVersion: 'live' }],
    ['another version than the one that ran', { executedVersion: '1' }],
    ['no version', { executedVersion: undefined }],
  ])('is broken by %s', (_, answered) => {
    expect(decided(ver01, seen(aliased(0.5), { ...on('2'), answered })).broken).toHaveLength(1);
  });

  test('is broken by a version that the qualifier does not stand for', () => {
    const { broken } = decided(ver01, seen(aliased(0.5), on('$LATEST')));
    expect(broken).toMatchObject([{ expected: 'ExecutedVersion 1 or 2 for e1', observed: '$LATEST' }]);
  });

  test('says nothing of a refused call', () => {
    const view = seen(aliased(0.5), { step: { qualifier: 'live' }, rejected: {} });
    expect(decided(ver01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('judges by the qualifier where the handler cannot tell its version', () => {
    const view = seen(aliased(0.5), { ...on(''), answered: { executedVersion: '1' } });
    expect(decided(ver01, view)).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('SYNC-VER-02', () => {
  const split = (ones: number, twos: number): SeenCall[] => [
    ...Array.from({ length: ones }, () => on('1')),
    ...Array.from({ length: twos }, () => on('2')),
  ];

  test('is kept by an even split, and by a lopsided one within chance', () => {
    expect(decided(ver02, seen(aliased(0.5), ...split(20, 20)))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(ver02, seen(aliased(0.5), ...split(10, 30)))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by 31 calls on one side of an even split', () => {
    expect(decided(ver02, seen(aliased(0.5), ...split(31, 0))).broken).toMatchObject([
      { observed: '0 of 31' },
    ]);
  });

  test('is broken by weights taken the other way round', () => {
    expect(decided(ver02, seen(aliased(0.9), ...split(28, 3))).broken).toHaveLength(1);
  });

  test('is broken by a third version at once', () => {
    expect(decided(ver02, seen(aliased(0.5), on('$LATEST'))).broken).toMatchObject([{ observed: '$LATEST' }]);
  });

  test('is open while there are too few calls for their share to say anything', () => {
    expect(decided(ver02, seen(aliased(0.5), ...split(30, 0)))).toMatchObject({ kept: 0, broken: [] });
  });

  test('says nothing of an alias of one version', () => {
    const view = seen({ functions: [{ versions: 1, aliases: [{ name: 'live', version: '1' }] }] }, on('1'));
    expect(decided(ver02, view)).toMatchObject({ kept: 0, unknown: [] });
  });

  test('does not count where one version is provisioned and the other throttled', () => {
    const [f] = aliased(0.5).functions;
    const view = seen(
      { functions: [{ ...f, provisioned: [{ qualifier: '1', concurrency: 1 }] }] },
      ...split(31, 0),
    );
    expect(decided(ver02, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('improbability', () => {
  test('is exact up to the factor 2 at the ends', () => {
    expect(improbability(0, 31, 0.5)).toBeCloseTo(2 ** -30, 15);
    expect(improbability(10, 10, 0.1)).toBeCloseTo(2e-10, 15);
  });

  test('never understates the exact tail', () => {
    // P(X >= 15 of 20 | 0.5) = 0.0207 for one side.
    expect(improbability(15, 20, 0.5)).toBeGreaterThan(2 * 0.0207);
  });

  test('is 0 for a draw that cannot happen, 1 for what is expected', () => {
    expect(improbability(1, 5, 0)).toBe(0);
    expect(improbability(0, 5, 0)).toBe(1);
    expect(improbability(5, 10, 0.5)).toBe(1);
  });
});
