import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { acc04, rate01 } from './acceptanceUnderLoad.ts';

const NOTHING = { kept: 0, broken: [], unknown: [] };

/** An event that was accepted at once, but for what is given. */
const event = ({ step, answered, ...more }: SeenCall = {}): SeenCall => ({
  attempts: ['ok'],
  ...more,
  step: { type: 'Event', ...step },
  ...(more.rejected === undefined ? { answered: { at: more.at ?? 0, ...answered } } : {}),
});

describe('ASYNC-ACC-04', () => {
  const none = { functions: [{ reservedConcurrency: 0 }] };
  const one = { functions: [{ reservedConcurrency: 1, timeoutSeconds: 60 }] };
  const running = event({ attempts: [{ planned: 'ok', until: 30 }] });

  test('is kept by events that are accepted without capacity', () => {
    expect(decided(acc04, seen(none, event({ attempts: [] })))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(acc04, seen(one, running, event({ at: 5, attempts: [] })))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by one that is throttled', () => {
    const rejected = { status: 429, error: 'TooManyRequestsException' };
    expect(decided(acc04, seen(none, event({ attempts: [], rejected }))).broken).toHaveLength(1);
    const { broken } = decided(acc04, seen(one, running, event({ at: 5, attempts: [], rejected })));
    expect(broken).toMatchObject([
      { expected: 'e2 accepted although 1 attempts are running on the reserve of 1 of f' },
    ]);
  });

  test('says nothing of an event that may have met a free place', () => {
    expect(decided(acc04, seen(one, running, event({ at: 29.5, attempts: [] })))).toMatchObject(NOTHING);
  });
});

describe('ASYNC-RATE-01', () => {
  const setting = { functions: [{ reservedConcurrency: 1 }] };
  const burst = (count: number) =>
    Array.from({ length: count }, (_, k) => event({ at: k * 0.05, attempts: [] }));
  const rejected = { status: 429, error: 'TooManyRequestsException' };

  test('is kept by more events in a second than calls could be', () => {
    expect(decided(rate01, seen(setting, ...burst(12)))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by one of them that is throttled', () => {
    const late = event({ at: 0.6, attempts: [], rejected });
    expect(decided(rate01, seen(setting, ...burst(11), late)).broken).toMatchObject([
      { observed: '429 TooManyRequestsException' },
    ]);
  });

  test('says nothing of ten events in a second, nor of as many as one likes for an account of 1,000', () => {
    expect(decided(rate01, seen(setting, ...burst(10)))).toMatchObject(NOTHING);
    expect(decided(rate01, seen({}, ...burst(30)))).toMatchObject(NOTHING);
  });
});
