import { expect, test } from 'vitest';
import { read, recordsOf, startedOf } from '../../testing/stream.ts';

const first = (...sent: readonly Record<string, unknown>[]) =>
  recordsOf(startedOf(read({}, { atSeconds: 1.5, records: sent }))[0])[0];

// AWS, with-kinesis.html: the example event; recorded from AWS.
test('a Kinesis record is as AWS sends it', () => {
  expect(first({ record: 'a', key: 'k', text: 'Hello, this is a test.' })).toEqual({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: 'k',
      sequenceNumber: expect.stringMatching(/^\d{56}$/),
      data: 'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==',
      approximateArrivalTimestamp: expect.closeTo(1_763_985_601.5, 1),
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: expect.stringMatching(/^shardId-000000000000:\d{56}$/),
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: expect.stringMatching(/^arn:aws:iam::/),
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/s',
  });
});

test('data of any kind comes back as it was sent', () => {
  for (const text of ['ä €', '{"a":1}', '']) {
    const data = first({ record: 'a', text })?.['kinesis'] as { readonly data: string };
    expect(Buffer.from(data.data, 'base64').toString()).toBe(text);
  }
});

test('a filler has the length of its base64', () => {
  expect(first({ record: 'a', body: { $filler: 300 } })).toMatchObject({
    kinesis: { data: { $filler: 402 } },
  });
});
