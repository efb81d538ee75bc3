import { describe, expect, test } from 'vitest';
import { SEEDS } from '../../testing/run.ts';
import { batchesOf, read, records, startsOf } from '../../testing/stream.ts';

const update = (atSeconds: number, input: Record<string, unknown>) => ({
  atSeconds,
  do: 'request',
  operation: 'UpdateEventSourceMapping',
  input: { UUID: 'mapping:m', ...input },
});

describe('a mapping that is disabled', () => {
  // Recorded from AWS: what is put afterwards is in no attempt.
  test('starts no attempt', () => {
    const entries = read({}, { records: records(1) }, update(5, { Enabled: false }), {
      atSeconds: 20,
      records: [{ record: 'x' }],
    });
    expect(batchesOf(entries)).toEqual(['r1']);
  });

  test('goes on where it stopped when it is enabled again', () => {
    for (const seed of SEEDS) {
      const entries = read(
        { seed, mapping: { batchSize: 1 } },
        { records: records(3, { r2: ['throw', 'throw', 'throw', 'throw', 'throw', 'ok'] }) },
        update(5, { Enabled: false }),
        { atSeconds: 20, records: [{ record: 'x' }] },
        update(30, { Enabled: true }),
      );
      const seen = batchesOf(entries);
      expect(seen.filter((batch) => batch !== 'r2')).toEqual(['r1', 'r3', 'x']);
      expect(seen.filter((batch) => batch === 'r2')).toHaveLength(6);
      for (const at of startsOf(entries)) expect(at > 10.5 && at < 30).toBe(false);
    }
  });
});

test('a changed number of retries binds for a batch that fails', () => {
  const entries = read(
    { mapping: { batchSize: 1 } },
    { records: records(2, { r1: 'throw' }) },
    update(10, { MaximumRetryAttempts: 0 }),
  );
  expect(batchesOf(entries).at(-1)).toBe('r2');
});

describe('a changed batch size', () => {
  const setReserve = (atSeconds: number, reserved: number) => ({
    atSeconds,
    do: 'request',
    operation: 'PutFunctionConcurrency',
    input: { FunctionName: 'f', ReservedConcurrentExecutions: reserved },
  });

  test('binds for what was throttled meanwhile', () => {
    const entries = read(
      { function: { reservedConcurrency: 0 } },
      { records: records(3) },
      update(5, { BatchSize: 1 }),
      setReserve(20, 1),
    );
    expect(batchesOf(entries)).toEqual(['r1', 'r2', 'r3']);
  });

  test('binds for what was gathered', () => {
    const entries = read(
      { mapping: { windowSeconds: 60, batchSize: 3 } },
      { records: records(3) },
      { atSeconds: 2, records: [{ record: 'x' }, { record: 'y' }] },
      update(10, { BatchSize: 1 }),
    );
    expect(batchesOf(entries)).toEqual(['r1 r2 r3', 'x', 'y']);
  });
});

test('a shard that is split while the mapping is disabled lets its children be read afterwards', () => {
  const entries = read(
    { mapping: { enabled: false } },
    { do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' },
    { atSeconds: 1, records: [{ record: 'x' }] },
    update(10, { Enabled: true }),
  );
  expect(batchesOf(entries)).toEqual(['x']);
});

test('two mappings of a stream go on independently', () => {
  const entries = read(
    {
      functions: [{ name: 'g' }],
      mapping: { batchSize: 1, maximumRetryAttempts: 3 },
      mappings: [
        { name: 'n', source: 'stream:s', function: 'g', startingPosition: 'TRIM_HORIZON', batchSize: 3 },
      ],
    },
    { records: records(3) },
  );
  expect(batchesOf(entries, 'm')).toEqual(['r1', 'r2', 'r3']);
  expect(batchesOf(entries, 'n')).toEqual(['r1 r2 r3']);
});

describe('nothing is read', () => {
  test('while the role may not, and all of it afterwards', () => {
    const right = (atSeconds: number, isAllowed: boolean) => ({
      atSeconds,
      do: 'permission',
      function: 'f',
      resource: 'stream:s',
      isAllowed,
    });
    const entries = read({}, right(0, false), { records: records(2) }, right(30, true));
    expect(batchesOf(entries)).toEqual(['r1 r2']);
    expect(startsOf(entries)[0]).toBeGreaterThan(30);
  });

  test('of a stream that is gone', () => {
    const entries = read(
      { mapping: { batchSize: 1 } },
      { records: records(3, { r1: 'throw' }) },
      { atSeconds: 5, do: 'remove', resource: 'stream:s' },
    );
    expect(new Set(batchesOf(entries))).toEqual(new Set(['r1']));
    for (const at of startsOf(entries)) expect(at).toBeLessThan(5.1);
  });
});

describe('polls', () => {
  test.each([
    ['a second of a stream', {}, 1],
    ['a quarter of a second of a table', { table: {} }, 0.25],
  ])('find a record within %s', (_name, source, seconds) => {
    const waits = SEEDS.map(
      (seed) => (startsOf(read({ ...source, seed }, { records: records(1) }))[0] ?? 99) - 0.01,
    );
    expect(Math.max(...waits)).toBeLessThan(seconds + 0.15);
    expect(Math.max(...waits)).toBeGreaterThan(seconds / 2);
  });

  test('are none where nothing is to be read', () => {
    const entries = read({}, { atSeconds: 80_000, records: records(1) });
    expect(entries.length).toBeLessThan(10);
  });
});
