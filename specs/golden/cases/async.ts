/** Asynchronous invocation: attempts, invocation records, dead letters. */
import type { WrittenCase } from '../case.ts';
import { absent, any, as, only, text } from '../template.ts';
import { invocationRecord, LATEST_ARN, thrown } from '../templates.ts';

const RETAIN = 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html';
const HANDLING = 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html';
const INVOKE = 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html';

export const asyncCases: readonly WrittenCase[] = [
  {
    id: 'A01',
    title: 'the record of a success, with retries 0 and one queue as both destinations',
    recorded: '2025-11-24',
    page: RETAIN,
    note: 'What the handler read of its own context there is left out: our handler returns its event.',
    needs: ['eventInvokeConfig', 'destinations'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'out' }],
      steps: [
        {
          atSeconds: 0,
          do: 'request',
          operation: 'PutFunctionEventInvokeConfig',
          input: {
            FunctionName: 'f',
            MaximumRetryAttempts: 0,
            DestinationConfig: {
              OnSuccess: { Destination: 'queue:out' },
              OnFailure: { Destination: 'queue:out' },
            },
          },
        },
        {
          atSeconds: 10,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: {},
          plan: [{ do: 'ok', value: 'done' }],
        },
      ],
    },
    expect: [
      {
        expect: 'answer',
        of: 0,
        is: {
          status: 200,
          output: {
            DestinationConfig: {
              OnFailure: { Destination: 'queue:out' },
              OnSuccess: { Destination: 'queue:out' },
            },
            FunctionArn: LATEST_ARN,
            LastModified: any,
            MaximumRetryAttempts: 0,
            MaximumEventAgeInSeconds: absent,
          },
        },
      },
      { expect: 'answer', of: 'e1', is: { status: 202, requestId: as('R') } },
      { expect: 'attempt', of: 'e1', nth: 1, is: { version: '$LATEST', requestId: as('R') } },
      { expect: 'attempts', of: ['e1'], count: 1 },
      {
        expect: 'deliveries',
        to: 'queue:out',
        count: 1,
        each: { attributes: absent, body: invocationRecord('Success', 1, {}, 'done') },
      },
    ],
  },
  {
    id: 'A02',
    title: 'with retries 0 the record of a failure comes right after the only attempt',
    recorded: '2025-11-24',
    page: RETAIN,
    needs: ['eventInvokeConfig', 'destinations'],
    scenario: {
      scenario: 1,
      functions: [
        {
          name: 'f',
          eventInvoke: [
            { qualifier: '$LATEST', maximumRetryAttempts: 0, onSuccess: 'queue:out', onFailure: 'queue:out' },
          ],
        },
      ],
      queues: [{ name: 'out' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: { raise_error: 1 },
          plan: [{ do: 'throw', message: 'on purpose' }],
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { requestId: as('R') } },
      { expect: 'attempts', of: ['e1'], count: 1 },
      {
        expect: 'deliveries',
        to: 'queue:out',
        about: 'e1',
        count: 1,
        withinSeconds: 3,
        each: { body: invocationRecord('RetriesExhausted', 1, { raise_error: 1 }, thrown('on purpose')) },
      },
    ],
  },
  {
    id: 'A04',
    title: 'two retries, the second after a longer wait, all with one request id',
    recorded: '2025-11-25',
    page: HANDLING,
    note: 'On AWS all ran in one environment, which its pages do not promise.',
    needs: ['eventInvokeConfig', 'destinations'],
    scenario: {
      scenario: 1,
      functions: [
        {
          name: 'f',
          eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 2, onFailure: 'queue:out' }],
        },
      ],
      queues: [{ name: 'out' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: { message: 'm' },
          plan: [{ do: 'throw', message: 'intentional failure' }],
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { requestId: as('R') } },
      { expect: 'attempts', of: ['e1'], count: 3, same: ['requestId'] },
      { expect: 'wait', of: 'e1', nth: 1, mostSeconds: 30.5, isRetryTime: true },
      { expect: 'wait', of: 'e1', nth: 2, leastSeconds: 30.5, mostSeconds: 91.5, isRetryTime: true },
      { expect: 'wait', of: 'e1', nth: 3, leastSeconds: 91.5, mostSeconds: 213.5, isRetryTime: true },
      {
        expect: 'deliveries',
        to: 'queue:out',
        about: 'e1',
        count: 1,
        each: {
          body: invocationRecord('RetriesExhausted', 3, { message: 'm' }, thrown('intentional failure')),
        },
      },
    ],
  },
  {
    id: 'A05',
    title: 'a retry that would come after the age limit is not waited for: the record comes at once',
    recorded: '2025-11-27',
    page: HANDLING,
    needs: ['eventInvokeConfig', 'destinations'],
    needsFullWaits: true,
    scenario: {
      scenario: 1,
      functions: [
        {
          name: 'f',
          eventInvoke: [
            {
              qualifier: '$LATEST',
              maximumRetryAttempts: 2,
              maximumEventAgeSeconds: 60,
              onFailure: 'queue:out',
            },
          ],
        },
      ],
      queues: [{ name: 'out' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: { message: 'm' },
          plan: [{ do: 'throw', message: 'intentional failure' }],
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { requestId: as('R') } },
      { expect: 'attempts', of: ['e1'], count: 1 },
      {
        expect: 'deliveries',
        to: 'queue:out',
        about: 'e1',
        count: 1,
        withinSeconds: 30,
        each: {
          body: invocationRecord('EventAgeExceeded', 1, { message: 'm' }, thrown('intentional failure')),
        },
      },
    ],
  },
  {
    id: 'A07',
    title: "a dead letter is the event's own bytes, with the error in three attributes",
    recorded: '2025-11-24',
    page: RETAIN,
    needs: ['deadLetter'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', deadLetter: 'queue:dead' }],
      queues: [{ name: 'dead' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          body: '{"raise_error": 1}',
          plan: [{ do: 'throw', message: 'on purpose' }],
        },
        {
          atSeconds: 420,
          do: 'request',
          operation: 'UpdateFunctionConfiguration',
          input: { FunctionName: 'f', DeadLetterConfig: {} },
        },
        {
          atSeconds: 430,
          do: 'invoke',
          function: 'f',
          type: 'RequestResponse',
          event: 'e2',
          payload: { raise_error: 2 },
          logType: 'Tail',
          plan: [{ do: 'throw', message: 'on purpose' }],
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { status: 202, requestId: as('R') } },
      { expect: 'attempts', of: ['e1'], count: 3 },
      {
        expect: 'deliveries',
        to: 'queue:dead',
        count: 1,
        each: {
          text: '{"raise_error": 1}',
          attributes: only({
            RequestID: { type: 'String', value: as('R') },
            ErrorCode: { type: 'Number', value: '200' },
            ErrorMessage: { type: 'String', value: 'on purpose' },
          }),
        },
      },
      {
        expect: 'answer',
        of: 1,
        is: {
          status: 200,
          output: { DeadLetterConfig: { TargetArn: 'queue:dead' }, LastUpdateStatus: 'InProgress' },
        },
      },
      {
        expect: 'answer',
        of: 'e2',
        is: {
          status: 200,
          functionError: 'Unhandled',
          payload: thrown('on purpose'),
          logTail: text('START RequestId: .*END RequestId: .*REPORT RequestId: '),
        },
      },
    ],
  },
  {
    id: 'A10',
    title: 'the record of a success as an event on an EventBridge bus',
    recorded: '2025-11-24',
    page: RETAIN,
    needs: ['eventInvokeConfig', 'destinations', 'buses'],
    scenario: {
      scenario: 1,
      functions: [
        {
          name: 'f',
          eventInvoke: [
            { qualifier: '$LATEST', maximumRetryAttempts: 0, onSuccess: 'bus:out', onFailure: 'bus:out' },
          ],
        },
      ],
      buses: [{ name: 'out' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: { mode: 'success' },
          plan: [{ do: 'ok', value: { hello: 'world', test: 'abc', val: 5, success: true } }],
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { requestId: as('R') } },
      {
        expect: 'deliveries',
        to: 'bus:out',
        count: 1,
        each: {
          body: only({
            version: '0',
            id: any,
            'detail-type': 'Lambda Function Invocation Result - Success',
            source: 'lambda',
            account: any,
            time: any,
            region: any,
            resources: [any, LATEST_ARN],
            detail: invocationRecord(
              'Success',
              1,
              { mode: 'success' },
              { hello: 'world', test: 'abc', val: 5, success: true },
            ),
          }),
        },
      },
    ],
  },
  {
    id: 'A12',
    title: 'an event whose attempt fails is accepted all the same, and runs again with the same request id',
    recorded: '2023-09-04',
    page: HANDLING,
    note: 'On AWS it was looked at after the second attempt. Both ran in one environment, which AWS’s pages do not promise.',
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: { n: 1 },
          plan: ['throw'],
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { status: 202, payload: absent, body: absent } },
      { expect: 'attempts', of: ['e1'], count: { least: 2, most: 3 }, same: ['requestId'] },
    ],
  },
  {
    id: 'A14',
    title: 'a synchronous call while the reserve is 0',
    recorded: '2025-11-25',
    page: INVOKE,
    needs: ['reserved'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', reservedConcurrency: 0 }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'RequestResponse',
          event: 'e1',
          payload: { n: 1 },
        },
      ],
    },
    expect: [
      {
        expect: 'refusal',
        of: 'e1',
        is: {
          status: 429,
          error: 'TooManyRequestsException',
          message: 'Rate Exceeded.',
          reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        },
      },
      { expect: 'attempts', of: ['e1'], count: 0 },
    ],
  },
  {
    id: 'A15',
    title: 'an event while the reserve is 0 is accepted and discarded, with a record of no attempt',
    recorded: '2025-11-25',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html',
    needs: ['reserved', 'eventInvokeConfig', 'destinations'],
    scenario: {
      scenario: 1,
      functions: [
        {
          name: 'f',
          reservedConcurrency: 0,
          eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:out' }],
        },
      ],
      queues: [{ name: 'out' }],
      steps: [{ atSeconds: 0, do: 'invoke', function: 'f', type: 'Event', event: 'e1' }],
    },
    expect: [
      { expect: 'answer', of: 'e1', is: { status: 202, requestId: as('R') } },
      { expect: 'attempts', of: ['e1'], count: 0 },
      {
        expect: 'deliveries',
        to: 'queue:out',
        about: 'e1',
        count: 1,
        withinSeconds: 10,
        each: {
          body: only({
            version: any,
            timestamp: any,
            requestContext: only({
              requestId: as('R'),
              functionArn: LATEST_ARN,
              condition: 'ZeroReservedConcurrency',
              approximateInvokeCount: 0,
            }),
            requestPayload: {},
          }),
        },
      },
    ],
  },
  {
    id: 'A18',
    title: 'an event is answered with 202 and nothing else, and runs once; without a body it is {}',
    recorded: '2025-11-24',
    page: INVOKE,
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [{ atSeconds: 0, do: 'invoke', function: 'f', type: 'Event', event: 'e1' }],
    },
    expect: [
      {
        expect: 'answer',
        of: 'e1',
        is: { status: 202, payload: absent, body: absent, executedVersion: absent, functionError: absent },
      },
      { expect: 'attempts', of: ['e1'], count: 1 },
      { expect: 'attempt', of: 'e1', nth: 1, is: { payload: only({}) } },
    ],
  },
];
