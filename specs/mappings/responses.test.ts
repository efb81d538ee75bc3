import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import type { Rule } from '../../engine/rule.ts';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { responseOf } from './response.ts';
import { pbr01, pbr02, pbr03, pbr04, pbr05, pbr06 } from './responses.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const asked: Given = {
  mapping: { reportsItemFailures: true, startingPosition: 'TRIM_HORIZON' },
  queue: { visibilityTimeoutSeconds: 30 },
};
const stream: Given = { mapping: { startingPosition: 'TRIM_HORIZON' }, stream: {} };
const sent = 'send r1 r2 @0';

const returning = (value: Json): string => `batch r1 r2 @1: returns ${JSON.stringify(value)}`;
const naming = (itemIdentifier: Json): Json => ({ batchItemFailures: [{ itemIdentifier }] });

describe('what a batch response means', () => {
  const meaning = (value: Json, given: Given = asked) => {
    const [batch] = polled(given, sent, returning(value)).batches;
    return batch === undefined ? undefined : responseOf(batch).kind;
  };

  test.each<[string, Json, string]>([
    ['null', null, 'success'],
    ['an empty object', {}, 'success'],
    ['a list that is null', { batchItemFailures: null }, 'success'],
    ['an empty list', { batchItemFailures: [] }, 'success'],
    ['an empty identifier', naming(''), 'failure'],
    ['an identifier that is null', naming(null), 'failure'],
    ['a wrong key', { batchItemFailures: [{ identifier: 'x' }] }, 'failure'],
    ['an identifier of no record', naming('nothing'), 'failure'],
    ['a list that is none', { batchItemFailures: 'r1' }, 'failure'],
    ['a text: the pages do not say', 'done', 'unknown'],
  ])('%s', (_what, value, kind) => expect(meaning(value)).toBe(kind));

  test('records of the batch that are named: exactly these failed', () => {
    const [batch] = polled(asked, sent, 'batch r1 r2 @1: report r2').batches;
    if (batch === undefined) throw new Error('no batch');
    expect(responseOf(batch)).toEqual({ kind: 'partial', failed: new Set([batch.seen[1]?.id]) });
  });

  test('where nobody asked, whatever it is: success', () => expect(meaning(naming(''), {})).toBe('success'));

  test('an error: failure, whatever was asked', () => {
    const [batch] = polled({}, sent, 'batch r1 r2 @1: exit').batches;
    expect(batch === undefined ? undefined : responseOf(batch).kind).toBe('failure');
  });
});

const again = 'batch r1 r2 @40: ok';

/** Each rule that wants success: a batch that means it, for SQS and streams. */
describe.each<[string, Rule, Json, Given, Given]>([
  ['POLL-PBR-01: a response that nobody asked for is ignored', pbr01, naming('x'), {}, stream],
  ['POLL-PBR-02: an empty list is success', pbr02, { batchItemFailures: [] }, asked, { ...stream, ...asked }],
  ['POLL-PBR-02: null is success', pbr02, null, asked, { ...stream, ...asked }],
])('%s', (_what, rule, value, ofQueue, ofStream) => {
  test.each([
    ['a queue', ofQueue],
    ['a stream', ofStream],
  ])('of %s, nothing comes again: kept', (_kind, given) => {
    expect(decided(rule, polled(given, sent, returning(value)))).toMatchObject(kept);
  });

  test.each([
    ['a queue', ofQueue],
    ['a stream', ofStream],
  ])('of %s, the batch comes again: broken', (_kind, given) => {
    const found = decided(rule, polled(given, sent, returning(value), again));
    expect(found.broken[0]?.expected).toMatch(/^no further attempt with r1/);
  });

  test('a duplicate within the budget accuses nobody', () => {
    const given = { ...ofQueue, tolerances: { duplicateBudget: 1 } };
    expect(decided(rule, polled(given, sent, returning(value), again)).broken).toEqual([]);
    const once = decided(rule, polled(given, sent, returning(value), again));
    expect([once.kept > 0, once.unknown]).toEqual([true, []]);
  });

  test('one beyond the budget is broken', () => {
    const given = { ...ofQueue, tolerances: { duplicateBudget: 1 } };
    const view = polled(given, sent, returning(value), again, 'batch r1 r2 @80: ok');
    expect(decided(rule, view).broken[0]?.expected).toMatch(/^no further attempt with r1/);
  });

  test('an attempt that outlives the visibility timeout accuses nobody', () => {
    const given: Given = {
      ...ofQueue,
      queue: { visibilityTimeoutSeconds: 30 },
      function: { timeoutSeconds: 60 },
    };
    const long = `batch r1 r2 @1: returns ${JSON.stringify(value)} @45`;
    expect(decided(rule, polled(given, sent, long, 'batch r1 r2 @31: ok')).broken).toEqual([]);
  });
});

test('POLL-PBR-01: with a tumbling window the result is the state, and not judged', () => {
  const given: Given = { ...stream, mapping: { ...stream.mapping, tumblingWindowSeconds: 30 } };
  expect(decided(pbr01, polled(given, sent, returning(naming('x')))).kept).toBe(0);
});

/** Each rule that wants failure. */
describe.each<[string, Rule, string]>([
  ['POLL-PBR-03: an identifier that is empty', pbr03, returning(naming(''))],
  ['POLL-PBR-03: an identifier that is null', pbr03, returning(naming(null))],
  ['POLL-PBR-04: an exception', pbr04, 'batch r1 r2 @1: throw'],
  ['POLL-PBR-04: a timeout', pbr04, 'batch r1 r2 @1: timeout'],
  ['POLL-PBR-05: an identifier of no record', pbr05, returning(naming('nothing'))],
])('%s', (_what, rule, failing) => {
  test('the messages come again: kept', () => {
    expect(decided(rule, polled(asked, sent, failing, again, 'left @60'))).toMatchObject(kept);
  });

  test('they are still in the queue: kept', () => {
    expect(decided(rule, polled(asked, sent, failing, 'left r1 r2 @60'))).toMatchObject(kept);
  });

  test('they are gone: broken', () => {
    const [breach] = decided(rule, polled(asked, sent, failing, 'left @60')).broken;
    expect(breach).toMatchObject({ observed: 'it is gone' });
  });

  test('they are in the dead-letter queue: kept', () => {
    const given = {
      ...asked,
      queue: { visibilityTimeoutSeconds: 30, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
      scenario: { queues: [{ name: 'dead' }] },
    };
    const lines = [sent, failing, 'redriven r1 r2 to queue/dead @40', 'left @60'];
    expect(decided(rule, polled(given, ...lines)).broken).toEqual([]);
  });

  test('nobody looked what the queue holds: nobody can tell', () => {
    expect(decided(rule, polled(asked, sent, failing))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });
});

describe('POLL-PBR-04 on streams', () => {
  test('the batch comes again: kept', () => {
    expect(decided(pbr04, polled(stream, sent, 'batch r1 r2 @1: throw', 'batch r1 r2 @3: ok'))).toMatchObject(
      kept,
    );
  });

  test('it does not: broken', () => {
    const [breach] = decided(pbr04, polled(stream, sent, 'batch r1 r2 @1: throw')).broken;
    expect(breach?.observed).toBe('no further attempt');
  });

  test('a repetition fails after a success: nobody can tell', () => {
    const given = { ...stream, tolerances: { duplicateBudget: 1 } };
    const view = polled(given, sent, 'batch r1 r2 @1: ok', 'batch r1 r2 @3: throw');
    expect(decided(pbr04, view)).toMatchObject({ broken: [], unknown: ['it had succeeded before'] });
  });

  test('its retries are used up: kept', () => {
    const given = { ...stream, mapping: { ...stream.mapping, maximumRetryAttempts: 0 } };
    expect(decided(pbr04, polled(given, sent, 'batch r1 r2 @1: throw'))).toMatchObject(kept);
  });

  test.each<[string, Given, string[]]>([
    ['the observer left early', { closedAt: 20 }, []],
    ['the role lost the right', {}, ['denied stream/s @2']],
    [
      'the mapping was disabled',
      {},
      ['request UpdateEventSourceMapping {"UUID":"mapping:m","Enabled":false} @2: 202'],
    ],
  ])('%s: nobody can tell', (_why, more, lines) => {
    const found = decided(pbr04, polled({ ...stream, ...more }, sent, 'batch r1 r2 @1: throw', ...lines));
    expect(found).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

test('POLL-PBR-06: what a stranger’s identifier does on a stream is reported', () => {
  const given = { ...stream, ...asked };
  const observed = (...more: string[]) =>
    decided(pbr06, polled(given, sent, returning(naming('nothing')), ...more)).observed;
  expect(observed(again)).toEqual(['taken as a failure']);
  expect(observed()).toEqual(['not tried again']);
});
