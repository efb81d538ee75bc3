/** Scenarios of the polling model through the driver, on a small AWS in this process. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  ListShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Entry, History } from '../../../engine/history.ts';
import { scenarioSchema } from '../../../engine/scenario.ts';
import { ScenarioError, TargetError } from '../../../engine/target.ts';
import { AwsDriver } from '../driver.ts';
import { type FakeAws, fakeAws, refusal } from '../testing/fakeAws.ts';
import { jumpingClock } from '../testing/jumpingClock.ts';
import { tempFolder } from '../testing/tempFolder.ts';

const FAST = {
  retryTimeScale: 0.002,
  schedulingSlackSeconds: 0.1,
  settleSeconds: 0,
  mappingSettleSeconds: 0,
  pollSeconds: 0.1,
  pollingRetrySeconds: 0.1,
  windowLateSeconds: 0,
};

let aws: FakeAws;
let driver: AwsDriver;
/** UUID to function, of the mappings that are there. */
let mappings: Map<string, string>;

beforeEach(async () => {
  aws = fakeAws();
  mappings = new Map();
  let made = 0;
  aws.lambda.on(CreateEventSourceMappingCommand).callsFake(({ FunctionName }) => {
    const UUID = `uuid-${++made}`;
    mappings.set(UUID, FunctionName.split(':')[0]);
    return { $metadata: { httpStatusCode: 202 }, UUID, State: 'Enabled' };
  });
  aws.lambda.on(DeleteEventSourceMappingCommand).callsFake(({ UUID }) => {
    if (!mappings.delete(UUID)) throw refusal(404, 'ResourceNotFoundException');
    return { $metadata: { httpStatusCode: 202 }, UUID, State: 'Deleting' };
  });
  aws.lambda.on(GetEventSourceMappingCommand).callsFake(({ UUID }) => {
    if (!mappings.has(UUID)) throw refusal(404, 'ResourceNotFoundException');
    return { $metadata: { httpStatusCode: 200 }, UUID, State: 'Enabled' };
  });
  aws.lambda.on(ListEventSourceMappingsCommand).callsFake(({ FunctionName }) => ({
    EventSourceMappings: [...mappings].flatMap(([UUID, owner]) => (owner === FunctionName ? [{ UUID }] : [])),
  }));
  let messages = 0;
  aws.sqs.on(SendMessageCommand).callsFake(() => ({ MessageId: `m${++messages}` }));
  aws.sqs.on(SendMessageBatchCommand).callsFake(({ Entries }) => ({
    Successful: Entries.map(({ Id }: { Id: string }) => ({ Id, MessageId: `m${++messages}` })),
  }));
  driver = await AwsDriver.open({
    name: 'fake',
    endpoint: { url: 'http://fake' },
    tolerances: FAST,
    folder: tempFolder(),
  });
});
afterEach(async () => {
  await driver.close();
  aws.restore();
});

function run(scenario: object): Promise<History> {
  const parsed = scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 1 }],
    ...scenario,
  });
  return driver.run({ scenario: parsed, seed: 1 }, new AbortController().signal);
}

const of = <K extends Entry['kind']>(history: History, kind: K) =>
  history.entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
const send = (to: string, ...records: object[]) => ({ atSeconds: 0, do: 'send', to, records });
const soon = (ms = 60) => new Promise((resolve) => setTimeout(resolve, ms));

const INBOX = { name: 'inbox', visibilityTimeoutSeconds: 0 };
const MAPPED = {
  queues: [INBOX],
  mappings: [{ name: 'm', source: 'queue:inbox', function: 'f', reportsItemFailures: true }],
};

/** What the mapping that was made last was made with. */
const asked = () => aws.lambda.commandCalls(CreateEventSourceMappingCommand).at(-1)?.args[0].input;

/** A poller's attempt, by the mapping that was made last: an event with these messages. */
function attempt(requestId: string, messages: Record<string, number>): Promise<unknown> {
  const { FunctionName = '', EventSourceArn } = asked() ?? {};
  const Records = Object.entries(messages).map(([messageId, receives]) => ({
    messageId,
    body: 'x',
    attributes: { ApproximateReceiveCount: String(receives) },
    eventSource: 'aws:sqs',
    eventSourceARN: EventSourceArn,
  }));
  return aws.attempt(FunctionName, requestId, { Records });
}

test('messages are sent, and attempts with them follow the plan of each', async () => {
  const plans = [{ record: 'r1' }, { record: 'r2', plan: ['report', 'ok'] }];
  const running = run({ ...MAPPED, steps: [send('queue:inbox', ...plans)] });
  await soon();
  expect(await attempt('b1', { m1: 1, m2: 1 })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  expect(await attempt('b2', { m2: 2 })).toEqual({ batchItemFailures: [] });
  const history = await running;
  expect(of(history, 'sent')).toMatchObject([
    { record: 'r1', resource: 'queue:inbox', id: 'm1', step: 0 },
    { record: 'r2', resource: 'queue:inbox', id: 'm2', step: 0 },
  ]);
  expect(of(history, 'started')).toMatchObject([
    {
      mapping: 'm',
      records: [
        { record: 'r1', id: 'm1', receiveCount: 1 },
        { record: 'r2', id: 'm2', receiveCount: 1 },
      ],
    },
    { mapping: 'm', records: [{ record: 'r2', id: 'm2', receiveCount: 2 }] },
  ]);
  expect(of(history, 'started')[0]?.payload).toMatchObject({
    Records: [{ eventSourceARN: 'queue:inbox' }, {}],
  });
});

test('an attempt that begins before the answer to the send is there is told all the same', async () => {
  let answer: (() => void) | undefined;
  aws.sqs.on(SendMessageCommand).callsFake(async () => {
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return { MessageId: 'early' };
  });
  const running = run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' })] });
  await soon();
  const early = attempt('b1', { early: 1 });
  await soon();
  answer?.();
  await early;
  expect(of(await running, 'started')[0]?.records).toMatchObject([{ record: 'r1' }]);
});

test('a late attempt from the queue of another scenario is let go, and not told of', async () => {
  const running = run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' })] });
  await soon();
  const foreign = { eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:us-east-1:0:lc-000000-qu000001' };
  await aws.attempt(asked()?.FunctionName ?? '', 'b0', { Records: [{ ...foreign, messageId: 'm9' }] });
  await attempt('b1', { m1: 1 });
  expect(of(await running, 'started').map(({ requestId }) => requestId)).toEqual(['b1']);
});

test('a message that comes to the dead-letter queue is told as the record that it is', async () => {
  const queues = [{ ...INBOX, redrive: { to: 'queue:dead', maxReceiveCount: 1 } }, { name: 'dead' }];
  const running = run({ ...MAPPED, queues, steps: [send('queue:inbox', { record: 'r1', plan: ['throw'] })] });
  await soon();
  const policy =
    aws.sqs.commandCalls(SetQueueAttributesCommand)[0]?.args[0].input.Attributes?.['RedrivePolicy'];
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy ?? '{}');
  expect(maxReceiveCount).toBe(1);
  await attempt('b1', { m1: 1 }).catch(() => undefined);
  aws.put(deadLetterTargetArn.split(':').at(-1), '{"record":"r1"}');
  expect(of(await running, 'delivered')).toMatchObject([{ resource: 'queue:dead', record: 'r1' }]);
});

test('what the queue holds at the end is counted, and told by receiving it when the mappings are gone', async () => {
  aws.sqs.on(GetQueueAttributesCommand).callsFake(({ QueueUrl, AttributeNames }) => ({
    Attributes: AttributeNames.includes('QueueArn')
      ? { QueueArn: `arn:aws:sqs:us-east-1:0:${QueueUrl.split('/').at(-1)}` }
      : { ApproximateNumberOfMessages: '1', ApproximateNumberOfMessagesNotVisible: '1' },
  }));
  aws.sqs.on(ReceiveMessageCommand).callsFake(() => {
    expect(mappings.size).toBe(0);
    return { Messages: [{ MessageId: 'm1' }, { MessageId: 'm2' }] };
  });
  const history = await run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' }, { record: 'r2' })] });
  expect(of(history, 'remaining')).toMatchObject([
    { resource: 'queue:inbox', count: 2, records: ['r1', 'r2'] },
  ]);
});

test('messages that cannot all be received are only counted', async () => {
  aws.sqs.on(GetQueueAttributesCommand).resolves({
    Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:0:q', ApproximateNumberOfMessages: '2' },
  });
  const history = await run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' }, { record: 'r2' })] });
  const [remaining] = of(history, 'remaining');
  expect(remaining?.count).toBe(2);
  expect(remaining?.records).toBeUndefined();
});

test('a FIFO queue that says the same again and again is not asked without end', async () => {
  aws.sqs.on(GetQueueAttributesCommand).callsFake(({ QueueUrl, AttributeNames }) => ({
    Attributes: AttributeNames.includes('QueueArn')
      ? { QueueArn: `arn:aws:sqs:us-east-1:0:${QueueUrl.split('/').at(-1)}` }
      : { ApproximateNumberOfMessages: '2' },
  }));
  aws.sqs.on(ReceiveMessageCommand).resolves({ Messages: [{ MessageId: 'm1' }] });
  const queues = [{ ...INBOX, fifo: true }];
  const records = ['r1', 'r2'].map((record) => ({ record, group: 'g' }));
  await run({ ...MAPPED, queues, steps: [send('queue:inbox', ...records)] });
  // For one second, four times a second.
  expect(aws.sqs.commandCalls(ReceiveMessageCommand).length).toBeLessThan(8);
});

const TWO_MAPPED = {
  queues: [INBOX, { ...INBOX, name: 'other' }],
  mappings: [
    { name: 'm', source: 'queue:inbox', function: 'f' },
    { name: 'n', source: 'queue:other', function: 'f' },
  ],
};

test('where one mapping is refused, another that is being made meanwhile is not left behind', async () => {
  let asks = 0;
  aws.lambda.on(CreateEventSourceMappingCommand).callsFake(async ({ FunctionName }) => {
    if (++asks === 1) throw refusal(400, 'InvalidParameterValueException', 'no');
    await soon();
    mappings.set('late', FunctionName);
    return { UUID: 'late', State: 'Enabled' };
  });
  await expect(run({ ...TWO_MAPPED, steps: [] })).rejects.toThrow(ScenarioError);
  await driver.close();
  await soon();
  expect(asks).toBe(2);
  expect(mappings.size).toBe(0);
});

test('a mapping that never acts is an error of the target, and no observation', async () => {
  const passed = jumpingClock();
  aws.lambda.on(CreateEventSourceMappingCommand).callsFake(({ FunctionName }) => {
    mappings.set('slow', FunctionName);
    return { UUID: 'slow', State: 'Creating' };
  });
  aws.lambda.on(GetEventSourceMappingCommand).callsFake(() => {
    passed(200);
    return { UUID: 'slow', State: 'Creating' };
  });
  const running = run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' })] });
  await expect(running).rejects.toThrow(TargetError);
  await expect(running).rejects.toThrow(/The mapping m was still Creating after 180 s/);
});

test('a queue that mappings read is received from by nobody else, and removed after the scenario', async () => {
  await run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' })] });
  expect(aws.sqs.commandCalls(ReceiveMessageCommand)).toHaveLength(0);
  await driver.close();
  expect(mappings.size).toBe(0);
  expect(aws.sqs.commandCalls(DeleteQueueCommand)).toHaveLength(1);
});

test('a queue is made with its settings, and refused messages are told', async () => {
  aws.sqs.on(SendMessageCommand).rejects(refusal(400, 'InvalidParameterValue', 'too long'));
  const queues = [{ name: 'inbox', fifo: true, visibilityTimeoutSeconds: 7 }];
  const history = await run({
    ...MAPPED,
    queues,
    steps: [send('queue:inbox', { record: 'r1', group: 'g' })],
  });
  expect(aws.sqs.commandCalls(CreateQueueCommand)[0]?.args[0].input.Attributes).toEqual({
    VisibilityTimeout: '7',
    FifoQueue: 'true',
  });
  expect(aws.sqs.commandCalls(SendMessageCommand)[0]?.args[0].input).toMatchObject({
    MessageGroupId: 'g',
    MessageDeduplicationId: 'r1',
  });
  expect(of(history, 'unsent')).toMatchObject([{ record: 'r1', error: 'InvalidParameterValue: too long' }]);
});

test('requests about mappings speak of UUIDs and ARNs, and their answers of the scenario again', async () => {
  const request = (operation: string, input: object, more: object = {}) => ({
    atSeconds: 0,
    do: 'request',
    operation,
    input,
    ...more,
  });
  const history = await run({
    queues: [INBOX],
    steps: [
      request(
        'CreateEventSourceMapping',
        { FunctionName: 'f', EventSourceArn: 'queue:inbox' },
        { mapping: 'made' },
      ),
      { ...request('DeleteEventSourceMapping', { UUID: 'mapping:made' }), atSeconds: 0.2 },
    ],
  });
  expect(asked()?.EventSourceArn).toMatch(/^arn:aws:sqs:us-east-1:0:lc-/);
  expect(of(history, 'answered').map(({ output }) => output)).toMatchObject([
    { UUID: 'mapping:made' },
    { UUID: 'mapping:made', State: 'Deleting' },
  ]);
  expect(of(history, 'mapping').map(({ mapping, state }) => `${mapping} ${state}`)).toEqual([
    'made Enabled',
    'made Deleted',
  ]);
});

test('a source that the target declines is declined, and no step is run', async () => {
  aws.lambda.on(CreateEventSourceMappingCommand).rejects(refusal(501, 'NotImplemented'));
  const history = await run({ ...MAPPED, steps: [send('queue:inbox', { record: 'r1' })] });
  expect(of(history, 'declined')).toMatchObject([{ capability: 'sqs' }]);
  expect(aws.sqs.commandCalls(SendMessageCommand)).toHaveLength(0);
});

test('where mappings of FIFO queues alone are declined, those of others run', async () => {
  aws.lambda
    .on(CreateEventSourceMappingCommand)
    .rejectsOnce(refusal(500, 'InternalError', "Unknown service: 'sqs-fifo'"))
    .rejectsOnce(refusal(500, 'InternalError', "Unknown service: 'sqs-fifo'"))
    .resolves({ UUID: 'u', State: 'Enabled' });
  const queues = [{ ...INBOX, fifo: true }];
  const input = { FunctionName: 'f', EventSourceArn: 'queue:inbox' };
  const asked = { atSeconds: 0, do: 'request', operation: 'CreateEventSourceMapping', input };
  for (const fifo of [
    { ...MAPPED, queues, steps: [] },
    { queues, steps: [asked] },
  ])
    expect(of(await run(fifo), 'declined')).toMatchObject([{ capability: 'fifo' }]);
  const other = await run({ ...MAPPED, steps: [] });
  expect(of(other, 'declined')).toEqual([]);
});

const STREAM = {
  streams: [{ name: 's', shards: 2 }],
  mappings: [{ name: 'm', source: 'stream:s', function: 'f', startingPosition: 'TRIM_HORIZON' }],
};

test('stream records are put, and each that was not taken is told', async () => {
  aws.kinesis.on(PutRecordsCommand).resolves({
    Records: [
      { SequenceNumber: '49', ShardId: 'shardId-000000000001' },
      { ErrorCode: 'InternalFailure', ErrorMessage: 'try again' },
    ],
  });
  const running = run({
    ...STREAM,
    steps: [send('stream:s', { record: 'r1', key: 'k' }, { record: 'r2' })],
  });
  await soon(150);
  const { FunctionName = '', EventSourceArn } = asked() ?? {};
  const record = { kinesis: { sequenceNumber: '49', data: '' }, eventID: 'shardId-000000000001:49' };
  const Records = [{ ...record, eventSource: 'aws:kinesis', eventSourceARN: EventSourceArn }];
  await aws.attempt(FunctionName, 'b1', { Records });
  const history = await running;
  expect(aws.kinesis.commandCalls(CreateStreamCommand)[0]?.args[0].input.ShardCount).toBe(2);
  const [put] = aws.kinesis.commandCalls(PutRecordsCommand);
  expect(put?.args[0].input.Records?.map(({ PartitionKey }) => PartitionKey)).toEqual(['k', 'r2']);
  expect(of(history, 'sent')).toMatchObject([{ record: 'r1', id: '49', shard: 'shardId-000000000001' }]);
  expect(of(history, 'unsent')).toMatchObject([{ record: 'r2', error: 'InternalFailure: try again' }]);
  expect(of(history, 'started')[0]?.records).toEqual([
    { record: 'r1', id: '49', shard: 'shardId-000000000001' },
  ]);
  await driver.close();
  expect(aws.kinesis.commandCalls(DeleteStreamCommand)).toHaveLength(1);
});

test('a failure record is told with its mapping', async () => {
  const running = run({
    ...STREAM,
    queues: [{ name: 'failed' }],
    mappings: STREAM.mappings.map((mapping) => ({ ...mapping, onFailure: 'queue:failed' })),
    steps: [send('stream:s', { record: 'r1' })],
  });
  await soon(150);
  const { FunctionName, EventSourceArn, DestinationConfig } = asked() ?? {};
  const place = DestinationConfig?.OnFailure?.Destination?.split(':').at(-1) ?? '';
  const body = {
    requestContext: { requestId: 'b1', functionArn: `arn:aws:lambda:us-east-1:0:function:${FunctionName}` },
    KinesisBatchInfo: { streamArn: EventSourceArn },
  };
  aws.put(place, JSON.stringify(body));
  expect(of(await running, 'delivered')).toMatchObject([
    { resource: 'queue:failed', mapping: 'm', body: { KinesisBatchInfo: { streamArn: 'stream:s' } } },
  ]);
});

test('a shard is split in the middle of its hash keys', async () => {
  const shard = (ShardId: string, from: string, to: string) => ({
    ShardId,
    HashKeyRange: { StartingHashKey: from, EndingHashKey: to },
  });
  const halves = [shard('s2', '50', '74'), shard('s3', '75', '99')];
  aws.kinesis
    .on(ListShardsCommand)
    .resolvesOnce({ Shards: [shard('s1', '50', '99'), shard('s0', '0', '49')] as never })
    .resolves({ Shards: [shard('s0', '0', '49'), ...halves] as never });
  const step = { atSeconds: 0, do: 'reshard', stream: 'stream:s', shard: 1, action: 'split' };
  const history = await run({ ...STREAM, steps: [step] });
  expect(aws.kinesis.commandCalls(SplitShardCommand)[0]?.args[0].input).toMatchObject({
    ShardToSplit: 's1',
    NewStartingHashKey: '75',
  });
  expect(of(history, 'resharded')).toMatchObject([{ parents: ['s1'], children: ['s2', 's3'] }]);
});

test('a stream that was removed is not split, and the run goes on', async () => {
  aws.kinesis.on(ListShardsCommand).rejects(refusal(400, 'ResourceNotFoundException'));
  const step = { atSeconds: 0, do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' };
  const history = await run({ ...STREAM, steps: [step] });
  expect(aws.kinesis.commandCalls(SplitShardCommand)).toEqual([]);
  expect(of(history, 'resharded')).toEqual([]);
});

test('items are put and removed one after the other, and their changes told by what they were', async () => {
  const running = run({
    tables: [{ name: 't', view: 'KEYS_ONLY' }],
    mappings: [{ name: 'm', source: 'table:t', function: 'f', startingPosition: 'TRIM_HORIZON' }],
    steps: [send('table:t', { record: 'r1', key: 'k' }, { record: 'r2', key: 'k', change: 'remove' })],
  });
  await soon(150);
  const { FunctionName = '', EventSourceArn } = asked() ?? {};
  const change = (eventName: string, SequenceNumber: string) => ({
    eventName,
    eventSource: 'aws:dynamodb',
    eventSourceARN: EventSourceArn,
    dynamodb: { Keys: { id: { S: 'k' } }, SequenceNumber },
  });
  await aws.attempt(FunctionName, 'b1', { Records: [change('INSERT', '1'), change('REMOVE', '2')] });
  const history = await running;
  expect(EventSourceArn).toMatch(/^arn:aws:dynamodb:.*\/stream\//);
  expect(aws.dynamoDb.commandCalls(PutItemCommand)[0]?.args[0].input.Item).toEqual({
    id: { S: 'k' },
    record: { S: 'r1' },
    body: { S: '{"record":"r1"}' },
  });
  expect(aws.dynamoDb.commandCalls(DeleteItemCommand)).toHaveLength(1);
  expect(of(history, 'started')[0]?.records).toEqual([
    { record: 'r1', id: '1' },
    { record: 'r2', id: '2' },
  ]);
});
