import { describe, expect, test } from 'vitest';
import type { Metric } from '../../engine/history.ts';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { thr01 } from './throttles.ts';

const metric = (name: Metric['name'], value: number): Metric => ({
  kind: 'metric',
  at: 9,
  function: 'f',
  name,
  value,
});
const throttled: SeenCall = { rejected: { status: 429, error: 'TooManyRequestsException' } };
const ran: SeenCall = { attempts: ['ok'], answered: {} };

describe('CONC-THR-01', () => {
  test('is kept by a throttle that counts as that alone', () => {
    const view = seen({ entries: [metric('Throttles', 1), metric('Invocations', 1)] }, throttled, ran);
    expect(decided(thr01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an attempt', () => {
    expect(decided(thr01, seen({}, { ...throttled, attempts: ['ok'] })).broken).toHaveLength(1);
  });

  test('is broken by a throttle that counts as an invocation, or not at all', () => {
    for (const entry of [metric('Invocations', 2), metric('Errors', 1), metric('Throttles', 0)]) {
      expect(decided(thr01, seen({ entries: [entry] }, throttled, ran)).broken).toHaveLength(1);
    }
  });

  test('says nothing of other refusals', () => {
    const view = seen({ entries: [metric('Invocations', 2)] }, { rejected: { status: 400 } }, ran);
    expect(decided(thr01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('judges what is visible where there are no metrics', () => {
    expect(decided(thr01, seen({}, throttled, ran))).toMatchObject({ kept: 1, broken: [] });
  });

  test('does not ask the function for what the rate of the caller was', () => {
    const limited = { ...throttled.rejected, reason: 'CallerRateLimitExceeded' };
    const view = seen({ entries: [metric('Throttles', 0)] }, { rejected: limited });
    expect(decided(thr01, view)).toMatchObject({ kept: 1, broken: [] });
  });
});
