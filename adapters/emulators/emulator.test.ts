import { expect, test } from 'vitest';
import { instancesFor } from './emulator.ts';

const FIVE_OF_FOUR = { jobs: 4, instances: 5 };

test.each([
  [{}, 5],
  [{ jobs: 8 }, 2],
  [{ jobs: 100 }, 5],
  [{ mostAtOnce: 1 }, 1],
  [{ mostAtOnce: 9 }, 3],
  [{ mostAtOnce: 100 }, 5],
  [{ jobs: 4, mostAtOnce: 100 }, 1],
])('with %o as many instances are started as there will be something to do for: %i', (choice, count) => {
  expect(instancesFor(FIVE_OF_FOUR, choice)).toBe(count);
});

test('a profile that does not say how many has one', () => {
  expect(instancesFor({ jobs: 20 }, { jobs: 100 })).toBe(1);
});
