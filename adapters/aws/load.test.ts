import { expect, test } from 'vitest';
import { loadOf } from './load.ts';

const round = (calls: number, seconds?: number) => (seconds === undefined ? { calls } : { calls, seconds });

test.each([
  ['one after another', [round(1, 0.45), round(2, 0.9), round(2, 0.85)], 1, 1],
  ['cold starts that are slow once', [round(1, 0.9), round(2, 1.4), round(2, 0.45), round(4, 0.5)], 4, 4],
  ['an answer that is missing', [round(1, 0.45), round(2, 0.5), round(4), round(4)], 2, 2],
  ['all that was tried', [1, 2, 4, 8, 16, 32].map((calls) => round(calls, 0.45)), 32, 8],
  ['not even one', [round(1), round(1)], 1, 1],
])('%s', (_what, rounds, calls, jobs) => {
  expect(loadOf(rounds)).toMatchObject({ calls, jobs });
});
