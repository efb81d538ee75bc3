import { describe, expect, test } from 'vitest';
import type { StateSeen } from '../../engine/history.ts';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { state01 } from './states.ts';

const state = (at: number, told: string): StateSeen => ({ kind: 'state', at, function: 'f', state: told });
const fresh = { functions: [{ fresh: true as const }], entries: [state(3, 'Pending'), state(4, 'Active')] };
const CONFLICT = { status: 409, error: 'ResourceConflictException' };

describe('SYNC-STATE-01', () => {
  test('is kept by ResourceConflictException', () => {
    expect(decided(state01, seen(fresh, { rejected: CONFLICT }))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a call that is served, or refused otherwise', () => {
    expect(decided(state01, seen(fresh, { attempts: ['ok'], answered: {} })).broken).toHaveLength(1);
    expect(decided(state01, seen(fresh, { rejected: { status: 404 } })).broken).toHaveLength(1);
  });

  test('says nothing of a call that may have come when it was Active', () => {
    for (const at of [2.5, 3.5, 5]) {
      expect(decided(state01, seen(fresh, { at, attempts: ['ok'], answered: {} }))).toMatchObject({
        kept: 0,
        broken: [],
      });
    }
  });

  test('does not mind a function that goes back to Pending later', () => {
    const view = seen(
      { entries: [state(1, 'Active'), state(9, 'Pending')] },
      { at: 2, attempts: ['ok'], answered: {} },
    );
    expect(decided(state01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is open for a call that is flawed besides', () => {
    const view = seen(fresh, { step: { qualifier: 'gone' }, rejected: { status: 404 } });
    expect(decided(state01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
