import { describe, expect, test } from 'vitest';
import { consume, create, remove } from '../../testing/log.ts';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, startedOf } from '../../testing/stream.ts';

const FOUR = { partitions: 4 };
const PROVISIONED = { provisioned: { minimum: 1, maximum: 10 } };

describe('a record', () => {
  test('has its offset in a partition, told when it is sent and when it is seen', () => {
    const entries = consume({}, { records: [{ record: 'a' }, { record: 'b' }] });
    expect(of(entries, 'sent').map(({ record, id, shard }) => [record, id, shard])).toEqual([
      ['a', '0', 'k-0'],
      ['b', '1', 'k-0'],
    ]);
    expect(startedOf(entries).flatMap(({ records }) => records)).toEqual([
      { record: 'a', id: '0', shard: 'k-0' },
      { record: 'b', id: '1', shard: 'k-0' },
    ]);
  });

  test('is in the partition of its key, or the one that it names', () => {
    const keyed = Array.from({ length: 30 }, (_, k) => ({ record: `a${k}`, key: `key${k % 10}` }));
    const entries = consume({ topic: FOUR }, { records: [...keyed, { record: 'b', partition: 3 }] });
    const sent = of(entries, 'sent');
    for (let k = 0; k < 20; k++) expect(sent[k + 10]?.shard).toBe(sent[k]?.shard);
    expect(new Set(sent.slice(0, 10).map(({ shard }) => shard)).size).toBeGreaterThan(1);
    expect(sent.at(-1)?.shard).toBe('k-3');
    expect(of(entries, 'remaining').filter(({ resource }) => resource === 'kafka:k')).toEqual([]);
  });

  test('is not taken by a topic that is gone', () => {
    const entries = consume(
      {},
      { do: 'remove', resource: 'kafka:k' },
      { atSeconds: 1, records: [{ record: 'a' }] },
    );
    expect(of(entries, 'unsent')).toMatchObject([{ record: 'a', resource: 'kafka:k' }]);
    expect(batchesOf(entries)).toEqual([]);
  });
});

describe('the records of a partition', () => {
  test('come in the order of their offsets, one batch after the other', () => {
    for (const seed of SEEDS) {
      const entries = consume(
        { seed, mapping: { batchSize: 2 } },
        { records: [{ record: 'a', times: 5, plan: [{ do: 'ok', afterSeconds: 1 }] }] },
      );
      expect(batchesOf(entries)).toEqual(['a a#2', 'a#3 a#4', 'a#5']);
      const ends = of(entries, 'ended').map(({ at }) => at);
      expect((startedOf(entries)[1]?.at ?? 0) >= (ends[0] ?? 0)).toBe(true);
    }
  });

  test('of several partitions may be in one batch, under a key for each, and in their order', () => {
    const records = ['a', 'b', 'c', 'd'].map((record, k) => ({ record, partition: k % 2 }));
    const entries = consume({ topic: FOUR, policy: { kafkaMixesPartitionsShare: 1 } }, { records });
    const [only, ...more] = startedOf(entries);
    expect(more).toEqual([]);
    const seen = only?.records?.map(({ record, shard }) => `${shard} ${record}`) ?? [];
    expect(seen.filter((one) => one.startsWith('k-0'))).toEqual(['k-0 a', 'k-0 c']);
    expect(seen.filter((one) => one.startsWith('k-1'))).toEqual(['k-1 b', 'k-1 d']);
    expect(only?.payload).toMatchObject({
      records: { 'k-0': [{ offset: 0 }, { offset: 1 }], 'k-1': [{ offset: 0 }, { offset: 1 }] },
    });
  });

  test('of several partitions are never more than a batch may have', () => {
    const records = [
      { record: 'a', times: 3, partition: 0 },
      { record: 'b', times: 3, partition: 1 },
    ];
    const entries = consume(
      { topic: FOUR, mapping: { batchSize: 4 }, policy: { kafkaMixesPartitionsShare: 1 } },
      { records },
    );
    expect(batchesOf(entries).map((batch) => batch.split(' ').length)).toEqual([3, 3]);
  });

  test('wait while a batch with some of them is tried again', () => {
    const entries = consume(
      { topic: FOUR, policy: { kafkaMixesPartitionsShare: 1 } },
      {
        records: [
          { record: 'a', partition: 0, plan: ['throw', 'throw', 'ok'] },
          { record: 'b', partition: 1 },
        ],
      },
      { atSeconds: 2, records: [{ record: 'c', partition: 1 }] },
    );
    const batches = batchesOf(entries);
    expect(batches.slice(0, 3).map((batch) => batch.split(' ').toSorted())).toEqual(
      Array(3).fill(['a', 'b']),
    );
    expect(batches.slice(3)).toEqual(['c']);
  });
});

describe('a consumer group', () => {
  const readers = { consumerGroup: 'readers' };
  const abc = { records: [{ record: 'a' }, { record: 'b' }, { record: 'c' }] };

  test('that exists goes on at what it has committed, whatever the starting position', () => {
    for (const startingPosition of ['TRIM_HORIZON', 'LATEST'])
      expect(
        batchesOf(
          consume({ topic: { committed: { readers: 2 } }, mapping: { ...readers, startingPosition } }, abc),
        ),
      ).toEqual(['c']);
  });

  test('that exists is another one’s affair', () => {
    const entries = consume({ topic: { committed: { others: 2 } }, mapping: readers }, abc);
    expect(batchesOf(entries)).toEqual(['a b c']);
  });

  test('outlives its mapping: the next one goes on where that one stopped', () => {
    const input = {
      EventSourceArn: 'kafka:k',
      StartingPosition: 'TRIM_HORIZON',
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'readers' },
    };
    const steps = [abc, remove(10), create(30, 'n', input), { atSeconds: 60, records: [{ record: 'd' }] }];
    expect(batchesOf(consume({ mapping: readers }, ...steps), 'n')).toEqual(['d']);
    // Without a name of its own the group is the mapping's alone.
    expect(batchesOf(consume({}, ...steps), 'n')).toEqual(['a b c', 'd']);
  });

  test('of a mapping that is deleted is no later mapping’s', () => {
    const input = { EventSourceArn: 'kafka:k', StartingPosition: 'TRIM_HORIZON' };
    const entries = consume(
      { isUnmapped: true },
      abc,
      create(5, 'n', input),
      remove(30, 'n'),
      create(60, 'o', input),
    );
    expect(batchesOf(entries, 'n')).toEqual(['a b c']);
    expect(batchesOf(entries, 'o')).toEqual(['a b c']);
  });

  test('begins at the starting position in a partition of which it has committed nothing', () => {
    const input = {
      EventSourceArn: 'kafka:k',
      StartingPosition: 'LATEST',
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'readers' },
    };
    const entries = consume(
      { topic: { partitions: 2 }, mapping: readers },
      { records: [{ record: 'a', partition: 0 }] },
      remove(10),
      {
        atSeconds: 20,
        records: [
          { record: 'b', partition: 1 },
          { record: 'c', partition: 0 },
        ],
      },
      create(30, 'n', input),
      { atSeconds: 60, records: [{ record: 'd', partition: 1 }] },
    );
    expect(batchesOf(entries, 'n')).toEqual(['c', 'd']);
  });

  test('has committed what was discarded, and what no filter let through', () => {
    const filters = ['{"value":{"record":["a","c"]}}'];
    const input = {
      EventSourceArn: 'kafka:k',
      StartingPosition: 'TRIM_HORIZON',
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'readers' },
    };
    const entries = consume(
      { mapping: { ...readers, ...PROVISIONED, filters, maximumRetryAttempts: 0 } },
      { records: [{ record: 'a', plan: ['throw'] }, { record: 'b' }, { record: 'c' }] },
      remove(10),
      create(30, 'n', input),
      { atSeconds: 60, records: [{ record: 'd' }] },
    );
    expect(batchesOf(entries, 'm')).toEqual(['a c']);
    expect(batchesOf(entries, 'n')).toEqual(['d']);
  });
});
