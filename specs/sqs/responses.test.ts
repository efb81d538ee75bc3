import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { fifo06, pbr01, pbr02 } from './responses.ts';

const asked: Given = {
  mapping: { batchSize: 3, reportsItemFailures: true },
  queue: { visibilityTimeoutSeconds: 5 },
};

describe('SQS-PBR-01: exactly the messages that are reported stay', () => {
  test('the reported one comes again, the others do not: kept', () => {
    const view = polled(asked, 'send r1..r3 @0', 'batch r1..r3 @1: report r2', 'batch r2 @7: ok', 'left @90');
    expect(decided(pbr01, view)).toMatchObject({ kept: 1, broken: [], unknown: [] });
  });

  test('another one comes again: broken', () => {
    const view = polled(
      asked,
      'send r1..r3 @0',
      'batch r1..r3 @1: report r2',
      'batch r1 r2 @7: ok',
      'left @90',
    );
    expect(decided(pbr01, view).broken[0]?.expected).toBe('r1 deleted after attempt b1 ended ok');
  });

  test('the reported one is gone: broken', () => {
    const view = polled(asked, 'send r1..r3 @0', 'batch r1..r3 @1: report r2', 'left @90');
    expect(decided(pbr01, view).broken[0]?.expected).toBe('r2 kept: no attempt ended ok for it');
  });

  test('the reported one is gone after a later attempt that ended ok: kept', () => {
    const view = polled(
      asked,
      'send r1 r2 @0',
      'batch r1 r2 @1: report r1',
      'batch r1 @7: report r1',
      'batch r1 @13: ok',
      'left @90',
    );
    expect(decided(pbr01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('where partial responses are not asked for it says nothing', () => {
    const view = polled({}, 'send r1 r2 @0', 'batch r1 r2 @1: report r1', 'left @90');
    expect(decided(pbr01, view).kept).toBe(0);
  });

  test('an unknown identifier is no partial response: it says nothing', () => {
    const result = '{"batchItemFailures":[{"itemIdentifier":"nobody"}]}';
    const view = polled(asked, 'send r1 r2 @0', `batch r1 r2 @1: returns ${result}`, 'left @90');
    expect(decided(pbr01, view).kept).toBe(0);
  });
});

describe('SQS-PBR-02: a result that is no JSON fails the whole batch', () => {
  test('all messages come again: kept', () => {
    const view = polled(asked, 'send r1 r2 @0', 'batch r1 r2 @1: unserializable', 'left r1 r2 @3');
    expect(decided(pbr02, view)).toMatchObject({ kept: 1, broken: [], unknown: [] });
  });

  test('they are deleted: broken', () => {
    const view = polled(asked, 'send r1 r2 @0', 'batch r1 r2 @1: unserializable', 'left @90');
    expect(decided(pbr02, view).broken).toHaveLength(1);
  });

  test('other errors do not concern it', () => {
    const view = polled(asked, 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'left @90');
    expect(decided(pbr02, view).kept).toBe(0);
  });
});

describe('SQS-FIFO-06: what becomes of later messages of a group that are not reported', () => {
  const fifo: Given = { ...asked, queue: { fifo: true, visibilityTimeoutSeconds: 5 } };

  test.each([
    [['batch r1 r2 @1: report r1', 'batch r1 @7: ok'], 'later messages of the group are deleted'],
    [['batch r1 r2 @1: report r1', 'batch r1 r2 @7: ok'], 'later messages of the group come again'],
    [['batch r1 r2 @1: report r2', 'batch r2 @7: ok'], 'nothing later of the group was left unreported'],
  ])('%s: %s', (lines, label) => {
    const view = polled(fifo, 'send r1/a r2/a @0', ...lines, 'left @90');
    expect(decided(fifo06, view).observed).toContain(label);
  });

  test('a standard queue does not concern it', () => {
    const view = polled(asked, 'send r1 r2 @0', 'batch r1 r2 @1: report r1', 'left @90');
    expect(decided(fifo06, view).observed).toEqual([]);
  });
});
