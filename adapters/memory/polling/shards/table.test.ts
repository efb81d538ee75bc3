import { expect, test } from 'vitest';
import { asObject } from '../../../../engine/record.ts';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, read, records, recordsOf, startedOf } from '../../testing/stream.ts';

const changesOf = (view: string, ...sent: readonly Record<string, unknown>[]) =>
  recordsOf(startedOf(read({ table: { view } }, { records: sent }))[0]).map((record) => ({
    eventName: record['eventName'],
    ...asObject(record['dynamodb']),
  }));

const LIFE = [
  { record: 'a', key: 'k', text: 'one' },
  { record: 'b', key: 'k', text: 'two' },
  { record: 'c', key: 'k', change: 'remove' },
];
const item = (record: string, text: string) => ({ id: { S: 'k' }, record: { S: record }, body: { S: text } });

// AWS, with-ddb.html: the example event; recorded: one INSERT with the new image.
test('an item is inserted, modified and removed, with both images', () => {
  expect(changesOf('NEW_AND_OLD_IMAGES', ...LIFE)).toMatchObject([
    {
      eventName: 'INSERT',
      Keys: { id: { S: 'k' } },
      NewImage: item('a', 'one'),
      SizeBytes: expect.any(Number),
    },
    { eventName: 'MODIFY', NewImage: item('b', 'two'), OldImage: item('a', 'one') },
    { eventName: 'REMOVE', OldImage: item('b', 'two'), StreamViewType: 'NEW_AND_OLD_IMAGES' },
  ]);
});

test.each([
  ['KEYS_ONLY', [false, false, false], [false, false, false]],
  ['NEW_IMAGE', [true, true, false], [false, false, false]],
  ['OLD_IMAGE', [false, false, false], [false, true, true]],
  ['NEW_AND_OLD_IMAGES', [true, true, false], [false, true, true]],
])('%s shows its images only', (view, news, olds) => {
  const changes = changesOf(view, ...LIFE);
  expect(changes.map((change) => 'NewImage' in change)).toEqual(news);
  expect(changes.map((change) => 'OldImage' in change)).toEqual(olds);
  for (const change of changes) expect(change).toMatchObject({ StreamViewType: view });
});

test('the whole record is as AWS sends it', () => {
  const [record] = recordsOf(startedOf(read({ table: {} }, { records: LIFE }))[0]);
  expect(record).toMatchObject({
    eventID: expect.any(String),
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: expect.stringMatching(/^arn:aws:dynamodb:.*:table\/s\/stream\//),
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      SequenceNumber: expect.stringMatching(/^\d+$/),
    },
  });
});

test('to remove what is not there succeeds, and is in no stream', () => {
  const entries = read({ table: {} }, { records: [{ record: 'a', change: 'remove' }, { record: 'b' }] });
  expect(of(entries, 'sent').map(({ record }) => record)).toEqual(['a', 'b']);
  expect(batchesOf(entries)).toEqual(['b']);
});

// AWS, DynamoDB Constraints.html: 400 KB.
test('an item of more than 400 KB is not taken', () => {
  const entries = read(
    { table: {} },
    { records: [{ record: 'a', body: { $filler: 409_601 } }, { record: 'b' }] },
  );
  expect(of(entries, 'unsent').map(({ record }) => record)).toEqual(['a']);
});

test('neither the sender nor the function is told a shard', () => {
  const entries = read({ table: { shards: 2 } }, { records: records(4) });
  for (const entry of of(entries, 'sent')) expect(entry).not.toHaveProperty('shard');
  for (const { records: seen = [] } of startedOf(entries))
    for (const one of seen) expect(one).not.toHaveProperty('shard');
});

// AWS, Streams.html: each change once, in order for each item.
test('the changes of an item come once and in their order', () => {
  for (const seed of SEEDS) {
    const entries = read(
      { seed, table: { shards: 2 }, mapping: { batchSize: 2, parallelizationFactor: 3 } },
      { records: records(12).map((one, index) => ({ ...one, key: `k${index % 3}` })) },
    );
    const seen = batchesOf(entries).flatMap((batch) => batch.split(' '));
    expect(seen).toHaveLength(12);
    for (const rest of [0, 1, 2]) {
      const own = seen.filter((record) => (Number(record.slice(1)) - 1) % 3 === rest);
      expect(own).toEqual(own.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    }
  }
});

// AWS, with-ddb.html: two functions on a shard.
test('a mapping that is deleted or disabled holds up no other', () => {
  const other = { source: 'table:s', startingPosition: 'TRIM_HORIZON' };
  const entries = read(
    {
      table: {},
      functions: [{ name: 'g' }, { name: 'h' }],
      mappings: [
        { name: 'n', function: 'g', enabled: false, ...other },
        { name: 'o', function: 'h', ...other },
      ],
    },
    { records: [{ record: 'a' }] },
  );
  const [first] = startedOf(entries, 'o');
  expect(first?.at ?? 0).toBeGreaterThan(0);
  expect(first?.at).toBeLessThan(2);
});
