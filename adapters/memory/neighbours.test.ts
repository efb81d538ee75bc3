import { expect, test } from 'vitest';
import { neighbours } from './neighbours.ts';
import { simulate } from './simulate.ts';
import { SEEDS, scenarioFrom } from './testing/run.ts';

const scenario = scenarioFrom({
  function: {
    timeoutSeconds: 1,
    eventInvoke: [
      {
        qualifier: '$LATEST',
        maximumEventAgeSeconds: 60,
        onFailure: 'queue:failed',
        onSuccess: 'queue:done',
      },
    ],
  },
  queues: [{ name: 'failed' }, { name: 'done' }],
  steps: [
    { type: 'Event', event: 'e1', payload: 1, plan: ['throw', 'ok'] },
    { type: 'Event', event: 'e2', payload: 2 },
    { type: 'RequestResponse', event: 'e3', payload: 3, plan: ['timeout'] },
    {
      atSeconds: 4,
      type: 'RequestResponse',
      event: 'e0',
      payload: 0,
      times: 20,
      plan: [{ do: 'ok', afterSeconds: 0.3 }],
    },
    { atSeconds: 5, type: 'RequestResponse', event: 'e4', payload: { $filler: 300_000 }, plan: ['throw'] },
    { atSeconds: 6, type: 'Event', event: 'e5', payload: { $filler: 300_000 }, plan: ['throw'] },
    {
      atSeconds: 7,
      do: 'request',
      operation: 'PutFunctionConcurrency',
      input: { FunctionName: 'f', ReservedConcurrentExecutions: 1 },
    },
    {
      atSeconds: 8,
      type: 'RequestResponse',
      event: 'e6',
      payload: 6,
      times: 5,
      plan: [{ do: 'ok', afterSeconds: 0.5 }],
    },
    {
      atSeconds: 20,
      do: 'request',
      operation: 'PutFunctionEventInvokeConfig',
      input: { FunctionName: 'f', MaximumRetryAttempts: 9 },
    },
    { atSeconds: 30, type: 'RequestResponse', event: 'e7', payload: 7 },
    { atSeconds: 30, type: 'Event', event: 'e8', payload: 8, times: 2, plan: ['throw'] },
  ],
});

test.each(neighbours.map((neighbour) => [neighbour.name, neighbour] as const))(
  '%s differs from the reference, and says why it may',
  (_name, { because, policy, tamper }) => {
    expect(because.length).toBeGreaterThan(20);
    const differs = SEEDS.some(
      (seed) =>
        JSON.stringify(simulate(scenario, seed, { policy, tamper }).entries) !==
        JSON.stringify(simulate(scenario, seed).entries),
    );
    expect(differs).toBe(true);
  },
);

test('names are told apart', () => {
  expect(new Set(neighbours.map(({ name }) => name)).size).toBe(neighbours.length);
});
