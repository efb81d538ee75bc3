import { describe, expect, test } from 'vitest';
import { filler } from '../../engine/json.ts';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { errhdr01, errhdr02, payload01, payload02, respsize01 } from './payloads.ts';

const ran = (planned: 'ok' | 'nothing' | 'throw' | 'exit' | 'oversize') =>
  seen({}, { attempts: [planned], answered: {} });

describe('SYNC-ERRHDR-01', () => {
  test('is kept by an error that is told and by a success that is not', () => {
    const view = seen({}, { attempts: ['exit'], answered: {} }, { attempts: ['ok'], answered: {} });
    expect(decided(errhdr01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a timeout without FunctionError', () => {
    const view = seen({}, { attempts: ['timeout'], answered: { functionError: undefined } });
    expect(decided(errhdr01, view).broken).toMatchObject([{ observed: 'no FunctionError' }]);
  });

  test('is broken by a FunctionError after a success', () => {
    const view = seen({}, { attempts: ['ok'], answered: { functionError: 'Unhandled' } });
    expect(decided(errhdr01, view).broken).toMatchObject([{ observed: 'Unhandled' }]);
  });

  test('says nothing of a call without an attempt', () => {
    expect(decided(errhdr01, seen({}, { rejected: {} }))).toMatchObject({ kept: 0, broken: [] });
  });

  test('is open for a handler that was killed on its way out', () => {
    const view = seen(
      {},
      {
        attempts: [{ planned: 'ok', until: 2.9 }],
        answered: {
          functionError: 'Unhandled',
          payload: { errorMessage: 'Task timed out after 3.00 seconds' },
        },
      },
    );
    expect(decided(errhdr01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is open for a result that may be too large', () => {
    const view = seen(
      {},
      { attempts: [{ planned: 'ok', result: filler(6_291_500) }], answered: { functionError: 'Unhandled' } },
    );
    expect(decided(errhdr01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is open for a handler that outlived its timeout: another rule speaks of that', () => {
    const view = seen(
      {},
      { attempts: [{ planned: 'timeout', ended: 'ok', until: 13 }], answered: { at: 3 } },
    );
    expect(decided(errhdr01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('SYNC-ERRHDR-02', () => {
  test('reports the value', () => {
    const view = seen(
      {},
      { attempts: ['throw'], answered: {} },
      { attempts: ['throw'], answered: { functionError: 'Handled' } },
      { attempts: ['throw'], answered: { functionError: 'Error' } },
      { attempts: ['ok'], answered: {} },
    );
    expect(decided(errhdr02, view).observed).toEqual([
      'Unhandled',
      'Handled',
      'neither Unhandled nor Handled',
    ]);
  });
});

describe('SYNC-PAYLOAD-01', () => {
  test('is kept by what was returned, and by null for nothing', () => {
    expect(decided(payload01, ran('ok'))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(payload01, ran('nothing'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a result in a string, by an empty object for nothing, and by no payload', () => {
    for (const [planned, payload] of [
      ['ok', '{"id":"e1"}'],
      ['nothing', {}],
      ['nothing', undefined],
    ] as const) {
      const view = seen({}, { attempts: [planned], answered: { payload } });
      expect(decided(payload01, view).broken).toHaveLength(1);
    }
  });

  test('says nothing of an error', () => {
    expect(decided(payload01, ran('throw'))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not mind the order of keys', () => {
    const view = seen(
      {},
      { attempts: [{ planned: 'ok', result: { a: 1, b: 2 } }], answered: { payload: { b: 2, a: 1 } } },
    );
    expect(decided(payload01, view)).toMatchObject({ kept: 1 });
  });

  test('does not compare the answers of two calls that look the same', () => {
    const twin = { payload: { n: 1 } };
    const view = seen(
      {},
      { step: twin, attempts: [{ planned: 'ok', result: 1, requestId: 'r-e2' }], answered: { payload: 2 } },
      { step: twin, attempts: [{ planned: 'ok', result: 2, requestId: 'r-e1' }], answered: { payload: 1 } },
    );
    expect(decided(payload01, view).broken).toEqual([]);
  });
});

describe('SYNC-PAYLOAD-02', () => {
  test('is kept by an object with errorMessage, whatever else it holds', () => {
    const payload = { errorMessage: '2025-11-24 Task timed out after 3.00 seconds' };
    const view = seen({}, { attempts: ['timeout'], answered: { payload } });
    expect(decided(payload02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a text, and by no payload at all', () => {
    for (const payload of ['thrown', undefined]) {
      expect(
        decided(payload02, seen({}, { attempts: ['throw'], answered: { payload } })).broken,
      ).toHaveLength(1);
    }
  });

  test('says nothing of a success', () => {
    expect(decided(payload02, ran('ok'))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('SYNC-RESPSIZE-01', () => {
  test('is kept by a function error in place of the result', () => {
    expect(decided(respsize01, ran('oversize'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by the result itself', () => {
    const payload = filler(7_000_000);
    const view = seen({}, { attempts: ['oversize'], answered: { functionError: undefined, payload } });
    expect(decided(respsize01, view).broken).toHaveLength(1);
  });

  test('judges an event of that size that is returned as it is', () => {
    const view = seen({}, { attempts: [{ planned: 'ok', result: filler(7_000_000) }], answered: {} });
    expect(decided(respsize01, view).broken).toHaveLength(1);
  });

  test('says nothing of a result below the limit or near to it', () => {
    for (const bytes of [1_000, 6_291_500]) {
      const view = seen({}, { attempts: [{ planned: 'ok', result: filler(bytes) }], answered: {} });
      expect(decided(respsize01, view)).toMatchObject({ kept: 0, broken: [] });
    }
  });
});
