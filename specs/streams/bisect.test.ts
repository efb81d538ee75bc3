import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { bis01, bis02, bis03, bis04, bis05, bis06 } from './bisect.ts';
import { streamed } from './testing/notation.ts';

const bisects = (more: object = {}) => ({ mapping: { bisects: true as const, ...more } });
const halves = ['r1 r2 r3 r4: throw', 'r1 r2: ok', 'r3 r4: throw', 'r3: ok', 'r4: ok'];

describe('STR-BIS-01', () => {
  test('is kept by two parts in order, of whatever sizes', () => {
    expect(decided(bis01, streamed(bisects(), ...halves))).toMatchObject({ kept: 2, broken: [] });
    const uneven = streamed(bisects(), 'r1 r2 r3: throw', 'r1: ok', 'r2 r3: ok');
    expect(decided(bis01, uneven)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where the batch comes again as it is', () => {
    expect(decided(bis01, streamed(bisects(), 'r1 r2: throw', 'r1 r2: ok')).broken).toHaveLength(1);
  });

  test.each([
    ['loses a record', ['r1 r2 r3 r4: throw', 'r1 r2: ok', 'r4: ok']],
    ['has a record twice', ['r1 r2 r3 r4: throw', 'r1 r2: ok', 'r2 r3 r4: ok']],
    ['begins with the second part', ['r1 r2 r3 r4: throw', 'r3 r4: ok', 'r1 r2: ok']],
    ['takes others in', ['r1 r2: throw', 'r1: ok', 'r2 r3: ok']],
    ['leaves gaps', ['r1 r2 r3 r4: throw', 'r1 r3: ok', 'r2 r4: ok']],
    ['never comes to its second part', ['r1 r2 r3 r4: throw', 'r1 r2: ok']],
    ['never comes', ['r1 r2 r3 r4: throw']],
  ])('is broken by a split that %s', (_what, lines) => {
    expect(decided(bis01, streamed(bisects(), ...lines)).broken).toHaveLength(1);
  });

  test('does not concern a single record, a mapping that does not bisect, nor a partial failure', () => {
    for (const view of [
      streamed(bisects(), 'r1: throw', 'r1: ok'),
      streamed({}, 'r1 r2: throw', 'r1 r2: ok'),
      streamed(bisects({ reportsItemFailures: true }), 'r1 r2: report r1', 'r1 r2: ok'),
    ])
      expect(decided(bis01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is not known where records may have been too old, or the first part went on for too long', () => {
    const aged = streamed(bisects({ maximumRecordAgeSeconds: 60 }), 'r1 r2 @50: throw', 'r2 @70: ok');
    expect(decided(bis01, aged).unknown).toHaveLength(1);
    const blocked = streamed({ ...bisects(), closedAt: 100 }, 'r1 r2: throw', 'r1: throw', 'r1: throw');
    expect(decided(bis01, blocked).unknown).toHaveLength(1);
  });
});

describe('STR-BIS-02', () => {
  const zero = bisects({ maximumRetryAttempts: 0 });

  test('is kept where a batch without retries is split all the same', () => {
    const view = streamed(zero, 'r1 r2: throw', 'r1: throw', 'r2: ok');
    expect(decided(bis02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it is discarded as a whole', () => {
    expect(decided(bis02, streamed(zero, 'r1 r2: throw', 'r3: ok')).broken).toHaveLength(1);
  });

  test('does not count the attempts of the parts', () => {
    const often = Array.from({ length: 4 }, () => 'r1: throw');
    const view = streamed(zero, 'r1 r2: throw', ...often, 'r2: ok');
    expect(decided(bis02, view)).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('STR-BIS-03', () => {
  const one = bisects({ maximumRetryAttempts: 1, onFailure: 'queue:failed' });

  test('is kept where the first part is over first', () => {
    expect(decided(bis03, streamed(bisects(), ...halves)).broken).toEqual([]);
    const discarded = streamed(one, 'r1 r2: throw', 'r1: throw', 'r1: throw', 'failure r1', 'r2: ok');
    expect(decided(bis03, discarded)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where the second part starts while the first still fails', () => {
    const view = streamed(bisects(), 'r1 r2: throw', 'r1: throw', 'r2: ok', 'r1: ok');
    expect(decided(bis03, view).broken).toHaveLength(1);
  });

  test('is broken by a failure record of a batch that was never cut', () => {
    expect(decided(bis03, streamed(one, 'r1 r2: throw', 'failure r1 r2', 'r3: ok')).broken).toHaveLength(1);
  });

  test('lets the second part start once the first has left the stream', () => {
    const view = streamed(bisects(), 'r1 r2: throw', 'r1: throw', 'r2 @86405: ok');
    expect(decided(bis03, view).broken).toEqual([]);
  });
});

describe('STR-BIS-04', () => {
  const both = bisects({ reportsItemFailures: true });

  test('is kept where an error splits the batch', () => {
    const view = streamed(both, 'r1 r2: throw', 'r1: ok', 'r2: ok');
    expect(decided(bis04, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it does not', () => {
    expect(decided(bis04, streamed(both, 'r1 r2: throw', 'r1 r2: ok')).broken).toHaveLength(1);
  });
});

describe('STR-BIS-05', () => {
  const both = bisects({ reportsItemFailures: true });

  test('is kept where the rest alone comes again, whole or in part', () => {
    expect(decided(bis05, streamed(both, 'r1 r2 r3: report r2', 'r2 r3: ok')).broken).toEqual([]);
    expect(decided(bis05, streamed(both, 'r1 r2 r3: report r2', 'r2: ok', 'r3: ok')).broken).toEqual([]);
  });

  test('is broken where the batch is halved instead, or comes again whole', () => {
    expect(decided(bis05, streamed(both, 'r1 r2 r3: report r3', 'r1: ok', 'r2 r3: ok')).broken).toHaveLength(
      1,
    );
    expect(decided(bis05, streamed(both, 'r1 r2 r3: report r2', 'r1 r2 r3: ok')).broken).toHaveLength(1);
  });
});

describe('STR-BIS-06', () => {
  const one = bisects({ maximumRetryAttempts: 1 });

  test('is kept by the retries of the mapping', () => {
    expect(decided(bis06, streamed(one, 'r1: throw', 'r1: throw', 'r2: ok'))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by more of them, and by fewer', () => {
    expect(decided(bis06, streamed(one, 'r1: throw', 'r1: throw', 'r1: throw')).broken).toHaveLength(1);
    expect(decided(bis06, streamed(one, 'r1: throw', 'r2: ok')).broken).toHaveLength(1);
  });

  test('leaves open whether the attempt of the larger batch counts', () => {
    const counts = streamed(one, 'r1 r2: throw', 'r1: throw', 'r2: ok');
    expect(decided(bis06, counts)).toMatchObject({ kept: 1, broken: [] });
    const doesNot = streamed(one, 'r1 r2: throw', 'r1: throw', 'r1: throw', 'r2: ok');
    expect(decided(bis06, doesNot)).toMatchObject({ kept: 1, broken: [] });
  });
});
