import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { thr01, thr02, thr03 } from './throttling.ts';

const throttled = (reason?: string): NonNullable<SeenCall['rejected']> => ({
  status: 429,
  error: 'TooManyRequestsException',
  ...(reason === undefined ? {} : { reason }),
});
const RESERVED = 'ReservedFunctionConcurrentInvocationLimitExceeded';
const ACCOUNT = 'ConcurrentInvocationLimitExceeded';
const reserve = (reservedConcurrency: number) => ({ functions: [{ reservedConcurrency }] });
const long: SeenCall = { attempts: [{ planned: 'ok', until: 10 }], answered: {} };

describe('SYNC-THR-01', () => {
  test('is kept by a refusal of what comes while the reserve is used up', () => {
    const view = seen(reserve(1), long, { at: 2, rejected: throttled(RESERVED) });
    expect(decided(thr01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a call that waits for its turn, in place of being refused', () => {
    const view = seen(reserve(1), long, {
      at: 2,
      attempts: [{ planned: 'ok', at: 10, until: 11 }],
      answered: {},
    });
    expect(decided(thr01, view).broken).toMatchObject([{ observed: 'status 200' }]);
  });

  test('is broken by a call beyond the limit of the account', () => {
    const account = { concurrency: 1, unreservedMinimum: 0 };
    const view = seen({ account }, long, { at: 2, attempts: ['ok'], answered: {} });
    expect(decided(thr01, view).broken).toHaveLength(1);
  });

  test('is broken by a 429 under another name, and by one that ran', () => {
    for (const call of [
      { rejected: { status: 429, error: 'ThrottlingException' } },
      { attempts: ['ok'], rejected: throttled(RESERVED) },
    ] as const) {
      expect(decided(thr01, seen({}, call)).broken).toHaveLength(1);
    }
  });

  test('says nothing of a call for which there is room', () => {
    const view = seen(reserve(2), long, { at: 2, attempts: ['ok'], answered: {} });
    expect(decided(thr01, view)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not count an attempt that may have ended before the call arrived', () => {
    const view = seen(
      reserve(1),
      { attempts: [{ planned: 'ok', until: 2.5 }], answered: {} },
      {
        at: 2,
        attempts: [{ planned: 'ok', at: 2.6 }],
        answered: {},
      },
    );
    expect(decided(thr01, view)).toMatchObject({ broken: [], unknown: [] });
  });

  test('does not count by a reserve that is being raised', () => {
    const view = seen(
      reserve(1),
      long,
      {
        at: 2,
        request: 'PutFunctionConcurrency',
        input: { FunctionName: 'f', ReservedConcurrentExecutions: 5 },
      },
      { at: 3, attempts: ['ok'], answered: {} },
    );
    expect(decided(thr01, view)).toMatchObject({ broken: [] });
  });

  test('is open for a call that is flawed besides', () => {
    const view = seen(reserve(1), long, { at: 2, step: { qualifier: 'gone' }, rejected: { status: 404 } });
    expect(decided(thr01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('SYNC-THR-02', () => {
  test('is kept by the Reason that names the limit', () => {
    expect(decided(thr02, seen(reserve(0), { rejected: throttled(RESERVED) }))).toMatchObject({ kept: 1 });
    expect(decided(thr02, seen({}, { rejected: throttled(ACCOUNT) }))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(thr02, seen({}, { rejected: throttled('CallerRateLimitExceeded') }))).toMatchObject({
      kept: 1,
    });
  });

  test('is broken by no Reason, and by one of its own', () => {
    for (const reason of [undefined, 'Throttled']) {
      expect(decided(thr02, seen({}, { rejected: throttled(reason) })).broken).toHaveLength(1);
    }
  });

  test('is broken by a Reason that names a limit which cannot be the one', () => {
    expect(decided(thr02, seen({}, { rejected: throttled(RESERVED) })).broken).toHaveLength(1);
    expect(decided(thr02, seen(reserve(1), { rejected: throttled(ACCOUNT) })).broken).toHaveLength(1);
  });

  test('says nothing of other refusals', () => {
    expect(decided(thr02, seen({}, { rejected: { status: 400 } }))).toMatchObject({ kept: 0, broken: [] });
  });

  test('takes either limit while the reserve is being taken away', () => {
    const gone = { at: 1, request: 'DeleteFunctionConcurrency', input: { FunctionName: 'f' } } as const;
    for (const reason of [RESERVED, ACCOUNT]) {
      const view = seen(reserve(1), gone, { at: 2, rejected: throttled(reason) });
      expect(decided(thr02, view)).toMatchObject({ kept: 1, broken: [] });
    }
  });
});

describe('SYNC-THR-03', () => {
  test('is kept by 429', () => {
    expect(decided(thr03, seen(reserve(0), { rejected: throttled(RESERVED) }))).toMatchObject({ kept: 1 });
  });

  test('is broken by an attempt, and by another refusal', () => {
    for (const call of [{ attempts: ['ok'], answered: {} }, { rejected: { status: 400 } }] as const) {
      expect(decided(thr03, seen(reserve(0), call)).broken).toHaveLength(1);
    }
  });

  test('says nothing of a reserve of 1', () => {
    expect(decided(thr03, seen(reserve(1), { attempts: ['ok'], answered: {} }))).toMatchObject({ kept: 0 });
  });

  test('grants a settling interval to a reserve that was just set to 0, or given back', () => {
    const set = { FunctionName: 'f', ReservedConcurrentExecutions: 0 };
    const view = seen(
      {},
      { at: 1, request: 'PutFunctionConcurrency', input: set },
      { at: 2, attempts: ['ok'], answered: {} },
      { at: 20, request: 'DeleteFunctionConcurrency', input: { FunctionName: 'f' } },
      { at: 20.1, attempts: ['ok'], answered: {} },
    );
    expect(decided(thr03, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is not asked about a call that is refused for a flaw of its own', () => {
    const view = seen(reserve(0), { step: { qualifier: '7' }, rejected: { status: 404 } });
    expect(decided(thr03, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
