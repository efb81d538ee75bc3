/** A function's configuration, from answers in the form of AWS's API. */
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { configured } from './configured.ts';

const lambda = mockClient(LambdaClient);
const sqs = mockClient(SQSClient);
const place = { url: 'http://localhost:1' };
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:123456789012:${rest}`;

beforeEach(() => {
  lambda.on(GetFunctionConfigurationCommand).resolves({
    FunctionName: 'Orders_Handler',
    Timeout: 30,
    DeadLetterConfig: { TargetArn: arn('sns', 'Alarms') },
  });
  lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 5 });
  lambda.on(ListFunctionEventInvokeConfigsCommand).resolves({ FunctionEventInvokeConfigs: [] });
  lambda.on(ListEventSourceMappingsCommand).resolves({ EventSourceMappings: [] });
});
afterEach(() => {
  lambda.reset();
  sqs.reset();
});

test('a function, its reserve and its dead-letter topic, under names of the scenario', async () => {
  const { configuration, leftOut } = await configured('Orders_Handler', place);
  expect(leftOut).toEqual([]);
  expect(configuration).toEqual({
    scenario: 1,
    functions: [
      { name: 'orders-handler', timeoutSeconds: 30, reservedConcurrency: 5, deadLetter: 'topic:alarms' },
    ],
    topics: [{ name: 'alarms' }],
  });
});

test('event-invoke configurations, by their qualifiers', async () => {
  lambda.on(ListFunctionEventInvokeConfigsCommand).resolves({
    FunctionEventInvokeConfigs: [
      {
        FunctionArn: arn('lambda', 'function:Orders_Handler:live'),
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 120,
        DestinationConfig: { OnFailure: { Destination: arn('lambda', 'function:audit') } },
      },
    ],
  });
  const { configuration } = await configured('Orders_Handler', place);
  expect(configuration.functions[0]?.eventInvoke).toEqual([
    { qualifier: 'live', maximumRetryAttempts: 0, maximumEventAgeSeconds: 120, onFailure: 'function:audit' },
  ]);
  expect(configuration.functions[1]).toEqual({ name: 'audit', timeoutSeconds: 3 });
});

test('a mapping, the queue it reads, and the queue beyond that; what is no source of a scenario is told of', async () => {
  lambda.on(ListEventSourceMappingsCommand).resolves({
    EventSourceMappings: [
      {
        UUID: 'u1',
        EventSourceArn: arn('sqs', 'jobs'),
        FunctionArn: arn('lambda', 'function:Orders_Handler'),
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 7 },
        FilterCriteria: { Filters: [{ Pattern: '{"body":{"n":[1]}}' }] },
      },
      { UUID: 'u2', EventSourceArn: arn('kafka', 'cluster/c/1') },
    ],
  });
  sqs.on(GetQueueUrlCommand).callsFake(({ QueueName }) => ({ QueueUrl: `http://localhost:1/${QueueName}` }));
  sqs.on(GetQueueAttributesCommand, { QueueUrl: 'http://localhost:1/jobs' }).resolves({
    Attributes: {
      VisibilityTimeout: '20',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('sqs', 'dead'), maxReceiveCount: '3' }),
    },
  });
  sqs
    .on(GetQueueAttributesCommand, { QueueUrl: 'http://localhost:1/dead' })
    .resolves({ Attributes: { MessageRetentionPeriod: '1209600' } });
  const { configuration, leftOut } = await configured('Orders_Handler', place);
  expect(configuration.queues).toEqual([
    { name: 'jobs', visibilityTimeoutSeconds: 20, redrive: { to: 'queue:dead', maxReceiveCount: 3 } },
    { name: 'dead', retentionSeconds: 1_209_600 },
  ]);
  expect(configuration.mappings).toEqual([
    {
      ...{ name: 'm1', source: 'queue:jobs', function: 'orders-handler', batchSize: 10 },
      ...{ maximumConcurrency: 7, reportsItemFailures: true, filters: ['{"body":{"n":[1]}}'] },
    },
  ]);
  expect(leftOut).toEqual([expect.stringContaining('u2')]);
  expect(() => scenarioSchema.parse({ ...configuration, steps: [] })).not.toThrow();
});

test('a function that is not there: one sentence, with the place', async () => {
  const missing = new ResourceNotFoundException({ message: 'Function not found', $metadata: {} });
  lambda.on(GetFunctionConfigurationCommand).rejects(missing);
  await expect(configured('none', place)).rejects.toThrow(
    /^The configuration of "none" cannot be read from http:\/\/localhost:1: .*\.$/,
  );
});
