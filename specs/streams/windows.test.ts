import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { attempt, tumbling } from './testing/windows.ts';
import { win03, win04, win07, win08 } from './windows.ts';

const closing = attempt('@14: ok', 0, { isFinal: true, state: { n: 1 } });

describe('STR-WIN-03', () => {
  test('is kept where each window ends with a final invocation', () => {
    const view = tumbling({}, attempt('r1: ok', 0, { returns: { n: 1 } }), closing);
    expect(decided(win03, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where none comes, or the next window before it', () => {
    const open = attempt('r1: ok', 0, { returns: { n: 1 } });
    expect(decided(win03, tumbling({}, open)).broken).toHaveLength(1);
    const next = attempt('r2 @15: ok', 1, { returns: { n: 1 } });
    const later = tumbling(
      { records: { r2: { at: 12 } } },
      open,
      next,
      attempt('@24: ok', 1, { isFinal: true }),
    );
    expect(decided(win03, later).broken).toHaveLength(1);
  });

  test('is broken by an attempt in a window after its final invocation', () => {
    const view = tumbling({}, attempt('r1: ok', 0, { returns: { n: 1 } }), closing, attempt('r2 @16: ok', 0));
    expect(decided(win03, view).broken.length).toBeGreaterThan(0);
  });

  test('lets the final invocation be tried again', () => {
    const view = tumbling(
      {},
      attempt('r1: ok', 0, { returns: { n: 1 } }),
      attempt('@14: throw', 0, { isFinal: true, state: { n: 1 } }),
      attempt('@16: ok', 0, { isFinal: true, state: { n: 1 } }),
    );
    expect(decided(win03, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('lets a window that ended early be followed by another one of the same time', () => {
    const view = tumbling(
      {},
      attempt('r1: ok', 0, { returns: { n: 1 } }),
      attempt('@3: ok', 0, { isFinal: true, isEarly: true, state: { n: 1 } }),
      attempt('r2 @4: ok', 0, { returns: { n: 1 } }),
      closing,
    );
    expect(decided(win03, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is not known where the final invocation may have been given up, or nobody watched', () => {
    const givenUp = tumbling(
      { mapping: { maximumRetryAttempts: 0 } },
      attempt('r1: ok', 0, { returns: { n: 1 } }),
      attempt('@14: throw', 0, { isFinal: true, state: { n: 1 } }),
    );
    expect(decided(win03, givenUp).unknown).toHaveLength(1);
    const left = tumbling({ closedAt: 60 }, attempt('r1: ok', 0, { returns: { n: 1 } }));
    expect(decided(win03, left).unknown).toHaveLength(1);
  });

  test('is not known of a window in which nothing succeeded', () => {
    const view = tumbling({ mapping: { maximumRetryAttempts: 0 } }, attempt('r1: throw', 0));
    expect(decided(win03, view).unknown).toHaveLength(1);
  });
});

describe('STR-WIN-04', () => {
  test('is kept in the window of the arrival, and broken in another one', () => {
    const records = { r1: { at: 9.9 } };
    expect(decided(win04, tumbling({ records }, attempt('r1 @11: ok', 0)))).toMatchObject({
      kept: 1,
      broken: [],
    });
    expect(decided(win04, tumbling({ records }, attempt('r1 @11: ok', 1))).broken).toHaveLength(1);
  });

  test('knows that a table tells the time in whole seconds', () => {
    const given = { kind: 'dynamodb' as const, records: { r1: { at: 10.2 } } };
    expect(decided(win04, tumbling(given, attempt('r1 @11: ok', 1)))).toMatchObject({ kept: 1, broken: [] });
    const late = { ...given, records: { r1: { at: 12 } } };
    expect(decided(win04, tumbling(late, attempt('r1 @13: ok', 0))).broken).toHaveLength(1);
  });
});

describe('STR-WIN-07', () => {
  const open = attempt('r1: ok', 0, { returns: { n: 1 } });
  const final = (at: number) => attempt(`@${at}: ok`, 0, { isFinal: true, state: { n: 1 } });

  test('is kept up to two minutes after the end, and broken later', () => {
    expect(decided(win07, tumbling({}, open, final(125)))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(win07, tumbling({}, open, final(145))).broken).toHaveLength(1);
  });

  test('is not known where attempts failed, nor of tables', () => {
    const failed = tumbling(
      {},
      attempt('r1: throw', 0),
      attempt('r1 @100: ok', 0, { returns: { n: 1 } }),
      final(300),
    );
    expect(decided(win07, failed).unknown).toHaveLength(1);
    expect(decided(win07, tumbling({ kind: 'dynamodb' }, open, final(200))).unknown).toHaveLength(1);
  });
});

test('STR-WIN-08 tells whether retries came out of order', () => {
  const inOrder = tumbling({}, attempt('r1: throw', 0), attempt('r1: ok', 0), attempt('r2: ok', 0));
  expect(decided(win08, inOrder).observed).toEqual(['in order']);
  const outOf = tumbling({}, attempt('r1: throw', 0), attempt('r2: ok', 0), attempt('r1: ok', 0));
  expect(decided(win08, outOf).observed).toEqual(['out of order']);
});
