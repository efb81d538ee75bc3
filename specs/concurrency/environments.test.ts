import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { env01 } from './environments.ts';

const ran = (at: number, until: number, environment: string): SeenCall => ({
  at,
  attempts: [{ planned: 'ok', at, until, environment }],
  answered: {},
});

describe('CONC-ENV-01', () => {
  test('is kept by attempts one after the other, and by others side by side', () => {
    const view = seen({}, ran(0, 2, 'a'), ran(1, 3, 'b'), ran(2, 3, 'a'));
    expect(decided(env01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a second attempt in a busy environment', () => {
    const { broken } = decided(env01, seen({}, ran(0, 2, 'a'), ran(1, 3, 'a')));
    expect(broken).toMatchObject([{ entries: [{ attempt: 'a-e2-1' }, { attempt: 'a-e1-1' }] }]);
  });

  test('is broken behind a short attempt, too', () => {
    const view = seen({}, ran(0, 9, 'a'), ran(1, 2, 'a'), ran(3, 4, 'a'));
    expect(decided(env01, view).broken).toHaveLength(2);
  });

  test('says nothing of one attempt, nor of attempts whose environment is not shown', () => {
    expect(decided(env01, seen({}, ran(0, 2, 'a')))).toMatchObject({ kept: 0 });
    expect(decided(env01, seen({}, { attempts: ['ok'] }, { attempts: ['ok'] }))).toMatchObject({ kept: 0 });
  });

  test('does not count an attempt whose end was not seen', () => {
    const lost: SeenCall = { attempts: [{ planned: 'ok', ended: null, environment: 'a' }], hungUp: 1 };
    expect(decided(env01, seen({}, lost, ran(0.5, 1, 'a')))).toMatchObject({ kept: 1, broken: [] });
  });
});
