/** Shapes that several recorded cases have in common. */
import type { Json } from '../../engine/json.ts';
import { absent, any, as, number, oneOf, only, text } from './template.ts';

/** Time of a record: milliseconds, and UTC. */
const INSTANT = text('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$');

/** The function `f` as a record of an asynchronous invocation names it: with its qualifier. */
export const LATEST_ARN = text(':function:f:\\$LATEST$');

export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

/**
 * The record of an asynchronous invocation of `f`. Its request id has the letter R.
 * @param count of attempts
 */
export function invocationRecord(
  condition: Condition,
  count: Json,
  requestPayload: Json,
  responsePayload: Json,
): Json {
  return only({
    version: '1.0',
    timestamp: INSTANT,
    requestContext: only({
      requestId: as('R'),
      functionArn: LATEST_ARN,
      condition,
      approximateInvokeCount: count,
    }),
    requestPayload,
    responseContext: only({
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: condition === 'Success' ? absent : 'Unhandled',
    }),
    responsePayload,
  });
}

/** The payload of an error that the handler threw. Its other keys are the runtime's own. */
export const thrown = (message: string): Json => ({ errorType: any, errorMessage: message });

export interface BatchFailure {
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly count: Json;
  /** `null` where the handler ended well and reported records; absent where no attempt is told of. */
  readonly functionError?: 'Unhandled' | null;
  readonly batchSize: number;
  readonly source: 'stream' | 'table';
}

/** The record of a discarded batch of a stream, of the source `in` for `f`. Its first record has the letter S. */
export function batchFailure({ condition, count, functionError, batchSize, source }: BatchFailure): Json {
  const responseContext =
    functionError === undefined
      ? absent
      : only({ statusCode: 200, executedVersion: '$LATEST', functionError });
  const arrival = text(
    source === 'stream'
      ? '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$'
      : '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$',
  );
  return only({
    requestContext: only({
      requestId: any,
      functionArn: text(':function:f$'),
      condition,
      approximateInvokeCount: count,
    }),
    responseContext,
    version: '1.0',
    timestamp: INSTANT,
    [source === 'stream' ? 'KinesisBatchInfo' : 'DDBStreamBatchInfo']: only({
      shardId: text('^shardId-'),
      startSequenceNumber: as('S'),
      endSequenceNumber: batchSize === 1 ? as('S') : any,
      approximateArrivalOfFirstRecord: arrival,
      approximateArrivalOfLastRecord: arrival,
      batchSize,
      streamArn: any,
    }),
  });
}

/** A record of a queue as the function is given it; the text of its body as it was sent. */
export const queueRecord = (
  body: string,
  receiveCount: string,
  more: { readonly [key: string]: Json } = {},
): Json => ({
  messageId: any,
  receiptHandle: any,
  body,
  attributes: {
    ApproximateReceiveCount: receiveCount,
    SentTimestamp: text('^\\d{13}$'),
    SenderId: any,
    ApproximateFirstReceiveTimestamp: text('^\\d{13}$'),
  },
  messageAttributes: {},
  md5OfBody: text('^[0-9a-f]{32}$'),
  md5OfMessageAttributes: oneOf(absent, null),
  eventSource: 'aws:sqs',
  eventSourceARN: any,
  awsRegion: any,
  ...more,
});

/** A record of a Kinesis stream as the function is given it. */
export const streamRecord = (data: string): Json =>
  only({
    eventID: text('^shardId-000000000000:\\d+$'),
    eventName: 'aws:kinesis:record',
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    awsRegion: any,
    eventSourceARN: any,
    invokeIdentityArn: any,
    kinesis: only({
      kinesisSchemaVersion: '1.0',
      partitionKey: any,
      sequenceNumber: text('^\\d+$'),
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: number,
    }),
  });

/** The answer to the creation of a mapping of a stream or table, where nothing but what is needed was asked for. */
export const madeStreamMapping = (
  startingPosition: string,
  more: { readonly [key: string]: Json } = {},
): Json => ({
  status: 202,
  output: {
    BatchSize: 100,
    BisectBatchOnFunctionError: false,
    DestinationConfig: { OnFailure: {} },
    FunctionResponseTypes: [],
    LastProcessingResult: 'No records processed',
    MaximumBatchingWindowInSeconds: 0,
    MaximumRecordAgeInSeconds: -1,
    MaximumRetryAttempts: -1,
    ParallelizationFactor: 1,
    StartingPosition: startingPosition,
    State: 'Creating',
    StateTransitionReason: 'User action',
    TumblingWindowInSeconds: 0,
    ...more,
  },
});

/** The answer to the creation of a mapping of a queue. */
export const madeQueueMapping = (more: { readonly [key: string]: Json } = {}): Json => ({
  status: 202,
  output: {
    UUID: any,
    EventSourceArn: 'queue:in',
    FunctionArn: text(':function:f$'),
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    State: 'Creating',
    StateTransitionReason: 'USER_INITIATED',
    LastProcessingResult: absent,
    StartingPosition: absent,
    MaximumRetryAttempts: absent,
    ParallelizationFactor: absent,
    ...more,
  },
});

/** The name of an error, and what its message begins with or is. */
export const error = (status: number, name: Json, message: Json): Json => ({
  status,
  error: name,
  message,
});

/** A text as a pattern that finds it and nothing else. */
export const literally = (sentence: string): string => sentence.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
