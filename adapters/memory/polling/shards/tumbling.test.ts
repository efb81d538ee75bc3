import { describe, expect, test } from 'vitest';
import { asObject, type JsonObject } from '../../../../engine/record.ts';
import { SEEDS } from '../../testing/run.ts';
import { read, records, startedOf } from '../../testing/stream.ts';

const mapping = { tumblingWindowSeconds: 30, batchSize: 2 };

/** The attempts in short: records, state, and the flags of the final invocation. */
const seenOf = (entries: ReturnType<typeof read>) =>
  startedOf(entries).map(({ payload, records: seen = [] }) => {
    const event: JsonObject = asObject(payload) ?? {};
    return {
      records: seen.map(({ record }) => record).join(' '),
      state: event['state'],
      isFinal: event['isFinalInvokeForWindow'],
      isEarly: event['isWindowTerminatedEarly'],
    };
  });
const batch = (text: string, state: JsonObject) => ({ records: text, state, isFinal: false, isEarly: false });
const last = (state: JsonObject) => ({ records: '', state, isFinal: true, isEarly: false });

describe('a tumbling window', () => {
  // AWS, services-kinesis-windows.html: the state of one attempt is given to the next one.
  test('hands the state on, and ends with a final invocation', () => {
    for (const seed of SEEDS)
      expect(seenOf(read({ seed, mapping }, { records: records(3) }))).toEqual([
        batch('r1 r2', {}),
        batch('r3', { attempts: 1 }),
        last({ attempts: 2 }),
      ]);
  });

  test('has what AWS’s example event has', () => {
    const [first] = startedOf(read({ mapping }, { atSeconds: 40, records: records(1) }));
    expect(first?.payload).toMatchObject({
      window: { start: '2025-11-24T12:00:30Z', end: '2025-11-24T12:01:00Z' },
      state: {},
      shardId: 'shardId-000000000000',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/s',
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
      Records: [{ eventName: 'aws:kinesis:record' }],
    });
  });

  test('is that of the arrival, and each window begins without a state', () => {
    const entries = read({ mapping }, { records: records(1) }, { atSeconds: 31, records: [{ record: 'x' }] });
    expect(seenOf(entries)).toEqual([
      batch('r1', {}),
      last({ attempts: 1 }),
      batch('x', {}),
      last({ attempts: 1 }),
    ]);
  });

  test('of which nothing comes any more ends within two minutes', () => {
    for (const seed of SEEDS) {
      const ends = startedOf(read({ seed, mapping }, { records: records(1) })).map(({ at }) => at);
      expect(ends[1]).toBeGreaterThanOrEqual(30);
      expect(ends[1]).toBeLessThan(150);
    }
  });

  test('keeps its state through a failure', () => {
    const entries = read(
      { mapping: { ...mapping, batchSize: 1 } },
      { records: records(2, { r2: ['throw', 'ok'] }) },
    );
    expect(seenOf(entries)).toEqual([
      batch('r1', {}),
      batch('r2', { attempts: 1 }),
      batch('r2', { attempts: 1 }),
      last({ attempts: 2 }),
    ]);
  });

  test('fails where the result has no state', () => {
    const entries = read(
      { mapping: { ...mapping, maximumRetryAttempts: 1 } },
      { records: records(1, { r1: [{ do: 'ok', value: { done: true } }, 'ok'] }) },
    );
    expect(seenOf(entries)).toEqual([batch('r1', {}), batch('r1', {}), last({ attempts: 1 })]);
  });

  test('is not left before its final invocation has succeeded', () => {
    const entries = read(
      {
        mapping: { ...mapping, maximumRetryAttempts: 0, finalPlan: ['throw', 'throw', 'ok', 'throw', 'ok'] },
      },
      { records: records(1) },
      { atSeconds: 31, records: [{ record: 'x' }] },
    );
    expect(seenOf(entries)).toEqual([
      batch('r1', {}),
      ...Array(3).fill(last({ attempts: 1 })),
      batch('x', {}),
      ...Array(2).fill(last({ attempts: 1 })),
    ]);
  });

  // AWS: a state of more than 1 MB ends the window early.
  test('ends early with too large a state', () => {
    const entries = read(
      { mapping: { ...mapping, batchSize: 1 } },
      { records: records(2, { r1: { do: 'ok', stateBytes: 1_048_577 } }) },
    );
    const state = { attempts: 1, filler: { $filler: 1_048_577 } };
    expect(seenOf(entries)).toEqual([
      batch('r1', {}),
      { records: '', state, isFinal: true, isEarly: true },
      batch('r2', {}),
      last({ attempts: 1 }),
    ]);
  });

  test('ends early before the second half of a split batch', () => {
    const entries = read(
      { mapping: { ...mapping, bisects: true } },
      { records: records(2, { r1: ['throw', { do: 'ok', stateBytes: 1_100_000 }] }) },
    );
    expect(seenOf(entries).map(({ records: seen, isEarly }) => [seen, isEarly])).toEqual([
      ['r1 r2', false],
      ['r1', false],
      ['', true],
      ['r2', false],
      ['', false],
    ]);
  });

  // AWS: when a shard ends its window closes, and children begin afresh.
  test('closes with its shard, before the children are read', () => {
    const entries = read(
      { mapping: { ...mapping, tumblingWindowSeconds: 900 } },
      { records: records(1) },
      { atSeconds: 2, do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' },
      { atSeconds: 3, records: [{ record: 'x' }] },
    );
    expect(seenOf(entries)).toEqual([
      batch('r1', {}),
      last({ attempts: 1 }),
      batch('x', {}),
      last({ attempts: 1 }),
    ]);
    expect(startedOf(entries)[2]?.at).toBeLessThan(10);
  });
});
