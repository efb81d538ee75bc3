import { describe, expect, test } from 'vitest';
import { changed } from '../testing/changed.ts';
import { decided } from '../testing/notation.ts';
import { ddb01 } from './tables.ts';
import { streamed } from './testing/notation.ts';

const table = { kind: 'dynamodb' as const };
const oneItem = { ...table, records: { r1: { key: 'k' }, r2: { key: 'k', at: 5 } } };

describe('STR-DDB-01', () => {
  test('is kept where each change has one sequence number, also when it comes again', () => {
    expect(decided(ddb01, streamed(oneItem, 'r1: throw', 'r1: ok', 'r2: ok'))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken where a change comes under two', () => {
    const view = changed(streamed(table, 'r1: ok', 'r1: ok'), (entry) =>
      entry.kind === 'started' && entry.attempt === 'a2'
        ? { ...entry, records: [{ record: 'r1', id: '999999999999999999999' }] }
        : entry,
    );
    expect(decided(ddb01, view).broken).toHaveLength(1);
  });

  test('is broken where a later change of an item has the lower number', () => {
    const steps = streamed(oneItem, 'r1 @6: ok', 'r2: ok');
    const renumbered = changed(steps, (entry) =>
      entry.kind === 'started' && entry.attempt === 'a2'
        ? { ...entry, records: [{ record: 'r2', id: '1' }] }
        : entry,
    );
    expect(decided(ddb01, renumbered).broken).toHaveLength(1);
  });

  test('says nothing of changes that were written at the same time', () => {
    const records = { r1: { key: 'k' }, r2: { key: 'k' } };
    const view = changed(streamed({ ...table, records }, 'r1: ok', 'r2: ok'), (entry) =>
      entry.kind === 'started' && entry.attempt === 'a2'
        ? { ...entry, records: [{ record: 'r2', id: '1' }] }
        : entry,
    );
    expect(decided(ddb01, view).broken).toEqual([]);
  });
});
