import { expect, test } from 'vitest';
import { eventOfMapping, seenOf, textOfItem } from './wireBatch.ts';

const message = {
  messageId: 'm1',
  body: 'text',
  attributes: { ApproximateReceiveCount: '2' },
  eventSource: 'aws:sqs',
  eventSourceARN: 'queue:q',
};
const streamRecord = {
  kinesis: { sequenceNumber: '49', data: Buffer.from('text').toString('base64') },
  eventID: 'shardId-000000000006:49',
  eventSource: 'aws:kinesis',
  eventSourceARN: 'stream:s',
};

test('the event of a mapping says what it is from', () => {
  expect(eventOfMapping({ Records: [message] })).toMatchObject({ kind: 'sqs', source: 'queue:q' });
  expect(eventOfMapping({ Records: [streamRecord] })).toMatchObject({ kind: 'kinesis', source: 'stream:s' });
});

test.each([
  [null],
  [{ n: 1 }],
  [{ Records: [] }],
  [{ Records: 'none' }],
  [{ Records: [{ Sns: {}, EventSource: 'aws:sns' }] }],
])('no mapping has sent %j', (payload) => {
  expect(eventOfMapping(payload)).toBeUndefined();
});

test('the final invocation of a window has no records, and says so', () => {
  const final = {
    Records: [],
    window: { start: '', end: '' },
    state: { attempts: 2 },
    eventSourceARN: 'stream:s',
    isFinalInvokeForWindow: true,
  };
  expect(eventOfMapping(final)).toMatchObject({ kind: 'kinesis', isFinal: true, state: { attempts: 2 } });
});

test('a message is seen with its receive count, a stream record with its shard, a change by its number', () => {
  expect(seenOf('sqs', message)).toEqual({ id: 'm1', receiveCount: 2 });
  expect(seenOf('kinesis', streamRecord)).toEqual({ id: '49', shard: 'shardId-000000000006' });
  expect(seenOf('dynamodb', { eventID: 'x', dynamodb: { SequenceNumber: '7' } })).toEqual({ id: '7' });
});

test('data of a stream comes in base64', () => {
  expect(textOfItem('kinesis', streamRecord)).toBe('text');
  expect(textOfItem('sqs', message)).toBe('text');
  expect(textOfItem('sqs', { ...message, body: { $filler: 5_000 } })).toBeUndefined();
});
