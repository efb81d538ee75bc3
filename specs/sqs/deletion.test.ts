import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { del01, del02, del03 } from './deletion.ts';

const kept = { broken: [], unknown: [] };
const two = { mapping: { batchSize: 2 } };
const hasty: Given = { queue: { visibilityTimeoutSeconds: 5 }, function: { timeoutSeconds: 20 } };
const dead: Given = {
  queue: { redrive: { to: 'queue:dead', maxReceiveCount: 2 } },
  scenario: { queues: [{ name: 'dead' }] },
};

describe('SQS-DEL-01: a message is deleted after an attempt that ended ok', () => {
  test('it is gone: kept', () => {
    const view = polled(two, 'send r1 r2 @0', 'batch r1 r2 @1: ok', 'left @90');
    expect(decided(del01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('it is in another attempt: broken', () => {
    const view = polled(two, 'send r1 r2 @0', 'batch r1 r2 @1: ok', 'batch r2 @40: ok', 'left @90');
    const { broken } = decided(del01, view);
    expect(broken.map(({ expected, observed }) => [expected, observed])).toEqual([
      ['r2 deleted after attempt b1 ended ok', 'it was in another attempt'],
    ]);
    expect(broken[0]?.entries[0]).toBe(view.batches[1]?.started);
  });

  test('it is still in the queue: broken', () => {
    const view = polled({}, 'send r1 @0', 'batch r1 @1: ok', 'left r1 @90');
    expect(decided(del01, view).broken[0]?.observed).toBe('it is still in the queue');
  });

  test('a failed attempt does not concern it', () => {
    const view = polled({}, 'send r1 @0', 'batch r1 @1: throw', 'batch r1 @40: ok', 'left @90');
    expect(decided(del01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('its visibility timeout ended before the attempt did: nobody can tell', () => {
    const view = polled(hasty, 'send r1 @0', 'batch r1 @1: ok @5.9', 'batch r1 @6.2: ok', 'left @90');
    expect(decided(del01, view)).toMatchObject({ kept: 1, broken: [], unknown: [expect.any(String)] });
  });

  test('a duplicate within the budget of a standard queue is no breach, of a FIFO queue it is', () => {
    const lines = ['send r1/a @0', 'batch r1 @1: ok', 'batch r1 @40: ok', 'left @90'];
    const tolerances = { duplicateBudget: 1 };
    expect(decided(del01, polled({ tolerances }, ...lines))).toMatchObject({ kept: 2, ...kept });
    expect(decided(del01, polled({ tolerances, queue: { fifo: true } }, ...lines)).broken).toHaveLength(1);
  });

  test('the role lost the right to the queue: it cannot be deleted', () => {
    const view = polled(
      {},
      'send r1 @0',
      'batch r1 @1: ok @3',
      'denied queue/q @2',
      'allowed queue/q @30',
      'batch r1 @32: ok',
      'left @90',
    );
    expect(decided(del01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('the function was deleted while the attempt was in flight: nobody can tell', () => {
    const given: Given = { ...two, function: { timeoutSeconds: 20 } };
    const view = polled(given, 'send r1 @0', 'batch r1 @1: ok @3', 'removed function/f @2', 'left r1 @90');
    expect(decided(del01, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('the queue was looked at just when the attempt ended: nobody can tell', () => {
    const view = polled({}, 'send r1 @0', 'batch r1 @1: ok @2', 'left r1 @2.5');
    expect(decided(del01, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('streams do not concern it', () => {
    const stream = { stream: {}, mapping: { startingPosition: 'TRIM_HORIZON' } } as const;
    const view = polled(stream, 'send r1 @0', 'batch r1 @1: ok', 'batch r1 @2: ok');
    expect(decided(del01, view).kept).toBe(0);
  });
});

describe('SQS-DEL-02: nothing else deletes a message', () => {
  test('it is still in the queue: kept', () => {
    expect(decided(del02, polled({}, 'send r1 @0', 'left r1 @90'))).toMatchObject({ kept: 1, ...kept });
  });

  test('it is gone without an attempt: broken', () => {
    const { broken } = decided(del02, polled({}, 'send r1 @0', 'left @90'));
    expect(broken[0]?.observed).toBe('it is in the queue no more');
  });

  test('it is gone after an attempt that failed: broken', () => {
    const view = polled(hasty, 'send r1 @0', 'batch r1 @1: throw', 'left @90');
    expect(decided(del02, view).broken).toHaveLength(1);
  });

  test('one that an attempt ended ok for does not concern it', () => {
    const view = polled(hasty, 'send r1 @0', 'batch r1 @1: throw', 'batch r1 @7: ok', 'left @90');
    expect(decided(del02, view).kept).toBe(0);
  });

  test.each<[string, Given, string[]]>([
    ['it was redriven', dead, ['send r1 @0', 'redriven r1 @70', 'left @90']],
    ['it was too old', { queue: { retentionSeconds: 60 } }, ['send r1 @0', 'left @90']],
  ])('%s: kept', (_why, given, lines) => {
    expect(decided(del02, polled(given, ...lines))).toMatchObject({ kept: 1, ...kept });
  });

  test.each<[string, Given, string[]]>([
    ['nobody looked what the queue still holds', {}, ['send r1 @0', 'batch r1 @1: throw']],
    [
      'nobody saw what arrived at its dead-letter queue',
      dead,
      ['send r1 @0', 'removed queue/dead @1', 'left @90'],
    ],
    [
      'a filter may have left it out',
      { mapping: { filters: [{ body: { n: [1] } }] } },
      ['send r1 @0', 'left @90'],
    ],
    [
      'it may have been taken for a repetition',
      { queue: { fifo: true }, records: { r2: { deduplicationId: 'r1' } } },
      ['send r1/a r2/a @0', 'batch r1 @1: ok', 'left @90'],
    ],
    [
      'the queue was changed',
      {},
      [
        'send r1 @0',
        'request SetQueueAttributes {"QueueUrl":"queue:q","Attributes":{"MessageRetentionPeriod":"60"}} @1: 200',
        'left @90',
      ],
    ],
  ])('%s: nobody can tell', (why, given, lines) => {
    expect(decided(del02, polled(given, ...lines))).toMatchObject({ broken: [], unknown: [why] });
  });

  test('what the function returned was not seen: not concerned', () => {
    const asked: Given = { mapping: { reportsItemFailures: true } };
    const view = polled(asked, 'send r1 @0', 'batch r1 @1: unseen ok', 'left @90');
    expect(decided(del02, view)).toMatchObject({ kept: 0, ...kept });
  });
});

describe('SQS-DEL-03: after a function error all messages of the batch come again', () => {
  const given: Given = { ...two, queue: { visibilityTimeoutSeconds: 5 } };

  test('they are in later attempts, and in the queue: kept', () => {
    const view = polled(given, 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'batch r1 @7: ok', 'left r2 @8');
    expect(decided(del03, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('one of them is gone: broken', () => {
    const view = polled(given, 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'batch r1 @7: ok', 'left @90');
    expect(decided(del03, view).broken[0]?.expected).toBe('r2 kept: no attempt ended ok for it');
  });

  test.each(['timeout', 'exit', 'oversize', 'unserializable'])('%s is an error too', (outcome) => {
    const view = polled(given, 'send r1 r2 @0', `batch r1 r2 @1: ${outcome}`, 'left r1 @90');
    expect(decided(del03, view).broken).toHaveLength(1);
  });

  test('an attempt beside it may have deleted them: kept', () => {
    const view = polled(given, 'send r1 @0', 'batch r1 @1: ok @9', 'batch r1 @6.5: throw', 'left @90');
    expect(decided(del03, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('a batch response does not concern it', () => {
    const asked: Given = { mapping: { batchSize: 2, reportsItemFailures: true } };
    const view = polled(asked, 'send r1 r2 @0', 'batch r1 r2 @1: report r1', 'left @90');
    expect(decided(del03, view).kept).toBe(0);
  });
});
