import { expect, test } from 'vitest';
import type { Scenario } from '../../engine/scenario.ts';
import { neighbours } from './neighbours.ts';
import { simulate } from './simulate.ts';
import { SEEDS, scenarioFrom } from './testing/run.ts';

const calls = scenarioFrom({
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

const group = (record: string, name: string) => ({ record, group: name });

const queues = scenarioFrom({
  functions: [
    { name: 'f', timeoutSeconds: 6 },
    { name: 'g', timeoutSeconds: 3, reservedConcurrency: 1 },
  ],
  queues: [
    { name: 'q', visibilityTimeoutSeconds: 6 },
    { name: 'fifo', fifo: true },
    { name: 'short', visibilityTimeoutSeconds: 5 },
  ],
  mappings: [
    { name: 'm', source: 'queue:q', function: 'f', batchSize: 2 },
    { name: 'n', source: 'queue:fifo', function: 'f' },
    { name: 'o', source: 'queue:short', function: 'f', windowSeconds: 4 },
    { name: 'p', source: 'queue:q', function: 'g', batchSize: 1 },
  ],
  steps: [
    {
      do: 'send',
      to: 'queue:q',
      // It outlasts its visibility timeout, with the time that the poller needs.
      records: [
        { record: 'slow', plan: [{ do: 'ok', afterSeconds: 5.9 }] },
        { record: 'a', times: 20 },
      ],
    },
    {
      do: 'send',
      to: 'queue:fifo',
      records: [group('b', 'x'), group('c', 'x'), group('d', 'y'), group('e', 'y')],
    },
    { do: 'send', to: 'queue:short', records: [{ record: 'h', plan: ['throw', 'ok'] }] },
    {
      atSeconds: 8,
      do: 'request',
      operation: 'UpdateEventSourceMapping',
      input: { UUID: 'mapping:m', BatchSize: 1 },
    },
    {
      atSeconds: 10,
      do: 'request',
      operation: 'UpdateFunctionConfiguration',
      input: { FunctionName: 'f', Timeout: 20 },
    },
    {
      atSeconds: 20,
      do: 'send',
      to: 'queue:q',
      records: [
        { record: 'i', plan: [{ do: 'ok', afterSeconds: 9 }] },
        { record: 'j', times: 9 },
      ],
    },
  ],
});

const streams = scenarioFrom({
  functions: [{ name: 'f' }, { name: 'g' }],
  queues: [{ name: 'failed' }],
  streams: [{ name: 's' }, { name: 'windowed' }, { name: 'wide', shards: 2 }],
  mappings: [
    {
      name: 'm',
      source: 'stream:s',
      function: 'f',
      startingPosition: 'TRIM_HORIZON',
      batchSize: 4,
      maximumRetryAttempts: 1,
      reportsItemFailures: true,
      bisects: true,
      onFailure: 'queue:failed',
    },
    {
      name: 'w',
      source: 'stream:windowed',
      function: 'f',
      startingPosition: 'TRIM_HORIZON',
      reportsItemFailures: true,
      tumblingWindowSeconds: 5,
    },
  ],
  steps: [
    {
      do: 'send',
      to: 'stream:s',
      records: [
        { record: 'a' },
        { record: 'b', plan: [{ do: 'report', as: 'empty' }] },
        { record: 'c', times: 6 },
        { record: 'd', plan: ['throw'] },
      ],
    },
    {
      do: 'send',
      to: 'stream:windowed',
      records: [{ record: 'e' }, { record: 'f', plan: ['report', 'ok'] }],
    },
    {
      atSeconds: 20,
      do: 'request',
      operation: 'CreateEventSourceMapping',
      mapping: 'n',
      input: { EventSourceArn: 'stream:windowed', FunctionName: 'g', StartingPosition: 'LATEST' },
    },
    { atSeconds: 21, do: 'send', to: 'stream:windowed', records: [{ record: 'g' }] },
    // One for each shard.
    {
      atSeconds: 30,
      do: 'send',
      to: 'stream:wide',
      records: [
        { record: 'h', key: 'a' },
        { record: 'i', key: 'e' },
      ],
    },
  ],
});

const logs = scenarioFrom({
  functions: [{ name: 'f' }],
  kafkaTopics: [
    { name: 'k', on: 'msk', partitions: 4 },
    { name: 'failed', on: 'msk' },
  ],
  brokerQueues: [{ name: 'b', engine: 'activeMq' }],
  mappings: [
    { name: 'm', source: 'kafka:k', function: 'f' },
    {
      name: 'p',
      source: 'kafka:k',
      function: 'f',
      provisioned: { minimum: 1, maximum: 1 },
      maximumRetryAttempts: 1,
      onFailure: 'kafka:failed',
    },
    { name: 'n', source: 'broker:b', function: 'f' },
  ],
  steps: [
    {
      do: 'send',
      to: 'kafka:k',
      records: [0, 1, 2, 3].map((partition) => ({
        record: `p${partition}`,
        partition,
        plan: [...Array(7).fill('throw'), 'ok'],
      })),
    },
    { do: 'send', to: 'broker:b', records: [{ record: 'a', plan: ['throw', 'ok'] }] },
    { type: 'Event', event: 'e1', payload: 1, plan: ['throw', 'ok'] },
  ],
});

test.each(neighbours.map((neighbour) => [neighbour.name, neighbour] as const))(
  '%s differs from the reference, and says why it may',
  (_name, { because, policy, tamper }) => {
    expect(because.length).toBeGreaterThan(20);
    const differsOn = (scenario: Scenario, seed: number) =>
      JSON.stringify(simulate(scenario, seed, { policy, tamper }).entries) !==
      JSON.stringify(simulate(scenario, seed).entries);
    const all = [calls, queues, streams, logs];
    const differs = SEEDS.some((seed) => all.some((scenario) => differsOn(scenario, seed)));
    expect(differs).toBe(true);
  },
);

test('names are told apart', () => {
  expect(new Set(neighbours.map(({ name }) => name)).size).toBe(neighbours.length);
});
