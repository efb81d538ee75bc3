import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { err01, thr01, thr02 } from './throttles.ts';

const kept = { broken: [], unknown: [] };
const scarce: Given = { function: { reservedConcurrency: 1 }, queue: { visibilityTimeoutSeconds: 30 } };

describe('SQS-THR-01: a throttled batch is tried again while its messages are invisible', () => {
  test('received once, however late the attempt: kept', () => {
    const view = polled(scarce, 'send r1 r2 @0', 'batch r1 @1: ok', 'batch r2 @25: ok');
    expect(decided(thr01, view)).toMatchObject({ kept: 2, ...kept });
  });

  test('received once more for each visibility timeout: kept', () => {
    const view = polled(scarce, 'send r1 r2 @0', 'batch r2 count 3 @70: ok');
    expect(decided(thr01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('received anew with every throttle: broken', () => {
    const view = polled(scarce, 'send r1 r2 @0', 'batch r2 count 4 @25: ok');
    expect(decided(thr01, view).broken[0]).toMatchObject({
      expected: 'r2 received at most 1 times in 25.1 s',
      observed: 'ApproximateReceiveCount 4',
    });
  });

  test('duplicates within the budget are received as well: kept', () => {
    const given: Given = { ...scarce, tolerances: { duplicateBudget: 1 } };
    expect(decided(thr01, polled(given, 'send r1 r2 @0', 'batch r2 count 2 @25: ok'))).toMatchObject(kept);
  });

  test('a visibility timeout of 0: nobody can tell', () => {
    const given: Given = { ...scarce, queue: { visibilityTimeoutSeconds: 0 } };
    const view = polled(given, 'send r1 r2 @0', 'batch r2 count 4 @25: ok');
    expect(decided(thr01, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('a function with room for all does not concern it', () => {
    const view = polled({}, 'send r1 r2 @0', 'batch r2 count 4 @25: ok');
    expect(decided(thr01, view).kept).toBe(0);
  });
});

describe('SQS-THR-02: a message that is throttled is not lost', () => {
  const none: Given = { ...scarce, function: { reservedConcurrency: 0 } };

  test('it is in the queue: kept', () => {
    expect(decided(thr02, polled(none, 'send r1 @0', 'left r1 @200'))).toMatchObject({ kept: 1, ...kept });
  });

  test('it is in the dead-letter queue: kept', () => {
    const given: Given = {
      ...none,
      queue: { visibilityTimeoutSeconds: 30, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
      scenario: { queues: [{ name: 'dead' }] },
    };
    const view = polled(given, 'send r1 @0', 'redriven r1 @35', 'left @200');
    expect(decided(thr02, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('it is gone: broken', () => {
    expect(decided(thr02, polled(none, 'send r1 @0', 'left @200')).broken).toHaveLength(1);
  });

  test('one that an attempt ended ok for does not concern it', () => {
    expect(decided(thr02, polled(scarce, 'send r1 r2 @0', 'batch r1 r2 @1: ok', 'left @200')).kept).toBe(0);
  });

  test.each<[string, Given, string[]]>([
    ['filters', { ...none, mapping: { filters: [{ body: { kind: ['a'] } }] } }, ['send r1 @0']],
    [
      'a malformed batch response',
      { ...scarce, mapping: { reportsItemFailures: true } },
      ['send r1 r2 @0', 'batch r1 r2 @1: returns {"batchItemFailures":[{"itemIdentifier":""}]}'],
    ],
    ['an error', scarce, ['send r1 r2 @0', 'batch r1 r2 @1: throw']],
  ])('%s may have deleted it: nobody can tell', (_what, given, lines) => {
    const records = { r1: { body: { kind: 'a' } }, r2: { body: { kind: 'a' } } };
    const { broken, unknown } = decided(thr02, polled({ ...given, records }, ...lines, 'left @200'));
    expect(broken).toEqual([]);
    expect(unknown.length).toBeGreaterThan(0);
  });

  test('nobody looked: nobody can tell', () => {
    expect(decided(thr02, polled(none, 'send r1 @0'))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });
});

describe('SQS-ERR-01: what errors do to a mapping’s concurrency', () => {
  const failures = (count: number) =>
    Array.from({ length: count }, (_, k) => `batch r${k + 1} @${1 + k}: throw`);

  test.each([
    ['batch r5 @10: throw @12', 'one at a time after errors'],
    ['batch r5 @10: throw @20', 'few at once after errors'],
  ])('%s: %s', (line, label) => {
    const lines = ['send r1..r6 @0', ...failures(4), line, 'batch r6 @15: throw @16'];
    expect(decided(err01, polled({ mapping: { batchSize: 1 } }, ...lines)).observed).toEqual([label]);
  });

  test('three failures say nothing', () => {
    expect(decided(err01, polled({}, 'send r1..r3 @0', ...failures(3))).observed).toEqual([]);
  });
});
