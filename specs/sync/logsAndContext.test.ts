import { describe, expect, test } from 'vitest';
import { seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { ctx01, log01 } from './logsAndContext.ts';

const tail = { logType: 'Tail' } as const;

describe('SYNC-LOG-01', () => {
  test('is kept by the last 4 KB where they were asked for, and by none elsewhere', () => {
    const view = seen(
      {},
      { step: tail, attempts: ['ok'], answered: { logTail: 'l'.repeat(4_096) } },
      { attempts: ['ok'], answered: {} },
    );
    expect(decided(log01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a whole log', () => {
    const view = seen({}, { step: tail, attempts: ['ok'], answered: { logTail: 'l'.repeat(4_097) } });
    expect(decided(log01, view).broken).toMatchObject([{ observed: '4097 bytes' }]);
  });

  test('is broken by a log that nobody asked for, and by one of an Event call', () => {
    for (const step of [{}, { logType: 'None' }, { ...tail, type: 'Event' }] as const) {
      const view = seen({}, { step, attempts: ['ok'], answered: { logTail: 'START' } });
      expect(decided(log01, view).broken).toHaveLength(1);
    }
  });

  test('is broken by no log where one was asked for', () => {
    expect(decided(log01, seen({}, { step: tail, attempts: ['ok'], answered: {} })).broken).toHaveLength(1);
  });

  test('says nothing of a refused call', () => {
    expect(decided(log01, seen({}, { step: tail, rejected: {} }))).toMatchObject({ kept: 0, broken: [] });
  });

  test('forgives a tail that begins within a character', () => {
    const view = seen(
      {},
      { step: tail, attempts: ['ok'], answered: { logTail: `\uFFFD${'l'.repeat(4_095)}` } },
    );
    expect(decided(log01, view)).toMatchObject({ kept: 1 });
  });
});

describe('SYNC-CTX-01', () => {
  const clientContext = { custom: { tenant: 'a' } };

  test('is kept by a context that reaches a synchronous handler, and no asynchronous one', () => {
    const view = seen(
      {},
      { step: { clientContext }, attempts: [{ planned: 'ok', clientContext }], answered: {} },
      { step: { clientContext, type: 'Event' }, attempts: ['ok'], answered: {} },
    );
    expect(decided(ctx01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a context that is lost', () => {
    const view = seen({}, { step: { clientContext }, attempts: ['ok'], answered: {} });
    expect(decided(ctx01, view).broken).toMatchObject([{ observed: 'none' }]);
  });

  test('is broken by a context that goes through the queue', () => {
    const view = seen(
      {},
      { step: { clientContext, type: 'Event' }, attempts: [{ planned: 'ok', clientContext }], answered: {} },
    );
    expect(decided(ctx01, view).broken).toHaveLength(1);
  });

  test('says nothing of a call without one', () => {
    expect(decided(ctx01, seen({}, { attempts: ['ok'], answered: {} }))).toMatchObject({ kept: 0 });
  });

  test('does not take the attempt of another call, without a context, for its own', () => {
    const view = seen(
      {},
      { step: { clientContext, payload: 1 }, attempts: [{ planned: 'ok', requestId: 'r-e2' }], answered: {} },
      { step: { payload: 1 }, answered: {} },
    );
    expect(decided(ctx01, view).broken).toEqual([]);
  });
});
