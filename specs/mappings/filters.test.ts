import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { filt01, filt02, filt03, filt04, filt05, filt06, filt07, filt08 } from './filters.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const body: Json = { kind: 'a', n: 300, at: { place: 'eu-1' } };

/** A queue with the filters; `r1` has the body. */
const filtering = (...filters: Json[]): Given => ({ mapping: { filters }, records: { r1: { body } } });
const delivered = ['send r1 @0', 'batch r1 @1: ok'];
const notDelivered = ['send r1 @0'];

describe('POLL-FILT-01: what matches no filter is in no attempt', () => {
  const none = filtering({ body: { kind: ['b'] } });

  test('it is in none: kept', () =>
    expect(decided(filt01, polled(none, ...notDelivered))).toMatchObject(kept));

  test('it is in one: broken', () => {
    expect(decided(filt01, polled(none, ...delivered)).broken[0]?.observed).toBe('one');
  });

  test('the filters were set, or taken away, meanwhile: kept', () => {
    const change = 'request UpdateEventSourceMapping {"UUID":"mapping:m","FilterCriteria":{}} @0: 202';
    expect(decided(filt01, polled(none, change, ...delivered)).broken).toEqual([]);
  });

  test('a pattern on something else than the data is contradictory: kept', () => {
    const other = filtering({ messageAttributes: { Title: { stringValue: ['x'] } } });
    expect(decided(filt01, polled(other, ...delivered)).broken).toEqual([]);
  });

  test('a mapping without filters is not concerned', () => {
    expect(decided(filt01, polled({}, ...delivered)).kept).toBe(0);
  });
});

describe('POLL-FILT-02: one of several filters is enough', () => {
  const one = filtering({ body: { kind: ['a'] } }, { body: { kind: ['b'] } });

  test('delivered: kept', () => expect(decided(filt02, polled(one, ...delivered))).toMatchObject(kept));
  test('not delivered: broken', () => {
    expect(decided(filt02, polled(one, ...notDelivered)).broken[0]?.observed).toBe('none');
  });
  test('a record that matches all, or none, says nothing of that', () => {
    const all = filtering({ body: { kind: ['a'] } }, { body: { n: [300] } });
    const none = filtering({ body: { kind: ['b'] } }, { body: { kind: ['c'] } });
    for (const given of [all, none]) expect(decided(filt02, polled(given, ...delivered)).kept).toBe(0);
  });
});

describe('POLL-FILT-03: texts and plain numbers as they are written', () => {
  test.each<[string, Json, boolean]>([
    ['the same number', { body: { n: [300] } }, true],
    ['the same number, written otherwise', '{"body":{"n":[300.0]}}', false],
    ['another case', { body: { kind: ['A'] } }, false],
    ['exists of something that is no leaf', { body: { at: [{ exists: true }] } }, false],
    ['exists of what is missing', { body: { missing: [{ exists: false }] } }, true],
  ])('%s', (_what, filter, isThrough) => {
    const [right, wrong] = isThrough ? [delivered, notDelivered] : [notDelivered, delivered];
    expect(decided(filt03, polled(filtering(filter), ...right))).toMatchObject(kept);
    expect(decided(filt03, polled(filtering(filter), ...wrong)).broken).toHaveLength(1);
  });
});

describe('POLL-FILT-04: operators', () => {
  test.each<[Json, boolean]>([
    [{ kind: [{ prefix: 'a' }] }, true],
    [{ kind: [{ suffix: 'b' }] }, false],
    [{ kind: [{ 'anything-but': ['a'] }] }, false],
    [{ kind: [{ 'equals-ignore-case': 'A' }] }, true],
    [{ n: [{ numeric: ['>', 10, '<=', 300] }] }, true],
    [{ n: [{ numeric: ['=', 3] }] }, false],
    [{ $or: [{ kind: ['x'] }, { n: [300] }] }, true],
    [{ kind: [{ exists: true }] }, true],
  ])('%j', (pattern, isThrough) => {
    const given = filtering({ body: pattern });
    const [right, wrong] = isThrough ? [delivered, notDelivered] : [notDelivered, delivered];
    expect(decided(filt04, polled(given, ...right))).toMatchObject(kept);
    expect(decided(filt04, polled(given, ...wrong)).broken).toHaveLength(1);
  });

  test('plain patterns do not concern it', () => {
    expect(decided(filt04, polled(filtering({ body: { kind: ['a'] } }), ...delivered)).kept).toBe(0);
  });
});

describe('POLL-FILT-05: under which key the data is', () => {
  const source = (key: string, given: Given): Given => ({
    ...given,
    mapping: { filters: [{ [key]: { kind: ['a'] } }], startingPosition: 'TRIM_HORIZON' },
    records: { r1: { body } },
  });
  test.each<[string, Given]>([
    ['body', { queue: {} }],
    ['data', { stream: {} }],
    ['value', { kafkaTopic: {} }],
    ['data', { brokerQueue: {} }],
  ])('%s of %j: delivered kept, left out broken', (key, given) => {
    const filtered = source(key, given);
    const sent =
      given.stream === undefined && given.kafkaTopic === undefined ? 'send r1 @0' : 'send r1 @0 on 0';
    expect(decided(filt05, polled(filtered, sent, 'batch r1 @1: ok'))).toMatchObject(kept);
    expect(decided(filt05, polled(filtered, sent)).broken).toHaveLength(1);
  });

  test.each<[string, Json[]]>([
    ['an operator', [{ body: { kind: [{ prefix: 'a' }] } }]],
    ['$or', [{ body: { $or: [{ kind: ['a'] }, { n: [1] }] } }]],
    ['a number', [{ body: { n: [300] } }]],
    ['one of several texts', [{ body: { kind: ['a', 'b'] } }]],
    ['several members', [{ body: { kind: ['a'], n: [300] } }]],
    ['several filters', [{ body: { kind: ['a'] } }, { body: { kind: ['a'] } }]],
    ['another key', [{ messageId: ['a'] }]],
  ])('%s: the affair of other rules', (_what, filters) => {
    expect(decided(filt05, polled(filtering(...filters), ...notDelivered))).toMatchObject({
      ...{ kept: 0, broken: [], unknown: [] },
    });
  });

  test('one of several is missing: the key is known, and another rule tells', () => {
    const given = {
      mapping: { filters: [{ body: { kind: ['a'] } }] },
      records: { r1: { body }, r2: { body } },
    };
    expect(decided(filt05, polled(given, 'send r1 r2 @0', 'batch r1 @1: ok'))).toMatchObject(kept);
  });

  test('what was delivered in spite of the filters says nothing of the key', () => {
    expect(decided(filt05, polled(filtering({ body: { kind: ['b'] } }), ...delivered)).broken).toEqual([]);
  });
});

describe('POLL-FILT-06: patterns that are none, and empty criteria', () => {
  const asking = (criteria: Json, answer: string) =>
    polled(
      {},
      `request UpdateEventSourceMapping ${JSON.stringify({ UUID: 'mapping:m', FilterCriteria: criteria })} @0: ${answer}`,
    );
  const pattern = (text: string): Json => ({ Filters: [{ Pattern: text }] });

  test.each(['no', '{"body":"a"}', '{"body":[{"wildcard":"a*"}]}', '[]'])('%s must be refused', (text) => {
    expect(decided(filt06, asking(pattern(text), '400 InvalidParameterValueException'))).toMatchObject(kept);
    expect(decided(filt06, asking(pattern(text), '202')).broken).toHaveLength(1);
  });

  test('a good one is not concerned', () => {
    expect(decided(filt06, asking(pattern('{"body":["a"]}'), '202')).kept).toBe(0);
  });

  test('empty criteria must not be refused', () => {
    const view = asking({}, '400 InvalidParameterValueException');
    const [request] = view.requests;
    if (request?.rejected === undefined) throw new Error('not refused');
    const told = { ...request, rejected: { ...request.rejected, message: 'no' } };
    expect(decided(filt06, { ...view, requests: [told] }).broken).toHaveLength(1);
  });

  test('after empty criteria no filters are told', () => {
    const view = asking({}, '202');
    expect(decided(filt06, view)).toMatchObject(kept);
    const [request] = view.requests;
    if (request?.answered === undefined) throw new Error('no answer');
    const output = { FilterCriteria: { Filters: [{ Pattern: '{}' }] } };
    const told = { ...request, answered: { ...request.answered, output } };
    expect(decided(filt06, { ...view, requests: [told] }).broken[0]?.observed).toBe('1');
  });
});

describe('POLL-FILT-07: what is filtered out takes no place in a batch', () => {
  const given: Given = {
    mapping: {
      batchSize: 2,
      windowSeconds: 5,
      filters: [{ data: { kind: ['a'] } }],
      startingPosition: 'TRIM_HORIZON',
    },
    stream: {},
    records: Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [`r${n + 1}`, { body: { kind: n % 2 === 0 ? 'a' : 'b' } }]),
    ),
  };
  const sent = 'send r1..r9 @0 on 0';

  test('full batches: kept', () => {
    const view = polled(given, sent, 'batch r1 r3 @5: ok', 'batch r5 r7 @6: ok', 'batch r9 @11: ok');
    expect(decided(filt07, view)).toMatchObject(kept);
  });

  test('batches of one: broken', () => {
    const lines = [1, 3, 5, 7, 9].map((n) => `batch r${n} @${n + 5}: ok`);
    expect(decided(filt07, polled(given, sent, ...lines)).broken).toHaveLength(1);
  });

  test('without a window batches may have any size', () => {
    const { windowSeconds: _, ...mapping } = given.mapping ?? {};
    const lines = [1, 3, 5, 7, 9].map((n) => `batch r${n} @${n + 5}: ok`);
    expect(decided(filt07, polled({ ...given, mapping }, sent, ...lines)).kept).toBe(0);
  });
});

test('POLL-FILT-08: which of two equal keys counts is reported', () => {
  const given: Given = {
    mapping: { filters: ['{"body":{"kind":["b"],"kind":["a"]}}'] },
    records: { r1: { body } },
  };
  expect(decided(filt08, polled(given, ...delivered)).observed).toEqual(['the last value counts']);
  expect(decided(filt08, polled(given, ...notDelivered)).observed).toEqual([
    'not as the last value alone would have it',
  ]);
});
