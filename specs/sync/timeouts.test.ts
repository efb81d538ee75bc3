import { describe, expect, test } from 'vitest';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { init01, timeout01, timeout02 } from './timeouts.ts';

describe('SYNC-TIMEOUT-01', () => {
  test('is kept by a handler that is stopped and a caller that is told', () => {
    expect(decided(timeout01, seen({}, { attempts: ['timeout'], answered: {} }))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by a handler that is left to run', () => {
    const view = seen(
      {},
      { attempts: [{ planned: 'timeout', ended: 'ok', until: 13 }], answered: { at: 13 } },
    );
    expect(decided(timeout01, view).broken).toMatchObject([{ observed: 'it went on for 13 s' }]);
  });

  test('is broken by an answer that comes much later, or without an error', () => {
    for (const answered of [{ at: 6 }, { functionError: undefined }]) {
      expect(decided(timeout01, seen({}, { attempts: ['timeout'], answered })).broken).toHaveLength(1);
    }
  });

  test('says nothing of a handler that ends by itself', () => {
    expect(decided(timeout01, seen({}, { attempts: ['ok'], answered: {} }))).toMatchObject({ kept: 0 });
  });

  test('speaks of queued attempts as well', () => {
    const left = { planned: 'timeout', ended: 'ok', until: 13 } as const;
    const view = seen({}, { step: { type: 'Event' }, attempts: [left], answered: { at: 0 } });
    expect(decided(timeout01, view).broken).toHaveLength(1);
  });

  test('is open where the timeout was changed meanwhile', () => {
    const view = seen(
      {},
      { at: 0, request: 'UpdateFunctionConfiguration', input: { FunctionName: 'f', Timeout: 60 } },
      { at: 10, attempts: [{ planned: 'timeout', ended: 'ok', until: 23 }], answered: { at: 23 } },
    );
    expect(decided(timeout01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('grants a target some lateness', () => {
    const view = seen(
      {},
      { attempts: [{ planned: 'timeout', ended: 'ok', until: 3.9 }], answered: { at: 4 } },
    );
    expect(decided(timeout01, view).broken.map(({ observed }) => observed)).not.toContain(
      'it went on for 3.9 s',
    );
  });
});

describe('SYNC-TIMEOUT-02', () => {
  test('reports what became of the attempt', () => {
    const view = seen(
      {},
      { hungUp: 1 },
      { attempts: ['ok'], hungUp: 1 },
      { attempts: ['throw'], hungUp: 1 },
      { attempts: ['timeout'], hungUp: 1 },
      { attempts: ['ok'], answered: {} },
    );
    expect(decided(timeout02, view).observed).toEqual([
      'no attempt was seen',
      'the attempt succeeded all the same',
      'the attempt failed',
      'an attempt started, its end was not seen',
    ]);
  });
});

describe('SYNC-INIT-01', () => {
  test('reports how a cold call of a function with slow initialisation ends', () => {
    const view = seen(
      { functions: [{ initSeconds: 12, timeoutSeconds: 30 }] },
      { attempts: ['ok'], answered: {} },
      { answered: { functionError: 'Unhandled' } },
      { attempts: ['throw'], answered: {} },
    );
    expect(decided(init01, view).observed).toEqual([
      'the handler ran to its end',
      'a function error before the handler was entered',
      'the handler was entered, then a function error',
    ]);
  });

  test('says nothing of initialisation within 10 s', () => {
    const view = seen({ functions: [{ initSeconds: 9 }] }, { attempts: ['ok'], answered: {} });
    expect(decided(init01, view).observed).toEqual([]);
  });
});
