import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { Step } from '../../engine/scenario.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { withContext } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { rc001, rc002, rc003 } from './zeroReserve.ts';

const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const zero: Given = {
  onFailure: 'queue:failed',
  function: { reservedConcurrency: 0, eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }] },
};
const sent = view(zero, 'e1: accept, record ZeroReservedConcurrency 0');

/** The same history, in which the reserve was raised at that time. */
function raisedAt(seen: View, at: number): View {
  const { scenario, entries } = seen.history;
  const step: Step = {
    atSeconds: at,
    do: 'request',
    operation: 'PutFunctionConcurrency',
    input: { FunctionName: 'f', ReservedConcurrentExecutions: 5 },
  };
  const raised: Entry[] = [
    ...entries,
    { kind: 'requested', at, call: 'raise', step: scenario.steps.length },
    { kind: 'answered', at: at + 0.1, call: 'raise', status: 200 },
  ];
  return viewOf(
    { scenario: { ...scenario, steps: [...scenario.steps, step] }, entries: raised },
    seen.tolerances,
  );
}

describe('ASYNC-RC0-01', () => {
  test('is kept by an event that is sent away without an attempt', () => {
    expect(decided(rc001, sent)).toMatchObject(KEPT);
  });

  test('is broken by an attempt', () => {
    expect(decided(rc001, view(zero, 'e1: accept, ok')).broken).toMatchObject([
      { expected: 'no attempt of e1', observed: 'one' },
    ]);
  });

  test('is broken by silence, at OnFailure or at the dead-letter target', () => {
    expect(decided(rc001, view(zero, 'e1: accept')).broken).toMatchObject([{ observed: 'none' }]);
    const dead: Given = { function: { reservedConcurrency: 0, deadLetter: 'queue:dead' } };
    expect(decided(rc001, view(dead, 'e1: accept')).broken).toMatchObject([
      { expected: 'a dead letter about e1 at queue:dead' },
    ]);
    expect(decided(rc001, view(dead, 'e1: accept, dead'))).toMatchObject(KEPT);
  });

  test('is broken by an event that is given up after hours', () => {
    const seen = view(zero, 'e1: accept, record EventAgeExceeded 0@21600');
    expect(decided(rc001, seen).broken).toMatchObject([{ observed: '21600 s after it was accepted' }]);
  });

  test('says nothing of functions with a reserve, or with none', () => {
    expect(decided(rc001, view({}, 'e1: accept, ok'))).toMatchObject(SILENT);
    expect(decided(rc001, view({ function: { reservedConcurrency: 1 } }, 'e1: accept, ok'))).toMatchObject(
      SILENT,
    );
  });

  test('does not accuse an event that waited in a long queue until the reserve was raised', () => {
    const seen = raisedAt(view(zero, 'e1: accept, ok@60'), 30);
    expect(decided(rc001, seen)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('says nothing where the reserve was raised at about the time of the event', () => {
    expect(decided(rc001, raisedAt(view(zero, 'e1: accept, ok@3'), 0))).toMatchObject(SILENT);
  });
});

describe('ASYNC-RC0-02', () => {
  test('tells what stands in the record', () => {
    expect(decided(rc002, sent).observed).toEqual(['ZeroReservedConcurrency, count 0, no response']);
    const other = withContext(sent, 'requestContext', {
      condition: 'RetriesExhausted',
      approximateInvokeCount: 1,
    });
    expect(decided(rc002, other).observed).toEqual(['another condition, another count, no response']);
  });

  test('says nothing of other records', () => {
    const given: Given = { onFailure: 'queue:failed', retries: 0 };
    expect(decided(rc002, view(given, 'e1: accept, fail, record RetriesExhausted 1')).observed).toEqual([]);
  });
});

describe('ASYNC-RC0-03', () => {
  test('is kept by an event that does not run after the reserve was raised', () => {
    expect(decided(rc003, raisedAt(sent, 30))).toMatchObject(KEPT);
  });

  test('is broken by one that does', () => {
    const seen = raisedAt(view(zero, 'e1: accept, record ZeroReservedConcurrency 0, ok@60'), 30);
    expect(decided(rc003, seen).broken).toMatchObject([
      { observed: 'one, after the reserved concurrency was raised' },
    ]);
  });

  test('says nothing where the reserve was never raised', () => {
    expect(decided(rc003, sent)).toMatchObject(SILENT);
  });

  test('does not accuse an event that ran first, and failed', () => {
    const waited = 'e1: accept, fail@60, fail, fail, record RetriesExhausted 3';
    expect(decided(rc003, raisedAt(view(zero, waited), 30)).broken).toEqual([]);
  });
});
