import { expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { schedule } from './steps.ts';

const at = (...seconds: number[]) =>
  scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f' }],
    steps: seconds.map((atSeconds, index) => ({
      atSeconds,
      do: 'invoke',
      function: 'f',
      event: `e${index}`,
    })),
  });
const due = (retryTimeScale: number, ...seconds: number[]) =>
  schedule(at(...seconds), { ...AWS_TOLERANCES, retryTimeScale }).map(({ atSeconds }) => atSeconds);

test('on AWS steps come when the scenario says', () => {
  expect(due(1, 0, 0.5, 90)).toEqual([0, 0.5, 90]);
});

test('where a minute is a second, long gaps shrink and short ones stay', () => {
  expect(due(1 / 60, 0, 0.5, 120.5, 121.5, 125)).toEqual([0, 0.5, 2.5, 3.5, 4.5]);
});

test('with mappings no gap shrinks: visibility timeouts do not either', () => {
  const scenario = scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f' }],
    queues: [{ name: 'q' }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [0, 40].map((atSeconds) => ({
      atSeconds,
      do: 'send',
      to: 'queue:q',
      records: [{ record: `r${atSeconds}` }],
    })),
  });
  const fast = { ...AWS_TOLERANCES, retryTimeScale: 1 / 60 };
  expect(schedule(scenario, fast).map(({ atSeconds }) => atSeconds)).toEqual([0, 40]);
});

test('steps are carried out in order of time, those of one time in the order they are written', () => {
  const order = schedule(at(2, 0, 0), AWS_TOLERANCES).map(({ index }) => index);
  expect(order).toEqual([1, 2, 0]);
});
