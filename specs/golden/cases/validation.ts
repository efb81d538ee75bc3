/** Requests to the control plane that AWS refuses, and in which words. */
import type { Json } from '../../../engine/json.ts';
import type { Operation } from '../../../engine/scenario.ts';
import type { WrittenCase } from '../case.ts';
import { absent, oneOf, text } from '../template.ts';
import { error, literally } from '../templates.ts';

const api = (operation: string) => `https://docs.aws.amazon.com/lambda/latest/api/API_${operation}.html`;

const ask = (atSeconds: number, operation: Operation, input: { readonly [key: string]: Json }) => ({
  atSeconds,
  do: 'request' as const,
  operation,
  input,
});

const refused = (of: number, status: number, name: Json, message: Json) => ({
  expect: 'refusal' as const,
  of,
  is: error(status, name, message),
});
const invalid = (of: number, message: Json) => refused(of, 400, 'InvalidParameterValueException', message);
const missing = (of: number, message: Json) => refused(of, 404, 'ResourceNotFoundException', message);

/** Recorded is the first, the pages name the second: both are taken. */
const CONSTRAINT = oneOf('ValidationException', 'InvalidParameterValueException');
const PAGE_SAYS =
  'For a value that is out of its bounds it names InvalidParameterValueException; recorded is ValidationException. Both are taken.';

/** A UUID that no mapping has. */
const NOWHERE = { UUID: '7a0fb2f4-0f3c-4d4b-8c3c-0a1b2c3d4e5f' };

const startingPositions = (id: string, kind: 'stream' | 'table'): WrittenCase => {
  const source = `${kind}:in`;
  const create = (at: number, more: { readonly [key: string]: Json }) =>
    ask(at, 'CreateEventSourceMapping', { FunctionName: 'f', EventSourceArn: source, ...more });
  return {
    id,
    title: `starting positions of a ${kind} that AWS does not take`,
    recorded: '2025-11-25',
    page: api('CreateEventSourceMapping'),
    pageSays: PAGE_SAYS,
    needs: [kind === 'stream' ? 'kinesis' : 'dynamodb'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      ...(kind === 'stream' ? { streams: [{ name: 'in' }] } : { tables: [{ name: 'in' }] }),
      steps: [
        create(0, {}),
        create(1, { StartingPosition: 'invalid' }),
        ...(kind === 'table'
          ? [create(2, { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1 })]
          : []),
      ],
    },
    expect: [
      invalid(
        0,
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
      ),
      refused(
        1,
        400,
        CONSTRAINT,
        "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
      ),
      ...(kind === 'table' ? [invalid(2, text('^Unsupported starting position for arn type: \\S+$'))] : []),
    ],
  };
};

export const validationCases: readonly WrittenCase[] = [
  {
    id: 'V01',
    title: 'mappings that are not there, of nothing, and for no function',
    recorded: '2025-11-27',
    page: api('CreateEventSourceMapping'),
    needs: ['sqs'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'in' }],
      steps: [
        ask(0, 'GetEventSourceMapping', NOWHERE),
        ask(1, 'DeleteEventSourceMapping', NOWHERE),
        ask(2, 'UpdateEventSourceMapping', { ...NOWHERE, Enabled: false }),
        ask(3, 'CreateEventSourceMapping', { FunctionName: 'f' }),
        ask(4, 'CreateEventSourceMapping', { FunctionName: 'nobody', EventSourceArn: 'queue:in' }),
      ],
    },
    expect: [
      // What follows it in some answers (service, status, request id) was not recorded.
      ...[0, 1, 2].map((of) => missing(of, text('^The resource you requested does not exist\\.'))),
      invalid(3, 'Unrecognized event source.'),
      invalid(4, 'Function does not exist'),
    ],
  },
  startingPositions('V02', 'table'),
  startingPositions('V03', 'stream'),
  {
    id: 'V04',
    title: 'a mapping from Creating to Deleting',
    recorded: '2025-11-25',
    page: api('DeleteEventSourceMapping'),
    needs: ['sqs'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'in' }],
      steps: [
        {
          ...ask(0, 'CreateEventSourceMapping', { FunctionName: 'f', EventSourceArn: 'queue:in' }),
          mapping: 'm',
        },
        ask(30, 'GetEventSourceMapping', { UUID: 'mapping:m' }),
        ask(31, 'DeleteEventSourceMapping', { UUID: 'mapping:m' }),
      ],
    },
    expect: [
      { expect: 'answer', of: 0, is: { status: 202, output: { State: 'Creating' } } },
      { expect: 'answer', of: 1, is: { output: { State: 'Enabled' } } },
      { expect: 'answer', of: 2, is: { status: 202, output: { State: 'Deleting' } } },
    ],
  },
  {
    id: 'V05',
    title: 'a mapping whose function is deleted stays Enabled',
    recorded: '2025-11-25',
    page: api('DeleteFunction'),
    needs: ['sqs'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'in' }],
      mappings: [{ name: 'm', source: 'queue:in', function: 'f' }],
      steps: [
        { atSeconds: 5, do: 'remove', resource: 'function:f' },
        ask(10, 'GetEventSourceMapping', { UUID: 'mapping:m' }),
      ],
    },
    expect: [{ expect: 'answer', of: 1, is: { status: 200, output: { State: 'Enabled' } } }],
  },
  {
    id: 'V10',
    title: 'event-invoke configurations that AWS does not take',
    recorded: '2025-11-25',
    page: api('PutFunctionEventInvokeConfig'),
    pageSays: PAGE_SAYS,
    needs: ['eventInvokeConfig', 'kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 'in' }],
      steps: [
        ask(0, 'PutFunctionEventInvokeConfig', { FunctionName: 'nobody', MaximumRetryAttempts: 0 }),
        ask(1, 'PutFunctionEventInvokeConfig', { FunctionName: 'nobody' }),
        ...['function:nothing', 'function:f', 'stream:in', 'no-arn'].map((Destination, k) =>
          ask(2 + k, 'PutFunctionEventInvokeConfig', {
            FunctionName: 'f',
            DestinationConfig: { OnSuccess: { Destination } },
          }),
        ),
      ],
    },
    expect: [
      missing(0, "The function doesn't exist."),
      invalid(1, 'You must specify at least one of error handling or destination setting.'),
      invalid(2, text('^The destination ARN \\S+ is invalid\\.$')),
      invalid(3, "You can't specify the function as a destination for itself."),
      invalid(
        4,
        text(
          `^${literally('The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=')}\\S+${literally('), onFailure=null) is invalid.')}$`,
        ),
      ),
      refused(
        5,
        400,
        CONSTRAINT,
        text(
          "^1 validation error detected: Value 'no-arn' at 'destinationConfig.onSuccess.destination' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
        ),
      ),
    ],
  },
  {
    id: 'V12',
    title: 'a Put replaces the configuration, an Update keeps what it does not name',
    recorded: '2025-11-25',
    page: api('UpdateFunctionEventInvokeConfig'),
    needs: ['eventInvokeConfig'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [
        ask(0, 'PutFunctionEventInvokeConfig', {
          FunctionName: 'f',
          MaximumEventAgeInSeconds: 60,
          MaximumRetryAttempts: 2,
        }),
        ask(1, 'UpdateFunctionEventInvokeConfig', { FunctionName: 'f', MaximumRetryAttempts: 1 }),
        ask(2, 'PutFunctionEventInvokeConfig', { FunctionName: 'f', MaximumRetryAttempts: 0 }),
        ask(3, 'GetFunctionEventInvokeConfig', { FunctionName: 'f' }),
      ],
    },
    expect: [
      {
        expect: 'answer',
        of: 0,
        is: { status: 200, output: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 } },
      },
      {
        expect: 'answer',
        of: 1,
        is: { status: 200, output: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 } },
      },
      ...[2, 3].map((of) => ({
        expect: 'answer' as const,
        of,
        is: { status: 200, output: { MaximumEventAgeInSeconds: absent, MaximumRetryAttempts: 0 } },
      })),
    ],
  },
  {
    id: 'V20',
    title: 'reserving for no function, and for a version',
    recorded: '2025-11-25',
    page: api('PutFunctionConcurrency'),
    needs: ['reserved', 'versions'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', versions: 1 }],
      steps: [
        ask(0, 'PutFunctionConcurrency', { FunctionName: 'nobody', ReservedConcurrentExecutions: 1 }),
        ask(1, 'PutFunctionConcurrency', { FunctionName: 'function:f:1', ReservedConcurrentExecutions: 1 }),
      ],
    },
    expect: [
      // The qualifier at its end came in the course of the years.
      missing(0, text('^Function not found: arn:\\S+:function:nobody(:\\$LATEST)?$')),
      invalid(
        1,
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
      ),
    ],
  },
  {
    id: 'V22',
    title: 'provisioned concurrency that AWS does not give',
    recorded: '2025-11-25',
    page: api('PutProvisionedConcurrencyConfig'),
    pageSays: PAGE_SAYS,
    needs: ['provisioned', 'aliases', 'versions'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', versions: 2, aliases: [{ name: 'live', version: '1' }] }],
      steps: [
        ...(
          [
            ['1', 0],
            ['$LATEST', 1],
          ] as const
        ).map(([Qualifier, ProvisionedConcurrentExecutions], k) =>
          ask(k, 'PutProvisionedConcurrencyConfig', {
            FunctionName: 'f',
            Qualifier,
            ProvisionedConcurrentExecutions,
          }),
        ),
        ask(2, 'GetProvisionedConcurrencyConfig', { FunctionName: 'f', Qualifier: '1' }),
        ...(
          [
            ['2', 1_000_000],
            ['1', 1],
            ['live', 1],
          ] as const
        ).map(([Qualifier, ProvisionedConcurrentExecutions], k) =>
          ask(3 + k, 'PutProvisionedConcurrencyConfig', {
            FunctionName: 'f',
            Qualifier,
            ProvisionedConcurrentExecutions,
          }),
        ),
      ],
    },
    expect: [
      refused(0, 400, CONSTRAINT, text('Member must have value greater than or equal to 1$')),
      invalid(1, 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'),
      refused(
        2,
        404,
        'ProvisionedConcurrencyConfigNotFoundException',
        'No Provisioned Concurrency Config found for this function',
      ),
      invalid(
        3,
        text(
          "^Specified ConcurrentExecutions for function is greater than account's unreserved concurrency \\[\\d+\\]\\.$",
        ),
      ),
      { expect: 'answer', of: 4, is: { status: 202 } },
      refused(
        5,
        409,
        'ResourceConflictException',
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
      ),
    ],
  },
  {
    id: 'V23',
    title: 'provisioned concurrency for an alias, and then for its version; and what must stay unreserved',
    recorded: '2025-11-25',
    page: api('PutProvisionedConcurrencyConfig'),
    needs: ['provisioned', 'aliases', 'versions', 'accountLimit'],
    scenario: {
      scenario: 1,
      account: { concurrency: 200, unreservedMinimum: 100 },
      functions: [{ name: 'f', versions: 2, aliases: [{ name: 'live', version: '1' }] }],
      steps: [
        ask(0, 'PutProvisionedConcurrencyConfig', {
          FunctionName: 'f',
          Qualifier: '2',
          ProvisionedConcurrentExecutions: 150,
        }),
        ask(1, 'PutProvisionedConcurrencyConfig', {
          FunctionName: 'f',
          Qualifier: 'live',
          ProvisionedConcurrentExecutions: 1,
        }),
        ask(2, 'PutProvisionedConcurrencyConfig', {
          FunctionName: 'f',
          Qualifier: '1',
          ProvisionedConcurrentExecutions: 1,
        }),
      ],
    },
    expect: [
      invalid(
        0,
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      ),
      { expect: 'answer', of: 1, is: { status: 202 } },
      refused(2, 409, 'ResourceConflictException', 'Version is pointed by a Provisioned Concurrency alias'),
    ],
  },
];
