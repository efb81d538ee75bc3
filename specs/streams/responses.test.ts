import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { pbr01, pbr02, pbr03, pbr04 } from './responses.ts';
import { streamed } from './testing/notation.ts';

const reports = (more: object = {}) => ({ mapping: { reportsItemFailures: true as const, ...more } });

describe('STR-PBR-01', () => {
  test('is kept where the next attempt begins at the lowest reported, with all that follows', () => {
    const view = streamed(reports(), 'r1 r2 r3: report r3 r2', 'r2 r3: ok');
    expect(decided(pbr01, view)).toMatchObject({ kept: 1, broken: [] });
    const withMore = streamed(reports(), 'r1 r2 r3: report r2', 'r2 r3 r4: ok');
    expect(decided(pbr01, withMore)).toMatchObject({ kept: 1, broken: [] });
  });

  test.each([
    ['at the highest', ['r1 r2 r3: report r2 r3', 'r3: ok']],
    ['at the beginning of the batch', ['r1 r2 r3: report r2', 'r1 r2 r3: ok']],
    ['with the reported record alone', ['r1 r2 r3: report r2', 'r2: ok']],
    ['behind the batch', ['r1 r2 r3: report r2', 'r4: ok']],
  ])('is broken where it begins %s', (_where, lines) => {
    expect(decided(pbr01, streamed(reports(), ...lines)).broken).toHaveLength(1);
  });

  test('holds for tables alike', () => {
    const given = { ...reports(), kind: 'dynamodb' as const };
    expect(decided(pbr01, streamed(given, 'r1 r2 r3: report r2', 'r2 r3: ok')).broken).toEqual([]);
    expect(decided(pbr01, streamed(given, 'r1 r2 r3: report r2', 'r3: ok')).broken).toHaveLength(1);
  });

  test('lets the rest come in parts where batches are bisected', () => {
    const view = streamed(reports({ bisects: true }), 'r1 r2 r3: report r2', 'r2: ok', 'r3: ok');
    expect(decided(pbr01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('leaves open which retries are left', () => {
    const view = streamed(reports({ maximumRetryAttempts: 0 }), 'r1 r2: report r2', 'r3: ok');
    expect(decided(pbr01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('does not concern mappings that ask for no such responses', () => {
    expect(decided(pbr01, streamed({}, 'r1 r2: report r2'))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-PBR-02', () => {
  test('is broken where a record before the checkpoint comes again', () => {
    expect(decided(pbr02, streamed(reports(), 'r1 r2: report r2', 'r1 r2: ok')).broken).toHaveLength(1);
  });

  test('is kept where it does not', () => {
    expect(decided(pbr02, streamed(reports(), 'r1 r2: report r2', 'r2: ok'))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });
});

describe('STR-PBR-03', () => {
  test('is kept where what succeeded does not come again', () => {
    expect(decided(pbr03, streamed({}, 'r1: throw', 'r1: ok', 'r2: ok'))).toMatchObject({
      kept: 2,
      broken: [],
    });
  });

  test('is broken where it does', () => {
    expect(decided(pbr03, streamed({}, 'r1 r2: ok', 'r2: ok')).broken).toHaveLength(1);
  });

  test('does not take the word of a handler that may have been killed on its way out', () => {
    // Its timeout is 3 s.
    expect(decided(pbr03, streamed({}, 'r1 for 2.5: ok', 'r1: ok'))).toMatchObject({ broken: [] });
    expect(decided(pbr03, streamed({}, 'r1 for 1: ok', 'r1: ok')).broken).toHaveLength(1);
  });

  test('grants each mapping its own success', () => {
    const view = streamed({ others: { n: {} } }, 'r1: ok', 'r1 via n: ok');
    expect(decided(pbr03, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('grants as many repetitions as the target declares, each with its retries', () => {
    const budget = { tolerances: { duplicateBudget: 1 } };
    expect(decided(pbr03, streamed(budget, 'r1: ok', 'r1: throw', 'r1: throw', 'r1: ok')).broken).toEqual([]);
    expect(decided(pbr03, streamed(budget, 'r1: ok', 'r1: ok', 'r1: ok')).broken).toHaveLength(1);
  });
});

describe('STR-PBR-04', () => {
  const given = reports({ maximumRetryAttempts: 1 });

  test('tells how many attempts the rest of a partial failure has', () => {
    const renewed = streamed(given, 'r1 r2: report r2', 'r2: throw', 'r2: throw', 'r3: ok');
    expect(decided(pbr04, renewed).observed).toEqual(['all its retries']);
    const goesOn = streamed(given, 'r1 r2: report r2', 'r2: throw', 'r3: ok');
    expect(decided(pbr04, goesOn).observed).toEqual(['the retries that were left']);
    const handled = streamed(given, 'r1 r2: report r2', 'r2: throw', 'r2: ok');
    expect(decided(pbr04, handled).observed).toEqual(['succeeded']);
  });

  test('says nothing of a batch whose checkpoint stays where it is', () => {
    expect(decided(pbr04, streamed(given, 'r1 r2: report r1', 'r1 r2: ok')).observed).toEqual([]);
  });
});
