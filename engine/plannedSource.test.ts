import { expect, test } from 'vitest';
import { plannedSource } from './plannedSource.ts';
import { scenarioOf } from './testing/miniatures.ts';

const source = { seed: 7, draw: (index: number) => ({ scenario: scenarioOf(index + 1), shrinks: () => [] }) };

test('the planned scenarios come first, in the order of the plan, and then each other one once', () => {
  const planned = plannedSource(source, [4, 0, 2]);
  const drawn = Array.from({ length: 7 }, (_, position) => planned.draw(position).scenario.steps.length - 1);
  expect(drawn).toEqual([4, 0, 2, 1, 3, 5, 6]);
  expect(planned.draw(4).scenario).toEqual(source.draw(3).scenario);
  expect(planned.seed).toBe(7);
});
