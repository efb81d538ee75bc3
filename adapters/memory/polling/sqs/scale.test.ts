import { expect, test } from 'vitest';
import { batchesIn, leftIn, mostAtOnce, poll, recordsIn, type SeenBatch } from '../../testing/queue.ts';
import { SEEDS } from '../../testing/run.ts';

const slow = (times: number, afterSeconds = 50) => ({
  records: [{ record: 'a', times, plan: [{ do: 'ok', afterSeconds }] }],
});
const setup = {
  function: { timeoutSeconds: 60 },
  queue: { visibilityTimeoutSeconds: 360 },
  mapping: { batchSize: 1 },
};
const before = (batches: readonly SeenBatch[], seconds: number) => batches.filter(({ at }) => at < seconds);

// AWS, services-sqs-scaling.html: five concurrent invocations at first, then 300 more a minute.
test('a backlog is read by five batches at first, and by up to 300 more a minute', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const batches = batchesIn(poll({ ...setup, seed }, slow(600)));
    expect(batches).toHaveLength(600);
    expect(mostAtOnce(before(batches, 40))).toBe(5);
    expect(mostAtOnce(before(batches, 100))).toBeGreaterThan(100);
    expect(mostAtOnce(before(batches, 100))).toBeLessThanOrEqual(305);
  }
});

test('no mapping has more than 1,250 batches at once', () => {
  const account = { options: { policy: { accountConcurrency: 5_000 } } };
  const batches = batchesIn(poll({ ...setup, ...account }, slow(9_000)));
  expect(mostAtOnce(batches)).toBe(1_250);
});

test('maximum concurrency bounds the attempts of its mapping', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const bounded = { ...setup, seed, mapping: { batchSize: 1, maximumConcurrency: 2 } };
    const batches = batchesIn(poll(bounded, slow(12, 2)));
    expect(batches).toHaveLength(12);
    expect(mostAtOnce(batches)).toBe(2);
  }
});

// Recorded from AWS: 30 messages, batches of up to 20, two at once and as many reserved: all delivered once.
test('maximum concurrency within the reserve throttles nothing', () => {
  for (const seed of SEEDS) {
    const entries = poll(
      {
        seed,
        function: { reservedConcurrency: 2 },
        mapping: { batchSize: 20, windowSeconds: 1, maximumConcurrency: 2 },
      },
      { records: [{ record: 'a', times: 30 }] },
    );
    const batches = batchesIn(entries);
    expect(new Set(recordsIn(entries)).size).toBe(30);
    expect(batches.every(({ receives }) => receives.every((count) => count === 1))).toBe(true);
    expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(20);
  }
});

test('each provisioned poller has ten attempts at most', () => {
  const provisioned = { ...setup, mapping: { batchSize: 1, provisioned: { minimum: 2, maximum: 3 } } };
  const batches = batchesIn(poll(provisioned, slow(200)));
  expect(mostAtOnce(before(batches, 40))).toBe(20);
  expect(mostAtOnce(batches)).toBe(30);
});

test('errors reduce how many batches are read at once; successes bring them back', () => {
  const plan = ['throw', 'ok'];
  const entries = poll(
    { function: { timeoutSeconds: 60 }, queue: { visibilityTimeoutSeconds: 10 }, mapping: { batchSize: 1 } },
    { records: [{ record: 'a', times: 10, plan }] },
    { atSeconds: 1, records: [{ record: 'b', times: 30, plan: [{ do: 'ok', afterSeconds: 2 }] }] },
  );
  const batches = batchesIn(entries);
  const early = batches.filter(({ records, at }) => records[0]?.startsWith('b') === true && at < 4);
  expect(mostAtOnce(early)).toBeLessThan(5);
  expect(mostAtOnce(batches)).toBe(5);
  expect(leftIn(entries)).toEqual([]);
});
