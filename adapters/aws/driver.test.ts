import { existsSync, readdirSync } from 'node:fs';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionCommand,
  InvokeCommand,
  ListFunctionsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Entry, History } from '../../engine/history.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import { ScenarioError, TargetError } from '../../engine/target.ts';
import { Attribution } from './attribution.ts';
import { Collector } from './collector.ts';
import { AwsDriver, type DriverOptions } from './driver.ts';
import { type FakeAws, fakeAws, refusal } from './testing/fakeAws.ts';
import { tempFolder } from './testing/tempFolder.ts';

const FAST = { retryTimeScale: 0.002, schedulingSlackSeconds: 0.15, settleSeconds: 0 };

let aws: FakeAws;
let driver: AwsDriver;
let folder: string;

beforeEach(async () => {
  aws = fakeAws();
  folder = tempFolder();
  driver = await open({ lastWords: () => 'out of memory' });
});
afterEach(async () => {
  await driver.close();
  aws.restore();
});

const open = (change: Partial<DriverOptions>): Promise<AwsDriver> =>
  AwsDriver.open({
    name: 'fake',
    endpoint: { url: 'http://fake' },
    tolerances: FAST,
    folder,
    ...change,
  });

const step = (change: object) => ({
  atSeconds: 0,
  do: 'invoke',
  function: 'f',
  event: 'e1',
  payload: 1,
  ...change,
});
const event = (change: object) => step({ type: 'Event', ...change });

function run(scenario: object, signal = new AbortController().signal): Promise<History> {
  const parsed = scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 1 }],
    ...scenario,
  });
  return driver.run({ scenario: parsed, seed: 1 }, signal);
}

/** The target's name of the function that was invoked first. */
const invoked = (): string => aws.lambda.commandCalls(InvokeCommand)[0]?.args[0].input.FunctionName ?? '';

const of = <K extends Entry['kind']>(history: History, kind: K) =>
  history.entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);

test('a synchronous call: requested, started, ended, answered, closed', async () => {
  const history = await run({ steps: [step({ plan: [{ do: 'ok', value: { a: 1 } }] })] });
  expect(history.entries.map(({ kind }) => kind)).toEqual([
    'requested',
    'started',
    'ended',
    'answered',
    'closed',
  ]);
  expect(of(history, 'answered')[0]).toMatchObject({ status: 200, requestId: 'r1', payload: { a: 1 } });
  expect(of(history, 'started')[0]).toMatchObject({
    function: 'f',
    event: 'e1',
    requestId: 'r1',
    payload: 1,
  });
  expect(of(history, 'ended')[0]).toMatchObject({ outcome: 'ok', result: { a: 1 } });
});

test('an event that fails is watched until its retry would have come', async () => {
  const history = await run({ steps: [event({ plan: ['throw'] })] });
  expect(of(history, 'ended').map(({ outcome }) => outcome)).toEqual(['throw']);
  // One attempt was all there was: twice 0.12 s for the retry, and the slack.
  expect(of(history, 'closed')[0]?.at).toBeGreaterThan(0.24 + 0.15);
});

test('a retry follows the plan: the second attempt of the event does what stands second', async () => {
  const running = run({ steps: [event({ plan: ['throw', { do: 'ok', value: 'second' }] })] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const name = invoked();
  await aws.attempt(name, 'r1', 1);
  const history = await running;
  expect(of(history, 'ended')).toMatchObject([{ outcome: 'throw' }, { outcome: 'ok', result: 'second' }]);
});

test('the settings of a scenario are put before its steps and taken away after them', async () => {
  const functions = [
    {
      name: 'f',
      timeoutSeconds: 1,
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:q' }],
    },
  ];
  await run({ functions, queues: [{ name: 'q' }], steps: [step({})] });
  expect(aws.lambda.commandCalls(PutFunctionEventInvokeConfigCommand)[0]?.args[0].input).toMatchObject({
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/^arn:aws:sqs:us-east-1:0:lc-/) } },
  });
  await vi.waitFor(() =>
    expect(aws.lambda.commandCalls(DeleteFunctionEventInvokeConfigCommand)).toHaveLength(1),
  );
});

test('a record that arrives at a queue is told, under the names of the scenario', async () => {
  const functions = [
    { name: 'f', timeoutSeconds: 1, eventInvoke: [{ qualifier: '$LATEST', onSuccess: 'queue:q' }] },
  ];
  const running = run({ functions, queues: [{ name: 'q' }], steps: [event({})] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const FunctionName = invoked();
  const record = {
    requestContext: { requestId: 'r1', functionArn: `arn:x:${FunctionName}:$LATEST` },
    requestPayload: 1,
  };
  aws.put('-qu', JSON.stringify(record));
  const [delivered] = of(await running, 'delivered');
  expect(delivered).toMatchObject({
    resource: 'queue:q',
    event: 'e1',
    body: { requestContext: { functionArn: 'arn:x:f:$LATEST' } },
  });
});

test('a queue is not lent again while a look into it may still be under way', async () => {
  aws.sqs.on(ReceiveMessageCommand).callsFake(async () => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    return {};
  });
  const withQueue = { queues: [{ name: 'q' }], steps: [step({})] };
  await run(withQueue);
  await run(withQueue);
  expect(aws.sqs.commandCalls(CreateQueueCommand)).toHaveLength(2);
  await new Promise((resolve) => setTimeout(resolve, 900));
  await run(withQueue);
  expect(aws.sqs.commandCalls(CreateQueueCommand)).toHaveLength(2);
});

test('a dead letter keeps its bytes and its attributes', async () => {
  const functions = [{ name: 'f', timeoutSeconds: 1, deadLetter: 'queue:q' }];
  const running = run({
    functions,
    queues: [{ name: 'q' }],
    steps: [event({ payload: { n: 1 }, plan: ['throw'] })],
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  aws.put('-qu', '{"n": 1}', { ErrorCode: { DataType: 'Number', StringValue: '200' } });
  expect(of(await running, 'delivered')[0]).toMatchObject({
    event: 'e1',
    body: { n: 1 },
    text: '{"n": 1}',
    attributes: { ErrorCode: { type: 'Number', value: '200' } },
  });
});

test('a dead letter that is null is one of the event whose payload is null', async () => {
  const functions = [
    {
      name: 'f',
      timeoutSeconds: 1,
      deadLetter: 'queue:q',
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }],
    },
  ];
  const steps = [event({ payload: null, plan: ['throw'] })];
  const running = run({ functions, queues: [{ name: 'q' }], steps });
  await new Promise((resolve) => setTimeout(resolve, 100));
  aws.put('-qu', 'null', { RequestID: { DataType: 'String', StringValue: 'of-no-call' } });
  expect(of(await running, 'delivered')[0]).toMatchObject({ event: 'e1', body: null });
});

test('functions are made once, and lent to one scenario after another', async () => {
  await run({ steps: [step({})] });
  await run({ functions: [{ name: 'g', timeoutSeconds: 1 }], steps: [step({ function: 'g' })] });
  expect(aws.lambda.commandCalls(CreateFunctionCommand)).toHaveLength(1);
});

test('a function that may still have something to do is not lent again', async () => {
  await run({ steps: [event({ plan: ['throw'] })] });
  expect(aws.lambda.commandCalls(DeleteFunctionCommand)).toHaveLength(1);
  await run({ steps: [step({})] });
  expect(aws.lambda.commandCalls(CreateFunctionCommand)).toHaveLength(2);
});

test('a late attempt of an earlier scenario is not taken for one of the next', async () => {
  await run({ steps: [step({})] });
  const name = invoked();
  const running = run({ steps: [step({ plan: [{ do: 'ok', afterSeconds: 0.2 }] })] });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await aws.attempt(name, 'r1', 1);
  expect(of(await running, 'started').map(({ requestId }) => requestId)).toEqual(['r2']);
});

test('a refusal is an entry, with AWS’s words', async () => {
  aws.lambda.on(InvokeCommand).rejects(
    Object.assign(refusal(429, 'TooManyRequestsException', 'Rate Exceeded.'), {
      Reason: 'ConcurrentInvocationLimitExceeded',
    }),
  );
  const history = await run({ steps: [step({})] });
  expect(of(history, 'rejected')[0]).toMatchObject({
    status: 429,
    error: 'TooManyRequestsException',
    reason: 'ConcurrentInvocationLimitExceeded',
    message: 'Rate Exceeded.',
    requestId: 'refused',
  });
  expect(of(history, 'declined')).toEqual([]);
});

test('what the target says it does not offer is declined, and the steps are not run', async () => {
  aws.lambda.on(PutFunctionEventInvokeConfigCommand).rejects(refusal(501, 'NotImplemented'));
  const functions = [
    { name: 'f', timeoutSeconds: 1, eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }] },
  ];
  const history = await run({ functions, steps: [step({})] });
  expect(history.entries).toMatchObject([
    { kind: 'declined', capability: 'eventInvokeConfig', error: expect.stringContaining('NotImplemented') },
    { kind: 'closed' },
  ]);
  expect(aws.lambda.commandCalls(InvokeCommand)).toHaveLength(0);
});

test('a valid set-up that is refused is an error of the scenario, and no decline', async () => {
  const functions = [
    { name: 'f', timeoutSeconds: 1, eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }] },
  ];
  aws.lambda
    .on(PutFunctionEventInvokeConfigCommand)
    .rejects(refusal(400, 'InvalidParameterValueException', 'No zero, please.'));
  const refused = run({ functions, steps: [step({})] });
  await expect(refused).rejects.toThrow(ScenarioError);
  await expect(refused).rejects.toThrow(
    /refused to set up .*InvalidParameterValueException.*No zero, please/,
  );
});

describe('a setting that a target is known to refuse', () => {
  const having = (maximumRetryAttempts: number) => ({
    functions: [
      { name: 'f', timeoutSeconds: 1, eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts }] },
    ],
    steps: [step({})],
  });
  const refuse = (words: string) =>
    aws.lambda
      .on(PutFunctionEventInvokeConfigCommand)
      .rejects(refusal(400, 'InvalidParameterValueException', words));

  beforeEach(async () => {
    await driver.close();
    driver = await open({
      refuses: [
        {
          setting: 'no retries',
          isIn: ({ functions }) =>
            functions.some(({ eventInvoke = [] }) =>
              eventInvoke.some(({ maximumRetryAttempts }) => maximumRetryAttempts === 0),
            ),
          words: 'No zero',
        },
      ],
    });
  });

  test('passes over its scenarios, and is taken for no capability', async () => {
    refuse('No zero, please.');
    for (const _ of [1, 2]) {
      const declined = of(await run(having(0)), 'declined');
      expect(declined).toMatchObject([{ error: expect.stringMatching(/^no retries: .*No zero/) }]);
      expect(declined[0]).not.toHaveProperty('capability');
    }
    expect(aws.lambda.commandCalls(PutFunctionEventInvokeConfigCommand)).toHaveLength(2);
  });

  test('refused in other words is an error', async () => {
    refuse('No one, please.');
    await expect(run(having(0))).rejects.toThrow(ScenarioError);
  });

  test('does not excuse the same answer to a scenario without it', async () => {
    refuse('No zero, please.');
    await expect(run(having(1))).rejects.toThrow(ScenarioError);
  });
});

test('what only the account is too small for is declined', async () => {
  const functions = [{ name: 'f', timeoutSeconds: 1, reservedConcurrency: 5 }];
  const message = "decreases account's UnreservedConcurrentExecution below its minimum value of [10].";
  aws.lambda
    .on(PutFunctionConcurrencyCommand)
    .rejects(refusal(400, 'InvalidParameterValueException', message));
  const history = await run({ functions, steps: [step({})] });
  expect(of(history, 'declined')).toMatchObject([{ capability: 'reserved' }]);
});

test('what the driver cannot ask for is declined by the driver', async () => {
  const history = await run({ functions: [{ name: 'f', initSeconds: 12 }], steps: [step({})] });
  expect(of(history, 'declined')[0]?.capability).toBe('slowInit');
});

test('a request goes out under AWS’s names, and its output comes back under the scenario’s', async () => {
  aws.lambda.on(GetFunctionCommand).callsFake((input) => ({
    $metadata: { httpStatusCode: 200 },
    Configuration: { FunctionName: input.FunctionName },
  }));
  const request = { atSeconds: 0, do: 'request', operation: 'GetFunction', input: { FunctionName: 'f' } };
  const history = await run({ steps: [request] });
  expect(aws.lambda.commandCalls(GetFunctionCommand)[0]?.args[0].input).toEqual({
    FunctionName: expect.stringMatching(/^lc-[0-9a-f]{6}-fn\d+$/),
  });
  expect(of(history, 'answered')[0]?.output).toEqual({ Configuration: { FunctionName: 'f' } });
});

test('a function made by a step is removed after the scenario; declared ones are not forgotten', async () => {
  const create = (name: string) => ({
    atSeconds: 0,
    do: 'request',
    operation: 'CreateFunction',
    input: { FunctionName: name, Timeout: 1 },
  });
  await run({ steps: [create('other')] });
  const removed = aws.lambda
    .commandCalls(DeleteFunctionCommand)
    .map((call) => call.args[0].input.FunctionName);
  expect(removed).toEqual([expect.stringMatching(/-other$/)]);
  aws.lambda
    .on(CreateFunctionCommand, { Timeout: 1, Tags: undefined })
    .rejects(refusal(409, 'ResourceConflictException'));
  await run({ steps: [create('f')] });
  await driver.close();
  const made = aws.lambda.commandCalls(CreateFunctionCommand).map((call) => call.args[0].input.FunctionName);
  const gone = aws.lambda.commandCalls(DeleteFunctionCommand).map((call) => call.args[0].input.FunctionName);
  expect(new Set(gone)).toEqual(new Set(made));
});

test('a removal is told when it is done', async () => {
  const history = await run({
    queues: [{ name: 'q' }],
    steps: [{ atSeconds: 0, do: 'remove', resource: 'queue:q' }],
  });
  expect(of(history, 'removed')).toMatchObject([{ resource: 'queue:q' }]);
  expect(aws.sqs.commandCalls(DeleteQueueCommand)).toHaveLength(1);
});

test('a target that dies is an error of the target with its last words, not an observation', async () => {
  const gone = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', $metadata: {} });
  aws.lambda.on(InvokeCommand).rejects(gone);
  aws.lambda.on(ListFunctionsCommand).rejects(gone);
  const dying = run({ steps: [step({})] });
  await expect(dying).rejects.toThrow(TargetError);
  await expect(dying).rejects.toThrow(/Nothing answers at http:\/\/fake.*out of memory/);
});

test('a target that dies while it is watched has not lost its events', async () => {
  const running = run({ steps: [event({ plan: ['throw'] })] });
  setTimeout(() => aws.lambda.on(ListFunctionsCommand).rejects(refusal(503, 'gone')), 100);
  await expect(running).rejects.toThrow(TargetError);
});

test('one connection that broke is no answer; the target lives', async () => {
  aws.lambda
    .on(InvokeCommand)
    .rejects(Object.assign(new Error('hang up'), { code: 'ECONNRESET', $metadata: {} }));
  const history = await run({ steps: [step({})] });
  expect(history.entries.map(({ kind }) => kind)).toEqual(['requested', 'closed']);
});

test('a caller that hangs up is told, and the attempt goes on', async () => {
  const history = await run({
    steps: [step({ hangUpAfterSeconds: 0.1, plan: [{ do: 'ok', afterSeconds: 0.3 }] })],
  });
  expect(history.entries.map(({ kind }) => kind)).toEqual([
    'requested',
    'started',
    'hungUp',
    'ended',
    'closed',
  ]);
});

test('a run that is given up throws, and leaves nothing in the way', async () => {
  const giveUp = new AbortController();
  const running = run(
    { steps: [step({}), step({ event: 'e2', payload: 2, atSeconds: 0.5 })] },
    giveUp.signal,
  );
  setTimeout(() => giveUp.abort(), 100);
  await expect(running).rejects.toThrow(/abort/i);
});

test('closing removes all that was made, and the journal', async () => {
  await run({ queues: [{ name: 'q' }], steps: [step({})] });
  expect(readdirSync(folder)).toHaveLength(1);
  await driver.close();
  expect(aws.lambda.commandCalls(DeleteFunctionCommand)).toHaveLength(1);
  expect(aws.sqs.commandCalls(CreateQueueCommand)).toHaveLength(1);
  expect(aws.sqs.commandCalls(DeleteQueueCommand)).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('a target whose functions do not report is not accused of anything: it is not opened', async () => {
  aws.lambda.on(InvokeCommand).resolves({ StatusCode: 200, Payload: Buffer.from('null') as never });
  const released = vi.fn(async () => undefined);
  const where = tempFolder();
  const opening = AwsDriver.openChecked({
    name: 'deaf',
    endpoint: { url: 'http://deaf' },
    folder: where,
    release: released,
  });
  await expect(opening).rejects.toThrow(
    /A function on http:\/\/deaf was invoked but did not reach http:.*--collector-host/,
  );
  expect(released).toHaveBeenCalled();
  expect(readdirSync(where)).toEqual([]);
});

test('a target whose functions report is opened', async () => {
  const open = await AwsDriver.openChecked({
    name: 'ok',
    endpoint: { url: 'http://ok' },
    folder: tempFolder(),
  });
  await open.close();
});

test('a target that cannot be opened leaves no collector behind', async () => {
  const close = vi.spyOn(Collector.prototype, 'close');
  aws.iam.on(CreateRoleCommand).rejects(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  const options = { name: 'fake', endpoint: { url: 'http://fake' }, folder: tempFolder() };
  await expect(AwsDriver.open(options)).rejects.toThrow('reset');
  expect(close).toHaveBeenCalledOnce();
  // The role may have been made all the same.
  expect(readdirSync(options.folder)).toHaveLength(1);
  close.mockRestore();
});

test('a report that we fail to take in fails the scenario: its history would lack an attempt', async () => {
  const attributing = vi.spyOn(Attribution.prototype, 'ofAttempt').mockImplementationOnce(() => {
    throw new Error('a defect of ours');
  });
  await expect(run({ steps: [step({})] })).rejects.toThrow('a defect of ours');
  attributing.mockRestore();
});

test('what could not be removed is told with the reason, and stays in the journal', async () => {
  aws.lambda.on(DeleteFunctionCommand).rejects(refusal(500, 'ServiceException', 'out of order'));
  await run({ steps: [step({})] });
  await expect(driver.close()).rejects.toThrow(
    /^1 resource could not be removed \(function lc-\w+-fn\d+: ServiceException \(500\): out of order\): `lambda-conformance sweep` tries again\.$/,
  );
  expect(readdirSync(folder)).toHaveLength(1);
  expect(existsSync(folder)).toBe(true);
});

test('what is never made is nothing to remove: the journal goes, though its service can remove nothing', async () => {
  const notHere = refusal(501, 'NotImplemented', 'no such service');
  aws.sqs.onAnyCommand().rejects(notHere);
  aws.sqs.on(CreateQueueCommand).rejects(notHere);
  aws.sqs.on(GetQueueUrlCommand).rejects(notHere);
  const history = await run({ queues: [{ name: 'q' }], steps: [step({})] });
  expect(of(history, 'declined')).toMatchObject([{ capability: 'destinations' }]);
  await driver.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('what a server error may have made all the same stays in the journal until it is removed', async () => {
  aws.sqs.on(CreateQueueCommand).rejects(refusal(500, 'InternalError'));
  aws.sqs.on(GetQueueUrlCommand).rejects(refusal(500, 'InternalError'));
  await expect(run({ queues: [{ name: 'q' }], steps: [step({})] })).rejects.toThrow(ScenarioError);
  await expect(driver.close()).rejects.toThrow(/1 resource could not be removed \(queue lc-/);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a service that answers in another language is declined, and does not end the campaign', async () => {
  const foreign = Object.assign(new Error('char "n" is not expected.'), {
    $metadata: { httpStatusCode: 501 },
  });
  aws.sqs.on(CreateQueueCommand).rejects(foreign);
  const history = await run({ queues: [{ name: 'q' }], steps: [step({})] });
  expect(of(history, 'declined')).toMatchObject([
    { capability: 'destinations', error: expect.stringContaining('not in the format of the AWS API') },
  ]);
});

test('a removal that the target declines declines the scenario', async () => {
  aws.sqs.on(DeleteQueueCommand).rejects(refusal(501, 'NotImplemented'));
  const removal = { atSeconds: 0, do: 'remove', resource: 'queue:q' };
  const history = await run({ queues: [{ name: 'q' }], steps: [removal] });
  expect(of(history, 'declined')).toMatchObject([{ capability: 'destinations' }]);
  await driver.close().catch(() => undefined);
});
