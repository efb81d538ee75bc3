import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { batch01, batch03, ord01 } from './batching.ts';

const kept = { broken: [], unknown: [] };

describe('SQS-BATCH-01: ten messages in a batch where nothing is said', () => {
  test('ten: kept', () => {
    const view = polled({}, 'send r1..r11 @0', 'batch r1..r10 @1: ok', 'batch r11 @1: ok');
    expect(decided(batch01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('eleven: broken', () => {
    const view = polled({}, 'send r1..r11 @0', 'batch r1..r11 @1: ok');
    expect(decided(batch01, view).broken[0]).toMatchObject({ observed: '11' });
  });

  test('a mapping that names its batch size, or is given one, does not concern it', () => {
    const lines = ['send r1..r11 @0', 'batch r1..r11 @5: ok'];
    const named: Given = { mapping: { batchSize: 100, windowSeconds: 1 } };
    expect(decided(batch01, polled(named, ...lines)).kept).toBe(0);
    const larger = 'request UpdateEventSourceMapping {"UUID":"mapping:m","BatchSize":11} @1: 202';
    expect(decided(batch01, polled({}, larger, ...lines)).kept).toBe(0);
  });
});

describe('SQS-BATCH-03: windows that close late', () => {
  const windowed: Given = { mapping: { windowSeconds: 5 } };

  test.each([
    [5, 'within the window'],
    [20, 'up to 20 s after the window'],
    [40, 'later'],
  ])('an attempt after %i s: %s', (at, label) => {
    const view = polled(windowed, 'send r1 @0', `batch r1 @${at}: ok`);
    expect(decided(batch03, view).observed).toEqual([label]);
  });

  test('the delay of a message does not count', () => {
    const view = polled(
      { ...windowed, records: { r1: { delaySeconds: 30 } } },
      'send r1 @0',
      'batch r1 @34: ok',
    );
    expect(decided(batch03, view).observed).toEqual(['within the window']);
  });

  test('full batches, and messages that come again, do not concern it', () => {
    const full: Given = { mapping: { windowSeconds: 5, batchSize: 1 } };
    expect(decided(batch03, polled(full, 'send r1 @0', 'batch r1 @1: ok')).observed).toEqual([]);
    const again = polled(windowed, 'send r1 @0', 'batch r1 @5: throw', 'batch r1 @90: ok');
    expect(decided(batch03, again).observed).toHaveLength(1);
  });
});

describe('SQS-ORD-01: the order of a standard queue', () => {
  test.each([
    [['batch r1 @1: ok', 'batch r2 r3 @2: ok'], 'in order'],
    [['batch r2 @1: ok', 'batch r1 r3 @2: ok'], 'out of order'],
  ])('%s: %s', (lines, label) => {
    expect(decided(ord01, polled({}, 'send r1..r3 @0', ...lines)).observed).toEqual([label]);
  });

  test('a FIFO queue does not concern it', () => {
    const view = polled({ queue: { fifo: true } }, 'send r1/a @0', 'batch r1 @1: ok');
    expect(decided(ord01, view).observed).toEqual([]);
  });
});
