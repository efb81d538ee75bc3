import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { rdr01, rdr02, rdr03 } from './redrive.ts';

const kept = { broken: [], unknown: [] };
const twice: Given = {
  queue: { visibilityTimeoutSeconds: 5, redrive: { to: 'queue:dead', maxReceiveCount: 2 } },
  scenario: { queues: [{ name: 'dead' }] },
};
const tried = ['send r1 @0', 'batch r1 @1: throw', 'batch r1 @7: throw'];

describe('SQS-RDR-01: at most maxReceiveCount attempts, then the dead-letter queue', () => {
  test('redriven after the last: kept', () => {
    expect(decided(rdr01, polled(twice, ...tried, 'redriven r1 @13'))).toMatchObject({ kept: 1, ...kept });
  });

  test('one attempt more: broken', () => {
    const view = polled(twice, ...tried, 'batch r1 @13: throw', 'redriven r1 @19');
    expect(decided(rdr01, view).broken[0]).toMatchObject({
      expected: 'r1 in at most 2 attempts',
      observed: '3',
    });
  });

  test('it never arrives: broken', () => {
    expect(decided(rdr01, polled(twice, ...tried)).broken[0]?.observed).toBe('it did not arrive there');
  });

  test('it succeeded in time: kept', () => {
    const view = polled(twice, 'send r1 @0', 'batch r1 @1: throw', 'batch r1 @7: ok');
    expect(decided(rdr01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('a queue without a dead-letter queue does not concern it', () => {
    const view = polled({ queue: { visibilityTimeoutSeconds: 5 } }, ...tried, 'batch r1 @13: throw');
    expect(decided(rdr01, view).kept).toBe(0);
  });

  test('receives that ended in a throttle were counted: redriven after fewer attempts is kept', () => {
    const view = polled(twice, 'send r1 @0', 'batch r1 count 2 @7: throw', 'redriven r1 @13');
    expect(decided(rdr01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test.each<[string, Given, string[]]>([
    ['the observer left before', { ...twice, closedAt: 14 }, []],
    [
      'the dead-letter queue is gone, and nobody knows what comes then',
      twice,
      ['removed queue/dead @2', 'batch r1 @13: throw'],
    ],
    [
      'a mapping reads the dead-letter queue',
      { ...twice, mappings: [{ name: 'n', source: 'queue:dead' }] },
      [],
    ],
    [
      'the mapping was disabled',
      twice,
      ['request UpdateEventSourceMapping {"UUID":"mapping:m","Enabled":false} @8: 202'],
    ],
  ])('%s: nobody can tell', (_why, given, more) => {
    expect(decided(rdr01, polled(given, ...tried, ...more))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });

  test('a duplicate within the budget is no attempt too many', () => {
    const view = polled(
      { ...twice, tolerances: { duplicateBudget: 1 } },
      ...tried,
      'batch r1 @8: throw',
      'redriven r1 @19',
    );
    expect(decided(rdr01, view)).toMatchObject({ kept: 1, ...kept });
  });
});

describe('SQS-RDR-02: only throttles redrive a message after fewer attempts', () => {
  test('after as many as the queue says: kept', () => {
    expect(decided(rdr02, polled(twice, ...tried, 'redriven r1 @13'))).toMatchObject({ kept: 1, ...kept });
  });

  test('after one less, and nothing was throttled: broken', () => {
    const view = polled(twice, 'send r1 @0', 'batch r1 @1: throw', 'redriven r1 @7');
    expect(decided(rdr02, view).broken[0]?.observed).toBe('after 1 attempts');
  });

  test('what was never redriven does not concern it', () => {
    expect(decided(rdr02, polled(twice, ...tried)).kept).toBe(0);
  });

  test.each<[string, Given, string[]]>([
    ['the function may have lacked capacity', { ...twice, function: { reservedConcurrency: 0 } }, []],
    ['the visibility timeout may have ended during an attempt', twice, ['batch r1 @8: ok @14']],
    ['it may have ended within a window', { ...twice, mapping: { windowSeconds: 10 } }, []],
    [
      'the mapping was deleted, with messages it had received',
      twice,
      ['request DeleteEventSourceMapping {"UUID":"mapping:m"} @2: 202'],
    ],
  ])('%s: nobody can tell', (_why, given, more) => {
    const view = polled(given, 'send r1 r2 @0', 'batch r1 @1: throw', ...more, 'redriven r2 @20');
    expect(decided(rdr02, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('SQS-RDR-03: what is the function’s own never gets messages of a queue', () => {
  const own: Given = { function: { deadLetter: 'queue:own' }, scenario: { queues: [{ name: 'own' }] } };

  test('nothing arrived: kept', () => {
    expect(decided(rdr03, polled(own, 'send r1 @0', 'batch r1 @1: throw'))).toMatchObject({
      kept: 1,
      ...kept,
    });
  });

  test('the batch arrived at its dead-letter queue: broken', () => {
    const view = polled(
      own,
      'send r1 @0',
      'batch r1 @1: throw',
      'arrived {"Records":[{"body":"{}","eventSource":"aws:sqs"}]} to queue/own @2',
    );
    expect(decided(rdr03, view).broken[0]?.expected).toBe(
      'nothing of the mapping m at queue:own, which is for events of the function',
    );
  });

  test('what a topic sent, and the function failed on, arrived there: kept', () => {
    const view = polled(
      own,
      'send r1 @0',
      'batch r1 @1: ok',
      'arrived {"Records":[{"EventSource":"aws:sns","Sns":{}}]} to queue/own @2',
    );
    expect(decided(rdr03, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('the function has none: it says nothing', () => {
    expect(decided(rdr03, polled({}, 'send r1 @0', 'batch r1 @1: throw')).kept).toBe(0);
  });
});
