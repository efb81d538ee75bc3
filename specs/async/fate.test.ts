import { describe, expect, test } from 'vitest';
import { type Given, view } from '../testing/notation.ts';
import { fates } from './fate.ts';

const fateOf = (given: Given, words: string) => fates(view(given, `e1: ${words}`))[0];

describe('what became of an event', () => {
  test('it succeeded, when its attempt ended ok', () => {
    expect(fateOf({}, 'accept, fail@1, ok@61')).toMatchObject({
      cause: 'success',
      earliest: 61.1,
      latest: 61.1,
    });
  });

  test('it is open for one that is too large to be accepted', () => {
    const large = (bytes: number) => fateOf({ payload: { $filler: bytes } }, 'accept, ok, ok');
    expect(large(6_100_000)).toMatchObject({ end: 'open', why: expect.stringContaining('size') });
    expect(large(1_000_000)).toMatchObject({ end: 'succeeded' });
  });

  test('it is discarded with its last retry, between the earliest and the latest end of that', () => {
    expect(fateOf({ retries: 0 }, 'accept, start timeout@1')).toMatchObject({
      cause: 'retriesExhausted',
      earliest: 2.95,
      latest: 5,
    });
  });

  test('it is discarded at its age limit where retries are left', () => {
    expect(fateOf({ ageSeconds: 60 }, 'accept, fail@1')).toMatchObject({ cause: 'expired', earliest: 1.1 });
    expect(fateOf({ ageSeconds: 60, closedAt: 70 }, 'accept, fail@1')).toMatchObject({ end: 'open' });
  });

  test('it is discarded at once while the reserve is 0', () => {
    expect(fateOf({ function: { reservedConcurrency: 0 } }, 'accept')).toMatchObject({
      cause: 'zeroReserve',
      latest: 2,
    });
  });

  test('with duplicates granted it may have a true attempt left', () => {
    const given = { retries: 1, tolerances: { duplicateBudget: 1 } };
    expect(fateOf(given, 'accept, fail@1, fail@2')).toMatchObject({ cause: 'unclear', earliest: 2 });
    expect(fateOf(given, 'accept, fail@1, fail@2, fail@62')).toMatchObject({ cause: 'retriesExhausted' });
  });

  test.each([
    ['the end of an attempt was not seen', {}, 'accept, start ok'],
    ['a result was too large', { retries: 0 }, 'accept, oversize'],
    ['attempts fail before their handler', { function: { initSeconds: 12 } }, 'accept, fail'],
    ['the observer left', { closedAt: 100 }, 'accept, fail'],
  ])('it is open where %s', (_why, given: Given, words) => {
    expect(fateOf(given, words)).toMatchObject({ end: 'open', why: expect.stringMatching(/./) });
  });
});
