import { describe, expect, test } from 'vitest';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { dryrun01, resp01, resp02, retry01, type01 } from './responses.ts';

/** Two calls that nothing but their request ids tells apart. */
const same = { payload: { n: 1 } };

describe('SYNC-RESP-01', () => {
  test('is kept by status 200 for an attempt that failed', () => {
    expect(decided(resp01, seen({}, { attempts: ['throw'], answered: {} }))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by an error status for an attempt that ran', () => {
    const { broken } = decided(
      resp01,
      seen({}, { attempts: ['timeout'], rejected: { status: 502, error: 'BadGateway' } }),
    );
    expect(broken).toMatchObject([{ observed: '502 BadGateway' }]);
  });

  test('says nothing of a call that started no attempt', () => {
    const found = decided(resp01, seen({}, { rejected: { status: 404 } }));
    expect(found).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('is open for an attempt that died with its host', () => {
    const died = { planned: 'ok', ended: null } as const;
    expect(decided(resp01, seen({}, { attempts: [died], rejected: { status: 500 } }))).toMatchObject({
      broken: [],
      unknown: ['the attempt was not seen to end'],
    });
  });

  test('does not blame a refused call for the attempt of another that looks the same', () => {
    const view = seen(
      {},
      { step: same, attempts: [{ planned: 'ok', requestId: 'r-other' }], rejected: { status: 429 } },
      { step: same, answered: {} },
    );
    expect(decided(resp01, view)).toMatchObject({ broken: [] });
    expect(decided(resp01, view).unknown).toHaveLength(1);
  });
});

describe('SYNC-RESP-02', () => {
  const slow = { planned: 'ok', until: 2 } as const;

  test('is kept by an answer that comes with the end', () => {
    expect(decided(resp02, seen({}, { attempts: [slow], answered: { at: 2 } }))).toMatchObject({ kept: 1 });
  });

  test('is broken by an answer in the middle of the attempt', () => {
    const { broken } = decided(resp02, seen({}, { attempts: [slow], answered: { at: 1 } }));
    expect(broken).toMatchObject([{ observed: '1 s' }]);
  });

  test('is broken by an answer long before the timeout of an attempt that was killed', () => {
    const view = seen(
      { functions: [{ timeoutSeconds: 30 }] },
      { attempts: ['timeout'], answered: { at: 3 } },
    );
    expect(decided(resp02, view).broken).toHaveLength(1);
  });

  test('says nothing of an Event call, whose answer waits for nobody', () => {
    const view = seen({}, { step: { type: 'Event' }, attempts: [slow], answered: { at: 0.1 } });
    expect(decided(resp02, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('cannot tell where the answer is the timeout’s, and the handler came to its end a moment later', () => {
    const late = { planned: 'ok', until: 1.05 } as const;
    const answered = { at: 0.9, functionError: 'Unhandled' };
    const view = seen({ functions: [{ timeoutSeconds: 1 }] }, { attempts: [late], answered });
    expect(decided(resp02, view)).toMatchObject({ kept: 0, broken: [], unknown: [expect.any(String)] });
    const succeeded = seen(
      { functions: [{ timeoutSeconds: 1 }] },
      { attempts: [late], answered: { at: 0.9 } },
    );
    expect(decided(resp02, succeeded).broken).toHaveLength(1);
  });

  test('grants the skew of the clocks', () => {
    expect(decided(resp02, seen({}, { attempts: [slow], answered: { at: 1.96 } })).broken).toEqual([]);
  });

  test('knows no end where the timeout was shortened meanwhile', () => {
    const view = seen(
      { functions: [{ timeoutSeconds: 30 }] },
      { at: 0, request: 'UpdateFunctionConfiguration', input: { FunctionName: 'f', Timeout: 1 } },
      { at: 20, attempts: ['timeout'], answered: { at: 21 } },
    );
    expect(decided(resp02, view).broken).toEqual([]);
  });
});

describe('SYNC-RETRY-01', () => {
  test('is kept by one attempt, though it failed', () => {
    expect(decided(retry01, seen({}, { attempts: ['throw'], answered: {} }))).toMatchObject({ kept: 1 });
  });

  test('is broken by a second attempt under the same request id', () => {
    const { broken } = decided(retry01, seen({}, { attempts: ['throw', 'ok'], answered: {} }));
    expect(broken).toMatchObject([{ observed: '2', entries: [{ attempt: 'a-e1-2' }] }]);
  });

  test('is broken by an answer without an attempt', () => {
    expect(decided(retry01, seen({}, { answered: {} })).broken).toMatchObject([{ observed: 'none' }]);
  });

  test('says nothing of a refused call', () => {
    expect(decided(retry01, seen({}, { rejected: {} }))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('leaves attempts under different request ids to the rule about the client', () => {
    const again = { planned: 'ok', requestId: 'r-again' } as const;
    expect(decided(retry01, seen({}, { attempts: ['ok', again], answered: {} }))).toMatchObject({
      broken: [],
    });
  });

  test('does not take the retries of an Event call with the same payload for its own', () => {
    const retried = { planned: 'throw', requestId: 'r-e2' } as const;
    const view = seen(
      {},
      { step: same, attempts: [retried, retried], answered: {} },
      { step: { ...same, type: 'Event' }, answered: {} },
    );
    expect(decided(retry01, view).broken).toEqual([]);
  });

  test('does not miss an attempt that was taken for the one of a twin', () => {
    const other = { planned: 'ok', requestId: 'r-e1' } as const;
    const view = seen(
      {},
      { step: same, answered: {} },
      { step: same, attempts: ['ok', other], answered: {} },
    );
    expect(decided(retry01, view).broken).toEqual([]);
  });

  test('is open where the environment may have failed before the handler was entered', () => {
    const view = seen({}, { answered: { functionError: 'Unhandled' } });
    expect(decided(retry01, view)).toMatchObject({ kept: 0, broken: [] });
    expect(decided(retry01, view).unknown).toHaveLength(1);
  });
});

describe('SYNC-TYPE-01', () => {
  const untyped = { type: undefined } as unknown as { type: 'RequestResponse' };

  test('is kept by status 200', () => {
    expect(decided(type01, seen({}, { step: untyped, attempts: ['ok'], answered: {} }))).toMatchObject({
      kept: 1,
    });
  });

  test('is broken by the answer of the queue', () => {
    const view = seen({}, { step: untyped, attempts: ['ok'], answered: { status: 202 } });
    expect(decided(type01, view).broken).toMatchObject([{ observed: '202' }]);
  });

  test('says nothing of a call that names its type', () => {
    expect(decided(type01, seen({}, { attempts: ['ok'], answered: {} }))).toMatchObject({ kept: 0 });
  });
});

describe('SYNC-DRYRUN-01', () => {
  const dry = { type: 'DryRun' } as const;

  test('is kept by 204 and no attempt', () => {
    expect(decided(dryrun01, seen({}, { step: dry, answered: {} }))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an attempt', () => {
    const view = seen({}, { step: dry, attempts: ['ok'], answered: {} });
    expect(decided(dryrun01, view).broken).toMatchObject([{ observed: 'an attempt' }]);
  });

  test('is broken by another status, and by a refusal without a reason', () => {
    expect(decided(dryrun01, seen({}, { step: dry, answered: { status: 200 } })).broken).toHaveLength(1);
    expect(decided(dryrun01, seen({}, { step: dry, rejected: { status: 400 } })).broken).toHaveLength(1);
  });

  test('says nothing of other calls', () => {
    expect(decided(dryrun01, seen({}, { attempts: ['ok'], answered: {} }))).toMatchObject({ kept: 0 });
  });

  test('does not mind a dry run that finds what it is there to find', () => {
    const view = seen({}, { step: { ...dry, qualifier: '9' }, rejected: { status: 404 } });
    expect(decided(dryrun01, view).broken).toEqual([]);
  });

  test('is open when the observer left at once', () => {
    const view = seen({ closedAt: 0.1 }, { step: dry, answered: {} });
    expect(decided(dryrun01, view).unknown).toHaveLength(1);
  });
});
