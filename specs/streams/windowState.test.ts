import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import { decided } from '../testing/notation.ts';
import { attempt, tumbling } from './testing/windows.ts';
import { win01, win02, win05, win06 } from './windowState.ts';

const first = attempt('r1: ok', 0, { returns: { n: 1 } });

describe('STR-WIN-01', () => {
  test('is kept where the state is handed on', () => {
    const view = tumbling({}, first, attempt('r2: ok', 0, { state: { n: 1 }, returns: { n: 2 } }));
    expect(decided(win01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it is lost, or comes of another attempt', () => {
    expect(decided(win01, tumbling({}, first, attempt('r2: ok', 0))).broken).toHaveLength(1);
    expect(
      decided(win01, tumbling({}, first, attempt('r2: ok', 0, { state: { n: 7 } }))).broken,
    ).toHaveLength(1);
    expect(decided(win01, tumbling({}, first, attempt('r2: ok', 0, { state: null }))).broken).toHaveLength(1);
  });

  test('an attempt that failed changes nothing', () => {
    const view = tumbling(
      {},
      first,
      attempt('r2: throw', 0, { state: { n: 1 } }),
      attempt('r2: ok', 0, { state: { n: 1 } }),
    );
    expect(decided(win01, view).broken).toEqual([]);
  });

  test('each window begins anew, also after one that ended early', () => {
    const early = attempt('@5: ok', 0, { state: { n: 1 }, isFinal: true, isEarly: true });
    const view = tumbling({}, first, early, attempt('r2: ok', 0), attempt('r3 @15: ok', 1));
    expect(decided(win01, view).broken).toEqual([]);
  });

  test('leaves open what becomes of the state of a partial response', () => {
    const reports = { mapping: { reportsItemFailures: true as const } };
    const partly = {
      ...attempt('r2 r3: ok', 0, { state: { n: 1 } }),
      result: { batchItemFailures: [{ itemIdentifier: `4${'3'.padStart(20, '0')}` }], state: { n: 2 } },
    };
    for (const n of [1, 2])
      expect(
        decided(win01, tumbling(reports, first, partly, attempt('r3: ok', 0, { state: { n } }))).broken,
      ).toEqual([]);
  });

  test('is broken where an attempt is not told of its window', () => {
    expect(decided(win01, tumbling({}, 'r1: ok')).broken).toHaveLength(1);
    expect(decided(win01, tumbling({ kind: 'dynamodb' }, 'r1: ok')).broken).toHaveLength(1);
  });
});

describe('STR-WIN-02', () => {
  const stateless = attempt('r1: ok', 0, { returns: null });

  test('is kept where the records come again', () => {
    expect(decided(win02, tumbling({}, stateless, first))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where they do not', () => {
    expect(decided(win02, tumbling({}, stateless, attempt('r2: ok', 0))).broken).toHaveLength(1);
  });

  test('is kept where no retries are left', () => {
    const view = tumbling({ mapping: { maximumRetryAttempts: 0 } }, stateless, attempt('r2: ok', 0));
    expect(decided(win02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('does not concern a final invocation', () => {
    const final = attempt('@14: ok', 0, { state: { n: 1 }, isFinal: true, returns: null });
    expect(decided(win02, tumbling({}, first, final))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-WIN-05', () => {
  const large = { n: 1, filler: { $filler: 1_200_000 } };
  const full = attempt('r1: ok', 0, { returns: large });

  test('is kept where the window ends early', () => {
    const final = attempt('@3: ok', 0, { state: large, isFinal: true, isEarly: true });
    expect(decided(win05, tumbling({}, full, final))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it goes on, or ends without saying so', () => {
    expect(decided(win05, tumbling({}, full, attempt('r2: ok', 0, { state: large }))).broken).toHaveLength(1);
    const silent = attempt('@14: ok', 0, { state: large, isFinal: true });
    expect(decided(win05, tumbling({}, full, silent)).broken).toHaveLength(1);
  });

  test('does not concern a state about as large as may be', () => {
    const fits = attempt('r1: ok', 0, { returns: { filler: { $filler: 1_050_000 } } });
    expect(decided(win05, tumbling({}, fits))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-WIN-06', () => {
  const resharded: Entry = {
    kind: 'resharded',
    at: 1.5,
    resource: 'stream:s',
    parents: ['shardId-000000000000'],
    children: ['shardId-000000000001', 'shardId-000000000002'],
  };
  const given = { entries: [resharded], records: { r2: { shard: 1, at: 2 } } };
  const final = attempt('@4: ok', 0, { state: { n: 1 }, isFinal: true });

  test('is kept where the window of the parent is closed, and the child begins anew', () => {
    const view = tumbling(given, first, final, attempt('r2: ok', 0, { shard: 1 }));
    expect(decided(win06, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where a child goes on with the state, or the window is still open', () => {
    const goesOn = attempt('r2: ok', 0, { shard: 1, state: { n: 1 } });
    expect(decided(win06, tumbling(given, first, final, goesOn)).broken).toHaveLength(1);
    expect(decided(win06, tumbling(given, first, attempt('r2: ok', 0, { shard: 1 }))).broken).toHaveLength(1);
  });

  test('does not concern shards that were there from the beginning', () => {
    const view = tumbling(
      { records: given.records },
      first,
      attempt('r2: ok', 0, { shard: 1, state: { n: 1 } }),
    );
    expect(decided(win06, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
