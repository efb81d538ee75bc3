import { expect, test } from 'vitest';
import { expectedSeconds } from './expectedSeconds.ts';
import { scenarioSchema } from './scenario.ts';
import { AWS_TOLERANCES } from './tolerances.ts';

const tolerances = { ...AWS_TOLERANCES, pollingRetrySeconds: 2 };
const lasting = (change: object) =>
  expectedSeconds(
    scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], steps: [], ...change }),
    tolerances,
  );
const queue = (visibilityTimeoutSeconds: number, plan: string[], mapping: object = {}) =>
  lasting({
    queues: [{ name: 'q', visibilityTimeoutSeconds }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f', ...mapping }],
    steps: [{ atSeconds: 1, do: 'send', to: 'queue:q', records: [{ record: 'r1', plan }] }],
  });

test('what waits longer between its attempts, or has more of them, or a window, lasts longer', () => {
  expect(queue(30, ['throw', 'ok'])).toBeGreaterThan(queue(2, ['throw', 'ok']));
  expect(queue(2, ['throw', 'throw', 'ok'])).toBeGreaterThan(queue(2, ['throw', 'ok']));
  expect(queue(2, ['ok'], { windowSeconds: 20 })).toBe(queue(2, ['ok']) + 20);
});

test('a late step makes a scenario long', () => {
  const step = { do: 'invoke', function: 'f', event: 'e1' };
  const at = (atSeconds: number) => lasting({ steps: [{ ...step, atSeconds }] });
  expect(at(90) - at(0)).toBe(90);
});

test('failing records of a stream are waited for one after the other', () => {
  const records = (count: number) =>
    lasting({
      streams: [{ name: 's' }],
      mappings: [{ name: 'm', source: 'stream:s', function: 'f', startingPosition: 'TRIM_HORIZON' }],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'stream:s',
          records: Array.from({ length: count }, (_, k) => ({ record: `r${k}`, plan: ['throw', 'ok'] })),
        },
      ],
    });
  expect(records(5)).toBeGreaterThan(records(1) + 4 * 2);
});
