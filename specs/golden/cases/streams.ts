/** Event source mappings of Kinesis streams and of DynamoDB tables. */
import type { Json } from '../../../engine/json.ts';
import type { MappingSpec, RecordBehaviour } from '../../../engine/sourceSpec.ts';
import type { WrittenCase } from '../case.ts';
import { absent, any, number, only, text } from '../template.ts';
import { batchFailure, error, literally, madeStreamMapping, streamRecord } from '../templates.ts';

const KINESIS = 'https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html';
const KINESIS_ERRORS = 'https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html';
const KINESIS_REPORTS =
  'https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html';
const KINESIS_FILTERS = 'https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html';
const TABLES = 'https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html';
const TABLE_ERRORS = 'https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html';
const TABLE_REPORTS = 'https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html';
const CREATE = 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html';
const STATES = 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html';

const stream = (more: Partial<MappingSpec> = {}): MappingSpec => ({
  name: 'm',
  source: 'stream:in',
  function: 'f',
  startingPosition: 'TRIM_HORIZON',
  ...more,
});
const table = (more: Partial<MappingSpec> = {}): MappingSpec => stream({ source: 'table:in', ...more });

const ids = (record: string, times: number): string[] => [
  record,
  ...Array.from({ length: times - 1 }, (_, k) => `${record}#${k + 2}`),
];

const records = (prefix: string, times: number) =>
  Array.from({ length: times }, (_, k) => ({ record: `${prefix}${k + 1}` }));
const named = (prefix: string, times: number) => records(prefix, times).map(({ record }) => record);

/** Five records that go well and a sixth that reports itself each time. */
const SIX = [...records('r', 5), { record: 'r6', plan: ['report' as const] }];

const onSix = (source: 'stream' | 'table'): WrittenCase['expect'] => [
  { expect: 'attempts', of: named('r', 5), count: 1 },
  // On AWS five: once in a larger batch, then four times alone. A batch that was cut before it makes that four.
  { expect: 'attempts', of: ['r6'], count: { least: 4, most: 5 } },
  { expect: 'batches', mapping: 'm', of: ['r6'], count: 4 },
  {
    expect: 'deliveries',
    to: 'queue:out',
    count: 1,
    each: {
      body: batchFailure({
        condition: 'RetryAttemptsExhausted',
        count: 4,
        functionError: null,
        batchSize: 1,
        source,
      }),
    },
  },
];

/** What a handler answers that names nothing of its batch. */
const BAD_ITEMS: readonly (readonly [string, Json])[] = [
  ['an identifier that is in no record, and a number', { itemIdentifier: 123 }],
  ['an empty identifier', { itemIdentifier: '' }],
  ['an identifier that is null', { itemIdentifier: null }],
  ['a key that is none', { foo: 123 }],
  ['a key that is none, of null', { foo: null }],
];

/** What a handler answers that reports nothing. */
const GOOD_ANSWERS: readonly (readonly [string, Json])[] = [
  ['[]', []],
  ['null', null],
  ['{}', {}],
  ['an empty list', { batchItemFailures: [] }],
  ['a list that is null', { batchItemFailures: null }],
];

const answering = (value: Json): RecordBehaviour[] => [{ do: 'ok', value }];

/** The same mapping again is refused, and told which one it is. */
const duplicate = (id: string, source: 'stream' | 'table'): WrittenCase => ({
  id,
  title: `a second mapping of the same ${source} and function`,
  recorded: '2025-11-25',
  page: CREATE,
  needs: [source === 'stream' ? 'kinesis' : 'dynamodb'],
  scenario: {
    scenario: 1,
    functions: [{ name: 'f' }],
    ...(source === 'stream' ? { streams: [{ name: 'in' }] } : { tables: [{ name: 'in' }] }),
    mappings: [stream({ source: `${source}:in` })],
    steps: [
      {
        atSeconds: 1,
        do: 'request',
        operation: 'CreateEventSourceMapping',
        mapping: 'n',
        input: { FunctionName: 'f', EventSourceArn: `${source}:in`, StartingPosition: 'LATEST' },
      },
    ],
  },
  expect: [
    {
      expect: 'refusal',
      of: 0,
      is: error(
        409,
        'ResourceConflictException',
        text(
          `^${literally('The event source arn (" ')}\\S+${literally(' ") and function (" f ") provided mapping already exists. Please update or delete the existing mapping with UUID ')}\\S+$`,
        ),
      ),
    },
  ],
});

export const streamCases: readonly WrittenCase[] = [
  {
    id: 'K01',
    title: 'ten records of one call come once each, in their order',
    recorded: '2025-11-25',
    page: KINESIS,
    note: 'On AWS they came in one batch, from the position LATEST after trying more than once.',
    needs: ['kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 'in' }],
      steps: [
        {
          atSeconds: 0,
          do: 'request',
          operation: 'CreateEventSourceMapping',
          mapping: 'm',
          input: { FunctionName: 'f', EventSourceArn: 'stream:in', StartingPosition: 'TRIM_HORIZON' },
        },
        {
          atSeconds: 30,
          do: 'send',
          to: 'stream:in',
          records: records('r', 10).map((record) => ({ ...record, text: `text of ${record.record}` })),
        },
      ],
    },
    expect: [
      { expect: 'answer', of: 0, is: madeStreamMapping('TRIM_HORIZON') },
      { expect: 'attempts', of: named('r', 10), count: 1 },
      { expect: 'order', of: named('r', 10) },
      { expect: 'given', of: 'r1', nth: 1, is: streamRecord('text of r1') },
    ],
  },
  {
    id: 'K03',
    title: 'batches of one shard come one after the other, however long a handler takes',
    recorded: '2025-11-25',
    page: KINESIS,
    needs: ['kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 20 }],
      streams: [{ name: 'in' }],
      mappings: [stream({ batchSize: 10 })],
      steps: [
        {
          atSeconds: 0,
          do: 'send',
          to: 'stream:in',
          records: [
            { record: 'r', times: 10, plan: [{ do: 'ok', afterSeconds: 5 }] },
            { record: 's', times: 10, plan: [{ do: 'ok', afterSeconds: 5 }] },
          ],
        },
      ],
    },
    expect: [
      { expect: 'attempts', of: [...ids('r', 10), ...ids('s', 10)], count: 1 },
      { expect: 'order', of: [...ids('r', 10), ...ids('s', 10)] },
      { expect: 'wait', of: 's#10', nth: 1, after: { of: 'r', nth: 1 }, leastSeconds: 5 },
      { expect: 'batches', mapping: 'm', count: { least: 2, most: 20 }, mostRecords: 10 },
    ],
  },
  {
    id: 'K05',
    title: 'a mapping that is disabled brings nothing more',
    recorded: '2025-11-25',
    page: STATES,
    needs: ['kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 'in' }],
      mappings: [stream()],
      steps: [
        { atSeconds: 5, do: 'send', to: 'stream:in', records: [{ record: 'r', times: 10 }] },
        {
          atSeconds: 40,
          do: 'request',
          operation: 'UpdateEventSourceMapping',
          input: { UUID: 'mapping:m', Enabled: false },
        },
        { atSeconds: 130, do: 'send', to: 'stream:in', records: [{ record: 's', times: 10 }] },
      ],
    },
    expect: [
      { expect: 'attempts', of: ids('r', 10), count: 1 },
      { expect: 'answer', of: 1, is: { status: 202 } },
      { expect: 'attempts', of: ids('s', 10), count: 0 },
    ],
  },
  {
    id: 'K07',
    title: 'the record of a discarded batch, at a topic',
    recorded: '2025-11-25',
    page: KINESIS_ERRORS,
    note: 'What of the retries was recorded is in another case: here there is one. What the topic puts around its message is not looked at: our topics are read through a queue, raw.',
    needs: ['kinesis', 'topics'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 'in' }],
      topics: [{ name: 'out' }],
      mappings: [stream({ batchSize: 1, maximumRetryAttempts: 1, onFailure: 'topic:out' })],
      steps: [{ atSeconds: 0, do: 'send', to: 'stream:in', records: [{ record: 'r', plan: ['throw'] }] }],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: 2 },
      {
        expect: 'deliveries',
        to: 'topic:out',
        count: 1,
        each: {
          attributes: absent,
          body: batchFailure({
            condition: 'RetryAttemptsExhausted',
            count: 2,
            functionError: 'Unhandled',
            batchSize: 1,
            source: 'stream',
          }),
        },
      },
    ],
  },
  {
    id: 'K09',
    title: 'a report that moves the checkpoint begins the count of retries anew',
    recorded: '2025-11-25',
    page: KINESIS_REPORTS,
    needs: ['kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 'in' }],
      queues: [{ name: 'out' }],
      mappings: [
        stream({
          batchSize: 3,
          windowSeconds: 1,
          maximumRetryAttempts: 3,
          onFailure: 'queue:out',
          reportsItemFailures: true,
        }),
      ],
      steps: [{ atSeconds: 5, do: 'send', to: 'stream:in', records: SIX }],
    },
    expect: onSix('stream'),
  },
  ...BAD_ITEMS.map(
    ([what, item], k): WrittenCase => ({
      id: `K${10 + k}`,
      title: `a report with ${what}: the whole batch has failed`,
      recorded: '2025-11-25',
      page: KINESIS_REPORTS,
      needs: ['kinesis'],
      scenario: {
        scenario: 1,
        functions: [{ name: 'f' }],
        streams: [{ name: 'in' }],
        queues: [{ name: 'out' }],
        mappings: [
          stream({
            batchSize: 1,
            maximumRetryAttempts: 2,
            onFailure: 'queue:out',
            reportsItemFailures: true,
          }),
        ],
        steps: [
          {
            atSeconds: 5,
            do: 'send',
            to: 'stream:in',
            records: [{ record: 'r', plan: answering({ batchItemFailures: [item] }) }],
          },
        ],
      },
      expect: [
        { expect: 'attempts', of: ['r'], count: 3, same: ['payload'] },
        {
          expect: 'deliveries',
          to: 'queue:out',
          count: 1,
          each: {
            body: batchFailure({
              condition: 'RetryAttemptsExhausted',
              count: 3,
              functionError: null,
              batchSize: 1,
              source: 'stream',
            }),
          },
        },
      ],
    }),
  ),
  {
    id: 'K22',
    title: 'a record that grows too old while it is tried again is told without a response',
    recorded: '2025-11-25',
    page: KINESIS_ERRORS,
    note: 'On AWS there were 8 attempts in the minute; how many there are is open.',
    needs: ['kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 'in' }],
      queues: [{ name: 'out' }],
      mappings: [
        stream({
          batchSize: 1,
          maximumRecordAgeSeconds: 60,
          maximumRetryAttempts: -1,
          onFailure: 'queue:out',
        }),
      ],
      steps: [
        { atSeconds: 5, do: 'send', to: 'stream:in', records: [{ record: 'r', plan: ['throw'] }] },
        // No observer leaves sooner.
        {
          atSeconds: 150,
          do: 'request',
          operation: 'GetEventSourceMapping',
          input: { UUID: 'mapping:m' },
        },
      ],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: { least: 2 } },
      {
        expect: 'deliveries',
        to: 'queue:out',
        count: 1,
        each: {
          body: batchFailure({
            condition: 'RecordAgeExceeded',
            count: number,
            batchSize: 1,
            source: 'stream',
          }),
        },
      },
    ],
  },
  {
    id: 'K26',
    title: 'two filters on the data of one stream: each function gets its own record, once',
    recorded: '2025-11-25',
    page: KINESIS_FILTERS,
    needs: ['kinesis'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }, { name: 'g' }],
      streams: [{ name: 'in' }],
      steps: [
        ...(['f', 'g'] as const).map((name, k) => ({
          atSeconds: k,
          do: 'request' as const,
          operation: 'CreateEventSourceMapping' as const,
          mapping: `of-${name}`,
          input: {
            FunctionName: name,
            EventSourceArn: 'stream:in',
            StartingPosition: 'TRIM_HORIZON',
            BatchSize: 1,
            FilterCriteria: {
              Filters: [{ Pattern: JSON.stringify({ data: { event_type: [`function_${k + 1}`] } }) }],
            },
          },
        })),
        {
          atSeconds: 30,
          do: 'send',
          to: 'stream:in',
          records: [
            { record: 'r1', body: { event_type: 'function_1', message: 'foo' } },
            { record: 'r2', body: { event_type: 'function_2', message: 'bar' } },
          ],
        },
      ],
    },
    expect: [
      ...[0, 1].map((of) => ({
        expect: 'answer' as const,
        of,
        is: {
          status: 202,
          output: {
            BatchSize: 1,
            FilterCriteria: {
              Filters: [{ Pattern: JSON.stringify({ data: { event_type: [`function_${of + 1}`] } }) }],
            },
          },
        },
      })),
      { expect: 'attempts', of: ['r1', 'r2'], count: 1 },
      { expect: 'attempt', of: 'r1', nth: 1, is: { function: 'f' } },
      { expect: 'attempt', of: 'r2', nth: 1, is: { function: 'g' } },
      { expect: 'batches', mapping: 'of-f', count: 1 },
      { expect: 'batches', mapping: 'of-g', count: 1 },
      {
        expect: 'given',
        of: 'r1',
        nth: 1,
        is: streamRecord(JSON.stringify({ event_type: 'function_1', message: 'foo' })),
      },
    ],
  },
  duplicate('K27', 'stream'),
  {
    id: 'D01',
    title: 'an item that is put: one INSERT',
    recorded: '2025-11-25',
    page: TABLES,
    note: "Recorded with an item of two attributes, one of them binary, and the view NEW_IMAGE; our tables' items are others, and so is their size.",
    needs: ['dynamodb'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      tables: [{ name: 'in', view: 'NEW_IMAGE' }],
      steps: [
        {
          atSeconds: 0,
          do: 'request',
          operation: 'CreateEventSourceMapping',
          mapping: 'm',
          input: { FunctionName: 'f', EventSourceArn: 'table:in', StartingPosition: 'TRIM_HORIZON' },
        },
        { atSeconds: 30, do: 'send', to: 'table:in', records: [{ record: 'r' }] },
      ],
    },
    expect: [
      { expect: 'answer', of: 0, is: { status: 202, output: { StartingPosition: 'TRIM_HORIZON' } } },
      { expect: 'attempts', of: ['r'], count: 1 },
      { expect: 'batches', mapping: 'm', of: ['r'], count: 1 },
      {
        expect: 'given',
        of: 'r',
        nth: 1,
        is: {
          eventID: any,
          eventName: 'INSERT',
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: any,
          dynamodb: only({
            ApproximateCreationDateTime: number,
            Keys: { id: { S: any } },
            NewImage: { id: { S: any } },
            SequenceNumber: text('^\\d+$'),
            SizeBytes: number,
            StreamViewType: 'NEW_IMAGE',
          }),
          eventSourceARN: any,
        },
      },
    ],
  },
  {
    id: 'D03',
    title: 'a mapping whose table is deleted is still told to be Enabled',
    recorded: '2025-11-25',
    page: STATES,
    note: 'On AWS by ListEventSourceMappings.',
    needs: ['dynamodb'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      tables: [{ name: 'in' }],
      mappings: [table()],
      steps: [
        { atSeconds: 20, do: 'remove', resource: 'table:in' },
        {
          atSeconds: 25,
          do: 'request',
          operation: 'GetEventSourceMapping',
          input: { UUID: 'mapping:m' },
        },
      ],
    },
    expect: [{ expect: 'answer', of: 1, is: { status: 200, output: { State: 'Enabled' } } }],
  },
  {
    id: 'D05',
    title: 'the record of a discarded batch of a table, at a topic',
    recorded: '2025-11-25',
    page: TABLE_ERRORS,
    note: 'As K07.',
    needs: ['dynamodb', 'topics'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      tables: [{ name: 'in' }],
      topics: [{ name: 'out' }],
      mappings: [table({ batchSize: 1, maximumRetryAttempts: 1, onFailure: 'topic:out' })],
      steps: [{ atSeconds: 5, do: 'send', to: 'table:in', records: [{ record: 'r', plan: ['throw'] }] }],
    },
    expect: [
      { expect: 'attempts', of: ['r'], count: 2 },
      {
        expect: 'deliveries',
        to: 'topic:out',
        count: 1,
        each: {
          attributes: absent,
          body: batchFailure({
            condition: 'RetryAttemptsExhausted',
            count: 2,
            functionError: 'Unhandled',
            batchSize: 1,
            source: 'table',
          }),
        },
      },
    ],
  },
  {
    id: 'D07',
    title: 'of a table too a report that moves the checkpoint begins the count of retries anew',
    recorded: '2025-11-25',
    page: TABLE_REPORTS,
    note: 'On AWS the items were put 0.1 s apart.',
    needs: ['dynamodb'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      tables: [{ name: 'in' }],
      queues: [{ name: 'out' }],
      mappings: [
        table({
          batchSize: 3,
          windowSeconds: 1,
          maximumRetryAttempts: 3,
          onFailure: 'queue:out',
          reportsItemFailures: true,
        }),
      ],
      steps: [{ atSeconds: 5, do: 'send', to: 'table:in', records: SIX }],
    },
    expect: onSix('table'),
  },
  ...GOOD_ANSWERS.map(
    ([what, value], k): WrittenCase => ({
      id: `D${15 + k}`,
      title: `an answer of ${what} is a success of the whole batch`,
      recorded: '2025-11-25',
      page: TABLE_REPORTS,
      needs: ['dynamodb'],
      scenario: {
        scenario: 1,
        functions: [{ name: 'f' }],
        tables: [{ name: 'in' }],
        queues: [{ name: 'out' }],
        mappings: [
          table({
            batchSize: 1,
            maximumRetryAttempts: 2,
            onFailure: 'queue:out',
            reportsItemFailures: true,
          }),
        ],
        steps: [
          { atSeconds: 5, do: 'send', to: 'table:in', records: [{ record: 'r', plan: answering(value) }] },
        ],
      },
      expect: [
        { expect: 'attempts', of: ['r'], count: 1 },
        { expect: 'deliveries', to: 'queue:out', count: 0 },
      ],
    }),
  ),
  duplicate('D30', 'table'),
  {
    id: 'D31',
    title: 'a mapping of a stream that does not exist',
    recorded: '2025-11-25',
    page: CREATE,
    needs: ['dynamodb'],
    scenario: {
      scenario: 1,
      functions: [{ name: 'f' }],
      tables: [{ name: 'in' }],
      steps: [
        {
          atSeconds: 0,
          do: 'request',
          operation: 'CreateEventSourceMapping',
          mapping: 'm',
          input: {
            FunctionName: 'f',
            EventSourceArn: 'table:nothing',
            StartingPosition: 'LATEST',
          },
        },
      ],
    },
    expect: [
      {
        expect: 'refusal',
        of: 0,
        is: error(400, 'InvalidParameterValueException', text('^Stream not found: \\S+$')),
      },
    ],
  },
];
