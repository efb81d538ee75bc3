/** The recorded cases of AWS's control plane, in our own words. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../engine/json.ts';
import type { Operation, Scenario } from '../../../engine/scenario.ts';
import { accountOf } from '../accountOf.ts';
import { documented, type Policy, policyWith } from '../policy.ts';
import { handleRequest } from './index.ts';

const scenario: Scenario = {
  scenario: 1,
  functions: [
    { name: 'f', timeoutSeconds: 3, versions: 2, aliases: [{ name: 'live', version: '1' }] },
    { name: 'g', timeoutSeconds: 3 },
  ],
  queues: [{ name: 'failed' }, { name: 'failedfifo', fifo: true }],
  topics: [{ name: 'news' }],
  buses: [{ name: 'orders' }],
  buckets: [{ name: 'archive' }],
  steps: [],
};

/** An account of the scenario above, asked one thing after the other, ten seconds apart. */
function asked(policy: Policy = documented) {
  const account = accountOf(scenario, policy);
  let atSeconds = 0;
  return {
    account,
    ask: (operation: Operation, input: Record<string, Json>) => {
      atSeconds += 10;
      return handleRequest(account, { atSeconds, do: 'request', operation, input }, policy);
    },
  };
}

const f = { FunctionName: 'f' };

describe('event-invoke configuration', () => {
  test('of an unknown function is not found', () => {
    const { ask } = asked();
    expect(
      ask('PutFunctionEventInvokeConfig', { FunctionName: 'nobody', MaximumRetryAttempts: 1 }),
    ).toMatchObject({
      status: 404,
      error: 'ResourceNotFoundException',
      message: "The function doesn't exist.",
    });
  });

  test('without any setting is refused before the function is looked up', () => {
    const { ask } = asked();
    expect(ask('PutFunctionEventInvokeConfig', { FunctionName: 'nobody' })).toMatchObject({
      status: 400,
      error: 'InvalidParameterValueException',
      message: 'You must specify at least one of error handling or destination setting.',
    });
  });

  test('takes neither the function itself nor an unknown function as destination', () => {
    const { ask } = asked();
    const to = (Destination: string) => ({ ...f, DestinationConfig: { OnFailure: { Destination } } });
    expect(ask('PutFunctionEventInvokeConfig', to('function:f'))).toMatchObject({
      status: 400,
      message: "You can't specify the function as a destination for itself.",
    });
    expect(ask('PutFunctionEventInvokeConfig', to('function:nobody'))).toMatchObject({
      status: 400,
      message: 'The destination ARN function:nobody is invalid.',
    });
    expect(ask('PutFunctionEventInvokeConfig', to('nothing'))).toMatchObject({
      status: 400,
      error: 'ValidationException',
    });
    expect(ask('PutFunctionEventInvokeConfig', to('function:g'))).toMatchObject({ status: 200 });
  });

  test('is replaced by a Put and merged by an Update', () => {
    const { ask } = asked();
    const both = { ...f, MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 };
    ask('PutFunctionEventInvokeConfig', both);
    const put = ask('PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 0 });
    expect(put).toMatchObject({ status: 200, output: { MaximumRetryAttempts: 0 } });
    expect(put).not.toHaveProperty('output.MaximumEventAgeInSeconds');
    ask('PutFunctionEventInvokeConfig', both);
    ask('UpdateFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 0 });
    expect(ask('GetFunctionEventInvokeConfig', f)).toMatchObject({
      output: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
    });
  });

  test('shows a qualified ARN and no key that was never given', () => {
    const { ask } = asked();
    const answer = ask('PutFunctionEventInvokeConfig', {
      ...f,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination: 'queue:failed' } },
    });
    expect(answer).toMatchObject({
      output: {
        FunctionArn: expect.stringMatching(/:function:f:\$LATEST$/),
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnSuccess: { Destination: 'queue:failed' } },
      },
    });
    expect(answer).not.toHaveProperty('output.MaximumEventAgeInSeconds');
  });

  test('of each qualifier is its own, and is gone after a Delete', () => {
    const { ask, account } = asked();
    ask('PutFunctionEventInvokeConfig', { ...f, Qualifier: 'live', MaximumRetryAttempts: 0 });
    expect(ask('GetFunctionEventInvokeConfig', f)).toMatchObject({ status: 404 });
    expect([...(account.functions.get('f')?.eventInvoke.keys() ?? [])]).toEqual(['live']);
    expect(ask('DeleteFunctionEventInvokeConfig', { ...f, Qualifier: 'live' })).toEqual({ status: 204 });
    expect(
      ask('UpdateFunctionEventInvokeConfig', { ...f, Qualifier: 'live', MaximumRetryAttempts: 1 }),
    ).toMatchObject({ status: 404, error: 'ResourceNotFoundException' });
  });
});

describe('reserved concurrency', () => {
  test('of an unknown function is not found, of a version not permitted', () => {
    const { ask } = asked();
    expect(
      ask('PutFunctionConcurrency', { FunctionName: 'nobody', ReservedConcurrentExecutions: 1 }),
    ).toMatchObject({
      status: 404,
      message: expect.stringMatching(/^Function not found: .*:nobody:\$LATEST$/),
    });
    expect(
      ask('PutFunctionConcurrency', { FunctionName: 'function:f:1', ReservedConcurrentExecutions: 1 }),
    ).toMatchObject({
      status: 400,
      message: expect.stringContaining('Aliases and versions do not support this operation'),
    });
  });

  test('leaves 100 unreserved over all functions', () => {
    const { ask, account } = asked();
    ask('PutFunctionConcurrency', { FunctionName: 'g', ReservedConcurrentExecutions: 500 });
    expect(ask('PutFunctionConcurrency', { ...f, ReservedConcurrentExecutions: 401 })).toMatchObject({
      status: 400,
      message: expect.stringContaining('below its minimum value of [100]'),
    });
    expect(ask('PutFunctionConcurrency', { ...f, ReservedConcurrentExecutions: 400 })).toEqual({
      status: 200,
      output: { ReservedConcurrentExecutions: 400 },
    });
    expect(account.functions.get('f')?.reserved).toBe(400);
  });

  test('may not be lower than provisioned concurrency, nor that higher', () => {
    const { ask } = asked();
    const provision = (Qualifier: string, count: number) =>
      ask('PutProvisionedConcurrencyConfig', { ...f, Qualifier, ProvisionedConcurrentExecutions: count });
    expect(provision('1', 2)).toMatchObject({ status: 202 });
    expect(ask('PutFunctionConcurrency', { ...f, ReservedConcurrentExecutions: 1 })).toMatchObject({
      status: 400,
      message:
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    });
    expect(ask('PutFunctionConcurrency', { ...f, ReservedConcurrentExecutions: 2 })).toMatchObject({
      status: 200,
    });
    const refusal = { status: 400, message: expect.stringContaining('should not be greater than') };
    expect(provision('2', 1)).toMatchObject(refusal);
    expect(provision('1', 3)).toMatchObject(refusal);
  });
});

describe('provisioned concurrency', () => {
  test('of 0 breaks a constraint, and of $LATEST is refused', () => {
    const { ask } = asked();
    expect(
      ask('PutProvisionedConcurrencyConfig', {
        ...f,
        Qualifier: '1',
        ProvisionedConcurrentExecutions: 0,
      }),
    ).toMatchObject({
      status: 400,
      error: 'ValidationException',
      message: expect.stringContaining('Member must have value greater than or equal to 1'),
    });
    expect(
      ask('PutProvisionedConcurrencyConfig', {
        ...f,
        Qualifier: '$LATEST',
        ProvisionedConcurrentExecutions: 1,
      }),
    ).toMatchObject({
      status: 400,
      message: 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    });
  });

  test('that is not there has an error of its own', () => {
    const { ask } = asked();
    expect(ask('GetProvisionedConcurrencyConfig', { ...f, Qualifier: '1' })).toMatchObject({
      status: 404,
      error: 'ProvisionedConcurrencyConfigNotFoundException',
      message: 'No Provisioned Concurrency Config found for this function',
    });
  });

  test('is not for an alias and its version at once', () => {
    const { ask } = asked();
    const provision = (Qualifier: string) =>
      ask('PutProvisionedConcurrencyConfig', { ...f, Qualifier, ProvisionedConcurrentExecutions: 1 });
    provision('live');
    expect(provision('1')).toMatchObject({
      status: 409,
      message: 'Version is pointed by a Provisioned Concurrency alias',
    });
    ask('DeleteProvisionedConcurrencyConfig', { ...f, Qualifier: 'live' });
    expect(provision('1')).toMatchObject({ status: 202 });
    expect(provision('live')).toMatchObject({ status: 409 });
  });

  test('takes no more than the account has unreserved', () => {
    const { ask } = asked();
    const provision = (count: number) =>
      ask('PutProvisionedConcurrencyConfig', {
        ...f,
        Qualifier: '1',
        ProvisionedConcurrentExecutions: count,
      });
    expect(provision(1_001)).toMatchObject({
      message: expect.stringContaining('unreserved concurrency [1000]'),
    });
    expect(provision(901)).toMatchObject({ message: expect.stringContaining('minimum value of [100]') });
    expect(provision(900)).toMatchObject({ status: 202 });
  });
});

describe('functions', () => {
  test('a removed dead-letter queue is shown once more, and is gone', () => {
    const { ask, account } = asked();
    ask('UpdateFunctionConfiguration', { ...f, DeadLetterConfig: { TargetArn: 'queue:failed' } });
    expect(ask('UpdateFunctionConfiguration', { ...f, DeadLetterConfig: {} })).toMatchObject({
      output: { DeadLetterConfig: { TargetArn: 'queue:failed' }, LastUpdateStatus: 'InProgress' },
    });
    expect(account.functions.get('f')?.deadLetter).toBeUndefined();
  });

  test('are made once, with a timeout of 3 seconds', () => {
    const { ask } = asked();
    expect(ask('CreateFunction', { FunctionName: 'extra' })).toMatchObject({
      status: 201,
      output: { Timeout: 3, State: 'Pending' },
    });
    expect(ask('CreateFunction', { FunctionName: 'extra' })).toMatchObject({
      status: 409,
      error: 'ResourceConflictException',
    });
  });

  test('keep all settings that an update does not give', () => {
    const { ask, account } = asked();
    ask('UpdateFunctionConfiguration', { ...f, Timeout: 10 });
    ask('UpdateFunctionConfiguration', { ...f, DeadLetterConfig: { TargetArn: 'topic:news' } });
    expect(account.functions.get('f')).toMatchObject({ timeoutSeconds: 10, deadLetter: 'topic:news' });
  });
});

test('two broken constraints are told in one message', () => {
  const { ask } = asked();
  expect(
    ask('PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 1 }),
  ).toMatchObject({
    error: 'ValidationException',
    message:
      "2 validation errors detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2; Value '1' at 'maximumEventAgeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
  });
});

test('what is refused changes nothing', () => {
  const { ask, account } = asked();
  ask('PutFunctionConcurrency', { ...f, ReservedConcurrentExecutions: -1 });
  ask('UpdateFunctionConfiguration', { ...f, Timeout: 0 });
  ask('PutFunctionRecursionConfig', { ...f, RecursiveLoop: 'Stop' });
  expect(account.functions.get('f')).toMatchObject({
    reserved: null,
    timeoutSeconds: 3,
    recursiveLoop: 'Terminate',
  });
});

test('the 16th request of a second is throttled, and the next second is free again', () => {
  const account = accountOf(scenario, documented);
  const at = (atSeconds: number) =>
    handleRequest(
      account,
      { atSeconds, do: 'request', operation: 'GetFunctionConcurrency', input: f },
      documented,
    ).status;
  expect(Array.from({ length: 15 }, () => at(1))).not.toContain(429);
  expect(at(1.5)).toBe(429);
  expect(at(2.6)).toBe(200);
});

test('the policy is what decides', () => {
  const { ask } = asked(policyWith({ retryAttemptsMost: 5 }));
  expect(ask('PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 3 })).toMatchObject({
    status: 200,
  });
});
