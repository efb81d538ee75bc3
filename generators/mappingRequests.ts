/**
 * Requests about event source mappings and queues worth drawing: as `requests.ts`. `f` stands for a declared function
 * and is invoked by no other mapping of these sources; `queue:orders`, `queue:ordersfifo` (FIFO), `queue:hasty`
 * (visibility timeout 1 s), `stream:clicks`, `table:items`, `kafka:audit`, `broker:jobs` are declared when they are
 * used. Each fault stands alone. `mapping:m` is a mapping of the source that `of` names, for updates.
 */
import type { RequestInput } from './requests.ts';

export interface MappingInputs {
  /** The source that the inputs are about, and that an update's mapping reads. */
  readonly of: string;
  readonly valid: readonly RequestInput[];
  readonly invalid: readonly RequestInput[];
}

const position = { StartingPosition: 'TRIM_HORIZON' };
const window = { MaximumBatchingWindowInSeconds: 1 };

const filters = (...patterns: readonly string[]): RequestInput => ({
  FilterCriteria: { Filters: patterns.map((Pattern) => ({ Pattern })) },
});

const scaling = (MaximumConcurrency: number): RequestInput => ({ ScalingConfig: { MaximumConcurrency } });

const pollers = (MinimumPollers: number, MaximumPollers?: number): RequestInput => ({
  ProvisionedPollerConfig:
    MaximumPollers === undefined ? { MinimumPollers } : { MinimumPollers, MaximumPollers },
});

const types = (...FunctionResponseTypes: readonly string[]): RequestInput => ({ FunctionResponseTypes });

/** What is in range, and out of it, for SQS: at creation and in updates alike. */
const OF_QUEUE: MappingInputs = {
  of: 'queue:orders',
  valid: [
    { BatchSize: 1 },
    { BatchSize: 10 },
    { BatchSize: 11, ...window },
    { BatchSize: 10_000, ...window },
    window,
    { MaximumBatchingWindowInSeconds: 300 },
    scaling(2),
    scaling(1_000),
    pollers(2, 2),
    pollers(200, 200),
    pollers(2, 5_000),
    types(),
    types('ReportBatchItemFailures'),
    filters('{"body":{"kind":["a"]}}'),
    filters(`{"body":["${'x'.repeat(4_000)}"]}`),
    filters('{"body":["a"]}', '{"body":["b"]}', '{"body":["c"]}', '{"body":["d"]}', '{"body":["e"]}'),
    {},
  ],
  invalid: [
    { BatchSize: 0 },
    { BatchSize: 10_001, ...window },
    { BatchSize: 11, MaximumBatchingWindowInSeconds: 0 },
    { MaximumBatchingWindowInSeconds: -1 },
    { MaximumBatchingWindowInSeconds: 301 },
    scaling(1),
    scaling(1_001),
    pollers(1, 5),
    pollers(201),
    pollers(5, 4),
    { ...scaling(5), ...pollers(2, 5) },
    types('ReportEverything'),
    types('ReportBatchItemFailures', 'ReportBatchItemFailures'),
    filters(`{"body":["${'x'.repeat(4_100)}"]}`),
    filters(...Array.from({ length: 11 }, (_, k) => `{"body":["${k}"]}`)),
    filters('{"body":'),
    filters('{"body":[{"suffixes":"a"}]}'),
    { ParallelizationFactor: 2 },
    { DestinationConfig: { OnSuccess: { Destination: 'queue:done' } } },
    { DestinationConfig: { OnFailure: { Destination: 'queue:failed' } } },
  ],
};

const OF_FIFO: MappingInputs = {
  of: 'queue:ordersfifo',
  valid: [{ BatchSize: 10 }, { BatchSize: 1 }],
  invalid: [{ BatchSize: 11 }, { BatchSize: 0 }, window],
};

/** For Kinesis and DynamoDB alike. */
const forStream = (of: string, ...alsoInvalid: readonly RequestInput[]): MappingInputs => ({
  of,
  valid: [
    { BatchSize: 1 },
    { BatchSize: 10_000 },
    { ParallelizationFactor: 1 },
    { ParallelizationFactor: 10 },
    { MaximumRecordAgeInSeconds: -1 },
    { MaximumRecordAgeInSeconds: 60 },
    { MaximumRecordAgeInSeconds: 604_800 },
    { MaximumRetryAttempts: -1 },
    { MaximumRetryAttempts: 0 },
    { MaximumRetryAttempts: 10_000 },
    { TumblingWindowInSeconds: 0 },
    { TumblingWindowInSeconds: 900 },
    { BisectBatchOnFunctionError: true },
    types('ReportBatchItemFailures'),
  ],
  invalid: [
    { BatchSize: 0 },
    { BatchSize: 10_001 },
    { ParallelizationFactor: 0 },
    { ParallelizationFactor: 11 },
    { MaximumRecordAgeInSeconds: 0 },
    { MaximumRecordAgeInSeconds: 59 },
    { MaximumRecordAgeInSeconds: 604_801 },
    { MaximumRetryAttempts: -2 },
    { MaximumRetryAttempts: 10_001 },
    { TumblingWindowInSeconds: -1 },
    { TumblingWindowInSeconds: 901 },
    scaling(5),
    types('ReportEverything'),
    { DestinationConfig: { OnSuccess: { Destination: 'queue:done' } } },
    ...alsoInvalid,
  ],
});

const OF_KAFKA: MappingInputs = {
  of: 'kafka:audit',
  valid: [{ BatchSize: 1 }, pollers(1, 2_000), pollers(200, 200), types('ReportBatchItemFailures')],
  invalid: [{ BatchSize: 10_001 }, pollers(0), pollers(1, 2_001), pollers(201), scaling(5)],
};

const OF_BROKER: MappingInputs = {
  of: 'broker:jobs',
  valid: [{ BatchSize: 1 }, { BatchSize: 10_000 }],
  invalid: [
    { BatchSize: 10_001 },
    scaling(5),
    { DestinationConfig: { OnFailure: { Destination: 'queue:failed' } } },
  ],
};

/** What a creation and an update can be about alike. */
export const mappingInputs: readonly MappingInputs[] = [
  OF_QUEUE,
  OF_FIFO,
  // Data of Kinesis is filtered as JSON: a pattern for text is none (STR-FILT-02).
  forStream('stream:clicks', filters('{"data":["text"]}')),
  forStream('table:items'),
  OF_KAFKA,
  OF_BROKER,
];

/** What a creation needs beside `FunctionName` and the source, by kind of source. */
export const creationNeeds: Readonly<Record<string, RequestInput>> = {
  queue: {},
  stream: position,
  table: position,
  kafka: position,
  broker: {},
};

/** Creations that stand for themselves, whole inputs. `missing` and `queue:missing` are declared nowhere. */
export const creations: {
  readonly valid: readonly RequestInput[];
  readonly invalid: readonly RequestInput[];
} = {
  valid: [
    { FunctionName: 'f', EventSourceArn: 'stream:clicks', StartingPosition: 'LATEST' },
    { FunctionName: 'f', EventSourceArn: 'stream:clicks', StartingPosition: 'TRIM_HORIZON' },
    {
      FunctionName: 'f',
      EventSourceArn: 'stream:clicks',
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: 0,
    },
    { FunctionName: 'f', EventSourceArn: 'table:items', StartingPosition: 'TRIM_HORIZON' },
    { FunctionName: 'f', EventSourceArn: 'kafka:audit', Topics: ['kafka:audit'], StartingPosition: 'LATEST' },
    { FunctionName: 'f', EventSourceArn: 'broker:jobs', Queues: ['broker:jobs'] },
  ],
  invalid: [
    { FunctionName: 'f', EventSourceArn: 'stream:clicks' },
    { FunctionName: 'f', EventSourceArn: 'stream:clicks', StartingPosition: 'latest' },
    {
      FunctionName: 'f',
      EventSourceArn: 'table:items',
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: 0,
    },
    { FunctionName: 'f', EventSourceArn: 'table:items' },
    {
      FunctionName: 'f',
      EventSourceArn: 'stream:clicks',
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: 1_000_000,
    },
    { FunctionName: 'f', EventSourceArn: 'queue:hasty' },
    {
      FunctionName: 'f',
      EventSourceArn: 'kafka:audit',
      Topics: ['kafka:audit'],
      ...position,
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 },
      DestinationConfig: { OnFailure: { Destination: 'kafka:audit' } },
    },
    { FunctionName: 'missing', EventSourceArn: 'queue:orders' },
    { FunctionName: 'f', EventSourceArn: 'queue:missing' },
    { FunctionName: 'f', EventSourceArn: 'arn:aws:sqs:xx-else-1:123456789012:orders' },
    { FunctionName: 'f', EventSourceArn: 'kafka:audit', Topics: ['kafka:audit', 'kafka:other'], ...position },
    { FunctionName: 'f', EventSourceArn: 'broker:jobs', Queues: ['broker:jobs', 'broker:other'] },
    {
      FunctionName: 'f',
      EventSourceArn: 'kafka:audit',
      Topics: ['kafka:audit'],
      ...position,
      SourceAccessConfigurations: Array.from({ length: 24 }, () => ({
        Type: 'VPC_SUBNET',
        URI: 'subnet:subnet-0123456789abcdef0',
      })),
    },
  ],
};

/** Attributes of queues, for CreateQueue (`QueueName: 'extra'`) and SetQueueAttributes (`QueueUrl: 'queue:orders'`). */
export const queueAttributes: {
  readonly valid: readonly RequestInput[];
  readonly invalid: readonly RequestInput[];
} = {
  valid: [
    { VisibilityTimeout: '0' },
    { VisibilityTimeout: '43200' },
    { MessageRetentionPeriod: '60' },
    { MessageRetentionPeriod: '1209600' },
    { DelaySeconds: '900' },
  ],
  invalid: [
    { VisibilityTimeout: '-1' },
    { VisibilityTimeout: '43201' },
    { MessageRetentionPeriod: '59' },
    { MessageRetentionPeriod: '1209601' },
    { DelaySeconds: '901' },
  ],
};
