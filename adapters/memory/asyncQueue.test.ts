import { describe, expect, test } from 'vitest';
import { of, run, SEEDS } from './testing/run.ts';

const failing = { type: 'Event', event: 'e1', payload: { message: 'm' }, plan: ['throw'] };
const toQueue = (config: Record<string, unknown>) => ({
  function: { eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed', ...config }] },
  queues: [{ name: 'failed' }],
});
const recordsOf = (entries: ReturnType<typeof run>) =>
  of(entries, 'delivered').map(({ body, at }) => ({ at, record: body as Record<string, never> }));

describe('acceptance', () => {
  test('is a 202 without payload, version or error, and the function gets {} where there is no body', () => {
    const entries = run({ steps: [{ type: 'Event', event: 'e1' }] });
    const [answered] = of(entries, 'answered');
    expect(answered).toMatchObject({ status: 202 });
    expect(Object.keys(answered ?? {}).sort()).toEqual(['at', 'call', 'kind', 'requestId', 'status']);
    expect(of(entries, 'started')).toMatchObject([{ payload: {}, planned: 'ok' }]);
  });

  test('does not wait for the attempt', () => {
    const steps = [{ type: 'Event', event: 'e1', plan: [{ do: 'ok', afterSeconds: 2.5 }] }];
    expect(of(run({ steps }), 'answered')[0]?.at).toBeLessThan(0.1);
  });

  test('needs no capacity, and no more than 1 MB', () => {
    const at = (payload: unknown) => ({
      function: { reservedConcurrency: 0 },
      steps: [{ type: 'Event', event: 'e1', payload }],
    });
    expect(of(run(at({ $filler: 1_048_576 })), 'answered')).toHaveLength(1);
    const rejected = of(run(at({ $filler: 1_048_577 })), 'rejected');
    expect(rejected).toMatchObject([{ status: 413, error: 'RequestTooLargeException' }]);
  });
});

describe('an event that keeps failing', () => {
  test('has three attempts, about one and two minutes apart, under one request id', () => {
    for (const seed of SEEDS) {
      const entries = run({ ...toQueue({}), steps: [failing] }, seed);
      const [first, second, third, ...more] = of(entries, 'started');
      expect(more).toEqual([]);
      // Recorded from AWS: the first retry came between 30 and 92 s, the second between 92 and 214 s.
      expect(second?.at).toBeGreaterThan(60);
      expect(second?.at).toBeLessThan(91.5);
      expect(third?.at).toBeGreaterThan(180);
      expect(third?.at).toBeLessThan(213.5);
      expect(new Set([first?.requestId, second?.requestId, third?.requestId]).size).toBe(1);
      const [{ record } = { record: undefined }] = recordsOf(entries);
      expect(record).toMatchObject({
        requestContext: {
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
          requestId: first?.requestId,
        },
        responsePayload: { errorType: 'Error', errorMessage: 'planned failure' },
      });
    }
  });

  test('is discarded at once when the next retry would come after its age limit', () => {
    for (const seed of SEEDS) {
      const entries = run({ ...toQueue({ maximumEventAgeSeconds: 60 }), steps: [failing] }, seed);
      expect(of(entries, 'started')).toHaveLength(1);
      const [delivered] = recordsOf(entries);
      expect(delivered?.at).toBeLessThan(10);
      expect(delivered?.record).toMatchObject({
        requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 1 },
        responseContext: { functionError: 'Unhandled' },
      });
    }
  });

  test('has one retry within an age limit of 90 seconds', () => {
    for (const seed of SEEDS) {
      const entries = run({ ...toQueue({ maximumEventAgeSeconds: 90 }), steps: [failing] }, seed);
      expect(of(entries, 'started')).toHaveLength(2);
      expect(recordsOf(entries)).toMatchObject([
        { record: { requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 } } },
      ]);
    }
  });

  test.each(['timeout', 'exit', 'oversize', 'unserializable'])(
    '%s is retried like an exception',
    (outcome) => {
      expect(of(run({ steps: [{ ...failing, plan: [outcome] }] }), 'started')).toHaveLength(3);
    },
  );
});

test('success is the end of an event', () => {
  expect(of(run({ steps: [{ ...failing, plan: ['throw', 'ok'] }] }), 'started')).toHaveLength(2);
});

test('events may overtake each other', () => {
  const steps = ['e1', 'e2', 'e3'].map((event) => ({ type: 'Event', event, payload: event }));
  const orders = SEEDS.map((seed) =>
    of(run({ steps }, seed), 'started')
      .map(({ event }) => event)
      .join(),
  );
  expect(new Set(orders).size).toBeGreaterThan(3);
});

describe('a throttled event', () => {
  const busy = { type: 'Event', event: 'busy', payload: 1, plan: [{ do: 'ok', afterSeconds: 700 }] };
  const throttled = { atSeconds: 2, type: 'Event', event: 'e1', payload: 2, plan: ['throw'] };
  const siege = (config: Record<string, unknown>) => ({
    function: {
      timeoutSeconds: 900,
      reservedConcurrency: 1,
      eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed', ...config }],
    },
    queues: [{ name: 'failed' }],
    steps: [busy, throttled],
  });

  test('is tried again after 1, 2, 4, … seconds, at most 5 minutes, and loses no retry by that', () => {
    for (const seed of SEEDS.slice(0, 10)) {
      const entries = run(siege({}), seed);
      const times = of(entries, 'throttled').map(({ at }) => at);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(gaps.length).toBeGreaterThan(7);
      gaps.forEach((gap, index) => {
        expect(gap).toBeGreaterThanOrEqual(Math.min(2 ** index, 300) - 0.001);
        expect(gap).toBeLessThanOrEqual(Math.min(1.1 * 2 ** index, 300) + 0.001);
      });
      expect(of(entries, 'started').filter(({ event }) => event === 'e1')).toHaveLength(3);
      expect(recordsOf(entries)).toMatchObject([
        { record: { requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 } } },
      ]);
    }
  });

  test('is discarded without an attempt when its age limit passes', () => {
    const entries = run(siege({ maximumEventAgeSeconds: 60 }));
    expect(of(entries, 'started').map(({ event }) => event)).toEqual(['busy']);
    const [delivered] = recordsOf(entries);
    expect(delivered?.at).toBeGreaterThan(62);
    expect(delivered?.at).toBeLessThan(64);
    expect(delivered?.record).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 },
      requestPayload: 2,
    });
    expect(delivered?.record).not.toHaveProperty('responseContext');
  });
});

describe('with a reserve of 0', () => {
  const stopped = {
    function: {
      reservedConcurrency: 0,
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:failed' }],
    },
    queues: [{ name: 'failed' }],
  };

  test('an event is accepted, and goes to the destination at once, without an attempt or a response', () => {
    const entries = run({ ...stopped, steps: [{ type: 'Event', event: 'e1' }] });
    expect(of(entries, 'answered')).toMatchObject([{ status: 202 }]);
    expect(of(entries, 'started')).toEqual([]);
    const [delivered] = recordsOf(entries);
    expect(delivered?.at).toBeLessThan(3);
    expect(Object.keys(delivered?.record ?? {})).toEqual([
      'version',
      'timestamp',
      'requestContext',
      'requestPayload',
    ]);
    expect(delivered?.record).toMatchObject({
      requestContext: { condition: 'ZeroReservedConcurrency', approximateInvokeCount: 0 },
      requestPayload: {},
    });
  });

  test('raising it later does not run what was handed over', () => {
    for (const seed of SEEDS) {
      const raise = {
        atSeconds: 0.2,
        do: 'request',
        operation: 'PutFunctionConcurrency',
        input: { FunctionName: 'f', ReservedConcurrentExecutions: 5 },
      };
      const entries = run({ ...stopped, steps: [{ type: 'Event', event: 'e1' }, raise] }, seed);
      expect(of(entries, 'started')).toEqual([]);
      expect(of(entries, 'delivered')).toHaveLength(1);
    }
  });
});

test('the configuration of the qualifier governs', () => {
  const entries = run({
    function: {
      versions: 1,
      eventInvoke: [
        { qualifier: '$LATEST', maximumRetryAttempts: 0 },
        { qualifier: '1', maximumRetryAttempts: 1 },
      ],
    },
    steps: [
      { ...failing, event: 'e1' },
      { ...failing, event: 'e2', qualifier: '1', payload: 2 },
    ],
  });
  const attempts = (event: string) => of(entries, 'started').filter((entry) => entry.event === event).length;
  expect([attempts('e1'), attempts('e2')]).toEqual([1, 2]);
});

test('a later change may reach an event that was accepted before it, or not', () => {
  const change = {
    atSeconds: 5,
    do: 'request',
    operation: 'PutFunctionEventInvokeConfig',
    input: { FunctionName: 'f', MaximumRetryAttempts: 0 },
  };
  const counts = SEEDS.map((seed) => of(run({ steps: [failing, change] }, seed), 'started').length);
  expect(new Set(counts)).toEqual(new Set([2, 3]));
});

test('system errors use up no retry', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const entries = run({ steps: [failing] }, seed, { policy: { systemErrorShare: 0.9 } });
    expect(of(entries, 'started')).toHaveLength(3);
  }
});

test('a duplicate adds an attempt and no record', () => {
  const entries = run(
    {
      function: { eventInvoke: [{ qualifier: '$LATEST', onSuccess: 'queue:done' }] },
      queues: [{ name: 'done' }],
      steps: [{ type: 'Event', event: 'e1', payload: 1 }],
    },
    1,
    { policy: { duplicateShare: 1 } },
  );
  expect(of(entries, 'started')).toHaveLength(2);
  expect(of(entries, 'delivered')).toHaveLength(1);
});
