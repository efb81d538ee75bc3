/**
 * What a target did, in numbers: a small fixed set of measures, counted over a campaign. They judge nothing. Parts
 * add up: chunks of a run, shards of a campaign, the runs before and after a kill.
 */
import type { SourceKind } from './sourceSpec.ts';

type PolledMeasure = `${'batchSize' | 'concurrentBatches' | 'retrySeconds'}.${SourceKind}`;

/** The measures that are one number each time. */
export type MeasureName =
  | 'asyncStartSeconds'
  | 'asyncAttempts'
  | 'asyncSecondSeconds'
  | 'asyncThirdSeconds'
  | 'asyncRecordSeconds'
  | 'sqsRetryShare'
  | PolledMeasure;

export interface Measure {
  readonly unit: 's' | '×' | '';
  /** What is measured, in a few words. */
  readonly words: string;
}

const SOURCES: readonly (readonly [SourceKind, string])[] = [
  ['sqs', 'SQS'],
  ['kinesis', 'Kinesis'],
  ['dynamodb', 'DynamoDB'],
  ['kafka', 'Kafka'],
  ['mq', 'Amazon MQ'],
];

function* polled(): Generator<[MeasureName, Measure]> {
  for (const [kind, name] of SOURCES) {
    yield [`batchSize.${kind}`, { unit: '', words: `${name}: records in a batch` }];
    yield [`concurrentBatches.${kind}`, { unit: '', words: `${name}: batches at once` }];
    if (kind !== 'sqs') {
      yield [`retrySeconds.${kind}`, { unit: 's', words: `${name}: wait after a failure` }];
      continue;
    }
    yield ['retrySeconds.sqs', { unit: 's', words: 'SQS: one delivery to the next' }];
    yield ['sqsRetryShare', { unit: '×', words: 'SQS: in visibility timeouts' }];
  }
}

/** All measures, in the order in which they are shown. */
export const MEASURES: ReadonlyMap<string, Measure> = new Map<MeasureName, Measure>([
  ['asyncStartSeconds', { unit: 's', words: 'event: accepted to first attempt' }],
  ['asyncAttempts', { unit: '', words: 'event that always fails: attempts' }],
  ['asyncSecondSeconds', { unit: 's', words: 'event: wait before the 2nd attempt' }],
  ['asyncThirdSeconds', { unit: 's', words: 'event: wait before the 3rd attempt' }],
  ['asyncRecordSeconds', { unit: 's', words: 'event: last attempt to its record' }],
  ...polled(),
]);

/**
 * Documented fields, by what they are fields of: how many had each is counted.
 * AWS, invocation-async-retain-records.html; with-kinesis.html and with-ddb.html for records about batches.
 */
export const FIELDS = {
  invocationRecord: {
    words: 'invocation record',
    fields: [
      'version',
      'timestamp',
      'requestContext.requestId',
      'requestContext.functionArn',
      'requestContext.condition',
      'requestContext.approximateInvokeCount',
      'requestPayload',
      'responseContext.statusCode',
      'responseContext.executedVersion',
      'responseContext.functionError',
      'responsePayload',
    ],
  },
  deadLetter: {
    words: 'dead letter',
    fields: ['RequestID', 'ErrorCode', 'ErrorMessage'],
  },
  batchRecord: {
    words: 'record about a batch',
    fields: [
      'version',
      'timestamp',
      'requestContext.requestId',
      'requestContext.functionArn',
      'requestContext.condition',
      'requestContext.approximateInvokeCount',
      'responseContext.statusCode',
      'responseContext.executedVersion',
      'responseContext.functionError',
      'KinesisBatchInfo',
      'DDBStreamBatchInfo',
      'payload',
    ],
  },
} as const;
export type FieldsName = keyof typeof FIELDS;

/** The values of one measure. They are told to two significant digits, and the least and the greatest exactly. */
export interface Spread {
  min: number;
  max: number;
  /** How often each value was seen, by the value to two significant digits. */
  values: Record<string, number>;
}

/** How many things there were, and how many of them had each field. */
export interface FieldCount {
  of: number;
  present: Record<string, number>;
}

export interface Measured {
  /** By `MeasureName`; a run file of a later version may have others. */
  numbers: Record<string, Spread>;
  /** By `FieldsName`. */
  fields: Record<string, FieldCount>;
}

export const nothingMeasured = (): Measured => ({ numbers: {}, fields: {} });

/** Adds `part` to `sum`. */
export function addMeasured(sum: Measured, part: Measured): void {
  for (const [name, { min, max, values }] of Object.entries(part.numbers)) {
    const own = sum.numbers[name];
    if (own === undefined) {
      sum.numbers[name] = { min, max, values: { ...values } };
      continue;
    }
    own.min = Math.min(own.min, min);
    own.max = Math.max(own.max, max);
    addCounts(own.values, values);
  }
  for (const [name, { of, present }] of Object.entries(part.fields)) {
    const own = sum.fields[name];
    if (own === undefined) {
      sum.fields[name] = { of, present: { ...present } };
      continue;
    }
    own.of += of;
    addCounts(own.present, present);
  }
}

function addCounts(sum: Record<string, number>, part: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(part)) sum[key] = (sum[key] ?? 0) + count;
}

export interface Outline {
  readonly count: number;
  readonly min: number;
  /** To two significant digits; of an even number of values the lower one of the middle. */
  readonly median: number;
  readonly max: number;
}

/** A spread in four numbers. */
export function outlineOf({ min, max, values }: Spread): Outline {
  const sorted = Object.entries(values)
    .map(([value, count]) => ({ value: Number(value), count }))
    .sort((a, b) => a.value - b.value);
  const count = sorted.reduce((sum, one) => sum + one.count, 0);
  let before = 0;
  const middle = sorted.find((one) => {
    before += one.count;
    return before >= count / 2;
  });
  // Rounded up or down it may lie just outside of what was seen.
  return { count, min, median: Math.min(max, Math.max(min, middle?.value ?? min)), max };
}
