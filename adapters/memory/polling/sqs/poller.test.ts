import { describe, expect, test } from 'vitest';
import { batchesIn, leftIn, poll, recordsIn } from '../../testing/queue.ts';
import { SEEDS } from '../../testing/run.ts';

test('a batch has at most ten messages by default, and none is missing', () => {
  for (const seed of SEEDS) {
    const batches = batchesIn(poll({ seed }, { records: [{ record: 'a', times: 25 }] }));
    for (const { records } of batches) expect(records.length).toBeLessThanOrEqual(10);
    expect(batches.flatMap(({ records }) => records)).toHaveLength(25);
  }
});

test('an event has at most 6 MB: batches are cut short for that', () => {
  const body = { $filler: 900_000 };
  for (const seed of SEEDS.slice(0, 10)) {
    const batches = batchesIn(poll({ seed }, { records: [{ record: 'a', times: 10, body }] }));
    expect(batches.flatMap(({ records }) => records)).toHaveLength(10);
    expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(6);
  }
});

describe('a batching window', () => {
  const mapping = { windowSeconds: 10, batchSize: 5 };

  test('is over at the latest 20 s late, and holds what came meanwhile', () => {
    for (const seed of SEEDS) {
      const entries = poll(
        { seed, mapping, queue: { visibilityTimeoutSeconds: 60 } },
        { records: [{ record: 'a' }] },
      );
      const [{ at } = { at: Number.NaN }, ...more] = batchesIn(entries);
      expect(more).toEqual([]);
      expect(at).toBeLessThan(31);
    }
  });

  test('that was just opened waits: messages that come one by one are given together', () => {
    for (const seed of SEEDS) {
      const entries = poll(
        { seed, mapping },
        ...[0, 2, 4].map((atSeconds) => ({ atSeconds, records: [{ record: `r${atSeconds}` }] })),
      );
      const batches = batchesIn(entries);
      expect(batches.map(({ records }) => records.length)).toEqual([3]);
      expect(batches[0]?.at).toBeGreaterThanOrEqual(9.9);
    }
  });

  test('waits no longer when the batch is full', () => {
    const batches = batchesIn(poll({ mapping }, { records: [{ record: 'a', times: 5 }] }));
    expect(batches.map(({ records }) => records.length)).toEqual([5]);
    expect(batches[0]?.at).toBeLessThan(2);
  });
});

// Recorded from AWS: one attempt with the one that matches, and an empty queue afterwards.
test('what no filter lets through is deleted, and never redriven', () => {
  for (const seed of SEEDS) {
    const entries = poll(
      {
        seed,
        queue: { redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
        queues: [{ name: 'dead' }],
        mapping: { filters: [{ body: { key: ['yes'] } }] },
      },
      {
        records: [
          { record: 'a', body: { key: 'yes' } },
          { record: 'b', body: { key: 'no' } },
          { record: 'c', text: 'no JSON' },
        ],
      },
    );
    expect(recordsIn(entries)).toEqual(['a']);
    expect(leftIn(entries)).toEqual([]);
    expect(leftIn(entries, 'queue:dead')).toEqual([]);
  }
});

test('filtered messages take no place in a batch', () => {
  const filtered = { record: 'n', times: 9, body: { key: 'no' } };
  const wanted = { record: 'y', times: 5, body: { key: 'yes' } };
  const mapping = { batchSize: 5, filters: [{ body: { key: ['yes'] } }] };
  const sizes = SEEDS.map((seed) =>
    batchesIn(poll({ seed, mapping }, { records: [filtered, wanted] })).map(({ records }) => records.length),
  );
  // Some batches are cut short, as nothing says that they must be full.
  expect(sizes.filter((each) => String(each) === '5').length).toBeGreaterThan(SEEDS.length / 2);
});

test('a role without permission reads nothing and loses nothing', () => {
  const permission = { do: 'permission', function: 'f', resource: 'queue:q' };
  const entries = poll(
    {},
    { ...permission, isAllowed: false },
    { atSeconds: 1, records: [{ record: 'a' }] },
    { ...permission, atSeconds: 20, isAllowed: true },
  );
  const batches = batchesIn(entries);
  expect(batches.map(({ receives }) => receives)).toEqual([[1]]);
  expect(batches[0]?.at).toBeGreaterThanOrEqual(20);
});

test('what was gathered when the permission was lost comes again, counted, when it is visible again', () => {
  const permission = { do: 'permission', function: 'f', resource: 'queue:q' };
  for (const seed of SEEDS) {
    const entries = poll(
      { seed, mapping: { windowSeconds: 10 } },
      { records: [{ record: 'a' }] },
      { ...permission, atSeconds: 1, isAllowed: false },
      { ...permission, atSeconds: 40, isAllowed: true },
    );
    const batches = batchesIn(entries);
    expect(batches).toHaveLength(1);
    if ((batches[0]?.at ?? 0) > 1) expect(batches[0]?.receives).toEqual([2]);
  }
});

test('two mappings of a queue share its messages', () => {
  const shared = SEEDS.map((seed) => {
    const entries = poll(
      {
        seed,
        functions: [{ name: 'g' }],
        mappings: [{ name: 'n', source: 'queue:q', function: 'g', batchSize: 1 }],
        mapping: { batchSize: 1 },
      },
      { records: [{ record: 'a', times: 6 }] },
    );
    expect(recordsIn(entries)).toHaveLength(6);
    return new Set(batchesIn(entries).map(({ mapping }) => mapping)).size;
  });
  expect(shared).toContain(2);
});
