import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { win01, win02, win03, win04 } from './windows.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const windowed = (seconds: number): Given => ({
  mapping: { startingPosition: 'TRIM_HORIZON', windowSeconds: seconds },
  stream: {},
});

describe('POLL-WIN-01: without a window nothing is waited for', () => {
  test('a message alone, at once: kept', () =>
    expect(decided(win01, polled({}, 'send r1 @0', 'batch r1 @3: ok'))).toMatchObject(kept));

  test('after half a minute: broken', () => {
    const [breach] = decided(win01, polled({}, 'send r1 @0', 'batch r1 @30: ok')).broken;
    expect(breach?.observed).toBe('30.0 s after');
  });

  test.each<[string, Given, string[]]>([
    ['it was delayed', { records: { r1: { delaySeconds: 28 } } }, ['send r1 @0', 'batch r1 @30: ok']],
    ['its queue delays all', { queue: { delaySeconds: 28 } }, ['send r1 @0', 'batch r1 @30: ok']],
    ['another attempt was in its way', {}, ['send r1 r2 @0', 'batch r1 @1: ok @28', 'batch r2 @30: ok']],
  ])('%s: kept', (_why, given, lines) => {
    expect(decided(win01, polled({ ...given, function: { timeoutSeconds: 60 } }, ...lines))).toMatchObject(
      kept,
    );
  });

  test.each<[string, Given, string[]]>([
    ['the mapping waits for a window', { mapping: { windowSeconds: 20 } }, []],
    ['the function may have been throttled', { function: { reservedConcurrency: 1 } }, ['send r2 @0']],
    ['the queue was not to be read', {}, ['denied queue/q @0', 'allowed queue/q @20']],
    ['an attempt before failed', {}, ['send r2 @0', 'batch r2 @0.5: throw']],
  ])('%s: not concerned', (_why, given, lines) => {
    const view = polled(given, 'send r1 @0', ...lines, 'batch r1 @30: ok');
    expect(decided(win01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('POLL-WIN-02: a batch that is not full waits for its window', () => {
  const lines = (at: number) => ['send r1 @0', 'batch r1 @1: ok', 'send r2 @2', `batch r2 @${at}: ok`];

  test('ten seconds after the last one: kept', () =>
    expect(decided(win02, polled(windowed(10), ...lines(11)))).toMatchObject(kept));

  test('a tenth earlier: kept', () =>
    expect(decided(win02, polled(windowed(10), ...lines(10.1)))).toMatchObject(kept));

  test('at once: broken', () => {
    const [breach] = decided(win02, polled(windowed(10), ...lines(2.5))).broken;
    expect(breach?.observed).toBe('1.40 s');
  });

  test.each<[string, Given, string[]]>([
    ['a full batch', { ...windowed(10), mapping: { ...windowed(10).mapping, batchSize: 1 } }, lines(2.5)],
    [
      'one that 6 MB may have cut',
      { ...windowed(10), records: { r2: { body: { $filler: 900_000 } } } },
      lines(2.5),
    ],
    ['what is tried again', windowed(10), ['send r1 @0', 'batch r1 @1: throw', 'batch r1 @2: ok']],
    ['pollers of a queue', { mapping: { windowSeconds: 10 } }, lines(2.5)],
    [
      'the last of a shard that was split',
      windowed(10),
      ['send r1 @0', 'batch r1 @1: ok', 'send r2 @2', 'split 0 into 1,2 @2.1', 'batch r2 @2.5: ok'],
    ],
  ])('%s: not concerned', (_why, given, more) => {
    expect(decided(win02, polled(given, ...more))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('POLL-WIN-03: the next window opens when the invocation before completed', () => {
  const lines = (sent: number, at: number) => [
    'send r1 @0',
    'batch r1 @1: ok',
    `send r2 @${sent}`,
    `batch r2 @${at}: ok`,
  ];

  test('the batch starts when that one is over: kept', () =>
    expect(decided(win03, polled(windowed(20), ...lines(10, 21)))).toMatchObject(kept));

  test('it starts a window after its first record: broken', () => {
    expect(decided(win03, polled(windowed(20), ...lines(10, 30))).broken).toHaveLength(1);
  });

  test('its record came when that window was over: kept', () =>
    expect(decided(win03, polled(windowed(20), ...lines(40, 60)))).toMatchObject(kept));

  const broker: Given = { mapping: { windowSeconds: 20 }, brokerQueue: {} };

  test('of Amazon MQ a window after the first message: kept', () =>
    expect(decided(win03, polled(broker, 'send r1 @0', 'batch r1 @20: ok'))).toMatchObject(kept));

  test('of Amazon MQ earlier: broken', () =>
    expect(decided(win03, polled(broker, 'send r1 @0', 'batch r1 @5: ok')).broken).toHaveLength(1));
});

describe('POLL-WIN-04: half a second for Kafka and Amazon MQ', () => {
  const topic: Given = { mapping: { startingPosition: 'TRIM_HORIZON' }, kafkaTopic: {} };

  test('a record alone, soon: kept', () => {
    expect(decided(win04, polled(topic, 'send r1 @0 on 0', 'batch r1 @1: ok'))).toMatchObject(kept);
    expect(decided(win04, polled({ brokerQueue: {} }, 'send r1 @0', 'batch r1 @1: ok'))).toMatchObject(kept);
  });

  test('half a minute later: broken', () =>
    expect(decided(win04, polled(topic, 'send r1 @0 on 0', 'batch r1 @30: ok')).broken).toHaveLength(1));

  test('a mapping with a window of its own is not concerned', () => {
    const given = { ...topic, mapping: { ...topic.mapping, windowSeconds: 60 } };
    expect(decided(win04, polled(given, 'send r1 @0 on 0', 'batch r1 @30: ok')).kept).toBe(0);
  });
});
