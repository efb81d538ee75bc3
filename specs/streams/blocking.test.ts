import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { blk01, blk02, shard02 } from './blocking.ts';
import { streamed } from './testing/notation.ts';

const retries = (maximumRetryAttempts: number) => ({ mapping: { maximumRetryAttempts } });

describe('STR-BLK-01', () => {
  test('is kept where the failed batch comes again first', () => {
    const view = streamed({}, 'r1: throw', 'r1: ok', 'r2: ok');
    expect(decided(blk01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where a later record overtakes it', () => {
    expect(decided(blk01, streamed({}, 'r1: throw', 'r2: ok', 'r1: ok')).broken).toHaveLength(1);
  });

  test('is broken where the batch comes again with later ones in front of the retry', () => {
    expect(decided(blk01, streamed({}, 'r1 r2: throw', 'r2 r3: ok', 'r1: ok')).broken).toHaveLength(1);
  });

  test('lets a shard go on once all retries are used up', () => {
    expect(decided(blk01, streamed(retries(1), 'r1: throw', 'r1: throw', 'r2: ok')).broken).toEqual([]);
    expect(decided(blk01, streamed(retries(2), 'r1: throw', 'r1: throw', 'r2: ok')).broken).toHaveLength(1);
  });

  test('lets a shard go on once the record may have been too old', () => {
    const aged = { mapping: { maximumRecordAgeSeconds: 60 } };
    expect(decided(blk01, streamed(aged, 'r1: throw', 'r2 @59.5: ok')).broken).toEqual([]);
    expect(decided(blk01, streamed(aged, 'r1: throw', 'r2 @50: ok')).broken).toHaveLength(1);
    expect(decided(blk01, streamed({}, 'r1: throw', 'r2 @86400: ok')).broken).toEqual([]);
  });

  test('holds for the changes of an item, of a table that does not tell its shards', () => {
    const ofTable = { kind: 'dynamodb' as const, records: { r1: { key: 'k' }, r2: { key: 'k' }, r3: {} } };
    expect(decided(blk01, streamed(ofTable, 'r1: throw', 'r2: ok', 'r1: ok')).broken).toHaveLength(1);
    const others = streamed(ofTable, 'r1: throw', 'r3: ok', 'r1: ok', 'r2: ok');
    expect(decided(blk01, others)).toMatchObject({ kept: 1, broken: [] });
  });

  test('says nothing of what started before the attempt failed', () => {
    expect(decided(blk01, streamed({}, 'r1 @1 for 5: throw', 'r2 @2: ok', 'r1 @8: ok')).broken).toEqual([]);
  });

  test('follows the halves of a batch, and what is left of one', () => {
    const bisects = { mapping: { bisects: true as const } };
    const halves = streamed(
      bisects,
      'r1 r2 r3: throw',
      'r1: ok',
      'r2 r3: throw',
      'r2: ok',
      'r3: ok',
      'r4: ok',
    );
    expect(decided(blk01, halves).broken).toEqual([]);
    const reports = { mapping: { reportsItemFailures: true as const } };
    const rest = streamed(reports, 'r1 r2 r3: report r2', 'r2 r3: ok', 'r4: ok');
    expect(decided(blk01, rest).broken).toEqual([]);
    expect(decided(blk01, streamed(reports, 'r1 r2 r3: report r2', 'r4: ok')).broken).toHaveLength(1);
  });

  test('counts a partial response that nobody asked for as a success', () => {
    expect(decided(blk01, streamed({}, 'r1: report r1', 'r2: ok'))).toMatchObject({ kept: 0, broken: [] });
  });

  test('says nothing where a repetition of what succeeded fails', () => {
    const view = streamed({ tolerances: { duplicateBudget: 1 } }, 'r1: ok', 'r1: throw', 'r2: ok');
    expect(decided(blk01, view).broken).toEqual([]);
  });

  test('is not known where the right to the stream was taken away', () => {
    const permission = {
      kind: 'permission',
      at: 2,
      function: 'f',
      resource: 'stream:s',
      isAllowed: false,
    } as const;
    const view = streamed({ entries: [permission] }, 'r1: throw', 'r2: ok');
    expect(decided(blk01, view).unknown).toHaveLength(1);
  });
});

describe('STR-BLK-02', () => {
  const factor = { parallelizationFactor: 2 };
  const sameKey = { records: { r1: { key: 'k' }, r2: { key: 'k' } } };

  test('is broken where a failed record is overtaken by its own key', () => {
    const view = streamed({ mapping: factor, ...sameKey }, 'r1: throw', 'r2: ok', 'r1: ok');
    expect(decided(blk02, view).broken).toHaveLength(1);
    const ofTable = { kind: 'dynamodb' as const, mapping: factor, ...sameKey };
    expect(decided(blk02, streamed(ofTable, 'r1: throw', 'r2: ok', 'r1: ok')).broken).toHaveLength(1);
  });

  test('does not concern a factor of 1', () => {
    const view = streamed(sameKey, 'r1: throw', 'r2: ok', 'r1: ok');
    expect(decided(blk02, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('lets other keys go on, or wait', () => {
    const goesOn = streamed({ mapping: factor }, 'r1: throw', 'r2: ok', 'r1: ok');
    expect(decided(blk02, goesOn)).toMatchObject({ kept: 1, broken: [] });
    const waits = streamed({ mapping: factor }, 'r1: throw', 'r1: ok', 'r2: ok');
    expect(decided(blk02, waits)).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('STR-SHARD-02', () => {
  const twoShards = { records: { r2: { shard: 1 } } };

  test('is kept where the other shard is read at once', () => {
    const view = streamed(twoShards, 'r1: throw', 'r2: ok', 'r1 @60: ok');
    expect(decided(shard02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it waits', () => {
    expect(decided(shard02, streamed(twoShards, 'r1: throw', 'r1 @60: ok', 'r2: ok')).broken).toHaveLength(1);
  });

  test('is broken where it is never read', () => {
    expect(decided(shard02, streamed(twoShards, 'r1: throw', 'r1 @60: ok')).broken).toHaveLength(1);
  });

  test('is not known where the function may have lacked capacity', () => {
    const view = streamed(
      { ...twoShards, function: { reservedConcurrency: 1 } },
      'r1: throw',
      'r1 @60: ok',
      'r2: ok',
    );
    expect(decided(shard02, view).unknown).toHaveLength(1);
  });

  test('says nothing of children, which wait for their parents', () => {
    const resharded = {
      kind: 'resharded',
      at: 0.5,
      resource: 'stream:s',
      parents: ['shardId-000000000000'],
      children: ['shardId-000000000001'],
    } as const;
    const view = streamed({ ...twoShards, entries: [resharded] }, 'r1: throw', 'r1 @60: ok', 'r2: ok');
    expect(decided(shard02, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
