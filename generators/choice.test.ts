import { expect, test } from 'vitest';
import { choice } from './choice.ts';
import { type fc, randomOf } from './fc.ts';

const shrinksOf = <T>(arbitrary: fc.Arbitrary<T>, value: T) =>
  [...arbitrary.shrink(value, undefined)].map((each) => each.value);

test('a choice draws by weight, and never what has none', () => {
  const arbitrary = choice<string>([3, 'often'], [1, 'seldom'], [0, 'never']);
  const random = randomOf(1, 1);
  const drawn = Array.from({ length: 4_000 }, () => arbitrary.generate(random, undefined).value);
  const share = drawn.filter((value) => value === 'often').length / drawn.length;
  expect(share).toBeGreaterThan(0.7);
  expect(share).toBeLessThan(0.8);
  expect(new Set(drawn)).toEqual(new Set(['often', 'seldom']));
});

test('a choice shrinks to all simpler values where they are few, else to the first, then halfway back', () => {
  const numbers = choice<number>(...Array.from({ length: 20 }, (_, k): [number, number] => [1, k]));
  expect(shrinksOf(numbers, 3)).toEqual([0, 1, 2]);
  expect(shrinksOf(numbers, 9)).toEqual([0, 5, 7, 8]);
  expect(shrinksOf(numbers, 0)).toEqual([]);
});

test('a choice knows objects by their structure', () => {
  const arbitrary = choice<object>([1, {}], [1, { a: [1] }]);
  expect(arbitrary.canShrinkWithoutContext({ a: [1] })).toBe(true);
  expect(arbitrary.canShrinkWithoutContext({ a: [2] })).toBe(false);
  expect(shrinksOf(arbitrary, { a: [1] })).toEqual([{}]);
});

test('a choice without any option is refused', () => {
  expect(() => choice<number>([0, 1])).toThrow('a choice needs an option');
});
