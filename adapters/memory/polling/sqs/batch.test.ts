import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asObject } from '../../../../engine/record.ts';
import { arrivedAt, batchesIn, leftIn, mostAtOnce, poll, recordsIn } from '../../testing/queue.ts';
import { of, SEEDS } from '../../testing/run.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('the event', () => {
  const recordIn = (...[setup, ...steps]: Parameters<typeof poll>) => {
    const records = asObject(of(poll(setup, ...steps), 'started')[0]?.payload)?.['Records'];
    return Array.isArray(records) ? asObject(records[0]) : undefined;
  };

  // AWS, with-sqs.html: the example event.
  test('has the record that the guide shows', () => {
    const record = recordIn(
      {},
      { records: [{ record: 'a', text: 'Hello from SQS!', attributes: { Title: 'The Whistler' } }] },
    );
    expect(record).toEqual({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: 'Hello from SQS!',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        Title: {
          stringValue: 'The Whistler',
          dataType: 'String',
          stringListValues: [],
          binaryListValues: [],
        },
      },
      md5OfBody: md5('Hello from SQS!'),
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:q',
      awsRegion: 'us-east-1',
    });
  });

  test('of a FIFO queue has group, deduplication id and sequence number', () => {
    const record = recordIn({ queue: { fifo: true } }, { records: [{ record: 'a', group: 'g' }] });
    expect(asObject(record?.['attributes'])).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'a',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    });
  });

  test('of a later receive has the same message id and another receipt handle', () => {
    const entries = poll(
      { queue: { visibilityTimeoutSeconds: 5 } },
      { records: [{ record: 'a', plan: ['throw', 'ok'] }] },
    );
    const [first, second] = of(entries, 'started').map(({ payload }) => {
      const records = asObject(payload)?.['Records'];
      return Array.isArray(records) ? asObject(records[0]) : undefined;
    });
    expect(second?.['messageId']).toBe(first?.['messageId']);
    expect(second?.['receiptHandle']).not.toBe(first?.['receiptHandle']);
  });
});

describe('the result', () => {
  const queue = { visibilityTimeoutSeconds: 5 };
  const two = (first: unknown) => ({ records: [{ record: 'a', plan: [first, 'ok'] }, { record: 'b' }] });
  /** In how many attempts `b` was, on a run where both were in the first one. */
  const attemptsOfB = (first: unknown, mapping: Record<string, unknown>) => {
    for (const seed of SEEDS) {
      const batches = batchesIn(poll({ seed, queue, mapping }, two(first)));
      if (batches[0]?.records.length === 2)
        return batches.filter(({ records }) => records.includes('b')).length;
    }
    return Number.NaN;
  };
  const asked = { reportsItemFailures: true };

  test.each([
    ['reports one message: that one alone comes again', 'report', asked, 1],
    ['reports it twice: it alone comes again', { do: 'report', as: 'twice' }, asked, 1],
    ['names it by nothing: all come again', { do: 'report', as: 'empty' }, asked, 2],
    ['names it by null: all come again', { do: 'report', as: 'null' }, asked, 2],
    ['has a wrong key: all come again', { do: 'report', as: 'wrongKey' }, asked, 2],
    ['names another message: all come again', { do: 'report', as: 'unknown' }, asked, 2],
    ['is an error: all come again', 'throw', asked, 2],
    ['is no JSON: all come again', 'unserializable', asked, 2],
    ['is empty: none comes again', { do: 'ok', value: {} }, asked, 1],
    ['is null: none comes again', { do: 'ok', value: null }, asked, 1],
    ['reports a message unasked: none comes again', 'report', {}, 1],
  ])('%s', (_says, first, mapping, attempts) => {
    expect(attemptsOfB(first, mapping)).toBe(attempts);
  });

  test('that reports one message unasked deletes that one as well', () => {
    expect(recordsIn(poll({ queue }, two('report'))).toSorted()).toEqual(['a', 'b']);
  });
});

describe('a throttled batch', () => {
  test('is tried again while its messages are invisible, without another receive', () => {
    const entries = poll(
      { function: { reservedConcurrency: 0 }, queue: { visibilityTimeoutSeconds: 60 } },
      { records: [{ record: 'a' }] },
      {
        atSeconds: 5,
        do: 'request',
        operation: 'PutFunctionConcurrency',
        input: { FunctionName: 'f', ReservedConcurrentExecutions: 1 },
      },
    );
    const [batch, ...more] = batchesIn(entries);
    expect(more).toEqual([]);
    expect(batch?.receives).toEqual([1]);
    expect(batch?.at).toBeLessThan(25);
  });

  test('is received anew when its messages are visible again, and counts', () => {
    const entries = poll(
      { function: { reservedConcurrency: 0 }, queue: { visibilityTimeoutSeconds: 5 } },
      { records: [{ record: 'a' }] },
      {
        atSeconds: 12,
        do: 'request',
        operation: 'PutFunctionConcurrency',
        input: { FunctionName: 'f', ReservedConcurrentExecutions: 1 },
      },
    );
    expect(batchesIn(entries)[0]?.receives[0]).toBeGreaterThanOrEqual(3);
    expect(leftIn(entries)).toEqual([]);
  });
});

test('neither the dead-letter queue nor the destination of the function gets a message', () => {
  const entries = poll(
    {
      function: {
        deadLetter: 'queue:own',
        eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed', onSuccess: 'queue:done' }],
      },
      queue: { visibilityTimeoutSeconds: 5, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
      queues: [{ name: 'own' }, { name: 'failed' }, { name: 'done' }, { name: 'dead' }],
    },
    { records: [{ record: 'a', plan: ['throw'] }, { record: 'b' }] },
  );
  expect(arrivedAt(entries, 'queue:dead')).toContain('a');
  for (const ref of ['queue:own', 'queue:failed', 'queue:done']) expect(arrivedAt(entries, ref)).toEqual([]);
});

test('a handler that outlasts the visibility timeout shares its messages with the next attempt', () => {
  // The function’s timeout was raised later: nobody refuses that.
  const entries = poll(
    { function: { timeoutSeconds: 20 }, queue: { visibilityTimeoutSeconds: 5 } },
    { records: [{ record: 'a', plan: [{ do: 'ok', afterSeconds: 8 }, 'ok'] }] },
  );
  const batches = batchesIn(entries);
  expect(batches.length).toBeGreaterThanOrEqual(2);
  expect(mostAtOnce(batches)).toBeGreaterThanOrEqual(2);
  expect(leftIn(entries)).toEqual([]);
});
