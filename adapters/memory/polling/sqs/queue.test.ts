import { describe, expect, test } from 'vitest';
import { arrivedAt, batchesIn, leftIn, poll, recordsIn } from '../../testing/queue.ts';
import { of, SEEDS } from '../../testing/run.ts';

test('a handled message is deleted: it is in one attempt, and not in the queue', () => {
  for (const seed of SEEDS) {
    const entries = poll({ seed }, { records: [{ record: 'a' }, { record: 'b' }] });
    expect(recordsIn(entries).toSorted()).toEqual(['a', 'b']);
    expect(leftIn(entries)).toEqual([]);
  }
});

// Recorded from AWS: after a failure the same message comes again 5 s later, counted, and then no more.
test('a failed message comes again when its visibility timeout is over, with the next receive count', () => {
  for (const seed of SEEDS) {
    const entries = poll(
      { seed, queue: { visibilityTimeoutSeconds: 5 }, mapping: { batchSize: 1 } },
      { records: [{ record: 'a', plan: ['throw', 'ok'] }] },
    );
    const [first, second, ...more] = batchesIn(entries);
    expect(more).toEqual([]);
    expect([first?.receives, second?.receives]).toEqual([[1], [2]]);
    const waitedSeconds = (second?.at ?? 0) - (first?.at ?? 0);
    expect(waitedSeconds).toBeGreaterThanOrEqual(4.8);
    expect(waitedSeconds).toBeLessThan(6.5);
    expect(leftIn(entries)).toEqual([]);
  }
});

describe('the dead-letter queue of the queue', () => {
  const setup = {
    queue: { visibilityTimeoutSeconds: 5, redrive: { to: 'queue:dead', maxReceiveCount: 3 } },
    queues: [{ name: 'dead' }],
  };

  test('gets what was received maxReceiveCount times, as it was sent', () => {
    for (const seed of SEEDS) {
      const entries = poll(
        { ...setup, seed },
        { records: [{ record: 'a', body: { n: 1 }, plan: ['throw'] }] },
      );
      expect(batchesIn(entries).map(({ receives }) => receives)).toEqual([[1], [2], [3]]);
      expect(of(entries, 'delivered')).toMatchObject([
        { resource: 'queue:dead', record: 'a', body: { n: 1 } },
      ]);
      expect(leftIn(entries)).toEqual([]);
    }
  });

  test('gets what never ran, if all its receives ended in a throttle', () => {
    const throttled = { ...setup, function: { reservedConcurrency: 0 } };
    const entries = poll(throttled, { records: [{ record: 'a' }] });
    expect(batchesIn(entries)).toEqual([]);
    expect(arrivedAt(entries, 'queue:dead')).toEqual(['a']);
  });

  test('that is gone gets nothing: the message stays, in no further attempt', () => {
    const entries = poll(
      setup,
      { do: 'remove', resource: 'queue:dead' },
      { records: [{ record: 'a', plan: ['throw'] }] },
    );
    expect(batchesIn(entries)).toHaveLength(3);
    expect(leftIn(entries)).toEqual(['a']);
  });

  test('may itself be a source', () => {
    const entries = poll(
      {
        ...setup,
        functions: [{ name: 'g' }],
        mappings: [{ name: 'n', source: 'queue:dead', function: 'g' }],
      },
      { records: [{ record: 'a', plan: ['throw', 'throw', 'throw', 'ok'] }] },
    );
    expect(batchesIn(entries).map(({ mapping }) => mapping)).toEqual(['m', 'm', 'm', 'n']);
    expect(leftIn(entries, 'queue:dead')).toEqual([]);
  });
});

test('a delayed message is given to nobody before its delay is over', () => {
  const entries = poll(
    { queue: { delaySeconds: 7 } },
    { records: [{ record: 'a' }, { record: 'b', delaySeconds: 2 }] },
  );
  const startedAt = new Map(batchesIn(entries).map(({ at, records }) => [records[0], at]));
  expect(startedAt.get('b')).toBeGreaterThanOrEqual(2);
  expect(startedAt.get('b')).toBeLessThan(4);
  expect(startedAt.get('a')).toBeGreaterThanOrEqual(7);
});

test('a message that fails for ever is tried until its retention period is over', () => {
  const entries = poll(
    { queue: { visibilityTimeoutSeconds: 10, retentionSeconds: 60 } },
    { records: [{ record: 'a', plan: ['throw'] }] },
  );
  const batches = batchesIn(entries);
  expect(batches.length).toBeGreaterThanOrEqual(5);
  expect(batches.at(-1)?.at).toBeLessThan(61);
  expect(leftIn(entries)).toEqual([]);
});

test('what nobody reads is still there', () => {
  const entries = poll({ mapping: { enabled: false } }, { records: [{ record: 'a', times: 3 }] });
  expect(leftIn(entries)).toEqual(['a', 'a#2', 'a#3']);
});

test('a queue takes 1 MiB, and not a byte more', () => {
  const body = (bytes: number) => ({ $filler: bytes });
  const entries = poll(
    {},
    { records: [{ record: 'a', body: body(1_048_576) }] },
    { records: [{ record: 'b', body: body(1_048_577) }] },
  );
  expect(of(entries, 'unsent').map(({ record, error }) => [record, error.split(':')[0]])).toEqual([
    ['b', 'InvalidParameterValue'],
  ]);
  expect(recordsIn(entries)).toEqual(['a']);
});

test('of messages with one deduplication id within five minutes the first is delivered', () => {
  const twin = { group: 'g', deduplicationId: 'same' };
  const entries = poll(
    { queue: { fifo: true } },
    { records: [{ record: 'a', ...twin }] },
    { atSeconds: 200, records: [{ record: 'b', ...twin }] },
    { atSeconds: 301, records: [{ record: 'c', ...twin }] },
  );
  expect(recordsIn(entries)).toEqual(['a', 'c']);
});

test('a removed queue gives nothing more, and takes nothing', () => {
  const entries = poll(
    { queue: { visibilityTimeoutSeconds: 5 } },
    { records: [{ record: 'a', plan: ['throw'] }] },
    { atSeconds: 4, do: 'remove', resource: 'queue:q' },
    { atSeconds: 6, records: [{ record: 'b' }] },
  );
  expect(recordsIn(entries)).toEqual(['a']);
  expect(of(entries, 'unsent').map(({ record }) => record)).toEqual(['b']);
  expect(leftIn(entries)).toBeUndefined();
});

// AWS, setting-up-dead-letter-queue-retention.html.
test('in a dead-letter queue a message is as old as it was, in a FIFO one its age counts anew', () => {
  const movedAt50 = (fifo: object) =>
    poll(
      {
        queue: { ...fifo, visibilityTimeoutSeconds: 50, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
        queues: [{ name: 'dead', ...fifo, retentionSeconds: 100 }],
      },
      { records: [{ record: 'a', group: 'g', plan: ['throw'] }] },
      { atSeconds: 70, records: [{ record: 'b', group: 'h' }] },
    );
  expect(leftIn(movedAt50({}), 'queue:dead')).toEqual([]);
  expect(leftIn(movedAt50({ fifo: true }), 'queue:dead')).toEqual(['a']);
});
