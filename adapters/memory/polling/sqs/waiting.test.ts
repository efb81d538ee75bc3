import { describe, expect, test } from 'vitest';
import { batchesIn, leftIn, mostAtOnce, poll, recordsIn } from '../../testing/queue.ts';
import { SEEDS } from '../../testing/run.ts';

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const inGroup = (group: string, ...records: string[]) => records.map((record) => ({ record, group }));

describe('a FIFO queue', () => {
  const fifo = { fifo: true, visibilityTimeoutSeconds: 5 };

  test('gives the messages of a group in their order, one attempt at a time', () => {
    for (const seed of SEEDS) {
      const entries = poll(
        { seed, queue: fifo, mapping: { batchSize: 2 } },
        {
          records: inGroup('g', ...letters).map((one) => ({ ...one, plan: [{ do: 'ok', afterSeconds: 1 }] })),
        },
      );
      expect(recordsIn(entries)).toEqual(letters);
      expect(mostAtOnce(batchesIn(entries))).toBe(1);
    }
  });

  test('holds a group up behind a message that failed, and no other group', () => {
    for (const seed of SEEDS) {
      const entries = poll(
        { seed, queue: fifo, mapping: { batchSize: 1 } },
        {
          records: [
            { record: 'a', group: 'g', plan: ['throw', 'ok'] },
            ...inGroup('g', 'b'),
            ...inGroup('h', 'c'),
          ],
        },
      );
      const batches = batchesIn(entries);
      expect(batches.flatMap(({ records }) => records).filter((id) => id !== 'c')).toEqual(['a', 'a', 'b']);
      expect(batches.find(({ records }) => records[0] === 'c')?.at).toBeLessThan(4);
    }
  });

  test('goes on with a group when the message that failed is redriven', () => {
    const entries = poll(
      {
        queue: { ...fifo, redrive: { to: 'queue:dead', maxReceiveCount: 2 } },
        queues: [{ name: 'dead', fifo: true }],
        mapping: { batchSize: 1 },
      },
      { records: [{ record: 'a', group: 'g', plan: ['throw'] }, ...inGroup('g', 'b', 'c')] },
    );
    expect(recordsIn(entries)).toEqual(['a', 'a', 'b', 'c']);
  });

  test('gives several failed messages again in their order', () => {
    const plan = ['throw', 'ok'];
    for (const seed of SEEDS) {
      const entries = poll(
        { seed, queue: fifo },
        { records: inGroup('g', ...letters).map((one) => ({ ...one, plan })) },
      );
      const first = batchesIn(entries)[0]?.records.length ?? 0;
      expect(recordsIn(entries).slice(first, first + letters.length)).toEqual(letters);
      expect(leftIn(entries)).toEqual([]);
    }
  });

  test('puts several groups in one batch, or one: nothing says which', () => {
    const mixed = SEEDS.map((seed) => {
      const entries = poll(
        { seed, queue: fifo },
        { records: [...inGroup('g', 'a', 'b'), ...inGroup('h', 'c', 'd')] },
      );
      return batchesIn(entries).some(({ records }) => records.includes('a') && records.includes('c'));
    });
    expect(new Set(mixed)).toEqual(new Set([true, false]));
  });

  test('keeps a group for one attempt where a batch is cut short for its bytes', () => {
    const plan = [{ do: 'ok', afterSeconds: 2 }];
    const records = letters.map((record, k) => ({
      record,
      group: 'g',
      body: { $filler: 1_000_000 + k },
      plan,
    }));
    for (const seed of SEEDS.slice(0, 10)) {
      const entries = poll(
        { seed, queue: fifo },
        { records },
        { records: letters.map((letter) => ({ ...records[0], record: `${letter}2` })) },
      );
      expect(mostAtOnce(batchesIn(entries))).toBe(1);
      expect(recordsIn(entries).slice(0, letters.length)).toEqual(letters);
    }
  });

  test('has no more attempts at once than groups with messages', () => {
    const plan = [{ do: 'ok', afterSeconds: 2 }];
    const records = ['g', 'h', 'i'].flatMap((group) => [
      { record: `${group}1`, times: 3, group, plan },
      { record: `${group}2`, group, plan },
    ]);
    for (const seed of SEEDS) {
      const entries = poll({ seed, queue: fifo, mapping: { batchSize: 1 } }, { records });
      expect(mostAtOnce(batchesIn(entries))).toBeLessThanOrEqual(3);
    }
  });

  test('takes linear time over one group of 100,000 messages that all fail once', { timeout: 10_000 }, () => {
    const entries = poll(
      { queue: { ...fifo, visibilityTimeoutSeconds: 3 } },
      { records: [{ record: 'a', group: 'g', times: 100_000, plan: ['throw', 'ok'] }] },
    );
    expect(leftIn(entries)).toEqual([]);
    expect(new Set(recordsIn(entries)).size).toBe(100_000);
  });
});

test('a standard queue gives all messages, in an order that it does not promise', () => {
  const orders = SEEDS.map((seed) =>
    recordsIn(poll({ seed, mapping: { batchSize: 1 } }, { records: letters.map((record) => ({ record })) })),
  );
  for (const order of orders) expect(order.toSorted()).toEqual(letters);
  expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
});
