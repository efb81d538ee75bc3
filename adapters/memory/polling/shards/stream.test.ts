import { describe, expect, test } from 'vitest';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, read, records, startedOf } from '../../testing/stream.ts';

/** The shard of each record, as it was sent. */
const shardsIn = (entries: ReturnType<typeof read>) =>
  new Map(of(entries, 'sent').map(({ record, shard }) => [record, shard]));

describe('what is sent', () => {
  test('is told with its shard, and a sequence number of equal length that grows', () => {
    const sent = of(read({}, { records: records(3) }), 'sent');
    const numbers = sent.map(({ id = '' }) => id);
    expect(sent.map(({ shard }) => shard)).toEqual(Array(3).fill('shardId-000000000000'));
    expect(numbers.toSorted()).toEqual(numbers);
    expect(new Set(numbers.map(({ length }) => length)).size).toBe(1);
  });

  test('is on one shard for one key', () => {
    const entries = read({ stream: { shards: 4 } }, { records: records(20, {}, { key: 'k' }) });
    expect(new Set(shardsIn(entries).values()).size).toBe(1);
  });

  test('is on all shards for many keys', () => {
    const entries = read({ stream: { shards: 4 } }, { records: records(100) });
    expect(new Set(shardsIn(entries).values()).size).toBe(4);
  });

  // AWS, Kinesis API_PutRecord.html: 1 MiB, the partition key included.
  test('has no more than 1 MiB', () => {
    const body = { $filler: 1_048_577 };
    const entries = read(
      {},
      {
        records: [
          { record: 'a', body },
          { record: 'b', body: { $filler: 1_048_575 } },
        ],
      },
    );
    expect(of(entries, 'unsent').map(({ record }) => record)).toEqual(['a']);
    expect(batchesOf(entries)).toEqual(['b']);
  });

  test('is refused when the stream is gone', () => {
    const entries = read({}, { do: 'remove', resource: 'stream:s' }, { atSeconds: 1, records: records(1) });
    expect(of(entries, 'unsent')).toMatchObject([{ record: 'r1', error: 'ResourceNotFoundException' }]);
    expect(startedOf(entries)).toEqual([]);
  });
});

describe('shards', () => {
  test('are never mixed in a batch', () => {
    for (const seed of SEEDS)
      for (const { records: seen = [] } of startedOf(
        read({ seed, stream: { shards: 3 } }, { records: records(12) }),
      ))
        expect(new Set(seen.map(({ shard }) => shard)).size).toBe(1);
  });

  test('that fail hold up no other', () => {
    const keys = { records: [...records(1, { r1: 'throw' }, { key: 'k' }), { record: 'x', key: 'other' }] };
    const entries = read({ stream: { shards: 2 } }, keys);
    const sent = shardsIn(entries);
    expect(sent.get('r1')).not.toBe(sent.get('x'));
    expect(startedOf(entries).find(({ records: [first] = [] }) => first?.record === 'x')?.at).toBeLessThan(2);
  });
});

describe('a split', () => {
  const split = { do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' };

  test('closes the shard and opens two', () => {
    const entries = read({}, split, { atSeconds: 1, records: records(20) });
    expect(of(entries, 'resharded')).toMatchObject([
      {
        resource: 'stream:s',
        parents: ['shardId-000000000000'],
        children: ['shardId-000000000001', 'shardId-000000000002'],
      },
    ]);
    expect(new Set(shardsIn(entries).values())).toEqual(
      new Set(['shardId-000000000001', 'shardId-000000000002']),
    );
  });

  // AWS, with-kinesis.html: what is in the parent comes before what is in its children.
  test('lets the children wait until the parent is read to its end', () => {
    for (const seed of SEEDS) {
      const entries = read(
        { seed, mapping: { batchSize: 1 } },
        { records: records(3, { r2: ['throw', 'throw', 'ok'] }) },
        { ...split, atSeconds: 0.1 },
        { atSeconds: 0.2, records: [{ record: 'x' }, { record: 'y' }] },
      );
      expect(batchesOf(entries).slice(0, 5)).toEqual(['r1', 'r2', 'r2', 'r2', 'r3']);
      expect(batchesOf(entries).slice(5).toSorted()).toEqual(['x', 'y']);
    }
  });

  test('of a shard that was never written to holds nothing up', () => {
    expect(batchesOf(read({}, split, { records: [{ record: 'x' }] }))).toEqual(['x']);
  });
});

describe('a merge', () => {
  const merge = { do: 'reshard', stream: 'stream:s', shard: 0, action: 'merge' };

  test('makes one shard of two, which waits for both', () => {
    const entries = read(
      { stream: { shards: 2 }, mapping: { batchSize: 1 } },
      { records: [...records(1, {}, { key: 'k' }), { record: 'x', key: 'other', plan: ['throw', 'ok'] }] },
      { ...merge, atSeconds: 0.1 },
      { atSeconds: 0.2, records: [{ record: 'y', key: 'k' }] },
    );
    expect(of(entries, 'resharded')[0]?.parents).toHaveLength(2);
    expect(batchesOf(entries).at(-1)).toBe('y');
  });

  test('with nothing to merge with changes nothing', () => {
    expect(of(read({}, merge), 'resharded')).toEqual([]);
  });
});
