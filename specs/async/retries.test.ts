import { describe, expect, test } from 'vitest';
import { decided, view } from '../testing/notation.ts';
import { retry01, retry02 } from './retries.ts';

describe('ASYNC-RETRY-01', () => {
  test('is kept by as many attempts as the configuration allows', () => {
    expect(decided(retry01, view({ retries: 1 }, 'e1: accept, fail, fail'))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by one attempt more, and points at it', () => {
    const { broken } = decided(retry01, view({ retries: 1 }, 'e1: accept, fail, fail, fail'));
    expect(broken).toMatchObject([
      { expected: 'at most 2 attempts of e1', observed: '3', entries: [{ attempt: 'a-e1-3' }] },
    ]);
  });

  test('says nothing of an event that succeeded', () => {
    expect(decided(retry01, view({}, 'e1: accept, fail, ok'))).toMatchObject({
      kept: 0,
      broken: [],
      unknown: [],
    });
  });
});

describe('ASYNC-RETRY-02', () => {
  test('is kept by three attempts without a configuration', () => {
    expect(decided(retry02, view({}, 'e1: accept, fail, fail, fail'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an event that is given up early', () => {
    expect(decided(retry02, view({}, 'e1: accept, fail, fail')).broken).toMatchObject([
      { observed: '2, then nothing' },
    ]);
  });

  test('is open when the observer left before the retry was due', () => {
    expect(decided(retry02, view({ closedAt: 100 }, 'e1: accept, fail')).unknown).toHaveLength(1);
  });
});
