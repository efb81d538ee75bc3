/** AWS, with-mq.html: what is acknowledged is gone, what fails comes again. */
import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { mqAck01, mqRet01 } from './brokers.ts';

const broker: Given = { brokerQueue: {} };
const kept = { kept: 1, broken: [], unknown: [] };

describe('MQ-ACK-01: messages of an attempt that ended ok are gone', () => {
  test('gone: kept', () => {
    expect(
      decided(mqAck01, polled(broker, 'send r1 @0', 'batch r1 @1: ok', 'left in broker/b @60')),
    ).toMatchObject(kept);
  });

  test('in another attempt, or still in the queue: broken', () => {
    const again = polled(broker, 'send r1 @0', 'batch r1 @1: ok', 'batch r1 @5: ok');
    expect(decided(mqAck01, again).broken[0]?.observed).toBe('one');
    const left = polled(broker, 'send r1 @0', 'batch r1 @1: ok', 'left r1 in broker/b @60');
    expect(decided(mqAck01, left).broken[0]?.observed).toBe('still there when the observer left');
  });

  test.each([
    ['looked at right after the attempt', ['batch r1 @1: ok @2', 'left r1 in broker/b @2.01']],
    ['looked at while the attempt was under way', ['batch r1 @1: ok @9', 'left r1 in broker/b @5']],
    [
      'whose mapping was deleted meanwhile',
      [
        'batch r1 @1: ok @9',
        'request DeleteEventSourceMapping {"UUID":"mapping:m"} @5: 202',
        'left r1 in broker/b @60',
      ],
    ],
  ])('a message still there, %s: not accused', (_why, lines) => {
    expect(decided(mqAck01, polled(broker, 'send r1 @0', ...lines)).broken).toEqual([]);
  });
});

describe('MQ-RET-01: a batch that fails is tried again, whole', () => {
  test('kept, and broken where a message is missing', () => {
    const whole = polled(broker, 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'batch r1 r2 @3: ok');
    expect(decided(mqRet01, whole)).toMatchObject(kept);
    const part = polled(broker, 'send r1 r2 @0', 'batch r1 r2 @1: throw', 'batch r2 @3: ok');
    expect(decided(mqRet01, part).broken).toHaveLength(1);
  });
});
