import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { dst01, dst08 } from './discards.ts';
import { streamed } from './testing/notation.ts';

const once = { mapping: { maximumRetryAttempts: 1, onFailure: 'queue:failed' } };
const discarded = ['r1 r2: throw', 'r1 r2: throw'];

describe('STR-DST-01', () => {
  test('is kept by one failure record of a discarded batch', () => {
    const view = streamed(once, ...discarded, 'failure r1 r2', 'r3: ok');
    expect(decided(dst01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken without one, and by two', () => {
    expect(decided(dst01, streamed(once, ...discarded, 'r3: ok')).broken).toHaveLength(1);
    const twice = streamed(once, ...discarded, 'failure r1 r2', 'failure r1 r2');
    expect(decided(dst01, twice).broken).toHaveLength(1);
  });

  test('is broken by a record of what succeeded in the end', () => {
    expect(decided(dst01, streamed(once, 'r1: throw', 'r1: ok', 'failure r1')).broken).toHaveLength(1);
  });

  test('takes what was before the checkpoint for a success, and what was after it not', () => {
    const mapping = { ...once.mapping, maximumRetryAttempts: 0, reportsItemFailures: true as const };
    const rest = streamed({ mapping }, 'r1 r2: report r2', 'r2: throw', 'failure r2');
    expect(decided(dst01, rest).broken).toEqual([]);
    const whole = streamed({ mapping }, 'r1 r2: report r2', 'failure r1 r2');
    expect(decided(dst01, whole).broken).toHaveLength(1);
  });

  test.each([
    ['the destination was deleted', [...discarded, 'gone queue:failed @1.5', 'r3: ok'], {}],
    ['the observer left at once', discarded, { closedAt: 4 }],
    [
      'it may have been too old',
      ['r1 @50: throw', 'r1 @60: throw'],
      { mapping: { ...once.mapping, maximumRecordAgeSeconds: 60 } },
    ],
    ['another mapping reads the destination', discarded, { others: { n: { source: 'queue:failed' } } }],
    ['the destination is not there', discarded, { scenario: { queues: [] } }],
    [
      'the destination is a FIFO queue',
      discarded,
      { scenario: { queues: [{ name: 'failed', fifo: true as const }] } },
    ],
  ])('is not known where %s', (_why, lines, more) => {
    expect(decided(dst01, streamed({ ...once, ...more }, ...lines))).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not concern batches with retries left, nor mappings without a destination', () => {
    expect(decided(dst01, streamed(once, 'r1: throw', 'r2: ok'))).toMatchObject({ kept: 0, broken: [] });
    const mapping = { maximumRetryAttempts: 1 };
    expect(decided(dst01, streamed({ mapping }, ...discarded))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-DST-08', () => {
  const lost = { ...once, records: { r3: {} } };

  test('is kept where the next batch comes', () => {
    const view = streamed(lost, 'gone queue:failed @0.5', ...discarded, 'r3: ok');
    expect(decided(dst08, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it never comes, or the batch is held on to', () => {
    expect(decided(dst08, streamed(lost, 'gone queue:failed @0.5', ...discarded)).broken).toHaveLength(1);
    const late = streamed(lost, 'gone queue:failed @0.5', ...discarded, 'r1 r2 @700: throw', 'r3: ok');
    expect(decided(dst08, late).broken).toHaveLength(1);
  });

  test('does not concern destinations that are there', () => {
    expect(decided(dst08, streamed(lost, ...discarded))).toMatchObject({ kept: 0, broken: [] });
  });
});
