import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import { seen } from '../testing/calls.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { loss01, metric01, term01 } from './conservation.ts';

const KEPT = { kept: 1, broken: [], unknown: [] };

const told: Given = { onFailure: 'queue:failed', scenario: { queues: [{ name: 'failed' }] } };

describe('ASYNC-TERM-01', () => {
  test('is kept by events that succeed, and by those that are discarded and told of', () => {
    expect(decided(term01, view(told, 'e1: accept, fail, ok'))).toMatchObject(KEPT);
    expect(
      decided(term01, view(told, 'e1: accept, fail, fail, fail, record RetriesExhausted 3')),
    ).toMatchObject(KEPT);
  });

  test('is broken by an event that never runs', () => {
    expect(decided(term01, view({}, 'e1: accept')).broken).toMatchObject([
      { expected: 'an attempt of e1', observed: 'neither an attempt nor a record' },
    ]);
    expect(decided(term01, view({ closedAt: 5 }, 'e1: accept')).broken).toHaveLength(1);
  });

  test('is broken by a discarded event that is not told of', () => {
    expect(decided(term01, view(told, 'e1: accept, fail, fail, fail')).broken).toMatchObject([
      { expected: 'a failure record about e1 at queue:failed' },
    ]);
  });

  test('does not ask for an attempt of an event that came at zero reserve', () => {
    expect(decided(term01, view({ function: { reservedConcurrency: 0 } }, 'e1: accept'))).toMatchObject(KEPT);
  });

  test('is open where the observer left too early, or a handler’s end was not seen', () => {
    expect(decided(term01, view({ closedAt: 1 }, 'e1: accept')).unknown).toHaveLength(1);
    expect(decided(term01, view({}, 'e1: accept, start ok')).unknown).toHaveLength(1);
  });

  test('does not take the record to a deleted queue for lost', () => {
    const history = view(told, 'e1: accept, fail, fail, fail');
    expect(decided(term01, { ...history, removed: new Map([['queue:failed', 1]]) })).toMatchObject({
      broken: [],
    });
  });

  test('does not count attempts that may be another event’s', () => {
    const attempts = [{ planned: 'ok', requestId: 'r-other' }] as const;
    const step = { type: 'Event', payload: 1 } as const;
    const history = seen(
      {},
      { step, attempts: [...attempts, ...attempts], answered: { at: 0 } },
      { step, answered: { at: 0 } },
    );
    expect(decided(term01, history)).toMatchObject({ broken: [], kept: 1, unknown: [{}] });
  });

  test('says nothing of calls', () => {
    expect(decided(term01, view({}, 'e1: call, answer 200'))).toMatchObject({
      kept: 0,
      broken: [],
      unknown: [],
    });
  });
});

describe('ASYNC-LOSS-01 reports', () => {
  const reserve: Given = { ...told, function: { reservedConcurrency: 1 } };

  test.each([
    ['throttle@1, ok@2', 'ran in the end'],
    ['throttle@1', 'no attempt, and nothing arrived about it'],
    ['throttle@1, record EventAgeExceeded 0@30', 'discarded before its age limit'],
    ['throttle@1, record EventAgeExceeded 0@21700', 'discarded at its age limit'],
  ])('%s: %s', (words, label) => {
    expect(decided(loss01, view(reserve, `e1: accept, ${words}`)).observed).toEqual([label]);
  });

  test('nothing of an event that was not throttled', () => {
    expect(decided(loss01, view(reserve, 'e1: accept, ok')).observed).toEqual([]);
  });
});

describe('ASYNC-METRIC-01 reports', () => {
  const metrics = (received: number, dropped: number): Entry[] => [
    { kind: 'metric', at: 9, function: 'f', name: 'AsyncEventsReceived', value: received },
    { kind: 'metric', at: 9, function: 'f', name: 'AsyncEventsDropped', value: dropped },
  ];
  const failing = { step: { type: 'Event' }, attempts: ['throw'], answered: { at: 0 } } as const;
  const config = { functions: [{ eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }] }] };

  test.each([
    [1, 1, 'received as accepted, dropped as discarded'],
    [2, 1, 'received: more than accepted'],
    [0, 1, 'received: fewer than accepted'],
    [1, 0, 'dropped: fewer than discarded'],
    [1, 2, 'dropped: more than discarded'],
  ])('%i received, %i dropped: %s', (received, dropped, label) => {
    expect(
      decided(metric01, seen({ ...config, entries: metrics(received, dropped) }, failing)).observed,
    ).toEqual([label]);
  });

  test('nothing where no metrics are shown', () => {
    expect(decided(metric01, seen(config, failing)).observed).toEqual([]);
  });
});
