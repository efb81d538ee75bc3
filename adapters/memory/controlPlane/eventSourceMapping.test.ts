/** Event source mappings: AWS's recorded cases, in our own words, and what its pages say of their parameters. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../engine/json.ts';
import { type Operation, type Scenario, scenarioSchema } from '../../../engine/scenario.ts';
import { accountOf } from '../accountOf.ts';
import { documented, type Policy, policyWith } from '../policy.ts';
import { handleRequest } from './index.ts';

const scenario: Scenario = scenarioSchema.parse({
  scenario: 1,
  functions: [
    { name: 'f', timeoutSeconds: 3, versions: 1, aliases: [{ name: 'live', version: '1' }] },
    { name: 'g', timeoutSeconds: 3 },
    { name: 'slow', timeoutSeconds: 900 },
  ],
  queues: [
    { name: 'q' },
    { name: 'ordered', fifo: true },
    { name: 'hasty', visibilityTimeoutSeconds: 2 },
    { name: 'failed' },
  ],
  streams: [{ name: 's' }],
  tables: [{ name: 't' }],
  kafkaTopics: [
    { name: 'k', on: 'msk' },
    { name: 'k2', on: 'msk' },
    { name: 'own', on: 'selfManaged' },
  ],
  brokerQueues: [{ name: 'b', engine: 'activeMq' }],
  mappings: [
    { name: 'onqueue', source: 'queue:q', function: 'g', batchSize: 20, windowSeconds: 5 },
    { name: 'onstream', source: 'stream:s', function: 'g', startingPosition: 'LATEST' },
    { name: 'onkafka', source: 'kafka:k', function: 'g', consumerGroup: 'readers' },
    { name: 'scaled', source: 'queue:failed', function: 'g', maximumConcurrency: 5 },
  ],
  steps: [],
});

type Input = Readonly<Record<string, Json>>;

/** The account of the scenario above, asked one thing after the other, ten seconds apart. */
function asked(policy: Policy = documented) {
  const account = accountOf(scenario, policy);
  let atSeconds = 0;
  const ask = (operation: Operation, input: Input, mapping?: string) => {
    atSeconds += 10;
    const step = { atSeconds, do: 'request', operation, input: { ...input } } as const;
    return handleRequest(account, mapping === undefined ? step : { ...step, mapping }, policy);
  };
  return {
    account,
    ask,
    /** Makes the mapping `made` of the function `f`. */
    create: (source: string, more: Input = {}) =>
      ask('CreateEventSourceMapping', { FunctionName: 'f', EventSourceArn: source, ...more }, 'made'),
    update: (name: string, more: Input) =>
      ask('UpdateEventSourceMapping', { UUID: `mapping:${name}`, ...more }),
  };
}

const LATEST = { StartingPosition: 'LATEST' };
const INVALID = { status: 400, error: 'InvalidParameterValueException' };
const CONSTRAINT = { status: 400, error: 'ValidationException' };
const TAKEN = { status: 202 };

describe('a mapping that is made', () => {
  test('of a queue is told with the keys that AWS tells for queues, and no others', () => {
    const { create, account } = asked();
    expect(create('queue:q', { BatchSize: 1 })).toEqual({
      status: 202,
      output: {
        UUID: 'mapping:made',
        BatchSize: 1,
        MaximumBatchingWindowInSeconds: 0,
        EventSourceArn: 'queue:q',
        FunctionArn: expect.stringMatching(/:function:f$/),
        FunctionResponseTypes: [],
        LastModified: expect.any(Number),
        State: 'Creating',
        StateTransitionReason: 'USER_INITIATED',
      },
    });
    expect(account.mappings.get('made')).toMatchObject({ name: 'made', state: 'Creating' });
  });

  test.each([
    ['stream:s', LATEST],
    ['table:t', { StartingPosition: 'TRIM_HORIZON' }],
  ])('of %s is told with the defaults of streams', (source, position) => {
    const { create } = asked();
    expect(create(source, position)).toMatchObject({
      status: 202,
      output: {
        ...position,
        BatchSize: 100,
        BisectBatchOnFunctionError: false,
        DestinationConfig: { OnFailure: {} },
        FunctionResponseTypes: [],
        LastProcessingResult: 'No records processed',
        MaximumBatchingWindowInSeconds: 0,
        MaximumRecordAgeInSeconds: -1,
        MaximumRetryAttempts: -1,
        ParallelizationFactor: 1,
        State: 'Creating',
        StateTransitionReason: 'User action',
        TumblingWindowInSeconds: 0,
      },
    });
  });

  test('has a batch size of 10 for a queue, of 100 for all others', () => {
    for (const [source, BatchSize] of [
      ['queue:q', 10],
      ['kafka:k', 100],
      ['broker:b', 100],
    ] as const)
      expect(asked().create(source)).toMatchObject({ output: { BatchSize } });
  });

  test('waits for half a second by default for Kafka and Amazon MQ', () => {
    for (const [source, seconds] of [
      ['queue:q', 0],
      ['kafka:k', 0.5],
      ['broker:b', 0.5],
    ] as const) {
      const { create, account } = asked();
      create(source);
      expect(account.mappings.get('made')?.settings.windowSeconds).toBe(seconds);
    }
  });

  test('disabled says so at once', () => {
    expect(asked().create('queue:q', { Enabled: false })).toMatchObject({ output: { State: 'Disabled' } });
  });

  test('for an alias names it in the ARN of its function', () => {
    const { ask } = asked();
    expect(
      ask('CreateEventSourceMapping', { FunctionName: 'f:live', EventSourceArn: 'queue:q' }, 'made'),
    ).toMatchObject({ output: { FunctionArn: expect.stringMatching(/:function:f:live$/) } });
  });

  test('is told by Get as it was made', () => {
    const { create, ask } = asked();
    const Filters = [{ Pattern: '{"body":{"kind":["a"]}}' }];
    create('queue:q', { FilterCriteria: { Filters }, ScalingConfig: { MaximumConcurrency: 2 } });
    expect(ask('GetEventSourceMapping', { UUID: 'mapping:made' })).toMatchObject({
      status: 200,
      output: { FilterCriteria: { Filters }, ScalingConfig: { MaximumConcurrency: 2 }, State: 'Creating' },
    });
  });

  test('a second time is in conflict, with the words of AWS', () => {
    const { create, ask } = asked();
    create('stream:s', LATEST);
    const again = { FunctionName: 'f', EventSourceArn: 'stream:s', ...LATEST };
    expect(ask('CreateEventSourceMapping', again, 'again')).toMatchObject({
      status: 409,
      error: 'ResourceConflictException',
      message: expect.stringMatching(
        /^The event source arn \(" stream:s "\) and function \(" f "\) provided mapping already exists\. Please update or delete the existing mapping with UUID [0-9a-f-]{36}$/,
      ),
    });
    expect(ask('CreateEventSourceMapping', { ...again, FunctionName: 'slow' }, 'other')).toMatchObject(TAKEN);
  });
});

describe('a mapping cannot be made', () => {
  test('without a source that is known', () => {
    const { ask } = asked();
    for (const input of [{ FunctionName: 'f' }, { FunctionName: 'f', EventSourceArn: 'topic:news' }])
      expect(ask('CreateEventSourceMapping', input, 'made')).toMatchObject({
        ...INVALID,
        message: 'Unrecognized event source.',
      });
  });

  test('for a function that is not there: an invalid value, and nothing missing', () => {
    expect(asked().create('queue:q', { FunctionName: 'nobody' })).toEqual({
      ...INVALID,
      message: 'Function does not exist',
    });
  });

  test('of a source that is not there', () => {
    expect(asked().create('table:nowhere', { StartingPosition: 'LATEST' })).toEqual({
      ...INVALID,
      message: 'Stream not found: table:nowhere',
    });
    expect(asked().create('queue:nowhere')).toMatchObject(INVALID);
  });

  test('of a queue that was deleted', () => {
    const { create, account } = asked();
    const queue = account.resources.get('queue:q');
    if (queue !== undefined) queue.exists = false;
    expect(create('queue:q')).toMatchObject(INVALID);
  });

  test('of a queue whose visibility timeout is shorter than the function may run', () => {
    expect(asked().create('queue:hasty')).toMatchObject({
      ...INVALID,
      message: expect.stringContaining('visibility timeout: 2 seconds is less than Function timeout: 3'),
    });
    const lenient = asked(policyWith({ refusesShortVisibility: false }));
    expect(lenient.create('queue:hasty')).toMatchObject(TAKEN);
  });

  test('of Kafka or Amazon MQ for a function that may run for more than 14 minutes', () => {
    for (const source of ['kafka:k', 'broker:b'])
      expect(asked().create(source, { FunctionName: 'slow' })).toMatchObject(INVALID);
    expect(asked().create('stream:s', { FunctionName: 'slow', ...LATEST })).toMatchObject(TAKEN);
  });

  test('while the role may not read the source; the message names the missing call', () => {
    const { create, account } = asked();
    account.denied.add('f queue:q');
    expect(create('queue:q')).toMatchObject({
      ...INVALID,
      message: expect.stringContaining('permissions to call ReceiveMessage on SQS'),
    });
    account.denied.delete('f queue:q');
    expect(create('queue:q')).toMatchObject(TAKEN);
  });

  test('of a topic of a broker, of two topics or of two queues', () => {
    expect(asked().create('broker:b', { Topics: ['broker:b'] })).toMatchObject(INVALID);
    expect(asked().create('kafka:k', { Topics: ['kafka:k', 'kafka:k2'] })).toMatchObject(CONSTRAINT);
    expect(asked().create('broker:b', { Queues: ['broker:b', 'broker:c'] })).toMatchObject(CONSTRAINT);
    expect(asked().create('kafka:k', { Topics: ['kafka:k'] })).toMatchObject({
      ...TAKEN,
      output: { Topics: ['kafka:k'] },
    });
  });
});

describe('the starting position', () => {
  test('is needed for streams, and none that there is not will do', () => {
    for (const source of ['stream:s', 'table:t']) {
      expect(asked().create(source)).toEqual({
        ...INVALID,
        message:
          "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
      });
      expect(asked().create(source, { StartingPosition: 'invalid' })).toEqual({
        ...CONSTRAINT,
        message:
          "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
      });
    }
  });

  test('may be a time for Kinesis, not for DynamoDB, and not one to come', () => {
    const at = (StartingPositionTimestamp: number) => ({
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp,
    });
    expect(asked().create('stream:s', at(0))).toMatchObject(TAKEN);
    expect(asked().create('stream:s', at(1_000))).toMatchObject(INVALID);
    expect(asked().create('table:t', at(0))).toEqual({
      ...INVALID,
      message: 'Unsupported starting position for arn type: table:t',
    });
  });

  test('is not changed by an update', () => {
    const { update } = asked();
    expect(update('onstream', { StartingPosition: 'TRIM_HORIZON' })).toMatchObject({ output: LATEST });
  });
});

/** What is in range, and what is just out of it: of a source, in a request that is fine otherwise. */
const bounds: readonly (readonly [source: string, inside: Input, outside: Input, refusal: object])[] = [
  ['stream:s', { BatchSize: 10_000 }, { BatchSize: 10_001 }, CONSTRAINT],
  ['stream:s', { BatchSize: 1 }, { BatchSize: 0 }, CONSTRAINT],
  ['queue:ordered', { BatchSize: 10 }, { BatchSize: 11 }, INVALID],
  ['queue:ordered', { BatchSize: 10 }, { MaximumBatchingWindowInSeconds: 1 }, INVALID],
  ['queue:q', { MaximumBatchingWindowInSeconds: 300 }, { MaximumBatchingWindowInSeconds: 301 }, CONSTRAINT],
  ['queue:q', { MaximumBatchingWindowInSeconds: 0 }, { MaximumBatchingWindowInSeconds: -1 }, CONSTRAINT],
  ['stream:s', { ParallelizationFactor: 10 }, { ParallelizationFactor: 11 }, CONSTRAINT],
  ['stream:s', { ParallelizationFactor: 1 }, { ParallelizationFactor: 0 }, CONSTRAINT],
  ['stream:s', { MaximumRecordAgeInSeconds: -1 }, { MaximumRecordAgeInSeconds: 59 }, CONSTRAINT],
  ['stream:s', { MaximumRecordAgeInSeconds: 604_800 }, { MaximumRecordAgeInSeconds: 604_801 }, CONSTRAINT],
  ['table:t', { MaximumRetryAttempts: 10_000 }, { MaximumRetryAttempts: 10_001 }, CONSTRAINT],
  ['table:t', { MaximumRetryAttempts: -1 }, { MaximumRetryAttempts: -2 }, CONSTRAINT],
  ['stream:s', { TumblingWindowInSeconds: 900 }, { TumblingWindowInSeconds: 901 }, CONSTRAINT],
  ['queue:q', scaling(2), scaling(1), CONSTRAINT],
  ['queue:q', scaling(1_000), scaling(1_001), CONSTRAINT],
  ['queue:q', pollers(2, 2), pollers(1, 2), CONSTRAINT],
  ['queue:q', pollers(200, 2_000), pollers(201, 2_000), CONSTRAINT],
  ['kafka:k', pollers(1, 2_000), pollers(1, 2_001), CONSTRAINT],
  ['kafka:k', pollers(2, 2), pollers(2, 1), INVALID],
  ['queue:q', types('ReportBatchItemFailures'), types('ReportEverything'), CONSTRAINT],
  ['queue:q', types(), types('ReportBatchItemFailures', 'ReportBatchItemFailures'), CONSTRAINT],
  ['queue:q', filters(5, 'a'), filters(6, 'a'), INVALID],
  ['queue:q', filters(1, 'x'.repeat(4_080)), filters(1, 'x'.repeat(4_096)), CONSTRAINT],
  ['kafka:k', access(23), access(24), CONSTRAINT],
];

function scaling(MaximumConcurrency: number): Input {
  return { ScalingConfig: { MaximumConcurrency } };
}

function pollers(MinimumPollers: number, MaximumPollers: number): Input {
  return { ProvisionedPollerConfig: { MinimumPollers, MaximumPollers } };
}

function types(...FunctionResponseTypes: readonly string[]): Input {
  return { FunctionResponseTypes: [...FunctionResponseTypes] };
}

function filters(count: number, text: string): Input {
  return { FilterCriteria: { Filters: Array(count).fill({ Pattern: `{"body":["${text}"]}` }) } };
}

function access(count: number): Input {
  return { SourceAccessConfigurations: Array(count).fill({ Type: 'VPC_SUBNET', URI: 'subnet:subnet-0' }) };
}

describe('bounds', () => {
  test.each(bounds)('of %s: %j is taken, %j refused', (source, inside, outside, refusal) => {
    const position = source === 'stream:s' || source === 'table:t' ? LATEST : {};
    expect(asked().create(source, { ...position, ...inside })).toMatchObject(TAKEN);
    const { create, account } = asked();
    expect(create(source, { ...position, ...outside })).toMatchObject(refusal);
    expect(account.mappings.has('made')).toBe(false);
  });

  test('more than 10 messages need a window, with the words of AWS', () => {
    const { create, update } = asked();
    const refusal = {
      ...INVALID,
      message:
        'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    };
    expect(create('queue:q', { BatchSize: 11 })).toEqual(refusal);
    expect(create('queue:q', { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 })).toMatchObject(TAKEN);
    expect(update('scaled', { BatchSize: 11 })).toEqual(refusal);
  });

  test('an update goes with the window that is there', () => {
    expect(asked().update('onqueue', { BatchSize: 30 })).toMatchObject({ output: { BatchSize: 30 } });
    expect(asked().update('onqueue', { MaximumBatchingWindowInSeconds: 0 })).toMatchObject(INVALID);
  });
});

describe('settings that do not go together', () => {
  test('maximum concurrency is for queues only, and not in provisioned mode', () => {
    expect(asked().create('stream:s', { ...LATEST, ...scaling(5) })).toMatchObject(INVALID);
    expect(asked().create('queue:q', { ...scaling(5), ...pollers(2, 5) })).toMatchObject(INVALID);
    expect(asked().update('scaled', pollers(2, 5))).toMatchObject(INVALID);
    expect(asked().update('scaled', { ScalingConfig: {}, ...pollers(2, 5) })).toMatchObject(TAKEN);
  });

  test('parameters of streams are refused for queues', () => {
    for (const stray of [{ ParallelizationFactor: 1 }, { MaximumRetryAttempts: 1 }, LATEST])
      expect(asked().create('queue:q', stray)).toMatchObject(INVALID);
  });

  test('retries of Kafka need provisioned mode', () => {
    const retries = { MaximumRetryAttempts: 2 };
    expect(asked().create('kafka:k', retries)).toMatchObject(INVALID);
    expect(asked().create('kafka:k', { ...retries, ...pollers(1, 1) })).toMatchObject(TAKEN);
  });
});

describe('destinations', () => {
  const to = (Destination: string, side = 'OnFailure') => ({
    DestinationConfig: { [side]: { Destination } },
  });

  test('of successes are for no source, of failures for streams and Kafka', () => {
    const refusal = {
      ...INVALID,
      message: 'Unsupported DestinationConfig parameter for given event source mapping type.',
    };
    expect(asked().create('stream:s', { ...LATEST, ...to('queue:failed', 'OnSuccess') })).toEqual(refusal);
    for (const source of ['queue:q', 'broker:b'])
      expect(asked().create(source, to('queue:failed'))).toEqual(refusal);
    for (const source of ['stream:s', 'table:t', 'kafka:k'])
      expect(asked().create(source, { ...LATEST, ...to('queue:failed') })).toMatchObject(TAKEN);
    expect(asked().create('stream:s', { ...LATEST, ...to('queue:nowhere') })).toMatchObject(INVALID);
  });

  test('that are topics of Kafka are others of the same cluster, in provisioned mode', () => {
    const provisioned = pollers(1, 1);
    expect(asked().create('kafka:k', { ...provisioned, ...to('kafka:k2') })).toMatchObject(TAKEN);
    expect(asked().create('kafka:k', to('kafka:k2'))).toMatchObject(INVALID);
    for (const other of ['kafka:k', 'kafka:own'])
      expect(asked().create('kafka:k', { ...provisioned, ...to(other) })).toMatchObject(INVALID);
  });
});

describe('filters', () => {
  const pattern = (Pattern: string) => ({ FilterCriteria: { Filters: [{ Pattern }] } });

  test.each(['{"body":', '[]', '{"body":"a"}', '{"body":[{"suffixes":"a"}]}'])(
    'of the pattern %s are refused with the words of AWS',
    (text) => {
      const refusal = { ...INVALID, message: 'Invalid filter pattern definition.' };
      expect(asked().create('queue:q', pattern(text))).toEqual(refusal);
      expect(asked().update('onqueue', pattern(text))).toEqual(refusal);
    },
  );

  test('of a stream take no text for its data', () => {
    expect(asked().create('stream:s', { ...LATEST, ...pattern('{"data":["a"]}') })).toMatchObject(INVALID);
    expect(asked().create('stream:s', { ...LATEST, ...pattern('{"data":{"k":["a"]}}') })).toMatchObject(
      TAKEN,
    );
  });

  test('are gone when an update gives none', () => {
    const { create, update, account } = asked();
    create('queue:q', pattern('{"body":["a"]}'));
    const made = account.mappings.get('made');
    expect(made?.settings.filters).toHaveLength(1);
    if (made !== undefined) made.state = 'Enabled';
    expect(update('made', { FilterCriteria: {} })).not.toHaveProperty('output.FilterCriteria');
    expect(made?.settings.filters).toEqual([]);
  });
});

describe('consumer groups', () => {
  const group = (ConsumerGroupId: string) => ({ AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId } });

  test('are of one mapping of a cluster each', () => {
    expect(asked().create('kafka:k2', group('readers'))).toMatchObject(INVALID);
    expect(asked().create('kafka:k2', { FunctionName: 'g', ...group('readers') })).toMatchObject(INVALID);
    expect(asked().create('kafka:own', group('readers'))).toMatchObject(TAKEN);
    expect(asked().create('kafka:k2', group('others'))).toMatchObject({ ...TAKEN, output: group('others') });
  });

  test('are not changed by an update, and are in the way of none', () => {
    expect(asked().update('onkafka', group('others'))).toMatchObject(INVALID);
    expect(asked().update('onkafka', { FunctionName: 'f' })).toMatchObject({
      ...TAKEN,
      output: group('readers'),
    });
  });
});

describe('an update', () => {
  test('changes what it gives and keeps the rest', () => {
    const { update, account } = asked();
    expect(update('onqueue', { BatchSize: 15, Enabled: false })).toMatchObject({
      status: 202,
      output: { BatchSize: 15, MaximumBatchingWindowInSeconds: 5, State: 'Disabling' },
    });
    expect(account.mappings.get('onqueue')?.settings).toMatchObject({
      batchSize: 15,
      windowSeconds: 5,
      isEnabled: false,
    });
  });

  test('that is refused changes nothing', () => {
    const { update, account } = asked();
    const before = account.mappings.get('onqueue')?.settings;
    update('onqueue', { BatchSize: 0 });
    update('onqueue', { FunctionName: 'nobody', BatchSize: 12 });
    expect(account.mappings.get('onqueue')).toMatchObject({ settings: before, state: 'Enabled' });
  });
});

test('a mapping that is deleted is Deleting, and still there for the time being', () => {
  const { ask } = asked();
  const m = { UUID: 'mapping:onqueue' };
  const deleting = { output: { UUID: 'mapping:onqueue', State: 'Deleting' } };
  expect(ask('DeleteEventSourceMapping', m)).toMatchObject({ status: 202, ...deleting });
  expect(ask('GetEventSourceMapping', m)).toMatchObject({ status: 200, ...deleting });
});

test.each(['Creating', 'Updating', 'Enabling', 'Disabling', 'Deleting'] as const)(
  'a mapping that is %s is in use: it is neither updated nor deleted',
  (state) => {
    const { ask, account } = asked();
    const m = { UUID: 'mapping:onqueue' };
    const mapping = account.mappings.get('onqueue');
    if (mapping !== undefined) mapping.state = state;
    for (const operation of ['UpdateEventSourceMapping', 'DeleteEventSourceMapping'] as const)
      expect(ask(operation, m)).toMatchObject({ status: 400, error: 'ResourceInUseException' });
    expect(mapping?.state).toBe(state);
  },
);

test.each(['Get', 'Update', 'Delete'] as const)('%s does not find a mapping that is not there', (verb) => {
  expect(asked().ask(`${verb}EventSourceMapping`, { UUID: 'mapping:nothing' })).toEqual({
    status: 404,
    error: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  });
});
