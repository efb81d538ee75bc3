import { describe, expect, test } from 'vitest';
import { SEEDS } from '../../testing/run.ts';
import { batchesOf, read } from '../../testing/stream.ts';

/** Records before the mapping `n` is asked for, at 10 s, and long after. */
const seenBy = (seed: number, input: Record<string, unknown>, stream = {}) =>
  batchesOf(
    read(
      { seed, stream, functions: [{ name: 'g' }] },
      { atSeconds: 1, records: [{ record: 'a' }] },
      { atSeconds: 6, records: [{ record: 'b' }] },
      {
        atSeconds: 10,
        do: 'request',
        operation: 'CreateEventSourceMapping',
        mapping: 'n',
        input: { EventSourceArn: 'stream:s', FunctionName: 'g', BatchSize: 1, ...input },
      },
      { atSeconds: 11, records: [{ record: 'c' }] },
      { atSeconds: 30, records: [{ record: 'd' }] },
    ),
    'n',
  );

describe('a new mapping', () => {
  test('at TRIM_HORIZON has all that the stream holds', () => {
    for (const seed of SEEDS)
      expect(seenBy(seed, { StartingPosition: 'TRIM_HORIZON' })).toEqual(['a', 'b', 'c', 'd']);
  });

  test('at LATEST has nothing from before, and may miss what is written while it is made', () => {
    const seen = SEEDS.map((seed) => seenBy(seed, { StartingPosition: 'LATEST' }).join(' '));
    expect(new Set(seen)).toEqual(new Set(['c d', 'd']));
  });

  test('at a timestamp has all from that time on', () => {
    const input = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 5 };
    for (const seed of SEEDS) expect(seenBy(seed, input)).toEqual(['b', 'c', 'd']);
  });

  test('has the records of all shards', () => {
    for (const seed of SEEDS)
      expect(seenBy(seed, { StartingPosition: 'TRIM_HORIZON' }, { shards: 3 }).toSorted()).toEqual([
        'a',
        'b',
        'c',
        'd',
      ]);
  });
});

// Recorded from AWS: ten records in one call, read from LATEST, come as one batch.
test('a mapping that is there already misses nothing at LATEST', () => {
  expect(
    batchesOf(
      read({ mapping: { startingPosition: 'LATEST' } }, { records: [{ record: 'a' }, { record: 'b' }] }),
    ),
  ).toEqual(['a b']);
});
