/** What a destination is told. AWS, kafka-on-failure.html and kafka-on-failure-destination.html. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../engine/json.ts';
import { asObject } from '../../../../engine/record.ts';
import { consume } from '../../testing/log.ts';
import { of } from '../../testing/run.ts';
import { batchesOf, failuresAt, records } from '../../testing/stream.ts';

const PROVISIONED = { provisioned: { minimum: 1, maximum: 1 }, maximumRetryAttempts: 1 };

const failing = (onFailure: string, more: object = {}) =>
  consume(
    { mapping: { ...PROVISIONED, onFailure }, ...more },
    { atSeconds: 1, records: records(2, { r1: 'throw' }, { key: 'k1' }) },
  );

test('a queue gets one record for the batch: which offsets of which partition, and no data', () => {
  const entries = failing('queue:failed');
  expect(of(entries, 'delivered')).toMatchObject([{ resource: 'queue:failed', mapping: 'm' }]);
  expect(failuresAt(entries, 'queue:failed')).toEqual([
    {
      requestContext: {
        requestId: expect.any(String),
        functionArn: expect.stringMatching(/:function:f$/),
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.any(String),
      KafkaBatchInfo: {
        batchSize: 2,
        eventSourceArn: expect.stringMatching(/^arn:aws:kafka:/),
        bootstrapServers: expect.any(String),
        payloadSize: expect.any(Number),
        recordsInfo: {
          'k-0': {
            firstRecordOffset: '0',
            lastRecordOffset: '1',
            firstRecordTimestamp: expect.stringMatching(/:01\.\d{3}Z$/),
            lastRecordTimestamp: expect.stringMatching(/:01\.\d{3}Z$/),
          },
        },
      },
    },
  ]);
});

test('a self-managed cluster has no ARN', () => {
  const [body] = failuresAt(failing('queue:failed', { topic: { on: 'selfManaged' } }), 'queue:failed');
  expect(body?.['KafkaBatchInfo']).not.toHaveProperty('eventSourceArn');
});

test('each partition of the batch is told of', () => {
  const entries = consume(
    {
      topic: { partitions: 2 },
      mapping: { ...PROVISIONED, onFailure: 'queue:failed' },
      policy: { kafkaMixesPartitionsShare: 1 },
    },
    {
      records: [
        { record: 'a', partition: 0, plan: ['throw'] },
        { record: 'b', partition: 1 },
        { record: 'c', partition: 1 },
      ],
    },
  );
  expect(failuresAt(entries, 'queue:failed')).toMatchObject([
    {
      KafkaBatchInfo: {
        batchSize: 3,
        recordsInfo: {
          'k-0': { firstRecordOffset: '0', lastRecordOffset: '0' },
          'k-1': { firstRecordOffset: '0', lastRecordOffset: '1' },
        },
      },
    },
  ]);
});

test('a bucket gets the whole event as well, as a text', () => {
  const entries = failing('bucket:failed');
  const [delivered] = of(entries, 'delivered');
  expect(delivered?.objectKey).toMatch(/^aws\/lambda\//);
  const payload = JSON.parse(String(asObject(delivered?.body)?.['payload'])) as Json;
  expect(payload).toMatchObject({
    eventSource: 'aws:kafka',
    records: { 'k-0': [{ offset: 0 }, { offset: 1 }] },
  });
});

describe('another topic', () => {
  test('gets each record with the metadata, under the condition that its page names', () => {
    const entries = failing('kafka:failed');
    expect(of(entries, 'delivered').map(({ record, resource }) => [record, resource])).toEqual([
      ['r1', 'kafka:failed'],
      ['r2', 'kafka:failed'],
    ]);
    expect(failuresAt(entries, 'kafka:failed')[1]).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      KafkaBatchInfo: { batchSize: 1, recordInfo: { offset: '1' } },
      payload: { records: { 'k-0': [{ offset: 1, partition: 0, topic: 'k' }] } },
    });
  });

  test('holds them then, for a mapping that reads it', () => {
    const entries = failing('kafka:failed', {
      functions: [{ name: 'g' }],
      mappings: [{ name: 'n', source: 'kafka:failed', function: 'g' }],
    });
    const seen = of(entries, 'started').filter(({ mapping }) => mapping === 'n');
    expect(seen.flatMap(({ records: some }) => some)).toEqual([
      { id: '0', shard: 'failed-0' },
      { id: '1', shard: 'failed-0' },
    ]);
    const { value, key } = ((
      asObject(asObject(seen[0]?.payload)?.['records'])?.['failed-0'] as Json[]
    )?.[0] ?? {}) as { value?: string; key?: string };
    expect(Buffer.from(key ?? '', 'base64').toString()).toBe('k1');
    expect(JSON.parse(Buffer.from(value ?? '', 'base64').toString())).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
    });
  });
});

describe('without a destination that takes it', () => {
  const dropped = (entries: ReturnType<typeof consume>) =>
    of(entries, 'metric').find(({ name }) => name === 'DroppedEventCount')?.value;

  test('the records are dropped, and the next ones come', () => {
    const denied = { do: 'permission', function: 'f', resource: 'queue:failed', isAllowed: false };
    for (const fault of [{ do: 'remove', resource: 'queue:failed' }, denied]) {
      const entries = consume(
        { mapping: { ...PROVISIONED, batchSize: 1, onFailure: 'queue:failed' } },
        fault,
        { atSeconds: 1, records: records(2, { r1: 'throw' }) },
      );
      expect(batchesOf(entries)).toEqual(['r1', 'r1', 'r2']);
      expect(failuresAt(entries, 'queue:failed')).toEqual([]);
      expect(dropped(entries)).toBe(1);
    }
  });

  test('and only then they count as dropped', () => {
    expect(dropped(failing('queue:failed')) ?? 0).toBe(0);
  });
});
