import { expect, test } from 'vitest';
import { isBefore } from './sequence.ts';

test('sequence numbers are compared as numbers of any length', () => {
  expect(isBefore('9', '10')).toBe(true);
  expect(isBefore('10', '9')).toBe(false);
  expect(isBefore('4965982715031415', '4965982715031416')).toBe(true);
  expect(isBefore('7', '7')).toBe(false);
});
