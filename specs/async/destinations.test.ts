import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../engine/scenario.ts';
import { changed } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { dest01, dest02, dest03, dest12, dest13 } from './destinations.ts';

const done: Given = { onSuccess: 'queue:done' };
const failed: Given = { onFailure: 'queue:failed' };
const both: Given = { ...done, ...failed };
const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };

describe('ASYNC-DEST-01', () => {
  test('is kept by a record of a success', () => {
    expect(decided(dest01, view(done, 'e1: accept, fail, ok, record Success 2'))).toMatchObject(KEPT);
  });

  test('is broken by a success of which no record comes', () => {
    expect(decided(dest01, view(done, 'e1: accept, ok')).broken).toMatchObject([
      { expected: 'a success record about e1 at queue:done', observed: 'none' },
    ]);
  });

  test('is broken by a record at OnSuccess about what never succeeded', () => {
    const seen = view(done, 'e1: accept, fail, fail, fail, record RetriesExhausted 3 queue/done');
    expect(decided(dest01, seen).broken).toMatchObject([{ observed: 'one at queue:done' }]);
  });

  test('says nothing without OnSuccess', () => {
    expect(decided(dest01, view(failed, 'e1: accept, ok'))).toMatchObject(SILENT);
  });

  test('is open where the destination was deleted before the record was due', () => {
    const seen = view(done, 'e1: accept, ok@1', 'remove: queue/done@0.5');
    expect(decided(dest01, seen)).toMatchObject({ broken: [], unknown: ['queue:done was deleted'] });
  });

  test('is broken though the destination was deleted, long after', () => {
    const seen = view(done, 'e1: accept, ok@1', 'remove: queue/done@100');
    expect(decided(dest01, seen).broken).toHaveLength(1);
  });

  test('is open where the observer left too early', () => {
    expect(decided(dest01, view({ ...done, closedAt: 1 }, 'e1: accept, ok')).unknown).toHaveLength(1);
  });

  test('is open where the record may be too large', () => {
    const seen = view({ ...done, payload: { $filler: 300_000 } }, 'e1: accept, ok');
    expect(decided(dest01, seen)).toMatchObject({
      broken: [],
      unknown: [expect.stringContaining('too large')],
    });
  });

  test('is open where the destination is FIFO, and takes no records', () => {
    const scenario: Partial<Scenario> = { queues: [{ name: 'done', fifo: true }] };
    expect(decided(dest01, view({ ...done, scenario }, 'e1: accept, ok')).broken).toEqual([]);
  });

  test('is open where a destination function lacks capacity', () => {
    const given: Given = { onSuccess: 'function:g' };
    const g = { name: 'g', timeoutSeconds: 3, reservedConcurrency: 0 };
    const seen = view(given, 'e1: accept, ok');
    const withG = { ...seen.history.scenario, functions: [...seen.history.scenario.functions, g] };
    const starved = view({ ...given, scenario: withG }, 'e1: accept, ok');
    expect(decided(dest01, starved).broken).toEqual([]);
  });

  test('does not take the record of one for that of its twin', () => {
    const twins: Given = { ...done, payload: {} };
    const seen = view(twins, 'e1: accept, ok, record Success 1, record Success 1', 'e2: accept, ok');
    const mixedUp = changed(seen, (entry) =>
      entry.kind === 'started' ? { ...entry, requestId: `own-${entry.attempt}` } : entry,
    );
    expect(decided(dest01, seen).broken).toHaveLength(1);
    expect(decided(dest01, mixedUp).broken).toEqual([]);
  });
});

describe('ASYNC-DEST-02', () => {
  test('is kept by a record of the discard, and by no record of a success', () => {
    const seen = view(failed, 'e1: accept, fail, fail, fail, record RetriesExhausted 3', 'e2: accept, ok');
    expect(decided(dest02, seen)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a discard without a record', () => {
    const seen = view({ ...failed, retries: 0 }, 'e1: accept, fail');
    expect(decided(dest02, seen).broken).toMatchObject([
      { expected: 'a failure record about e1 at queue:failed' },
    ]);
  });

  test('is broken by a record after an attempt that is retried', () => {
    const seen = view(failed, 'e1: accept, fail, record RetriesExhausted 1, fail, fail');
    expect(decided(dest02, seen).broken).toMatchObject([
      { expected: 'no failure record about e1 before its last attempt', observed: 'one before attempt 3' },
    ]);
  });

  test('is broken by a record about a success', () => {
    const seen = view(failed, 'e1: accept, fail, ok, record RetriesExhausted 1');
    expect(decided(dest02, seen).broken).toMatchObject([{ observed: 'one at queue:failed' }]);
  });

  test('says nothing without OnFailure', () => {
    expect(decided(dest02, view(done, 'e1: accept, fail, fail, fail'))).toMatchObject(SILENT);
  });

  test('does not accuse where the event may have been executed twice', () => {
    const given: Given = { ...failed, tolerances: { duplicateBudget: 1 } };
    const seen = view(given, 'e1: accept, ok, fail, record RetriesExhausted 1');
    expect(decided(dest02, seen).broken).toEqual([]);
  });
});

describe('ASYNC-DEST-03', () => {
  test('is kept by one record', () => {
    expect(decided(dest03, view(both, 'e1: accept, ok, record Success 1'))).toMatchObject(KEPT);
  });

  test('is broken by two', () => {
    const seen = view(both, 'e1: accept, ok, record Success 1, record RetriesExhausted 1');
    expect(decided(dest03, seen).broken).toMatchObject([{ observed: '2: success, failure' }]);
  });

  test('says nothing without a record', () => {
    expect(decided(dest03, view(both, 'e1: accept, ok'))).toMatchObject(SILENT);
  });

  test('is kept by two where the event ran twice, within the budget', () => {
    const given: Given = { ...both, tolerances: { duplicateBudget: 1 } };
    const seen = view(given, 'e1: accept, ok, ok, record Success 1, record Success 2');
    expect(decided(dest03, seen)).toMatchObject(KEPT);
  });

  test('takes several attempts of a destination function on one request for one record', () => {
    const g = { name: 'g', timeoutSeconds: 3 };
    const f = {
      name: 'f',
      timeoutSeconds: 3,
      eventInvoke: [{ qualifier: '$LATEST', onSuccess: 'function:g' }],
    };
    const given: Given = { onSuccess: 'function:g', scenario: { functions: [f, g] } };
    const seen = view(given, 'e1: accept, ok, record Success 1, record Success 1@60');
    expect(decided(dest03, seen)).toMatchObject(KEPT);
  });
});

describe('ASYNC-DEST-12', () => {
  const gone = 'remove: queue/failed@0';

  test('is kept by a function that is left alone', () => {
    const seen = view({ ...failed, retries: 0 }, gone, 'e1: accept@1, fail');
    expect(decided(dest12, seen)).toMatchObject(KEPT);
  });

  test('is broken by another attempt', () => {
    const seen = view({ ...failed, retries: 0 }, gone, 'e1: accept@1, fail, fail@3');
    expect(decided(dest12, seen).broken).toMatchObject([{ observed: 'attempt 2' }]);
  });

  test('is broken by another attempt of a success', () => {
    const seen = view(done, 'remove: queue/done@0', 'e1: accept@1, ok, ok@3');
    expect(decided(dest12, seen).broken).toHaveLength(1);
  });

  test('says nothing where the destination is there', () => {
    expect(decided(dest12, view({ ...failed, retries: 0 }, 'e1: accept, fail, fail@3'))).toMatchObject(
      SILENT,
    );
  });
});

describe('ASYNC-DEST-13', () => {
  const called = 'e1: call, fail, answer 200 Unhandled';

  test('is kept by a synchronous call of which nothing is sent', () => {
    expect(decided(dest13, view(failed, called))).toMatchObject(KEPT);
  });

  test('is broken by a record', () => {
    expect(decided(dest13, view(failed, `${called}, record RetriesExhausted 1`)).broken).toMatchObject([
      { observed: 'a record at queue:failed' },
    ]);
  });

  test('is broken by a dead letter', () => {
    const given: Given = { function: { deadLetter: 'queue:dead' } };
    expect(decided(dest13, view(given, `${called}, dead`)).broken).toMatchObject([
      { observed: 'a dead letter at queue:dead' },
    ]);
  });

  test('says nothing of functions that send nothing', () => {
    expect(decided(dest13, view({}, called))).toMatchObject(SILENT);
  });

  test('is open where an event with the same payload was sent, and the request id is neither’s', () => {
    const seen = view(
      { ...failed, payload: {}, retries: 0 },
      `${called}, record RetriesExhausted 1`,
      'e2: accept, fail',
    );
    const odd = changed(seen, (entry) =>
      entry.kind === 'delivered'
        ? { ...entry, body: { ...(entry.body as object), requestContext: { requestId: 'new' } } }
        : entry,
    );
    expect(decided(dest13, odd)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});
