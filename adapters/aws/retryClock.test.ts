import { expect, test } from 'vitest';
import { timeScaleOf } from './retryClock.ts';

test('the time scale is what the least late of the retries says', () => {
  expect(timeScaleOf([1, 2])).toBeCloseTo(1 / 60);
  expect(timeScaleOf([1.5, 2])).toBeCloseTo(1 / 60);
  expect(timeScaleOf([1])).toBeCloseTo(1 / 60);
  expect(timeScaleOf([])).toBeUndefined();
});
