import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import { decided } from '../testing/notation.ts';
import { age01, age02, age03, exp01 } from './age.ts';
import { streamed } from './testing/notation.ts';

const aged = { mapping: { maximumRecordAgeSeconds: 60, onFailure: 'queue:failed' } };

describe('STR-AGE-01', () => {
  test('is kept by attempts in time', () => {
    expect(decided(age01, streamed(aged, 'r1: throw', 'r1 @59: ok'))).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a later one', () => {
    expect(decided(age01, streamed(aged, 'r1: throw', 'r1 @64: ok')).broken).toHaveLength(1);
    expect(decided(age01, streamed({ ...aged, kind: 'dynamodb' }, 'r1 @64: ok')).broken).toHaveLength(1);
  });

  test('grants the function its time to start', () => {
    const view = streamed({ ...aged, function: { initSeconds: 5 } }, 'r1 @64: ok');
    expect(decided(age01, view).broken).toEqual([]);
  });

  test('does not concern mappings without a bound', () => {
    expect(decided(age01, streamed({}, 'r1 @600: ok'))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-AGE-02', () => {
  const records = { r2: { at: 40 } };

  test('tells whether the younger records of a batch go on', () => {
    const goOn = streamed({ ...aged, records }, 'r1 r2 @50: throw', 'r2 @70: ok');
    expect(decided(age02, goOn).observed).toEqual(['the younger ones go on']);
    const givenUp = streamed({ ...aged, records }, 'r1 r2 @50: throw');
    expect(decided(age02, givenUp).observed).toEqual(['the whole batch is given up']);
  });
});

describe('STR-AGE-03', () => {
  test('tells the condition, and whether there is a response', () => {
    const view = streamed(aged, 'r1: throw', 'failure r1 as RecordAgeExceeded');
    expect(decided(age03, view).observed).toEqual(['RecordAgeExceeded, with responseContext']);
  });

  test('says nothing where retries are bounded as well', () => {
    const mapping = { ...aged.mapping, maximumRetryAttempts: 0 };
    expect(decided(age03, streamed({ mapping }, 'r1: throw', 'failure r1')).observed).toEqual([]);
  });
});

describe('STR-EXP-01', () => {
  const unbounded = { mapping: { onFailure: 'queue:failed' } };

  test('is kept where a record that expired is passed over in silence', () => {
    const view = streamed(unbounded, 'r1 @86300: throw', 'r2 @86402: ok');
    expect(decided(exp01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a failure record', () => {
    const view = streamed(unbounded, 'r1 @86300: throw', 'failure r1 @86401 as RecordAgeExceeded');
    expect(decided(exp01, view).broken).toHaveLength(1);
  });

  test('is broken where it is counted as dropped', () => {
    const metric: Entry = {
      kind: 'metric',
      at: 86_500,
      function: 'f',
      mapping: 'm',
      name: 'DroppedEventCount',
      value: 1,
    };
    const view = streamed({ ...unbounded, entries: [metric] }, 'r1 @86300: throw', 'r2 @86402: ok');
    expect(decided(exp01, view).broken).toHaveLength(1);
  });

  test('is broken by an attempt minutes after; a table may take an hour', () => {
    const late = ['r1 @86300: throw', 'r1 @86500: ok'];
    expect(decided(exp01, streamed(unbounded, ...late)).broken).toHaveLength(1);
    expect(decided(exp01, streamed({ ...unbounded, kind: 'dynamodb' }, ...late)).broken).toEqual([]);
  });

  test('does not concern what never came near its end', () => {
    const view = streamed(unbounded, 'r1: throw', 'r1: ok');
    expect(decided(exp01, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
