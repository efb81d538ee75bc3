import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { View } from '../../engine/view.ts';
import { redelivered, withBody, withContext } from '../testing/changed.ts';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { dst02, dst03, dst04, dst05, dst06, dst07 } from './failureRecords.ts';
import { streamed } from './testing/notation.ts';

const mapping = { maximumRetryAttempts: 1, onFailure: 'queue:failed' };
const told = (failure = 'failure r1 r2 count 2', more: object = {}): View =>
  streamed({ mapping, ...more }, 'r1 r2: throw', 'r1 r2: throw', failure);

/** The same view, the batch info with these members. */
const withInfo = (view: View, members: Readonly<Record<string, Json | undefined>>): View =>
  redelivered(view, (entry) => {
    const body = asObject(entry.body) ?? {};
    const KinesisBatchInfo = { ...asObject(body['KinesisBatchInfo']), ...members } as JsonObject;
    return { ...entry, body: { ...body, KinesisBatchInfo } };
  });

describe('STR-DST-02', () => {
  test('is kept by the record that the page shows, for both kinds of streams', () => {
    expect(decided(dst02, told())).toMatchObject({ kept: 1, broken: [] });
    expect(decided(dst02, told(undefined, { kind: 'dynamodb' }))).toMatchObject({ kept: 1, broken: [] });
  });

  test.each([
    ['requestContext', (view: View) => withBody(view, { requestContext: undefined })],
    ['its condition', (view: View) => withContext(view, 'requestContext', { condition: undefined })],
    [
      'the number of attempts',
      (view: View) => withContext(view, 'requestContext', { approximateInvokeCount: undefined }),
    ],
    ['responseContext', (view: View) => withBody(view, { responseContext: undefined })],
    ['functionError', (view: View) => withContext(view, 'responseContext', { functionError: undefined })],
    ['version', (view: View) => withBody(view, { version: undefined })],
    ['timestamp', (view: View) => withBody(view, { timestamp: undefined })],
    ['the batch info', (view: View) => withBody(view, { KinesisBatchInfo: undefined })],
  ])('is broken without %s', (_what, change) => {
    expect(decided(dst02, change(told())).broken).toHaveLength(1);
  });

  test('is broken by data of the records', () => {
    expect(decided(dst02, withBody(told(), { payload: '{"Records":[]}' })).broken).toHaveLength(1);
  });

  test('takes null for the error of a function that reported items', () => {
    expect(decided(dst02, withContext(told(), 'responseContext', { functionError: null })).broken).toEqual(
      [],
    );
  });

  test('asks for no responseContext of what was too old', () => {
    const view = withBody(told('failure r1 r2 as RecordAgeExceeded'), { responseContext: undefined });
    expect(decided(dst02, view).broken).toEqual([]);
  });
});

describe('STR-DST-03', () => {
  test('is kept where the records are those of an attempt', () => {
    expect(decided(dst03, told())).toMatchObject({ kept: 1, broken: [] });
  });

  test.each(['shardId', 'startSequenceNumber', 'approximateArrivalOfLastRecord', 'batchSize', 'streamArn'])(
    'is broken without %s',
    (key) => {
      expect(decided(dst03, withInfo(told(), { [key]: undefined })).broken).toHaveLength(1);
    },
  );

  test('is broken where it describes other records', () => {
    expect(decided(dst03, told('failure r1 count 2')).broken).toHaveLength(1);
    expect(decided(dst03, withInfo(told(), { batchSize: 1 })).broken).toHaveLength(1);
    expect(decided(dst03, withInfo(told(), { shardId: 'shardId-000000000003' })).broken).toHaveLength(1);
  });

  test('takes the last records of a batch that failed in part', () => {
    const partly = { ...mapping, maximumRetryAttempts: 0, reportsItemFailures: true as const };
    const view = streamed({ mapping: partly }, 'r1 r2 r3: report r2', 'failure r2 r3');
    expect(decided(dst03, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('takes any part of a batch that may have been too old', () => {
    const aged = { ...mapping, maximumRecordAgeSeconds: 60 };
    const view = streamed({ mapping: aged }, 'r1 r2: throw', 'failure r1 as RecordAgeExceeded');
    expect(decided(dst03, view)).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('STR-DST-04 and STR-DST-05', () => {
  test('are kept by RetryAttemptsExhausted and n + 1', () => {
    expect(decided(dst04, told())).toMatchObject({ kept: 1, broken: [] });
    expect(decided(dst05, told())).toMatchObject({ kept: 1, broken: [] });
  });

  test('are broken by the condition of events, and by the number of retries', () => {
    expect(decided(dst04, told('failure r1 r2 as RetriesExhausted count 2')).broken).toHaveLength(1);
    expect(decided(dst05, told('failure r1 r2 count 1')).broken).toHaveLength(1);
  });

  test('say nothing where the age is bounded as well', () => {
    const view = told('failure r1 r2 as RecordAgeExceeded', {
      mapping: { ...mapping, maximumRecordAgeSeconds: 60 },
    });
    expect(decided(dst04, view)).toMatchObject({ kept: 0, broken: [] });
    expect(decided(dst05, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('do not know how throttled attempts are counted', () => {
    const view = told('failure r1 r2 count 5', { function: { reservedConcurrency: 1 } });
    expect(decided(dst05, view).unknown).toHaveLength(1);
  });
});

describe('STR-DST-06', () => {
  const key =
    'aws/lambda/0d4ff1f7-2b5b-4a61-a5d9-6fe8f5b1c1a0/shardId-000000000000/2025/11/25/2025-11-25T00.00.05-1b2f0d8e-94ab-4a53-8f0a-2f0f7a1e9c11';
  const inBucket = (objectKey: string, payload: Json | undefined): View => {
    const bucket = { ...mapping, onFailure: 'bucket:failures' };
    const view = streamed(
      { mapping: bucket, scenario: { buckets: [{ name: 'failures' }] } },
      'r1 r2: throw',
      'r1 r2: throw',
      'failure r1 r2 count 2',
    );
    const change = (entry: Entry & { kind: 'delivered' }) => ({ ...entry, objectKey });
    return withBody(redelivered(view, change), { payload });
  };

  test('is kept by the event as text, and as an object', () => {
    expect(decided(dst06, inBucket(key, '{"Records":[{},{}]}'))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(dst06, inBucket(key, { Records: [{}, {}] }))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken without the event, with part of it, or under another key', () => {
    expect(decided(dst06, inBucket(key, undefined)).broken).toHaveLength(1);
    expect(decided(dst06, inBucket(key, '{"Records":[{}]}')).broken).toHaveLength(1);
    expect(decided(dst06, inBucket(key, 'not JSON')).broken).toHaveLength(1);
    expect(decided(dst06, inBucket(key.replace('aws/', ''), '{"Records":[{},{}]}')).broken).toHaveLength(1);
    const otherShard = key.replace('000000000000', '000000000001');
    expect(decided(dst06, inBucket(otherShard, '{"Records":[{},{}]}')).broken).toHaveLength(1);
  });
});

test('STR-DST-07 tells which destinations were taken', () => {
  const input = { EventSourceArn: 'stream:s', FunctionName: 'f', StartingPosition: 'LATEST' };
  const to = (Destination: string) => ({ ...input, DestinationConfig: { OnFailure: { Destination } } });
  const view = requests(
    { scenario: { streams: [{ name: 's' }] } },
    ['CreateEventSourceMapping', to('queue:failed'), 202],
    ['CreateEventSourceMapping', to('bucket:failed'), '400 InvalidParameterValueException: no'],
    ['CreateEventSourceMapping', input, 202],
  );
  expect(decided(dst07, view).observed).toEqual(['queue: taken', 'bucket: refused']);
});
