import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { ret01, ret02, ret05 } from './retries.ts';
import { streamed } from './testing/notation.ts';

const bounded = (maximumRetryAttempts: number, more: object = {}) => ({
  mapping: { maximumRetryAttempts, ...more },
});

describe('STR-RET-01', () => {
  test('is kept where a failed batch comes again until it succeeds', () => {
    const view = streamed({}, 'r1: throw', 'r1: timeout', 'r1: ok');
    expect(decided(ret01, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken where it does not', () => {
    expect(decided(ret01, streamed({}, 'r1: throw', 'r2: ok')).broken).toHaveLength(1);
    expect(decided(ret01, streamed({ kind: 'dynamodb' }, 'r1: throw')).broken).toHaveLength(1);
  });

  test('is broken where what was reported does not come again', () => {
    const reports = { mapping: { reportsItemFailures: true as const } };
    expect(decided(ret01, streamed(reports, 'r1 r2: report r2')).broken).toHaveLength(1);
    expect(decided(ret01, streamed(reports, 'r1 r2: report r2', 'r2: ok')).broken).toEqual([]);
  });

  test('does not concern mappings with a bound', () => {
    expect(decided(ret01, streamed(bounded(0), 'r1: throw'))).toMatchObject({ kept: 0, broken: [] });
    const aged = streamed({ mapping: { maximumRecordAgeSeconds: 60 } }, 'r1: throw');
    expect(decided(ret01, aged)).toMatchObject({ kept: 0, broken: [] });
  });

  test('owes nothing to a repetition of what succeeded', () => {
    const view = streamed({ tolerances: { duplicateBudget: 1 } }, 'r1: ok', 'r1: throw');
    expect(decided(ret01, view).broken).toEqual([]);
  });

  test('is not known where the observer left, the record expired, or the stream was deleted', () => {
    expect(decided(ret01, streamed({ closedAt: 200 }, 'r1: throw')).unknown).toHaveLength(1);
    expect(decided(ret01, streamed({}, 'r1 @86300: throw')).unknown).toHaveLength(1);
    expect(decided(ret01, streamed({}, 'r1: throw', 'gone stream:s @2')).unknown).toHaveLength(1);
  });
});

describe('STR-RET-02', () => {
  test('is kept by n + 1 attempts', () => {
    const view = streamed(bounded(1), 'r1 r2: throw', 'r1 r2: throw', 'r3: ok');
    expect(decided(ret02, view)).toMatchObject({ kept: 1, broken: [] });
    expect(decided(ret02, streamed(bounded(0), 'r1: throw'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by one more, and by one less', () => {
    expect(decided(ret02, streamed(bounded(0), 'r1: throw', 'r1: throw')).broken).toHaveLength(1);
    expect(decided(ret02, streamed(bounded(2), 'r1: throw', 'r1: throw', 'r2: ok')).broken).toHaveLength(1);
  });

  test('grants a repetition where the target declares it', () => {
    const view = streamed({ ...bounded(0), tolerances: { duplicateBudget: 1 } }, 'r1: throw', 'r1: throw');
    expect(decided(ret02, view).broken).toEqual([]);
  });

  test('does not concern what succeeded, nor what is bisected', () => {
    expect(decided(ret02, streamed(bounded(3), 'r1: throw', 'r1: ok'))).toMatchObject({
      kept: 0,
      broken: [],
    });
    const bisected = streamed(bounded(0, { bisects: true }), 'r1 r2: throw', 'r1: ok', 'r2: ok');
    expect(decided(ret02, bisected)).toMatchObject({ kept: 0, broken: [] });
  });

  test('leaves open how many attempts the rest of a partial failure has', () => {
    const view = streamed(
      bounded(1, { reportsItemFailures: true }),
      'r1 r2: report r2',
      'r2: throw',
      'r3: ok',
    );
    expect(decided(ret02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is not known where records may have been too old, or attempts throttled', () => {
    const aged = streamed(bounded(3, { maximumRecordAgeSeconds: 60 }), 'r1 @50: throw', 'r2 @70: ok');
    expect(decided(ret02, aged).unknown).toHaveLength(1);
    const throttled = streamed(
      { ...bounded(3), function: { reservedConcurrency: 1 } },
      'r1: throw',
      'r2: ok',
    );
    expect(decided(ret02, throttled).unknown).toHaveLength(1);
  });
});

describe('STR-RET-05', () => {
  test('tells the wait between the attempts of a batch', () => {
    const view = streamed(
      {},
      'r1 @1: throw',
      'r1 @1.2: throw',
      'r1 @5: throw',
      'r1 @20: throw',
      'r1 @99: ok',
    );
    expect(decided(ret05, view).observed).toEqual([
      'less than half a second',
      'up to ten seconds',
      'up to a minute',
      'a minute or more',
    ]);
  });

  test('says nothing where throttles may stand between them', () => {
    const view = streamed({ function: { reservedConcurrency: 1 } }, 'r1: throw', 'r1: throw', 'r2: ok');
    expect(decided(ret05, view).observed).toEqual([]);
  });
});
