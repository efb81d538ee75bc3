import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { ord01, ord02, shard01 } from './order.ts';
import { streamed } from './testing/notation.ts';

const factor = { mapping: { parallelizationFactor: 2 } };
const sameKey = { records: { r1: { key: 'k' }, r2: { key: 'k' } } };

describe('STR-ORD-01', () => {
  test('is kept where batches, and the records in them, are in order', () => {
    expect(decided(ord01, streamed({}, 'r1 r2: ok', 'r3: ok'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken across batches', () => {
    expect(decided(ord01, streamed({}, 'r2: ok', 'r1: ok')).broken).toHaveLength(1);
  });

  test('is broken within a batch', () => {
    expect(decided(ord01, streamed({}, 'r2 r1: ok')).broken).toHaveLength(1);
  });

  test('says nothing of what comes again', () => {
    expect(decided(ord01, streamed({}, 'r1 r2: throw', 'r1: throw', 'r2: ok', 'r1: ok')).broken).toEqual([]);
  });

  test('says nothing across shards', () => {
    const view = streamed({ records: { r1: { shard: 1 } } }, 'r2: ok', 'r1: ok');
    expect(decided(ord01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('says nothing with a higher factor, nor of tables', () => {
    expect(decided(ord01, streamed(factor, 'r2: ok', 'r1: ok'))).toMatchObject({ kept: 0, broken: [] });
    const ofTable = streamed({ kind: 'dynamodb' }, 'r2: ok', 'r1: ok');
    expect(decided(ord01, ofTable)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-ORD-02', () => {
  test('is broken where a key is out of order, whatever the factor', () => {
    expect(decided(ord02, streamed({ ...factor, ...sameKey }, 'r2: ok', 'r1: ok')).broken).toHaveLength(1);
    const ofTable = streamed({ kind: 'dynamodb', ...sameKey }, 'r2: ok', 'r1: ok');
    expect(decided(ord02, ofTable).broken).toHaveLength(1);
  });

  test('is kept where only other keys are', () => {
    expect(decided(ord02, streamed(factor, 'r2: ok', 'r1: ok'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where a child shard is read before its parent', () => {
    const resharded = {
      kind: 'resharded',
      at: 0.5,
      resource: 'stream:s',
      parents: ['shardId-000000000000'],
      children: ['shardId-000000000001'],
    } as const;
    const records = { r1: { key: 'k' }, r2: { key: 'k', shard: 1, at: 1 } };
    const view = streamed({ records, entries: [resharded] }, 'r2: ok', 'r1: ok');
    expect(decided(ord02, view).broken).toHaveLength(1);
  });
});

describe('STR-SHARD-01', () => {
  test('is broken by a batch of two shards', () => {
    const records = { r2: { shard: 1 } };
    expect(decided(shard01, streamed({ records }, 'r1 r2: ok')).broken).toHaveLength(1);
  });

  test('is kept by batches of one shard each', () => {
    const records = { r2: { shard: 1 } };
    expect(decided(shard01, streamed({ records }, 'r1: ok', 'r2: ok'))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('does not concern tables', () => {
    expect(decided(shard01, streamed({ kind: 'dynamodb' }, 'r1 r2: ok'))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });
});
