import { describe, expect, test } from 'vitest';
import { type SeenCall, type Setting, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { recur01 } from './recursion.ts';

const REFUSED = { status: 400, error: 'RecursiveInvocationException' };

/** A chain of `length` calls of `f` by itself; the last one ends as given. */
function chain(length: number, last: Partial<SeenCall>, setting: Setting = {}) {
  const calls: SeenCall[] = [];
  for (let n = 1; n <= length; n++) {
    const end = n < length ? { attempts: ['ok'] as const, answered: {} } : last;
    calls.push({ at: n / 10, ...(n === 1 ? {} : { chainedFrom: `a-e${n - 1}-1` }), ...end });
  }
  return seen(setting, ...calls);
}

describe('SYNC-RECUR-01', () => {
  test('is kept by a cut after about 16 calls', () => {
    expect(decided(recur01, chain(17, { rejected: REFUSED }))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a loop that goes on and on', () => {
    expect(decided(recur01, chain(33, { attempts: ['ok'], answered: {} })).broken).toHaveLength(1);
  });

  test('is broken by a cut of what is no loop yet, and by another status', () => {
    expect(decided(recur01, chain(3, { rejected: REFUSED })).broken).toHaveLength(1);
    expect(decided(recur01, chain(17, { rejected: { ...REFUSED, status: 503 } })).broken).toHaveLength(0);
    expect(decided(recur01, chain(17, { rejected: { ...REFUSED, status: 409 } })).broken).toHaveLength(1);
  });

  test('is broken by a cut where loops are allowed', () => {
    const setting = { functions: [{ recursiveLoop: 'Allow' as const }] };
    expect(decided(recur01, chain(17, { rejected: REFUSED }, setting)).broken).toHaveLength(1);
  });

  test('says nothing of a short chain', () => {
    expect(decided(recur01, chain(20, { attempts: ['ok'], answered: {} }))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });

  test('is open for a chain that ends for want of capacity', () => {
    const view = chain(5, { rejected: { status: 429, error: 'TooManyRequestsException' } });
    expect(decided(recur01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
