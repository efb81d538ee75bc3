/** The events, as AWS's pages show them: with-msk.html, with-kafka.html, with-mq.html. */
import { describe, expect, test } from 'vitest';
import { consume } from '../../testing/log.ts';
import { startedOf } from '../../testing/stream.ts';

const record = { record: 'a', key: 'key', body: { n: 1 }, plan: ['throw', 'ok'] };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const payloads = (setup: Parameters<typeof consume>[0]) =>
  startedOf(consume(setup, { atSeconds: 1, records: [record] })).map(({ payload }) => payload);

describe('of Kafka', () => {
  const records = {
    'k-0': [
      {
        topic: 'k',
        partition: 0,
        offset: 0,
        timestamp: expect.any(Number),
        timestampType: 'CREATE_TIME',
        key: base64('key'),
        value: base64('{"n":1}'),
        headers: [],
      },
    ],
  };

  test('on Amazon MSK', () => {
    expect(payloads({})[0]).toEqual({
      eventSource: 'aws:kafka',
      eventSourceArn: expect.stringMatching(/^arn:aws:kafka:/),
      bootstrapServers: expect.any(String),
      records,
    });
  });

  test('on a self-managed cluster', () => {
    expect(payloads({ topic: { on: 'selfManaged' } })[0]).toEqual({
      eventSource: 'SelfManagedKafka',
      bootstrapServers: expect.any(String),
      records,
    });
  });
});

describe('of Amazon MQ', () => {
  test('ActiveMQ', () => {
    expect(payloads({ engine: 'activeMq' })[0]).toMatchObject({
      eventSource: 'aws:mq',
      eventSourceArn: expect.stringMatching(/^arn:aws:mq:/),
      messages: [{ messageID: 'ID:0', messageType: 'jms/text-message', data: base64('{"n":1}') }],
    });
  });

  test('RabbitMQ, which says whether a message was delivered before', () => {
    const [first, second] = payloads({ engine: 'rabbitMq' });
    const message = { basicProperties: expect.any(Object), data: base64('{"n":1}') };
    expect(first).toMatchObject({
      eventSource: 'aws:rmq',
      rmqMessagesByQueue: { 'b::/': [{ ...message, redelivered: false }] },
    });
    expect(second).toMatchObject({ rmqMessagesByQueue: { 'b::/': [{ ...message, redelivered: true }] } });
  });
});

test('a payload of many bytes is no longer than it says', () => {
  const [started] = startedOf(consume({}, { records: [{ record: 'a', body: { $filler: 3_000_000 } }] }));
  expect(started?.payload).toMatchObject({
    records: { 'k-0': [{ value: { $filler: expect.any(Number) } }] },
  });
});
