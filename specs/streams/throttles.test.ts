import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { streamed } from './testing/notation.ts';
import { ret03, ret04 } from './throttles.ts';

const scarce = { function: { reservedConcurrency: 1 } };
const given = {
  ...scarce,
  mapping: { maximumRetryAttempts: 1, onFailure: 'queue:failed' },
  records: { r1: {}, r2: {}, r3: {} },
};

describe('STR-RET-03', () => {
  test('is kept where what is discarded had all its attempts', () => {
    const view = streamed(given, 'r1: throw', 'r1: throw', 'failure r1', 'r2: ok');
    expect(decided(ret03, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a failure record of what had fewer, or none', () => {
    expect(decided(ret03, streamed(given, 'r1: throw', 'failure r1')).broken).toHaveLength(1);
    expect(decided(ret03, streamed(given, 'r2: ok', 'failure r1')).broken).toHaveLength(1);
  });

  test('is broken where the shard goes on before, also without a record of it', () => {
    expect(decided(ret03, streamed(given, 'r1: throw', 'r2: ok')).broken).toHaveLength(1);
  });

  test('does not concern functions that have capacity, nor bounded ages', () => {
    const roomy = streamed({ ...given, function: {} }, 'r1: throw', 'failure r1');
    expect(decided(ret03, roomy)).toMatchObject({ kept: 0, broken: [] });
    const mapping = { ...given.mapping, maximumRecordAgeSeconds: 60 };
    expect(decided(ret03, streamed({ ...given, mapping }, 'r1: throw', 'failure r1'))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });
});

describe('STR-RET-04', () => {
  const unbounded = { ...scarce, records: { r1: {}, r2: {}, r3: {} } };

  test('is kept where records come in turn', () => {
    expect(decided(ret04, streamed(unbounded, 'r1: ok', 'r2: ok'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where one is passed over', () => {
    expect(decided(ret04, streamed(unbounded, 'r1: ok', 'r3: ok')).broken).toHaveLength(1);
  });

  test('is kept where it may have been too old by then', () => {
    const mapping = { maximumRecordAgeSeconds: 60 };
    expect(decided(ret04, streamed({ ...unbounded, mapping }, 'r1: ok', 'r3 @70: ok')).broken).toEqual([]);
  });

  test('compares records of one key only, with a factor and of tables', () => {
    const mapping = { parallelizationFactor: 2 };
    expect(decided(ret04, streamed({ ...unbounded, mapping }, 'r1: ok', 'r3: ok')).broken).toEqual([]);
    const records = { r1: { key: 'k' }, r2: { key: 'k', at: 1 } };
    expect(decided(ret04, streamed({ ...scarce, mapping, records }, 'r2: ok')).broken).toHaveLength(1);
    const ofTable = streamed({ ...scarce, kind: 'dynamodb', records }, 'r2: ok');
    expect(decided(ret04, ofTable).broken).toHaveLength(1);
  });

  test('says nothing of what was deleted from a table: it may not have been there', () => {
    const records = { r1: { key: 'k', change: 'remove' }, r2: { key: 'k', at: 1 } } as const;
    expect(decided(ret04, streamed({ ...scarce, kind: 'dynamodb', records }, 'r2: ok')).broken).toEqual([]);
  });

  test('says nothing of what a filter leaves out', () => {
    const mapping = { filters: [{ data: { record: ['r1', 'r3'] } }] };
    expect(decided(ret04, streamed({ ...unbounded, mapping }, 'r1: ok', 'r3: ok')).broken).toEqual([]);
  });
});
