import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { vis01, vis02, vis03, vis05, vis06 } from './visibility.ts';

const kept = { broken: [], unknown: [] };
const thirty: Given = { queue: { visibilityTimeoutSeconds: 30 } };
const lower =
  'request SetQueueAttributes {"QueueUrl":"queue:q","Attributes":{"VisibilityTimeout":"3"}} @0.5: 200';

describe('SQS-VIS-01: a message that was received is in no other attempt', () => {
  test('until the visibility timeout is over: kept', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: throw', 'batch r1 @31: ok');
    expect(decided(vis01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('another attempt before that: broken', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: ok @20', 'batch r1 @15: ok');
    const [breach] = decided(vis01, view).broken;
    expect(breach).toMatchObject({ observed: 'another one 14.00 s later' });
    expect(breach?.entries).toEqual([view.batches[1]?.started, view.batches[0]?.started]);
  });

  test('one attempt alone does not concern it', () => {
    expect(decided(vis01, polled(thirty, 'send r1 @0', 'batch r1 @1: ok')).kept).toBe(0);
  });

  test.each<[string, Given, string[]]>([
    ['it was received up to a second before the attempt', {}, []],
    ['it waited for its window first', { mapping: { windowSeconds: 5 } }, []],
    ['it waited for a slow initialisation', { function: { initSeconds: 5 } }, []],
    ['the visibility timeout was lowered meanwhile', {}, [lower]],
    ['a duplicate within the budget', { tolerances: { duplicateBudget: 1 } }, []],
  ])('%s: kept', (why, given, more) => {
    const at = why.includes('up to a second') ? 30.2 : why.includes('window') ? 10 : 22;
    const view = polled(
      { ...thirty, ...given },
      'send r1 @0',
      'batch r1 @1: throw',
      ...more,
      `batch r1 @${at}: ok`,
    );
    expect(decided(vis01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('a batch that may have been throttled may have been received long before: nobody can tell', () => {
    const given: Given = { ...thirty, function: { reservedConcurrency: 1 } };
    const view = polled(given, 'send r1 r2 @0', 'batch r1 @1: throw', 'batch r1 @20: ok', 'batch r2 @2: ok');
    expect(decided(vis01, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('SQS-VIS-02: after an error a message waits for its visibility timeout', () => {
  test('it does: kept', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: throw', 'batch r1 @32: ok');
    expect(decided(vis02, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('it is received at once: broken', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: throw', 'batch r1 @2: ok');
    expect(decided(vis02, view).broken).toHaveLength(1);
  });

  test('duplicates without an error do not concern it', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: ok', 'batch r1 @2: ok');
    expect(decided(vis02, view).kept).toBe(0);
  });
});

describe('SQS-VIS-03: a message that failed comes again', () => {
  const lines = ['send r1 @0', 'batch r1 @1: throw'];

  test('it did: says nothing more', () => {
    const view = polled(thirty, ...lines, 'batch r1 @31: ok');
    expect(decided(vis03, view)).toMatchObject({ kept: 0, ...kept });
  });

  test('it did not: broken', () => {
    expect(decided(vis03, polled(thirty, ...lines)).broken[0]?.observed).toBe('none');
  });

  test('it did not, of an attempt that was one record short: broken', () => {
    const asked: Given = { ...thirty, mapping: { reportsItemFailures: true } };
    const view = polled(asked, 'send r1 r2 @0', 'batch r1 r2 @1: report r2');
    expect(decided(vis03, view).broken[0]?.expected).toBe('r2 in another attempt after attempt b1 failed');
  });

  test('it was redriven, or received as often as it may be: kept', () => {
    const given: Given = {
      queue: { visibilityTimeoutSeconds: 30, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
      scenario: { queues: [{ name: 'dead' }] },
    };
    expect(decided(vis03, polled(given, ...lines, 'redriven r1 @40'))).toMatchObject(kept);
    expect(decided(vis03, polled(given, ...lines))).toMatchObject({ kept: 1, ...kept });
  });

  test.each<[string, Given, string[]]>([
    ['the observer left before', { ...thirty, closedAt: 32 }, []],
    [
      'the mapping was disabled',
      thirty,
      ['request UpdateEventSourceMapping {"UUID":"mapping:m","Enabled":false} @2: 202'],
    ],
    ['the mapping was deleted', thirty, ['request DeleteEventSourceMapping {"UUID":"mapping:m"} @2: 202']],
    ['the queue was deleted', thirty, ['removed queue/q @2']],
    ['the function was deleted', thirty, ['removed function/f @2']],
    ['the role lost its right', thirty, ['denied queue/q @2']],
    ['it may be too old by then', { queue: { visibilityTimeoutSeconds: 58, retentionSeconds: 60 } }, []],
    ['another mapping may have it', { ...thirty, mappings: [{ name: 'n' }] }, []],
    ['there may be no capacity for it', { ...thirty, function: { reservedConcurrency: 0 } }, []],
    [
      'the page of 2022 has it invisible for longer',
      { ...thirty, mapping: { windowSeconds: 300 }, closedAt: 350 },
      [],
    ],
    ['an attempt beside it deleted it', thirty, ['batch r1 @0.9: ok']],
  ])('%s: nobody can tell', (_why, given, more) => {
    expect(decided(vis03, polled(given, ...lines, ...more))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });

  test('of a FIFO queue, an earlier one of its group may hold it up', () => {
    const fifo: Given = { queue: { fifo: true, visibilityTimeoutSeconds: 30 } };
    const both = polled(fifo, 'send r1/a r2/a @0', 'batch r1 r2 @1: throw');
    expect(decided(vis03, both)).toMatchObject({ broken: [] });
    const apart = polled(fifo, 'send r1/a r2/b @0', 'batch r1 r2 @1: throw');
    expect(decided(vis03, apart).broken).toHaveLength(2);
  });
});

describe('SQS-VIS-05: the advised visibility timeout leaves no attempts beside one another', () => {
  test('one after the other: kept', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: timeout', 'batch r1 @31: ok');
    expect(decided(vis05, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('two at once: broken', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @1: timeout', 'batch r1 @2: ok');
    expect(decided(vis05, view).broken[0]?.observed).toBe('attempt b2 while b1 was in flight');
  });

  test('below the advice it is the configuration’s fault', () => {
    const below: Given = { queue: { visibilityTimeoutSeconds: 17 } };
    const view = polled(below, 'send r1 @0', 'batch r1 @1: timeout', 'batch r1 @3: ok');
    expect(decided(vis05, view)).toMatchObject({ kept: 0, ...kept });
  });

  test('the window counts as well', () => {
    const windowed: Given = { ...thirty, mapping: { windowSeconds: 20 } };
    const view = polled(windowed, 'send r1 @0', 'batch r1 @21: timeout', 'batch r1 @23: ok');
    expect(decided(vis05, view).kept).toBe(0);
  });

  test('a throttle may have used it up: nobody can tell', () => {
    const given: Given = { ...thirty, function: { reservedConcurrency: 1 } };
    const view = polled(given, 'send r1 r2 @0', 'batch r1 @1: ok @3', 'batch r1 @2: ok');
    expect(decided(vis05, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('SQS-VIS-06: window and timeout beyond the visibility timeout', () => {
  const windowed: Given = { mapping: { windowSeconds: 10 }, queue: { visibilityTimeoutSeconds: 10 } };

  test.each([
    ['batch r1 @60: ok', 'received again after window, timeout and 30 s'],
    ['batch r1 @22: ok', 'received again before'],
  ])('%s: %s', (line, label) => {
    const view = polled(windowed, 'send r1 @0', 'batch r1 @11: throw', line);
    expect(decided(vis06, view).observed).toEqual([label]);
  });

  test('where they do not exceed it, it says nothing', () => {
    const view = polled(thirty, 'send r1 @0', 'batch r1 @11: throw', 'batch r1 @60: ok');
    expect(decided(vis06, view).observed).toEqual([]);
  });
});
