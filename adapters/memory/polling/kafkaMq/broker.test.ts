import { describe, expect, test } from 'vitest';
import { consume, create, remove, update } from '../../testing/log.ts';
import { batchesIn, leftIn, mostAtOnce, recordsIn } from '../../testing/queue.ts';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, records, startsOf } from '../../testing/stream.ts';

const ENGINES = ['activeMq', 'rabbitMq'] as const;

describe.each(ENGINES)('a message of %s', (engine) => {
  test('is acknowledged when its attempt has ended ok: it is in one, and not in the queue', () => {
    for (const seed of SEEDS) {
      const entries = consume({ seed, engine }, { records: records(3) });
      expect(recordsIn(entries).toSorted()).toEqual(['r1', 'r2', 'r3']);
      expect(leftIn(entries, 'broker:b')).toEqual([]);
    }
  });

  test('comes again with its whole batch until that succeeds, more than ten times', () => {
    const plan = [...Array(12).fill('throw'), 'ok'];
    const entries = consume({ engine }, { records: records(2, { r1: plan }) });
    expect(batchesOf(entries)).toEqual(Array(13).fill('r1 r2'));
    expect(leftIn(entries, 'broker:b')).toEqual([]);
  });

  test('that no filter lets through is acknowledged at once', () => {
    const entries = consume(
      { engine, mapping: { filters: ['{"data":{"record":["r1"]}}'] } },
      { records: records(2) },
    );
    expect(batchesOf(entries)).toEqual(['r1']);
    expect(leftIn(entries, 'broker:b')).toEqual([]);
  });

  test('is not reported by itself: a batch response means nothing', () => {
    const entries = consume({ engine }, { records: records(2, { r1: 'report' }) });
    expect(batchesOf(entries)).toEqual(['r1 r2']);
  });

  test('is told as sent, or as not taken by a queue that is gone', () => {
    const entries = consume(
      { engine },
      { records: [{ record: 'a' }] },
      { atSeconds: 10, do: 'remove', resource: 'broker:b' },
      { atSeconds: 11, records: [{ record: 'b' }] },
    );
    expect(of(entries, 'sent')).toMatchObject([{ record: 'a', id: 'ID:0', resource: 'broker:b' }]);
    expect(of(entries, 'unsent')).toMatchObject([{ record: 'b', resource: 'broker:b' }]);
    expect(leftIn(entries, 'broker:b')).toBeUndefined();
  });
});

test('five batches of ActiveMQ at once, one of RabbitMQ, whatever is reserved', () => {
  const crowd = { records: [{ record: 'a', times: 40, plan: [{ do: 'ok', afterSeconds: 2 }] }] };
  for (const [engine, most] of [
    ['activeMq', 5],
    ['rabbitMq', 1],
  ] as const) {
    for (const reservedConcurrency of [undefined, 100]) {
      const reserved = reservedConcurrency === undefined ? {} : { reservedConcurrency };
      const entries = consume({ engine, function: reserved, mapping: { batchSize: 1 } }, crowd);
      expect(mostAtOnce(batchesIn(entries))).toBe(most);
    }
  }
});

test('the window opens with the first message', () => {
  for (const seed of SEEDS) {
    const entries = consume(
      { seed, engine: 'activeMq', mapping: { windowSeconds: 5 } },
      { records: [{ record: 'a' }] },
      { atSeconds: 4, records: [{ record: 'b' }] },
    );
    expect(batchesOf(entries)).toEqual(['a b']);
    expect(startsOf(entries)[0]).toBeGreaterThanOrEqual(5);
    expect(startsOf(entries)[0]).toBeLessThan(6);
  }
});

describe('messages that are left when a mapping ends', () => {
  const input = { EventSourceArn: 'broker:b', Queues: ['broker:b'] };

  test('go to the next one that is made', () => {
    for (const engine of ENGINES) {
      const entries = consume(
        { engine },
        { records: [{ record: 'a', plan: ['throw', 'throw', 'throw', 'throw', 'throw', 'ok'] }] },
        remove(2),
        { atSeconds: 20, records: [{ record: 'b' }] },
        create(60, 'n', input),
      );
      expect(
        batchesIn(entries)
          .filter(({ mapping }) => mapping === 'n')
          .flatMap((batch) => batch.records),
      ).toContain('b');
      expect(leftIn(entries, 'broker:b')).toEqual([]);
    }
  });

  test('or is disabled go to another one that reads the queue', () => {
    for (const seed of SEEDS) {
      const entries = consume(
        {
          seed,
          engine: 'activeMq',
          functions: [{ name: 'g' }],
          mappings: [{ name: 'n', source: 'broker:b', function: 'g' }],
        },
        update(0, { Enabled: false }),
        { atSeconds: 20, records: records(6) },
      );
      expect(new Set(batchesIn(entries).map(({ mapping }) => mapping))).toEqual(new Set(['n']));
      expect(leftIn(entries, 'broker:b')).toEqual([]);
    }
  });

  test('stay in the queue where nobody reads it', () => {
    const entries = consume({ engine: 'rabbitMq' }, update(0, { Enabled: false }), {
      atSeconds: 20,
      records: records(2),
    });
    expect(batchesOf(entries)).toEqual([]);
    expect(leftIn(entries, 'broker:b')).toEqual(['r1', 'r2']);
  });
});

test('two mappings of a queue share its messages: each is handled once', () => {
  const entries = consume(
    {
      engine: 'activeMq',
      functions: [{ name: 'g' }],
      mappings: [{ name: 'n', source: 'broker:b', function: 'g' }],
    },
    { records: records(10) },
  );
  expect(recordsIn(entries).toSorted()).toEqual(
    records(10)
      .map(({ record }) => record)
      .toSorted(),
  );
  expect(new Set(batchesIn(entries).map(({ mapping }) => mapping)).size).toBe(2);
});
