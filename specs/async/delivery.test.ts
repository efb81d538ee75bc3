import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided, view } from '../testing/notation.ts';
import { dup01, event01, order01, reqid01 } from './delivery.ts';

const event = (attempts: SeenCall['attempts'] = ['ok'], step: SeenCall['step'] = {}, at = 0): SeenCall => ({
  at,
  attempts: attempts ?? [],
  step: { type: 'Event', ...step },
  answered: { at },
});

describe('ASYNC-EVENT-01', () => {
  test('is kept by attempts that get the payload, its keys in whatever order', () => {
    const reordered = { planned: 'throw', payload: { b: 2, a: 1 } } as const;
    expect(
      decided(event01, seen({}, event(['throw', reordered], { payload: { a: 1, b: 2 } }))),
    ).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by a retry that gets it as text', () => {
    const asText = { planned: 'ok', payload: '{"id":"e1"}' } as const;
    expect(decided(event01, seen({}, event(['throw', asText]))).broken).toMatchObject([
      { expected: 'attempt 2 of e1 with the payload that was sent' },
    ]);
  });

  test('is broken by null that arrives as {}', () => {
    const emptied = { planned: 'ok', payload: {} } as const;
    expect(decided(event01, seen({}, event([emptied], { payload: null }))).broken).toHaveLength(1);
  });

  test('grants {} for a call without a body', () => {
    const emptied = { planned: 'ok', payload: {} } as const;
    const history = seen({}, event([emptied], { payload: undefined } as never));
    expect(decided(event01, history)).toMatchObject({ kept: 1, broken: [] });
  });

  test('says nothing of an event without an attempt', () => {
    expect(decided(event01, seen({}, event([])))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});

describe('ASYNC-REQID-01', () => {
  const given = {
    onFailure: 'queue:failed',
    function: { deadLetter: 'queue:dead' },
    scenario: { queues: [{ name: 'failed' }, { name: 'dead' }] },
  };

  test('is kept by a record and a dead letter under the id of the answer', () => {
    const history = view(given, 'e1: accept, fail, record RetriesExhausted 1, dead');
    expect(decided(reqid01, history)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a record under another id', () => {
    const history = view(given, 'e1: accept, fail, record RetriesExhausted 1');
    const record = history.events[0]?.records[0]?.entry;
    const body = record?.kind === 'delivered' ? JSON.stringify(record.body).replace('r-e1', 'r-other') : '';
    Object.assign(record ?? {}, { body: JSON.parse(body) });
    expect(decided(reqid01, history).broken).toMatchObject([{ observed: 'r-other' }]);
  });

  test('says nothing where nothing is delivered', () => {
    expect(decided(reqid01, view({}, 'e1: accept, ok'))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});

describe('ASYNC-DUP-01 reports', () => {
  test.each([
    ['accept, throw, ok', 'no attempt too many'],
    ['accept, ok, ok', 'again after success'],
    ['accept, fail@1, fail@1.02', 'two attempts at once'],
    ['accept, fail, fail, fail, fail', 'more attempts than configured'],
  ])('%s: %s', (words, label) => {
    expect(decided(dup01, view({}, `e1: ${words}`)).observed).toEqual([label]);
  });
});

describe('ASYNC-ORDER-01 reports', () => {
  test('whether events started in the order in which they were accepted', () => {
    expect(decided(order01, view({}, 'e1: accept, ok@1', 'e2: accept@1, ok@2')).observed).toEqual([
      'in order of acceptance',
    ]);
    expect(decided(order01, view({}, 'e1: accept, ok@3', 'e2: accept@1, ok@2')).observed).toEqual([
      'in another order',
    ]);
  });

  test('nothing of events that came together', () => {
    expect(decided(order01, view({}, 'e1: accept, ok@3', 'e2: accept@0.01, ok@2')).observed).toEqual([
      'in order of acceptance',
    ]);
    expect(decided(order01, view({}, 'e1: accept, ok')).observed).toEqual([]);
  });
});
