import { describe, expect, test } from 'vitest';
import { asObject } from '../../../../engine/record.ts';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, failuresAt, read, records, startedOf } from '../../testing/stream.ts';

const failing = (onFailure: string, source: Record<string, unknown> = {}) => ({
  ...source,
  mapping: { maximumRetryAttempts: 1, batchSize: 2, onFailure },
});
const poison = { records: records(3, { r1: 'throw' }) };
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** As recorded from AWS. */
const recordOf = (info: string, streamArn: RegExp, entries: ReturnType<typeof read>) => {
  const [first, last] = startedOf(entries)[0]?.records ?? [];
  return {
    requestContext: {
      requestId: startedOf(entries)[1]?.requestId,
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 2,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: expect.stringMatching(TIME),
    [info]: {
      shardId: expect.stringMatching(/^shardId-/),
      startSequenceNumber: first?.id,
      endSequenceNumber: last?.id,
      approximateArrivalOfFirstRecord: expect.stringMatching(/^\d{4}-.*Z$/),
      approximateArrivalOfLastRecord: expect.stringMatching(/^\d{4}-.*Z$/),
      batchSize: 2,
      streamArn: expect.stringMatching(streamArn),
    },
  };
};

describe.each(['queue:failed', 'topic:failed'])('at %s', (onFailure) => {
  test('a batch of a stream is described, and its data is not', () => {
    const entries = read(failing(onFailure), poison);
    expect(failuresAt(entries, onFailure)).toEqual([
      recordOf('KinesisBatchInfo', /:kinesis:.*:stream\/s$/, entries),
    ]);
    expect(of(entries, 'delivered')).toMatchObject([{ mapping: 'm' }]);
  });

  test('a batch of a table is described likewise', () => {
    const entries = read(failing(onFailure, { table: {} }), poison);
    expect(failuresAt(entries, onFailure)).toEqual([
      recordOf('DDBStreamBatchInfo', /:dynamodb:.*:table\/s\/stream\//, entries),
    ]);
  });
});

// AWS, kinesis-on-failure-destination.html: the same with the whole event, under a key of mapping, shard and time.
test('an object in S3 has the event as well, as a text or as it is', () => {
  const payloads = SEEDS.map((seed) => {
    const entries = read({ ...failing('bucket:failed'), seed }, poison);
    const [delivered] = of(entries, 'delivered');
    expect(delivered?.objectKey).toMatch(
      /^aws\/lambda\/[-0-9a-f]{36}\/shardId-000000000000\/2025\/11\/24\/2025-11-24T\d\d\.\d\d\.\d\d-[-0-9a-f]{36}$/,
    );
    const payload = asObject(delivered?.body)?.['payload'];
    const event = typeof payload === 'string' ? JSON.parse(payload) : payload;
    expect(event).toEqual(startedOf(entries)[0]?.payload);
    return typeof payload;
  });
  expect(new Set(payloads)).toEqual(new Set(['string', 'object']));
});

describe('a record that cannot be delivered', () => {
  test('holds nothing up', () => {
    const entries = read(failing('queue:failed'), { do: 'remove', resource: 'queue:failed' }, poison);
    expect(of(entries, 'delivered')).toEqual([]);
    expect(batchesOf(entries)).toEqual(['r1 r2', 'r1 r2', 'r3']);
    expect(of(entries, 'metric')).toContainEqual(
      expect.objectContaining({ name: 'DestinationDeliveryFailures', value: 1 }),
    );
  });

  test('for want of permission is dropped likewise', () => {
    const denial = { do: 'permission', function: 'f', resource: 'queue:failed', isAllowed: false };
    const entries = read(failing('queue:failed'), denial, poison);
    expect(of(entries, 'delivered')).toEqual([]);
    expect(batchesOf(entries).at(-1)).toBe('r3');
  });
});

test('the qualifier of the mapping is in the ARN of the function', () => {
  const entries = read(
    {
      function: { versions: 1 },
      mapping: { qualifier: '1', maximumRetryAttempts: 0, onFailure: 'queue:failed' },
    },
    poison,
  );
  expect(failuresAt(entries, 'queue:failed')).toMatchObject([
    {
      requestContext: { functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:1' },
      responseContext: { executedVersion: '1' },
    },
  ]);
});
