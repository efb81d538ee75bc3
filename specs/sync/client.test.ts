import { describe, expect, test } from 'vitest';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { client01 } from './client.ts';

const again = { planned: 'ok', requestId: 'r-again' } as const;

describe('SYNC-CLIENT-01', () => {
  test('is kept by one attempt, and by several under one request id, which are the doing of the target', () => {
    const view = seen({}, { attempts: ['ok'], answered: {} }, { attempts: ['ok', 'ok'], answered: {} });
    expect(decided(client01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by attempts of one call under different request ids', () => {
    const { broken } = decided(client01, seen({}, { attempts: ['throw', again], answered: {} }));
    expect(broken).toMatchObject([{ entries: [{ requestId: 'r-again' }, { requestId: 'r-e1' }] }]);
  });

  test('is broken by a client that hangs up by itself before the timeout of the function', () => {
    expect(decided(client01, seen({}, { attempts: ['timeout'], hungUp: 2 })).broken).toHaveLength(1);
  });

  test('says nothing of a refused call', () => {
    expect(decided(client01, seen({}, { rejected: {} }))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not mind a client that was told to hang up', () => {
    const view = seen({}, { step: { hangUpAfterSeconds: 1 }, attempts: ['timeout'], hungUp: 1 });
    expect(decided(client01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is open beside a request that the target took for a call, as empty as the call is', () => {
    const request = {
      at: 1,
      request: 'Invoke',
      input: { FunctionName: 'f', InvocationType: 'Sync' },
    } as const;
    const beside = (payload: object) =>
      seen({}, { step: { payload: { ...payload } }, attempts: ['ok', again], answered: {} }, request);
    expect(decided(client01, beside({}))).toMatchObject({ broken: [], unknown: [expect.any(String)] });
    expect(decided(client01, beside({ n: 1 })).broken).toHaveLength(1);
  });

  test('is open for calls that are repeated, whose attempts may have been mixed up', () => {
    const view = seen({}, { step: { times: 2 }, attempts: ['ok', again], answered: {} });
    expect(decided(client01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
