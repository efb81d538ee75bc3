import { expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { beyondDriver } from './beyond.ts';

const beyond = (change: object) =>
  beyondDriver(scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], steps: [], ...change }))
    ?.capability;

test.each([
  ['kafka', { kafkaTopics: [{ name: 'k', on: 'msk' }] }],
  ['mq', { brokerQueues: [{ name: 'b', engine: 'rabbitMq' }] }],
  ['pushes', { topics: [{ name: 't' }], subscriptions: [{ source: 'topic:t', function: 'f' }] }],
  ['pushes', { functions: [{ name: 'f', policy: [{ service: 'sns' }] }] }],
  ['dynamodb', { tables: [{ name: 't', shards: 2 }] }],
  [
    'roles',
    {
      queues: [{ name: 'q' }],
      steps: [{ atSeconds: 0, do: 'permission', function: 'f', resource: 'queue:q', isAllowed: false }],
    },
  ],
  ['callers', { steps: [{ atSeconds: 0, do: 'invoke', function: 'f', event: 'e1', asStranger: true }] }],
])('%s is not to be had through this driver', (capability, change) => {
  expect(beyond(change)).toBe(capability);
});

test('queues, streams and tables with their mappings are', () => {
  const mapping = { name: 'm', source: 'stream:s', function: 'f', startingPosition: 'LATEST' };
  expect(
    beyond({
      queues: [{ name: 'q' }],
      streams: [{ name: 's' }],
      tables: [{ name: 't' }],
      mappings: [mapping],
    }),
  ).toBeUndefined();
});
