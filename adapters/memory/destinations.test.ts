import { describe, expect, test } from 'vitest';
import { of, run, SEEDS } from './testing/run.ts';

const RESOURCES = {
  queues: [{ name: 'all' }, { name: 'fifo', fifo: true as const }],
  topics: [{ name: 'news' }],
  buses: [{ name: 'orders' }],
  buckets: [{ name: 'archive' }],
};
const configured = (config: Record<string, unknown>) => ({
  ...RESOURCES,
  function: { eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, ...config }] },
});
const both = (resource: string) => configured({ onSuccess: resource, onFailure: resource });
const event = (plan: unknown, more: Record<string, unknown> = {}) => ({
  type: 'Event',
  event: 'e1',
  payload: {},
  plan: [plan],
  ...more,
});

test('SQS: one record of success, without attributes', () => {
  const entries = run({ ...both('queue:all'), steps: [event({ do: 'ok', value: { hello: 'world' } })] });
  const [delivered, ...more] = of(entries, 'delivered');
  expect(more).toEqual([]);
  expect(delivered).not.toHaveProperty('attributes');
  const requestId = of(entries, 'started')[0]?.requestId;
  expect(delivered).toMatchObject({
    resource: 'queue:all',
    event: 'e1',
    body: {
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestContext: {
        requestId,
        functionArn: expect.stringMatching(/:function:f:\$LATEST$/),
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: {},
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { hello: 'world' },
    },
  });
  expect(delivered?.body).not.toHaveProperty('responseContext.functionError');
});

test('SQS: one record of failure with statusCode 200 and Unhandled, right after the only attempt', () => {
  const entries = run({ ...both('queue:all'), steps: [event({ do: 'throw', message: 'no luck' })] });
  expect(of(entries, 'delivered')).toMatchObject([
    {
      body: {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'no luck' },
      },
    },
  ]);
  expect(of(entries, 'delivered')[0]?.at).toBeLessThan(3);
});

test('EventBridge: the record is the detail of an event of source lambda', () => {
  const entries = run({ ...both('bus:orders'), steps: [event('ok')] });
  expect(of(entries, 'delivered')).toMatchObject([
    {
      resource: 'bus:orders',
      body: {
        version: '0',
        source: 'lambda',
        'detail-type': 'Lambda Function Invocation Result - Success',
        resources: [
          expect.stringMatching(/:event-bus\/orders$/),
          expect.stringMatching(/:function:f:\$LATEST$/),
        ],
        detail: { version: '1.0', requestContext: { condition: 'Success' } },
      },
    },
  ]);
});

test('S3: an object for a failure, under the function and the day; none for a success', () => {
  const failed = run({ ...both('bucket:archive'), steps: [event('throw')] });
  expect(of(failed, 'delivered')).toMatchObject([
    { objectKey: expect.stringMatching(/^aws\/lambda\/async\/f\/2025\/11\/24\/2025-11-24T12\.00\.\d\d-/) },
  ]);
  const succeeded = run({ ...both('bucket:archive'), steps: [event('ok')] });
  expect(of(succeeded, 'delivered')).toEqual([]);
  expect(of(succeeded, 'metric')).toContainEqual(
    expect.objectContaining({ name: 'DestinationDeliveryFailures', value: 1 }),
  );
});

test('Lambda: the destination is invoked with the record, and the attempt says what it is about', () => {
  const entries = run({
    functions: [
      { name: 'f', eventInvoke: [{ qualifier: '$LATEST', onSuccess: 'function:g' }] },
      { name: 'g' },
    ],
    steps: [event('ok')],
  });
  const [first, second] = of(entries, 'started');
  expect(second).toMatchObject({
    function: 'g',
    about: 'e1',
    payload: { requestContext: { requestId: first?.requestId, condition: 'Success' } },
  });
  expect(second).not.toHaveProperty('event');
  expect(second?.requestId).not.toBe(first?.requestId);
});

describe('delivery fails, and the function is not run again,', () => {
  test.each([
    ['where the queue is FIFO', 'queue:fifo', {}],
    ['where the record is too large', 'queue:all', { payload: { $filler: 800_000 } }],
  ])('%s', (_why, resource, more) => {
    const entries = run({ ...both(resource), steps: [event('ok', more)] });
    expect(of(entries, 'delivered')).toEqual([]);
    expect(of(entries, 'started')).toHaveLength(1);
    expect(of(entries, 'metric')).toContainEqual(
      expect.objectContaining({ name: 'DestinationDeliveryFailures', value: 1 }),
    );
  });

  test('where the resource was deleted', () => {
    const remove = { do: 'remove', resource: 'queue:all' };
    const entries = run({ ...both('queue:all'), steps: [remove, event('ok', { atSeconds: 1 })] });
    expect(of(entries, 'removed')).toMatchObject([{ resource: 'queue:all' }]);
    expect(of(entries, 'delivered')).toEqual([]);
    expect(of(entries, 'started')).toHaveLength(1);
  });
});

test('a record too large for SNS comes without its payloads, or not at all', () => {
  const seen = SEEDS.map((seed) => {
    const large = event('throw', { payload: { $filler: 300_000 } });
    return of(run({ ...both('topic:news'), steps: [large] }, seed), 'delivered').map(({ body }) =>
      Object.keys(body as object).includes('requestPayload'),
    );
  });
  expect(new Set(seen.map((bodies) => JSON.stringify(bodies)))).toEqual(new Set(['[]', '[false]']));
});

test('a synchronous call has no destination', () => {
  const steps = [{ type: 'RequestResponse', event: 'e1', payload: {} }];
  expect(of(run({ ...both('queue:all'), steps }), 'delivered')).toEqual([]);
});

test('the ARN of an event through an alias names the alias or its version', () => {
  const arns = SEEDS.map((seed) => {
    const entries = run(
      {
        ...RESOURCES,
        function: {
          versions: 1,
          aliases: [{ name: 'live', version: '1' }],
          eventInvoke: [{ qualifier: 'live', onSuccess: 'queue:all' }],
        },
        steps: [event('ok', { qualifier: 'live' })],
      },
      seed,
    );
    const [delivered] = of(entries, 'delivered');
    return JSON.stringify(delivered?.body).match(/function:f:(\w+)/)?.[1];
  });
  expect(new Set(arns)).toEqual(new Set(['live', '1']));
});
