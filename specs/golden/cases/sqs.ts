/** Event source mappings of SQS queues. */
import type { Json } from '../../../engine/json.ts';
import type { WrittenCase } from '../case.ts';
import { any, as, only, unlike } from '../template.ts';
import { error, madeQueueMapping, queueRecord } from '../templates.ts';

const GUIDE = 'https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html';
const ERRORS = 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html';
const FILTERS = 'https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html';
const CREATE = 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html';
const SCALING = 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html';

const map = (atSeconds: number, more: { readonly [key: string]: Json } = {}) => ({
  atSeconds,
  do: 'request' as const,
  operation: 'CreateEventSourceMapping' as const,
  mapping: 'm',
  input: { FunctionName: 'f', EventSourceArn: 'queue:in', ...more },
});

const attribute = (dataType: string, stringValue: string): Json =>
  only({ stringValue, dataType, stringListValues: [], binaryListValues: [] });

/** 10 messages in one call, then 5: the ids of all. */
const FIFTEEN = [
  'r',
  ...Array.from({ length: 9 }, (_, k) => `r#${k + 2}`),
  's',
  ...Array.from({ length: 4 }, (_, k) => `s#${k + 2}`),
];
const THIRTY = ['r', ...Array.from({ length: 29 }, (_, k) => `r#${k + 2}`)];

const batchSizeCase = (id: string, batchSize: number): WrittenCase => ({
  id,
  title: `fifteen messages, batch size ${batchSize.toLocaleString('en')}, a window of 10 s: each comes once`,
  recorded: '2025-11-25',
  page: GUIDE,
  note: 'In how many batches they come was not recorded.',
  needs: ['sqs'],
  scenario: {
    scenario: 1,
    functions: [{ name: 'f' }],
    queues: [{ name: 'in' }],
    steps: [
      map(0, { BatchSize: batchSize, MaximumBatchingWindowInSeconds: 10 }),
      { atSeconds: 30, do: 'send', to: 'queue:in', records: [{ record: 'r', times: 10 }] },
      { atSeconds: 31, do: 'send', to: 'queue:in', records: [{ record: 's', times: 5 }] },
    ],
  },
  expect: [
    {
      expect: 'answer',
      of: 0,
      is: { status: 202, output: { BatchSize: batchSize, MaximumBatchingWindowInSeconds: 10 } },
    },
    { expect: 'attempts', of: FIFTEEN, count: 1 },
    { expect: 'batches', mapping: 'm', count: { least: 1, most: 15 }, mostRecords: batchSize },
    ...['r', 's#5'].map((of) => ({
      expect: 'given' as const,
      of,
      nth: 1,
      is: { attributes: { ApproximateReceiveCount: '1' } },
    })),
    { expect: 'left', in: 'queue:in', count: 0 },
  ],
});

interface FilterCase {
  readonly name: string;
  readonly pattern: Json;
  readonly passes: Json;
  /** Of another body; a string is the text of the body as it stands. */
  readonly stays: Json;
}

const FILTER_CASES: readonly FilterCase[] = [
  {
    name: 'a value',
    pattern: { 'my-key': ['my-value'] },
    passes: { 'my-key': 'my-value' },
    stays: { 'my-key': 'other-value' },
  },
  {
    name: 'one of two values',
    pattern: { 'my-key': ['my-value-one', 'my-value-two'] },
    passes: { 'my-key': 'my-value-two' },
    stays: { 'my-key': 'other-value' },
  },
  {
    name: 'two keys at once',
    pattern: { 'my-key-one': ['other-filter', 'my-value-one'], 'my-key-two': ['my-value-two'] },
    passes: { 'my-key-one': 'my-value-one', 'my-key-two': 'my-value-two' },
    stays: { 'my-key-one': 'other-value-', 'my-key-two': 'my-value-two' },
  },
  {
    name: 'a key that exists',
    pattern: { 'my-key': [{ exists: true }] },
    passes: { 'my-key': 'any-value-one' },
    stays: { 'other-key': 'any-value-two' },
  },
  {
    name: 'a number that is larger',
    pattern: { 'my-number': [{ numeric: ['>', 100] }] },
    passes: { 'my-number': 101 },
    stays: { 'my-number': 100 },
  },
  {
    name: 'a number that is smaller',
    pattern: { 'my-number': [{ numeric: ['<', 100] }] },
    passes: { 'my-number': 99 },
    stays: { 'my-number': 100 },
  },
  {
    name: 'a range of numbers',
    pattern: { 'my-number': [{ numeric: ['>=', 100, '<', 200] }] },
    passes: { 'my-number': 100 },
    stays: { 'my-number': 200 },
  },
  {
    name: 'a beginning',
    pattern: { 'my-key': [{ prefix: 'yes' }] },
    passes: { 'my-key': 'yes-value' },
    stays: { 'my-key': 'no-value' },
  },
  {
    name: 'JSON, and a body that is none',
    pattern: { 'my-key': ['my-value'] },
    passes: { 'my-key': 'my-value' },
    stays: 'plain-string',
  },
  {
    name: 'a number, and a body that is no JSON',
    pattern: { test2: [{ numeric: ['>', 100] }] },
    passes: { test: 'a', test2: 105 },
    stays: 'this is a test string',
  },
];

const filterCase = ({ name, pattern, passes, stays }: FilterCase, k: number): WrittenCase => ({
  id: `Q${16 + k}`,
  title: `a filter on the body, ${name}: one message passes, the other is deleted`,
  recorded: k === 9 ? '2024-10-12, 2024-12-10' : '2025-11-25',
  page: FILTERS,
  needs: ['sqs', 'remaining'],
  scenario: {
    scenario: 1,
    functions: [{ name: 'f' }],
    queues: [{ name: 'in' }],
    steps: [
      {
        atSeconds: 0,
        do: 'send',
        to: 'queue:in',
        records: [
          { record: 'passes', text: JSON.stringify(passes) },
          { record: 'stays', text: typeof stays === 'string' ? stays : JSON.stringify(stays) },
        ],
      },
      map(2, {
        MaximumBatchingWindowInSeconds: 1,
        FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: pattern }) }] },
      }),
    ],
  },
  expect: [
    {
      expect: 'answer',
      of: 1,
      is: {
        status: 202,
        output: {
          MaximumBatchingWindowInSeconds: 1,
          FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: pattern }) }] },
        },
      },
    },
    { expect: 'attempts', of: ['passes'], count: 1 },
    { expect: 'attempts', of: ['stays'], count: 0 },
    { expect: 'batches', mapping: 'm', of: ['passes'], count: 1 },
    { expect: 'given', of: 'passes', nth: 1, is: queueRecord(JSON.stringify(passes), '1') },
    { expect: 'left', in: 'queue:in', count: 0 },
  ],
});

export const sqsCases: readonly WrittenCase[] = [
  {
    id: 'Q01',
    title: 'a message whose attempt fails comes again after its visibility timeout, and no third time',
    recorded: '2025-11-25',
    page: ERRORS,
    needs: ['sqs', 'remaining'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 5 }],
      queues: [{ name: 'in', visibilityTimeoutSeconds: 5 }],
      mappings: [{ name: 'm', source: 'queue:in', function: 'f', batchSize: 1 }],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'queue:in',
          records: [{ record: 'r', plan: [{ do: 'throw', message: 'failed attempt' }, 'ok'] }],
        },
      ],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: 2 },
      {
        expect: 'given',
        of: 'r',
        nth: 1,
        is: {
          messageId: as('M'),
          receiptHandle: as('H'),
          attributes: { ApproximateReceiveCount: '1' },
        },
      },
      {
        expect: 'given',
        of: 'r',
        nth: 2,
        is: {
          messageId: as('M'),
          receiptHandle: unlike('H'),
          attributes: { ApproximateReceiveCount: '2' },
        },
      },
      { expect: 'wait', of: 'r', nth: 2, after: { of: 'r', nth: 1 }, leastSeconds: 5 },
      { expect: 'left', in: 'queue:in', count: 0 },
    ],
  },
  {
    id: 'Q03',
    title: "a message's text and its attributes, as the function is given them",
    recorded: '2025-11-25',
    page: GUIDE,
    needs: ['sqs'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'in' }],
      mappings: [{ name: 'm', source: 'queue:in', function: 'f', batchSize: 1 }],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'queue:in',
          records: [
            {
              record: 'r',
              text: 'a text',
              attributes: {
                Title: 'The Whistler',
                Author: 'John Grisham',
                WeeksOn: { type: 'Number', value: '6' },
              },
            },
          ],
        },
      ],
    },
    expect: [
      {
        expect: 'given',
        of: 'r',
        nth: 1,
        is: queueRecord('a text', '1', {
          messageAttributes: only({
            Title: attribute('String', 'The Whistler'),
            Author: attribute('String', 'John Grisham'),
            WeeksOn: attribute('Number', '6'),
          }),
          md5OfMessageAttributes: 'd25a6aea97eb8f585bfa92d314504a92',
        }),
      },
    ],
  },
  {
    id: 'Q05',
    title: 'a handler that throws fails the whole batch, though it could report',
    recorded: '2025-11-25',
    page: ERRORS,
    note: 'Weak evidence that one message fails the other: on AWS too the handler threw for each.',
    needs: ['sqs', 'redrive', 'remaining'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 1 }],
      queues: [
        { name: 'dead' },
        {
          name: 'in',
          visibilityTimeoutSeconds: 2,
          redrive: { to: 'queue:dead', maxReceiveCount: 2 },
        },
      ],
      mappings: [{ name: 'm', source: 'queue:in', function: 'f', reportsItemFailures: true }],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'queue:in',
          records: [
            { record: 'bad', text: '{not a json body', plan: ['throw'] },
            { record: 'good', text: '{"message":2,"fail_attempts":0}', plan: ['throw'] },
          ],
        },
      ],
    },
    expect: [
      { expect: 'attempts', of: ['bad', 'good'], count: 2 },
      {
        expect: 'deliveries',
        to: 'queue:dead',
        about: 'bad',
        count: 1,
        each: { text: '{not a json body' },
      },
      {
        expect: 'deliveries',
        to: 'queue:dead',
        about: 'good',
        count: 1,
        each: { body: { message: 2, fail_attempts: 0 } },
      },
      { expect: 'left', in: 'queue:in', count: 0 },
    ],
  },
  {
    id: 'Q07',
    title: 'an answer of {} is a success of the whole batch',
    recorded: '2025-11-25',
    page: ERRORS,
    needs: ['sqs', 'redrive', 'remaining'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 2 }],
      queues: [
        { name: 'dead' },
        {
          name: 'in',
          visibilityTimeoutSeconds: 4,
          redrive: { to: 'queue:dead', maxReceiveCount: 1 },
        },
      ],
      mappings: [{ name: 'm', source: 'queue:in', function: 'f', reportsItemFailures: true }],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'queue:in',
          records: [{ record: 'r', plan: [{ do: 'ok', value: {} }] }],
        },
      ],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: 1 },
      { expect: 'deliveries', to: 'queue:dead', count: 0 },
      { expect: 'left', in: 'queue:in', count: 0 },
    ],
  },
  {
    id: 'Q09',
    title: 'the defaults of a mapping, and batches beyond 10 without a window',
    recorded: '2025-11-25',
    page: CREATE,
    needs: ['sqs'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }, { name: 'g' }],
      queues: [{ name: 'in' }],
      steps: [
        map(0),
        {
          atSeconds: 30,
          do: 'request',
          operation: 'GetEventSourceMapping',
          input: { UUID: 'mapping:m' },
        },
        {
          atSeconds: 31,
          do: 'request',
          operation: 'UpdateEventSourceMapping',
          input: { UUID: 'mapping:m', BatchSize: 11, MaximumBatchingWindowInSeconds: 0 },
        },
        {
          atSeconds: 32,
          do: 'request',
          operation: 'CreateEventSourceMapping',
          mapping: 'n',
          input: {
            FunctionName: 'g',
            EventSourceArn: 'queue:in',
            BatchSize: 11,
            MaximumBatchingWindowInSeconds: 0,
          },
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 0, is: madeQueueMapping({ LastModified: any }) },
      { expect: 'answer', of: 1, is: { output: { State: 'Enabled' } } },
      ...[2, 3].map((of) => ({
        expect: 'refusal' as const,
        of,
        is: error(
          400,
          'InvalidParameterValueException',
          'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
        ),
      })),
    ],
  },
  batchSizeCase('Q11', 15),
  batchSizeCase('Q12', 100),
  batchSizeCase('Q13', 1_000),
  batchSizeCase('Q14', 10_000),
  {
    id: 'Q15',
    title: 'thirty messages that wait, a reserve and a maximum concurrency of 2: each comes once',
    recorded: '2025-11-25',
    page: SCALING,
    note: 'On AWS they came in two batches. How many there are is open: 2 to 30.',
    needs: ['sqs', 'reserved', 'remaining'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', reservedConcurrency: 2 }],
      queues: [{ name: 'in' }],
      steps: [
        { atSeconds: 0, do: 'send', to: 'queue:in', records: [{ record: 'r', times: 30 }] },
        map(5, {
          BatchSize: 20,
          MaximumBatchingWindowInSeconds: 1,
          ScalingConfig: { MaximumConcurrency: 2 },
        }),
      ],
    },
    expect: [
      {
        expect: 'answer',
        of: 1,
        is: {
          status: 202,
          output: {
            BatchSize: 20,
            MaximumBatchingWindowInSeconds: 1,
            ScalingConfig: { MaximumConcurrency: 2 },
          },
        },
      },
      { expect: 'attempts', of: THIRTY, count: 1 },
      { expect: 'batches', mapping: 'm', count: { least: 2, most: 30 }, mostRecords: 20 },
      { expect: 'left', in: 'queue:in', count: 0 },
    ],
  },
  ...FILTER_CASES.map(filterCase),
];
