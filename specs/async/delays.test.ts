import { describe, expect, test } from 'vitest';
import { decided, view } from '../testing/notation.ts';
import { delay01 } from './delays.ts';

const NOTHING = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };

describe('ASYNC-DELAY-01', () => {
  test('is kept by one minute and then two', () => {
    expect(decided(delay01, view({}, 'e1: accept, fail, fail, fail'))).toMatchObject(KEPT);
  });

  test('is broken by a retry that comes at once, and by a second one after one minute', () => {
    expect(decided(delay01, view({}, 'e1: accept, fail, fail@2')).broken).toHaveLength(1);
    expect(decided(delay01, view({}, 'e1: accept, fail@1, fail@61, fail@121')).broken).toMatchObject([
      { expected: 'about 120 s between attempts 2 and 3 of e1' },
    ]);
  });

  test('is broken by a retry after ten minutes, where nothing else waits', () => {
    expect(decided(delay01, view({}, 'e1: accept, fail@1, fail@600')).broken).toHaveLength(1);
  });

  test('grants any wait where capacity may be lacking', () => {
    const given = { function: { reservedConcurrency: 1 } };
    const history = view(given, 'e1: accept, fail@1, fail@600, ok', 'e2: accept, ok@5');
    expect(decided(delay01, history)).toMatchObject(KEPT);
  });

  test('grants that the wait counts from the start of a long attempt', () => {
    expect(decided(delay01, view({}, 'e1: accept, timeout@1, ok@60'))).toMatchObject(KEPT);
  });

  test('grants a long initialisation before the retry is seen', () => {
    const given = { function: { initSeconds: 8, timeoutSeconds: 60 } };
    expect(decided(delay01, view(given, 'e1: accept, fail@1, ok@128'))).toMatchObject(KEPT);
  });

  test('grants a duplicate where the target is granted one', () => {
    const given = { tolerances: { duplicateBudget: 1 } };
    expect(decided(delay01, view(given, 'e1: accept, fail@1, fail@2, fail@62'))).toMatchObject(KEPT);
  });

  test('says nothing of a single attempt', () => {
    expect(decided(delay01, view({}, 'e1: accept, ok'))).toMatchObject(NOTHING);
  });
});
