import { readdirSync } from 'node:fs';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Capability } from '../../engine/capabilities.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import { AwsDriver, DRIVER_CAPABILITIES, type DriverOptions } from './driver.ts';
import { type FakeAws, fakeAws, refusal } from './testing/fakeAws.ts';
import { jumpingClock } from './testing/jumpingClock.ts';
import { tempFolder } from './testing/tempFolder.ts';

let aws: FakeAws;
let driver: AwsDriver | undefined;
let folder: string;

beforeEach(() => {
  aws = fakeAws();
  folder = tempFolder();
  aws.lambda.on(PublishVersionCommand).resolves({ Version: '1' });
});
afterEach(async () => {
  await driver?.close();
  aws.restore();
});

async function open(more: Partial<DriverOptions> = {}): Promise<AwsDriver> {
  driver = await AwsDriver.openChecked({ name: 'fake', endpoint: { url: 'http://fake' }, folder, ...more });
  return driver;
}

const lacking = ({ capabilities }: AwsDriver): Capability[] =>
  DRIVER_CAPABILITIES.filter((capability) => !capabilities.has(capability));

const notHere = refusal(501, 'NotImplemented', 'not here');

test('a target that declines nothing has all that the driver can run', async () => {
  expect(lacking(await open())).toEqual([]);
});

test.each<[Capability[], (aws: FakeAws) => void]>([
  [['topics'], ({ sns }) => void sns.on(CreateTopicCommand).rejects(notHere)],
  [['buckets'], ({ s3 }) => void s3.on(CreateBucketCommand).rejects(notHere)],
  [
    ['destinations', 'deadLetter', 'topics', 'buses', 'fifo', 'sqs', 'redrive', 'remaining'],
    ({ sqs }) => void sqs.on(CreateQueueCommand).rejects(notHere),
  ],
  [['reserved'], ({ lambda }) => void lambda.on(PutFunctionConcurrencyCommand).rejects(notHere)],
  [
    ['versions', 'aliases', 'provisioned'],
    ({ lambda }) => void lambda.on(PublishVersionCommand).rejects(notHere),
  ],
  [['aliases'], ({ lambda }) => void lambda.on(CreateAliasCommand).rejects(notHere)],
  [['provisioned'], ({ lambda }) => void lambda.on(PutProvisionedConcurrencyConfigCommand).rejects(notHere)],
  [
    ['eventInvokeConfig', 'destinations'],
    ({ lambda }) => void lambda.on(PutFunctionEventInvokeConfigCommand).rejects(notHere),
  ],
  [['stream'], ({ lambda }) => void lambda.on(InvokeWithResponseStreamCommand).rejects(notHere)],
  [['dryRun'], ({ lambda }) => void lambda.on(InvokeCommand, { InvocationType: 'DryRun' }).rejects(notHere)],
  [['async'], ({ lambda }) => void lambda.on(InvokeCommand, { InvocationType: 'Event' }).rejects(notHere)],
  [['kinesis', 'reshard'], ({ kinesis }) => void kinesis.on(CreateStreamCommand).rejects(notHere)],
  [['reshard'], ({ kinesis }) => void kinesis.on(SplitShardCommand).rejects(notHere)],
  [['dynamodb'], ({ dynamoDb }) => void dynamoDb.on(CreateTableCommand).rejects(notHere)],
  [['redrive'], ({ sqs }) => void sqs.on(SetQueueAttributesCommand).rejects(notHere)],
  [
    ['sqs', 'kinesis', 'dynamodb', 'redrive', 'reshard', 'remaining'],
    ({ lambda }) => void lambda.on(CreateEventSourceMappingCommand).rejects(notHere),
  ],
])('what is declined is left out: %j', async (capabilities, decline) => {
  decline(aws);
  expect(lacking(await open())).toEqual(capabilities);
});

test('a service that does not speak the API is not there', async () => {
  const foreign = Object.assign(new Error('char "n" is not expected.'), {
    $metadata: { httpStatusCode: 501 },
  });
  aws.s3.on(CreateBucketCommand).rejects(foreign);
  expect(lacking(await open())).toEqual(['buckets']);
});

test('what fails otherwise stays, for the rules to judge', async () => {
  aws.sns.on(CreateTopicCommand).rejects(refusal(500, 'InternalError'));
  aws.lambda
    .on(PutFunctionConcurrencyCommand)
    .rejects(refusal(400, 'InvalidParameterValueException', 'no zero'));
  expect(lacking(await open())).toEqual([]);
});

test('a stream that is made and never becomes active is none', async () => {
  const passed = jumpingClock();
  aws.kinesis.on(DescribeStreamSummaryCommand).callsFake(() => {
    passed(200);
    return { StreamDescriptionSummary: { StreamStatus: 'CREATING' } };
  });
  expect(lacking(await open())).toEqual(['kinesis', 'reshard']);
});

test('what was declined is not asked for again', async () => {
  aws.lambda.on(PutFunctionConcurrencyCommand).rejects(notHere);
  const { run } = await open().then((open) => ({ run: open.run.bind(open) }));
  const scenario = scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f', reservedConcurrency: 1 }],
    steps: [{ atSeconds: 0, do: 'invoke', function: 'f', event: 'e1', payload: 1 }],
  });
  const { entries } = await run({ scenario, seed: 1 }, new AbortController().signal);
  expect(entries[0]).toMatchObject({
    kind: 'declined',
    capability: 'reserved',
    error: 'NotImplemented (501): not here',
  });
  expect(aws.lambda.commandCalls(PutFunctionConcurrencyCommand)).toHaveLength(1);
});

test('where the capabilities are told, nothing is tried', async () => {
  await open({ capabilities: ['async'] });
  expect(aws.sns.calls()).toEqual([]);
  expect(aws.lambda.commandCalls(PublishVersionCommand)).toEqual([]);
});

test('the function that was tried on is not lent to a scenario, and nothing is left behind', async () => {
  await (await open()).close();
  expect(aws.lambda.commandCalls(CreateFunctionCommand)).toHaveLength(1);
  expect(aws.lambda.commandCalls(DeleteFunctionCommand)).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});
