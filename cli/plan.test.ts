import { expect, test } from 'vitest';
import { longRunHint } from './plan.ts';

test('a run that takes long says so, and how it takes less', () => {
  expect(longRunHint(10_995, undefined)).toMatch(/--time 10m/);
});

test('a short run, or one whose length was chosen, does not', () => {
  expect(longRunHint(300, undefined)).toBeUndefined();
  expect(longRunHint(10_995, 14_400)).toBeUndefined();
});
