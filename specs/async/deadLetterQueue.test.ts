import { describe, expect, test } from 'vitest';
import type { Delivered } from '../../engine/history.ts';
import { changed, redelivered } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { dlq01, dlq02, dlq04, dlq05, dlq07, dlq08 } from './deadLetterQueue.ts';

const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const dead: Given = {
  retries: 0,
  function: { deadLetter: 'queue:dead', eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }] },
};
const discarded = view(dead, 'e1: accept, fail, dead');

describe('ASYNC-DLQ-01', () => {
  test('is kept by a dead letter of a discard, and by none of a success', () => {
    expect(decided(dlq01, view(dead, 'e1: accept, fail, dead', 'e2: accept, ok'))).toMatchObject({
      kept: 2,
      broken: [],
    });
  });

  test('is broken by a discard without one', () => {
    expect(decided(dlq01, view(dead, 'e1: accept, fail')).broken).toMatchObject([
      { expected: 'a dead letter about e1 at queue:dead', observed: 'none' },
    ]);
  });

  test('is open where a letter with the same payload names no event, and broken where one has another payload', () => {
    const unnamed = ({ event: _, ...entry }: Delivered): Delivered => entry;
    const told = redelivered(discarded, unnamed);
    expect(decided(dlq01, told)).toMatchObject({
      broken: [],
      unknown: [expect.stringMatching(/names no event/)],
    });
    const other = redelivered(discarded, (entry) => ({ ...unnamed(entry), body: 'another' }));
    expect(decided(dlq01, other).broken).toMatchObject([{ observed: 'none' }]);
  });

  test('is broken by one about a success', () => {
    expect(decided(dlq01, view(dead, 'e1: accept, ok, dead')).broken).toMatchObject([
      { observed: 'one at queue:dead' },
    ]);
  });

  test('says nothing without a dead-letter target, nor of an attempt that is to be retried', () => {
    expect(decided(dlq01, view({ retries: 0 }, 'e1: accept, fail'))).toMatchObject(SILENT);
    const retried: Given = { function: { deadLetter: 'queue:dead' }, closedAt: 10 };
    expect(decided(dlq01, view(retried, 'e1: accept, fail'))).toMatchObject(SILENT);
  });

  test('is open where the target was deleted, or the letter may be too large', () => {
    expect(decided(dlq01, view(dead, 'remove: queue/dead@0', 'e1: accept@1, fail')).broken).toEqual([]);
    expect(
      decided(dlq01, view({ ...dead, payload: { $filler: 900_000 } }, 'e1: accept, fail')).broken,
    ).toEqual([]);
  });

  test('does not accuse where the event may have been executed twice', () => {
    const twice = view({ ...dead, tolerances: { duplicateBudget: 1 } }, 'e1: accept, ok, fail@1, dead');
    expect(decided(dlq01, twice)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('ASYNC-DLQ-02', () => {
  test('is kept by the event as it was sent', () => {
    expect(decided(dlq02, discarded)).toMatchObject(KEPT);
  });

  test('is broken by a record', () => {
    const seen = redelivered(discarded, (entry) => ({ ...entry, body: { requestPayload: entry.body } }));
    expect(decided(dlq02, seen).broken).toMatchObject([{ expected: 'the event as sent' }]);
  });

  test('is broken by the same JSON in other bytes', () => {
    const seen = redelivered(discarded, (entry) => ({ ...entry, text: '{"id": "e1"}' }));
    expect(decided(dlq02, seen).broken).toMatchObject([{ observed: '{"id": "e1"}' }]);
  });

  test('says nothing without a dead letter', () => {
    expect(decided(dlq02, view(dead, 'e1: accept, ok'))).toMatchObject(SILENT);
  });

  test('is kept by a text that is not JSON where the payload is a text, and by a filler', () => {
    const filler = view({ ...dead, payload: { $filler: 100_000 } }, 'e1: accept, fail, dead');
    expect(
      decided(
        dlq02,
        redelivered(filler, (entry) => ({ ...entry, text: '"xxx' })),
      ),
    ).toMatchObject(KEPT);
    expect(decided(dlq02, view({ ...dead, payload: 'text' }, 'e1: accept, fail, dead'))).toMatchObject(KEPT);
  });
});

describe('ASYNC-DLQ-04', () => {
  const both: Given = {
    onFailure: 'queue:failed',
    function: {
      deadLetter: 'queue:dead',
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:failed' }],
    },
  };

  test('is kept by both, and broken by either alone', () => {
    expect(decided(dlq04, view(both, 'e1: accept, fail, record RetriesExhausted 1, dead'))).toMatchObject(
      KEPT,
    );
    expect(decided(dlq04, view(both, 'e1: accept, fail, record RetriesExhausted 1')).broken).toMatchObject([
      { expected: 'a dead letter about e1 at queue:dead' },
    ]);
    expect(decided(dlq04, view(both, 'e1: accept, fail, dead')).broken).toMatchObject([
      { expected: 'a failure record about e1 at queue:failed' },
    ]);
  });

  test('says nothing where only one of them is configured', () => {
    expect(decided(dlq04, view(dead, 'e1: accept, fail, dead'))).toMatchObject(SILENT);
  });

  test('is open where one of them was deleted', () => {
    const seen = view(both, 'remove: queue/dead@0', 'e1: accept@1, fail, record RetriesExhausted 1');
    expect(decided(dlq04, seen)).toMatchObject({ broken: [], unknown: ['queue:dead was deleted'] });
  });

  test('tells the record from the event where both come to one queue', () => {
    const spec = {
      deadLetter: 'queue:all',
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:all' }],
    };
    const one: Given = { onFailure: 'queue:all', function: spec };
    expect(decided(dlq04, view(one, 'e1: accept, fail, record RetriesExhausted 1, dead'))).toMatchObject(
      KEPT,
    );
    expect(decided(dlq04, view(one, 'e1: accept, fail, record RetriesExhausted 1')).broken).toHaveLength(1);
  });
});

describe('ASYNC-DLQ-05', () => {
  test('is kept by an event that is over, and broken by another attempt', () => {
    const gone = 'remove: queue/dead@0';
    expect(decided(dlq05, view(dead, gone, 'e1: accept@1, fail'))).toMatchObject(KEPT);
    expect(decided(dlq05, view(dead, gone, 'e1: accept@1, fail, fail@3')).broken).toMatchObject([
      { observed: 'attempt 2' },
    ]);
  });

  test('says nothing where the target is there', () => {
    expect(decided(dlq05, view(dead, 'e1: accept, fail, fail@3'))).toMatchObject(SILENT);
  });
});

describe('ASYNC-DLQ-07', () => {
  const ofVersion: Given = {
    ...dead,
    qualifier: '1',
    function: {
      deadLetter: 'queue:dead',
      versions: 1,
      eventInvoke: [{ qualifier: '1', maximumRetryAttempts: 0 }],
    },
  };

  test('tells which setting a version has', () => {
    expect(decided(dlq07, view(ofVersion, 'e1: accept, fail, dead')).observed).toEqual([
      'the setting of $LATEST',
    ]);
    expect(decided(dlq07, view(ofVersion, 'e1: accept, fail')).observed).toEqual(['no dead letter']);
  });

  test('says nothing of $LATEST', () => {
    expect(decided(dlq07, discarded).observed).toEqual([]);
  });
});

describe('ASYNC-DLQ-08', () => {
  const large: Given = { ...dead, payload: { $filler: 900_000 } };

  test('tells what became of a large dead letter', () => {
    expect(decided(dlq08, view(large, 'e1: accept, fail')).observed).toEqual(['SQS: lost']);
    const arrived = view(large, 'e1: accept, fail, dead');
    expect(decided(dlq08, arrived).observed).toEqual(['SQS: arrived']);
    const cut = (entry: Delivered): Delivered => ({ ...entry, body: {} });
    const changedLetter = changed(arrived, (entry) => (entry.kind === 'delivered' ? cut(entry) : entry));
    expect(decided(dlq08, changedLetter).observed).toEqual(['SQS: arrived changed']);
  });

  test('says nothing of small ones', () => {
    expect(decided(dlq08, discarded).observed).toEqual([]);
  });
});
