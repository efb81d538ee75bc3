import { describe, expect, test } from 'vitest';
import { decided, view } from '../testing/notation.ts';
import { retry01, retry02, retry03, retry04, retry05 } from './retries.ts';

const NOTHING = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const reconfigured = {
  atSeconds: 1,
  do: 'request',
  operation: 'PutFunctionEventInvokeConfig',
  input: { FunctionName: 'f', MaximumRetryAttempts: 0 },
} as const;

describe('ASYNC-RETRY-01', () => {
  test('is kept by as many attempts as the configuration allows', () => {
    expect(decided(retry01, view({ retries: 1 }, 'e1: accept, fail, fail'))).toMatchObject(KEPT);
  });

  test('is broken by one attempt more, and points at it', () => {
    const { broken } = decided(retry01, view({ retries: 1 }, 'e1: accept, fail, fail, fail'));
    expect(broken).toMatchObject([
      { expected: 'at most 2 attempts of e1', observed: '3', entries: [{ attempt: 'a-e1-3' }] },
    ]);
  });

  test('says nothing of an event that succeeded', () => {
    expect(decided(retry01, view({}, 'e1: accept, fail, ok'))).toMatchObject(NOTHING);
  });

  test('grants a duplicate where the target is granted one', () => {
    const given = { retries: 1, tolerances: { duplicateBudget: 1 } };
    expect(decided(retry01, view(given, 'e1: accept, fail, fail, fail'))).toMatchObject(KEPT);
    expect(decided(retry01, view(given, 'e1: accept, fail, fail, fail, fail')).broken).toHaveLength(1);
  });
});

describe('ASYNC-RETRY-02', () => {
  test('is kept by three attempts without a configuration', () => {
    expect(decided(retry02, view({}, 'e1: accept, fail, fail, fail'))).toMatchObject(KEPT);
  });

  test('is broken by an event that is given up early', () => {
    expect(decided(retry02, view({}, 'e1: accept, fail, fail')).broken).toMatchObject([
      { observed: '2, then nothing' },
    ]);
  });

  test('is open when the observer left before the retry was due', () => {
    expect(decided(retry02, view({ closedAt: 100 }, 'e1: accept, fail')).unknown).toHaveLength(1);
  });

  test('does not ask for a retry that would come after the age limit', () => {
    expect(decided(retry02, view({ ageSeconds: 60 }, 'e1: accept, fail'))).toMatchObject({ broken: [] });
  });

  test('does not ask for one while others may hold the capacity until the age limit', () => {
    const given = { ageSeconds: 200, function: { reservedConcurrency: 1, timeoutSeconds: 300 } };
    const busy = 'e2: accept@1, start timeout@1';
    expect(decided(retry02, view(given, 'e1: accept, fail', busy))).toMatchObject({
      broken: [],
      unknown: [expect.any(String), expect.any(String)],
    });
  });

  test('asks for it once the reserve is free again', () => {
    const given = { function: { reservedConcurrency: 1, timeoutSeconds: 300 } };
    const { broken } = decided(retry02, view(given, 'e1: accept, fail', 'e2: accept@1, ok@1'));
    expect(broken).toMatchObject([{ expected: '3 attempts of e1' }]);
  });

  test('does not say how an attempt ended of which no end was seen, or whose result was too large', () => {
    expect(decided(retry02, view({}, 'e1: accept, start throw'))).toMatchObject({ broken: [] });
    expect(decided(retry02, view({}, 'e1: accept, oversize'))).toMatchObject({ broken: [] });
  });

  test('is open where attempts of the function fail before their handler is entered', () => {
    const given = { function: { initSeconds: 12 } };
    expect(decided(retry02, view(given, 'e1: accept, fail'))).toMatchObject({ broken: [] });
  });

  test('follows an emulator’s minutes', () => {
    const scaled = { tolerances: { retryTimeScale: 1 / 60 }, closedAt: 6 };
    expect(decided(retry02, view(scaled, 'e1: accept, fail')).broken).toHaveLength(1);
  });
});

describe('ASYNC-RETRY-03', () => {
  test('is kept where success is the end', () => {
    expect(decided(retry03, view({}, 'e1: accept, fail, ok'))).toMatchObject(KEPT);
  });

  test('is broken by an attempt after it', () => {
    expect(decided(retry03, view({}, 'e1: accept, ok, ok')).broken).toMatchObject([
      { observed: 'attempt 2', entries: [{ attempt: 'a-e1-2' }] },
    ]);
  });

  test('says nothing of an event that never succeeds', () => {
    expect(decided(retry03, view({}, 'e1: accept, fail, fail'))).toMatchObject(NOTHING);
  });

  test('grants a duplicate where the target is granted one', () => {
    const given = { tolerances: { duplicateBudget: 1 } };
    expect(decided(retry03, view(given, 'e1: accept, ok, ok'))).toMatchObject(KEPT);
  });

  test('does not take a handler’s word that it was over just before its timeout', () => {
    const brink = view({ function: { timeoutSeconds: 1 } }, 'e1: accept, ok, ok');
    expect(decided(retry03, brink).broken).toHaveLength(1);
    for (const attempt of brink.attempts) Object.assign(attempt, { mayHaveBeenKilled: true });
    expect(decided(retry03, { ...brink })).toMatchObject({ broken: [] });
  });
});

describe('ASYNC-RETRY-04', () => {
  test('is kept by attempts one after the other', () => {
    expect(decided(retry04, view({}, 'e1: accept, timeout, fail, ok'))).toMatchObject(KEPT);
  });

  test('is broken by one that starts while the one before works', () => {
    expect(decided(retry04, view({}, 'e1: accept, fail@1, fail@1.02')).broken).toHaveLength(1);
    expect(decided(retry04, view({}, 'e1: accept, start timeout@1, fail@2.5')).broken).toHaveLength(1);
  });

  test('says nothing of a single attempt', () => {
    expect(decided(retry04, view({}, 'e1: accept, ok'))).toMatchObject(NOTHING);
  });

  test('grants the skew of the clocks, and that a killed handler was seen to start late', () => {
    expect(decided(retry04, view({}, 'e1: accept, fail@1, fail@1.06'))).toMatchObject(KEPT);
    expect(decided(retry04, view({}, 'e1: accept, start timeout@1, fail@3.2'))).toMatchObject(KEPT);
  });
});

describe('ASYNC-RETRY-05', () => {
  test('is kept by timeouts and exits that are retried', () => {
    expect(decided(retry05, view({}, 'e1: accept, timeout, exit, ok'))).toMatchObject({
      kept: 2,
      broken: [],
    });
  });

  test.each(['timeout', 'exit'])('is broken by a %s that is not', (outcome) => {
    expect(decided(retry05, view({}, `e1: accept, ${outcome}`)).broken).toMatchObject([
      { expected: `a retry of e1 after its attempt 1 ended by ${outcome}`, observed: 'none' },
    ]);
  });

  test('says nothing of the last attempt, nor of exceptions', () => {
    expect(decided(retry05, view({ retries: 0 }, 'e1: accept, timeout'))).toMatchObject(NOTHING);
    expect(decided(retry05, view({}, 'e1: accept, fail'))).toMatchObject(NOTHING);
  });

  test('does not ask for a retry that would come after the age limit', () => {
    expect(decided(retry05, view({ ageSeconds: 60 }, 'e1: accept, timeout'))).toMatchObject({ broken: [] });
  });
});

describe('a configuration that changes while an event lives', () => {
  test('leaves its retries open', () => {
    const history = view({ retries: 1 }, 'e1: accept, fail, fail, fail');
    const changed = {
      ...history,
      events: history.events.map((event) => ({ ...event, config: undefined })),
      history: { ...history.history, scenario: { ...history.history.scenario, steps: [reconfigured] } },
    };
    for (const rule of [retry01, retry02]) {
      expect(decided(rule, changed)).toMatchObject({
        broken: [],
        unknown: [expect.stringContaining('configuration')],
      });
    }
  });
});
