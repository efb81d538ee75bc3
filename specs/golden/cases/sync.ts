/** Synchronous invocation: answers, function errors, refusals. */
import type { WrittenCase } from '../case.ts';
import { absent, any, as, oneOf, text, unlike } from '../template.ts';
import { error, literally, thrown } from '../templates.ts';

const INVOKE = 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html';
const TIMEOUT = 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html';
const QUOTAS = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const PROVISIONED = 'https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html';

const call = (event: string, more: object = {}) => ({
  atSeconds: 0,
  do: 'invoke' as const,
  function: 'f',
  type: 'RequestResponse' as const,
  event,
  ...more,
});

/** 2025 the error of a timeout got a type; before, its message began with date and request id. */
const timedOut = (seconds: string) => {
  const after = `Task timed out after ${literally(seconds)} seconds$`;
  return oneOf(
    { errorType: 'Sandbox.Timedout', errorMessage: text(`^RequestId: \\S+ Error: ${after}`) },
    { errorType: absent, errorMessage: text(`^\\d{4}-\\S+ \\S+ ${after}`) },
  );
};

export const syncCases: readonly WrittenCase[] = [
  {
    id: 'S01',
    title: 'a synchronous call is answered with the version and what the handler returned',
    recorded: '2025-11-24',
    page: INVOKE,
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [call('e1', { payload: {} })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 200, executedVersion: '$LATEST', functionError: absent, payload: {} },
      },
      { expect: 'attempts', of: ['e1'], count: 1 },
    ],
  },
  {
    id: 'S03',
    title: 'a dry run is answered with 204 and runs nothing',
    recorded: '2022-09-09, 2023-04-26',
    page: INVOKE,
    needs: ['dryRun'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [call('e1', { type: 'DryRun', payload: { n: 1 } })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 204, payload: absent, body: absent, executedVersion: absent, functionError: absent },
      },
      { expect: 'attempts', of: ['e1'], count: 0 },
    ],
  },
  {
    id: 'S04',
    title: 'a handler that outlives the timeout is stopped, and the call is answered with 200',
    recorded: '2025-11-25',
    page: TIMEOUT,
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 1 }],
      steps: [call('e1', { payload: { n: 1 }, plan: [{ do: 'ok', afterSeconds: 2 }] })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 200, functionError: 'Unhandled', payload: timedOut('1.00') },
      },
      { expect: 'attempts', of: ['e1'], count: 1 },
      { expect: 'stopped', of: 'e1', nth: 1 },
    ],
  },
  {
    id: 'S05',
    title: 'after a timeout the next call runs, in the same sandbox',
    recorded: '2024-04-08',
    page: TIMEOUT,
    note: 'That a file in the temporary folder outlives the timeout, and the state of the module does not, is left out: our handler shows neither.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 1 }],
      steps: [
        call('e1', { payload: { n: 1 }, plan: ['timeout'] }),
        call('e2', { atSeconds: 5, payload: { n: 2 } }),
      ],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 200, functionError: 'Unhandled', payload: timedOut('1.00') },
      },
      { expect: 'answer', of: 'e2', is: { status: 200, functionError: absent, payload: { n: 2 } } },
    ],
  },
  {
    id: 'S07',
    title: 'a handler that throws: 200, Unhandled, and the message',
    recorded: '2025-11-24',
    page: INVOKE,
    note: 'Recorded with Python; the keys beside type and message are of the runtime.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [call('e1', { payload: { n: 1 }, plan: [{ do: 'throw', message: 'Handler fails' }] })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: {
          status: 200,
          functionError: 'Unhandled',
          executedVersion: '$LATEST',
          payload: thrown('Handler fails'),
        },
      },
      { expect: 'attempts', of: ['e1'], count: 1 },
    ],
  },
  {
    id: 'S09',
    title: 'a process that ends: Runtime.ExitError',
    recorded: '2025-11-24',
    page: INVOKE,
    note: 'On AWS the module ended its process while it was loaded, without a status; our handler does so with a status, and the reason is told.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [call('e1', { payload: { n: 1 }, plan: ['exit'] })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: {
          status: 200,
          functionError: 'Unhandled',
          payload: {
            errorType: 'Runtime.ExitError',
            errorMessage: text('^RequestId: \\S+ Error: Runtime exited with'),
          },
        },
      },
    ],
  },
  {
    id: 'S13',
    title: 'a body that is no JSON is refused, and nothing runs',
    recorded: '2025-11-24',
    page: INVOKE,
    note: 'Of the two bodies the one that is UTF-8: the body of a scenario is a text.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [call('e1', { body: '\u0099' })],
    },
    expect: [
      {
        expect: 'refusal',
        of: 'e1',
        is: error(
          400,
          'InvalidRequestContentException',
          text('^Could not parse request body into json: Could not parse payload into json: '),
        ),
      },
      { expect: 'attempts', of: ['e1'], count: 0 },
    ],
  },
  {
    id: 'S15',
    title: 'an alias that does not exist',
    recorded: '2025-11-25',
    page: INVOKE,
    needs: ['aliases'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', versions: 1, aliases: [{ name: 'live', version: '1' }] }],
      steps: [call('e1', { qualifier: 'non-existent-alias', payload: { n: 1 } })],
    },
    expect: [
      {
        expect: 'refusal',
        of: 'e1',
        is: error(
          404,
          'ResourceNotFoundException',
          text('^Function not found: arn:.*:function:f:non-existent-alias$'),
        ),
      },
    ],
  },
  {
    id: 'S17',
    title: 'a request of 5 MB is taken, and comes back whole',
    page: QUOTAS,
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 30 }],
      steps: [call('e1', { payload: { $filler: 5 * 1_024 * 1_024 } })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 200, functionError: absent, payload: { $filler: 5 * 1_024 * 1_024 } },
      },
    ],
  },
  {
    id: 'S18',
    title: 'a response of 6 MB and two quotes is allowed',
    page: QUOTAS,
    pageSays:
      'The page gives 6 MB. The limit that AWS itself tells of is 6 MB and 100 bytes: so much certainly fits.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 30 }],
      steps: [
        call('e1', {
          payload: { n: 1 },
          plan: [{ do: 'ok', value: { $filler: 6 * 1_024 * 1_024 + 2 } }],
        }),
      ],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 200, functionError: absent, payload: { $filler: 6 * 1_024 * 1_024 + 2 } },
      },
    ],
  },
  {
    id: 'S19',
    title: 'a call of a version runs it and says so',
    recorded: '2025-11-24',
    page: INVOKE,
    needs: ['versions'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', versions: 1 }],
      steps: [call('e1', { qualifier: '1', payload: { n: 1 }, logType: 'Tail' })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 200, executedVersion: '1', logTail: text('START RequestId: \\S+ Version: 1\\b') },
      },
      { expect: 'attempt', of: 'e1', nth: 1, is: { version: '1' } },
    ],
  },
  {
    id: 'S21',
    title: 'of twenty calls through an alias of two equal weights each version gets some',
    recorded: '2025-11-24',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html',
    note: 'A matter of chance: two targets in a million that do right break it.',
    needs: ['aliases'],
    scenario: {
      scenario: 1,
      functions: [
        {
          name: 'f',
          versions: 2,
          aliases: [{ name: 'live', version: '1', additional: { version: '2', weight: 0.5 } }],
        },
      ],
      steps: [call('e1', { qualifier: 'live', payload: { n: 1 }, times: 20 })],
    },
    expect: [
      {
        expect: 'versions',
        of: ['e1', ...Array.from({ length: 19 }, (_, k) => `e1#${k + 2}`)],
        are: ['1', '2'],
      },
    ],
  },
  {
    id: 'S23',
    title: 'reserved and provisioned concurrency of one function',
    recorded: '2025-11-24',
    page: PROVISIONED,
    needs: ['reserved', 'provisioned', 'versions'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', versions: 2, provisioned: [{ qualifier: '1', concurrency: 2 }] }],
      steps: [
        {
          atSeconds: 0,
          do: 'request',
          operation: 'PutFunctionConcurrency',
          input: { FunctionName: 'f', ReservedConcurrentExecutions: 1 },
        },
        {
          atSeconds: 1,
          do: 'request',
          operation: 'PutFunctionConcurrency',
          input: { FunctionName: 'f', ReservedConcurrentExecutions: 2 },
        },
        call('e1', { atSeconds: 10, payload: { n: 1 } }),
        call('e2', { atSeconds: 11, qualifier: '1', payload: { n: 2 } }),
        {
          atSeconds: 12,
          do: 'request',
          operation: 'PutProvisionedConcurrencyConfig',
          input: { FunctionName: 'f', Qualifier: '2', ProvisionedConcurrentExecutions: 1 },
        },
        {
          atSeconds: 13,
          do: 'request',
          operation: 'PutProvisionedConcurrencyConfig',
          input: { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 3 },
        },
      ],
    },
    expect: [
      {
        expect: 'refusal',
        of: 0,
        is: error(
          400,
          'InvalidParameterValueException',
          " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
        ),
      },
      { expect: 'answer', of: 1, is: { status: 200, output: { ReservedConcurrentExecutions: 2 } } },
      { expect: 'refusal', of: 'e1', is: { status: 429, error: 'TooManyRequestsException' } },
      {
        expect: 'answer',
        of: 'e2',
        is: { status: 200, executedVersion: '1', functionError: absent, payload: { n: 2 } },
      },
      ...[4, 5].map((of) => ({
        expect: 'refusal' as const,
        of,
        is: error(
          400,
          'InvalidParameterValueException',
          'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
        ),
      })),
    ],
  },
  {
    id: 'S25',
    title: 'a running call ends as it began though the function is updated, and the next one runs elsewhere',
    recorded: '2024-05-15',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html',
    needs: ['environments'],
    note: 'On AWS a variable told old from new; here it is the environment, which an update replaces.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 30 }],
      steps: [
        call('e1', { payload: { n: 1 }, plan: [{ do: 'ok', afterSeconds: 20 }] }),
        {
          atSeconds: 5,
          do: 'request',
          operation: 'UpdateFunctionConfiguration',
          input: { FunctionName: 'f', Timeout: 40 },
        },
        call('e2', { atSeconds: 40, payload: { n: 2 } }),
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { status: 200, functionError: absent, payload: { n: 1 } } },
      { expect: 'attempt', of: 'e1', nth: 1, is: { environment: as('E') } },
      { expect: 'attempt', of: 'e2', nth: 1, is: { environment: unlike('E') } },
      { expect: 'answer', of: 'e2', is: { status: 200, functionError: absent, payload: { n: 2 } } },
    ],
  },
  {
    id: 'S27',
    title: 'what a Node handler threw: errorType, errorMessage and trace, and no request id',
    recorded: '2026-01-12',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [call('e1', { payload: { n: 1 }, plan: [{ do: 'throw', message: 'Error: some_error_msg' }] })],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: {
          status: 200,
          functionError: 'Unhandled',
          payload: {
            errorType: 'Error',
            errorMessage: 'Error: some_error_msg',
            trace: any,
            requestId: absent,
          },
        },
      },
    ],
  },
];
