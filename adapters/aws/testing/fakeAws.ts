/** A small AWS for tests, behind the SDK's clients: no network but the probe's own to the collector. */

import { createRequire } from 'node:module';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeStreamSummaryCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import {
  CreateFunctionCommand,
  InvokeCommand,
  type InvokeCommandOutput,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';

type Handler = (event: unknown, context: object) => Promise<unknown>;

/** A refusal as the SDK throws it. */
export function refusal(status: number, name: string, message = name): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: status < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode: status, requestId: 'refused' },
  });
}

/** What the tests turn on and off. */
export interface FakeAws {
  readonly lambda: ReturnType<typeof mockLambda>;
  readonly sqs: ReturnType<typeof mockSqs>;
  readonly iam: ReturnType<typeof mockIam>;
  readonly sns: ReturnType<typeof mockSns>;
  readonly s3: ReturnType<typeof mockS3>;
  readonly kinesis: ReturnType<typeof mockKinesis>;
  readonly dynamoDb: ReturnType<typeof mockDynamoDb>;
  /** Runs one attempt of a function, as the service would. */
  attempt(functionName: string, requestId: string, payload: unknown): Promise<unknown>;
  /** Puts a message in a queue. */
  put(queueName: string, body: string, attributes?: Record<string, object>): void;
  restore(): void;
}

const OK = { httpStatusCode: 200 };
const mockLambda = () => mockClient(LambdaClient);
const mockSqs = () => mockClient(SQSClient);
const mockIam = () => mockClient(IAMClient);
const mockSns = () => mockClient(SNSClient);
const mockS3 = () => mockClient(S3Client);
const mockKinesis = () => mockClient(KinesisClient);
const mockDynamoDb = () => mockClient(DynamoDBClient);

/** Installs the fake: functions run the real probe, in this process; events have one attempt, and no retries. */
export function fakeAws(): FakeAws {
  const lambda = mockLambda();
  const sqs = mockSqs();
  const iam = mockIam();
  const sns = mockSns();
  const s3 = mockS3();
  const kinesis = mockKinesis();
  const dynamoDb = mockDynamoDb();
  const eventBridge = mockClient(EventBridgeClient);
  const handlers = new Map<string, Handler>();
  const queues = new Map<string, object[]>();
  const attempt: FakeAws['attempt'] = async (name, requestId, payload) =>
    handlers.get(name)?.(payload, { awsRequestId: requestId, functionVersion: '$LATEST' });

  lambda.onAnyCommand().resolves({ $metadata: OK });
  lambda.on(ListFunctionsCommand).resolves({ Functions: [] });
  lambda.on(CreateFunctionCommand).callsFake((input) => {
    handlers.set(input.FunctionName, loadProbe(input.Environment.Variables));
    return {
      $metadata: OK,
      State: 'Active',
      FunctionArn: `arn:aws:lambda:us-east-1:0:function:${input.FunctionName}`,
    };
  });
  let calls = 0;
  lambda.on(InvokeCommand).callsFake(async (input): Promise<Partial<InvokeCommandOutput>> => {
    const requestId = `r${++calls}`;
    const payload = input.Payload === undefined ? {} : JSON.parse(Buffer.from(input.Payload).toString());
    const $metadata = { httpStatusCode: 200, requestId };
    const running = attempt(input.FunctionName, requestId, payload).then(
      (result) => ({ Payload: bytes(result ?? null) }),
      (error: Error) => ({ Payload: bytes({ errorMessage: error.message }), FunctionError: 'Unhandled' }),
    );
    if (input.InvocationType === 'Event') return { $metadata, StatusCode: 202 };
    // The mock's types know of the command only; the options stand beside it.
    const sent: readonly unknown[] = lambda.commandCalls(InvokeCommand).at(-1)?.args ?? [];
    const options = sent[1] as { abortSignal: AbortSignal } | undefined;
    const hungUp = new Promise<never>((_, reject) => {
      const abort = () => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
      options?.abortSignal.addEventListener('abort', abort);
    });
    return { $metadata, StatusCode: 200, ...(await Promise.race([running, hungUp])) };
  });
  sqs.onAnyCommand().resolves({});
  sqs.on(CreateQueueCommand).callsFake((input) => {
    queues.set(input.QueueName, []);
    return { QueueUrl: `http://queues/0/${input.QueueName}` };
  });
  sqs.on(GetQueueAttributesCommand).callsFake((input) => ({
    Attributes: { QueueArn: `arn:aws:sqs:us-east-1:0:${input.QueueUrl.split('/').at(-1)}` },
  }));
  sqs.on(ReceiveMessageCommand).callsFake(async (input) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return { Messages: queues.get(input.QueueUrl.split('/').at(-1))?.splice(0) ?? [] };
  });
  sqs.on(DeleteMessageBatchCommand).resolves({});
  iam.onAnyCommand().resolves({});
  sns.onAnyCommand().resolves({});
  s3.onAnyCommand().resolves({});
  eventBridge.onAnyCommand().resolves({});
  kinesis.onAnyCommand().resolves({});
  kinesis.on(DescribeStreamSummaryCommand).callsFake(({ StreamName }) => ({
    StreamDescriptionSummary: {
      StreamStatus: 'ACTIVE',
      StreamARN: `arn:aws:kinesis:us-east-1:0:stream/${StreamName}`,
    },
  }));
  dynamoDb.onAnyCommand().resolves({});
  dynamoDb.on(DescribeTableCommand).callsFake(({ TableName }) => ({
    Table: {
      TableStatus: 'ACTIVE',
      LatestStreamArn: `arn:aws:dynamodb:us-east-1:0:table/${TableName}/stream/2026-01-01T00:00:00.000`,
    },
  }));
  iam.on(CreateRoleCommand).resolves({ Role: { Arn: 'arn:aws:iam::0:role/r' } as never });
  iam.on(PutRolePolicyCommand).resolves({});
  let messages = 0;
  return {
    lambda,
    sqs,
    iam,
    sns,
    s3,
    kinesis,
    dynamoDb,
    attempt,
    put: (name, body, attributes) => {
      const MessageId = `m${++messages}`;
      const found = [...queues].find(([queue]) => queue.includes(name));
      found?.[1].push({ MessageId, ReceiptHandle: MessageId, Body: body, MessageAttributes: attributes });
    },
    restore: () => {
      lambda.restore();
      sqs.restore();
      for (const other of [iam, sns, s3, eventBridge, kinesis, dynamoDb]) other.restore();
    },
  };
}

const bytes = (value: unknown) =>
  Buffer.from(JSON.stringify(value)) as unknown as NonNullable<InvokeCommandOutput['Payload']>;

/** The probe as a new execution environment loads it. */
function loadProbe(variables: Record<string, string>): Handler {
  Object.assign(process.env, variables);
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve('../probe/probe.cjs')];
  // The name of the function is read at each attempt, from the environment that all share here: it is put back.
  const { handler } = require('../probe/probe.cjs') as { handler: Handler };
  return (event, context) => {
    Object.assign(process.env, variables);
    return handler(event, context);
  };
}
