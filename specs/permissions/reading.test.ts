import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { poll01, poll02, poll03, poll04 } from './reading.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const stream: Given = { mapping: { startingPosition: 'TRIM_HORIZON' }, stream: {} };

describe('PERM-POLL-01: without the right to a source nothing is read', () => {
  const denied = ['denied queue/q @0', 'send r1 @150'];

  test('the message stays in the queue: kept', () => {
    expect(decided(poll01, polled({}, ...denied, 'left r1 @500'))).toMatchObject(kept);
  });

  test('an attempt starts: broken', () => {
    const [breach] = decided(poll01, polled({}, ...denied, 'batch r1 @151: ok', 'left @500')).broken;
    expect(breach?.observed).toBe('one at 151.0 s');
  });

  test('the message is gone: broken', () => {
    expect(decided(poll01, polled({}, ...denied, 'left @500')).broken).toMatchObject([
      { observed: 'it is gone' },
    ]);
  });

  test('nobody looked what the queue holds: nobody can tell', () => {
    expect(decided(poll01, polled({}, ...denied)).unknown).toHaveLength(1);
  });

  test('a stream, with an attempt: broken', () => {
    const view = polled(stream, 'denied stream/s @0', 'send r1 @150 on 0', 'batch r1 @151: ok');
    expect(decided(poll01, view).broken).toHaveLength(1);
  });

  test.each<[string, Given, string[]]>([
    [
      'it was read when the right had come back',
      {},
      [...denied, 'allowed queue/q @200', 'batch r1 @201: ok'],
    ],
    ['the queue keeps nothing for long', { queue: { retentionSeconds: 60 } }, [...denied, 'left @500']],
    [
      'another mapping read it',
      {
        mappings: [{ name: 'n', function: 'g' }],
        scenario: { functions: [{ name: 'g', timeoutSeconds: 3 }] },
      },
      [...denied, 'left @500'],
    ],
  ])('%s: not accused', (_why, given, lines) => {
    expect(decided(poll01, polled(given, ...lines)).broken).toEqual([]);
  });

  test('what was sent before the change has settled is not concerned', () => {
    expect(decided(poll01, polled({}, 'denied queue/q @0', 'send r1 @60', 'batch r1 @61: ok')).kept).toBe(0);
  });
});

test('PERM-POLL-02: whether a mapping is made whose source cannot be read is reported', () => {
  const given: Given = {
    scenario: { functions: [{ name: 'g', timeoutSeconds: 3 }], queues: [{ name: 'p' }] },
  };
  const request =
    'request CreateEventSourceMapping {"FunctionName":"f","EventSourceArn":"queue:p"} as n @200: ';
  const observed = (answer: string, denied = 'denied queue/p @0') =>
    decided(poll02, polled(given, denied, request + answer)).observed;
  expect(observed('202')).toEqual(['taken']);
  expect(observed('400 InvalidParameterValueException')).toEqual([
    'refused with InvalidParameterValueException',
  ]);
  expect(observed('202', 'denied queue/p @190')).toEqual([]);
});

describe('PERM-POLL-03: a mapping needs no resource-based policy', () => {
  test('it invokes: kept', () => {
    expect(decided(poll03, polled({}, 'send r1 @0', 'batch r1 @1: ok'))).toMatchObject(kept);
  });

  test('it never does: broken', () => {
    expect(decided(poll03, polled({}, 'send r1 @0')).broken).toHaveLength(1);
  });

  test('it is disabled: nobody can tell', () => {
    expect(decided(poll03, polled({ mapping: { enabled: false } }, 'send r1 @0')).unknown).toHaveLength(1);
  });

  test('a filter may have kept the records back: nobody can tell', () => {
    const filters = [{ body: { record: ['r1'] } }];
    expect(decided(poll03, polled({ mapping: { filters } }, 'send r1 @0')).unknown).toHaveLength(1);
  });

  test('the time at which it begins may have been misread, or its LATEST found late: nobody can tell', () => {
    for (const position of [
      { startingPosition: 'AT_TIMESTAMP' as const, startingAtSeconds: -10 },
      { startingPosition: 'LATEST' as const },
    ])
      expect(
        decided(poll03, polled({ stream: {}, mapping: position }, 'send r1 @0 on 0')).unknown,
      ).toHaveLength(1);
  });

  test('a shard was split, and the records may have gone with it: nobody can tell', () => {
    const given: Given = { stream: {}, mapping: { startingPosition: 'TRIM_HORIZON' } };
    const view = polled(given, 'send r1 @0 on 0', 'split 0 into 1,2 @1');
    expect(decided(poll03, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
    expect(decided(poll03, polled(given, 'send r1 @0 on 0')).broken).toHaveLength(1);
  });

  test('a function with a policy, or nothing sent, is not concerned', () => {
    const given: Given = { function: { policy: [{ service: 'sns' }] } };
    expect(decided(poll03, polled(given, 'send r1 @0', 'batch r1 @1: ok')).kept).toBe(0);
    expect(decided(poll03, polled({})).kept).toBe(0);
  });
});

describe('PERM-POLL-04: with the right back, what waited is delivered', () => {
  const lines = ['denied queue/q @0', 'send r1 @150', 'allowed queue/q @200'];

  test('it is: kept', () =>
    expect(decided(poll04, polled({}, ...lines, 'batch r1 @210: ok'))).toMatchObject(kept));

  test('it is not: broken', () => {
    expect(decided(poll04, polled({}, ...lines)).broken).toMatchObject([{ observed: 'none' }]);
  });

  test('of a stream it is not: broken', () => {
    const view = polled(stream, 'denied stream/s @0', 'send r1 @150 on 0', 'allowed stream/s @200');
    expect(decided(poll04, view).broken).toHaveLength(1);
  });

  test.each<[string, Given, string[]]>([
    ['the observer left soon after', { closedAt: 300 }, lines],
    ['the message was too old by then', { queue: { retentionSeconds: 60 } }, lines],
    ['the function was deleted', {}, [...lines, 'removed function/f @201']],
  ])('%s: nobody can tell', (_why, given, all) => {
    const found = decided(poll04, polled(given, ...all));
    expect(found).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('where the right is taken away once more, it is not concerned', () => {
    expect(decided(poll04, polled({}, ...lines, 'denied queue/q @210')).kept).toBe(0);
  });
});
