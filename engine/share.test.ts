import { expect, test } from 'vitest';
import { holds, sizeOfShare } from './share.ts';

const places = (count: number) => Array.from({ length: count }, (_, place) => place);

test('the shares of a campaign are all of it, and none has what another one has', () => {
  for (let count = 0; count < 20; count++) {
    const shares = [1, 2, 3, 4].map((index) => ({ index, of: 4 }));
    const taken = shares.map((share) => places(count).filter((place) => holds(share, place)));
    expect(taken.flat().sort((a, b) => a - b)).toEqual(places(count));
    expect(shares.map((share) => sizeOfShare(share, count))).toEqual(taken.map(({ length }) => length));
  }
});

test('where there are no shares the one run has all', () => {
  expect(places(7).every((place) => holds(undefined, place))).toBe(true);
  expect(sizeOfShare(undefined, 7)).toBe(7);
});
