import { describe, expect, test } from 'vitest';
import { of, run, SEEDS } from './testing/run.ts';

const call = (more: Record<string, unknown> = {}) => ({
  type: 'RequestResponse',
  event: 'e1',
  payload: { n: 1 },
  ...more,
});
const answerTo = (more: Record<string, unknown>, f: Record<string, unknown> = {}) =>
  of(run({ function: f, steps: [call(more)] }), 'answered')[0];
const rejectionOf = (more: Record<string, unknown>, f: Record<string, unknown> = {}) => {
  const entries = run({ function: f, steps: [call(more)] });
  expect(of(entries, 'started')).toEqual([]);
  expect(of(entries, 'metric').filter(({ name }) => name !== 'Throttles')).toEqual([]);
  return of(entries, 'rejected')[0];
};

describe('an answer', () => {
  test('has status 200, the version and what the handler returned', () => {
    expect(answerTo({})).toMatchObject({ status: 200, executedVersion: '$LATEST', payload: { n: 1 } });
    expect(answerTo({})).not.toHaveProperty('functionError');
    expect(answerTo({ plan: ['nothing'] })).toMatchObject({ payload: null });
  });

  test('comes after the end of the attempt', () => {
    const entries = run({ steps: [call({ plan: [{ do: 'ok', afterSeconds: 1 }] })] });
    expect(of(entries, 'answered')[0]?.at).toBeGreaterThan(of(entries, 'ended')[0]?.at ?? 9);
  });

  test.each([
    ['throw', { errorType: 'Error', errorMessage: 'planned failure' }],
    [
      'timeout',
      {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/),
      },
    ],
    [
      'exit',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited/),
      },
    ],
    ['oversize', { errorType: 'Function.ResponseSizeTooLarge' }],
    ['unserializable', { errorMessage: expect.any(String) }],
  ])('of a function error by %s has status 200, Unhandled, and says why', (outcome, payload) => {
    const answered = answerTo({ plan: [outcome] }, { timeoutSeconds: 1 });
    expect(answered).toMatchObject({ status: 200, functionError: 'Unhandled', payload });
  });

  test('may have 6 MB and 100 bytes', () => {
    const returning = (bytes: number) => answerTo({ plan: [{ do: 'ok', value: { $filler: bytes } }] });
    expect(returning(6_291_556)).not.toHaveProperty('functionError');
    expect(returning(6_291_557)).toMatchObject({
      status: 200,
      functionError: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });
});

test('a handler is stopped at the timeout, and tells nobody', () => {
  const entries = run({
    function: { timeoutSeconds: 1 },
    steps: [call({ plan: [{ do: 'ok', afterSeconds: 2 }] })],
  });
  expect(of(entries, 'started')).toMatchObject([{ planned: 'timeout' }]);
  expect(of(entries, 'ended')).toEqual([]);
  const took = (of(entries, 'answered')[0]?.at ?? 0) - (of(entries, 'started')[0]?.at ?? 0);
  expect(took).toBeGreaterThanOrEqual(1);
  expect(took).toBeLessThan(1.1);
});

test('a synchronous call has one attempt, whatever its outcome', () => {
  expect(of(run({ steps: [call({ plan: ['throw', 'ok'] })] }), 'started')).toHaveLength(1);
});

test('a call without a type is a RequestResponse', () => {
  expect(of(run({ steps: [{ event: 'e1', payload: 1 }] }), 'answered')).toMatchObject([
    { status: 200, payload: 1 },
  ]);
});

test('a dry run is answered with 204 and runs nothing', () => {
  const entries = run({ steps: [call({ type: 'DryRun' })] });
  expect(of(entries, 'answered')).toMatchObject([{ status: 204 }]);
  expect(of(entries, 'answered')[0]).not.toHaveProperty('payload');
  expect(of(entries, 'started')).toEqual([]);
});

describe('nothing runs, and no metric but Throttles counts,', () => {
  test.each([
    ['an unknown function', { function: 'nobody' }, 404, 'ResourceNotFoundException'],
    ['an unknown alias', { qualifier: 'ghost' }, 404, 'ResourceNotFoundException'],
    ['an unknown version', { qualifier: '7' }, 404, 'ResourceNotFoundException'],
    ['more than 6 MB', { payload: { $filler: 6_291_457 } }, 413, 'RequestTooLargeException'],
    ['a content type other than JSON', { contentType: 'text/xml' }, 415, 'UnsupportedMediaTypeException'],
    [
      'too long a client context',
      { clientContext: { a: 'x'.repeat(3_000) } },
      400,
      'InvalidRequestContentException',
    ],
  ])('for %s', (_why, more, status, error) => {
    expect(rejectionOf(more)).toMatchObject({ status, error });
  });

  test('for a body that is no JSON', () => {
    const entries = run({ steps: [{ event: 'e1', body: '{"a":' }] });
    expect(of(entries, 'rejected')).toMatchObject([
      {
        status: 400,
        error: 'InvalidRequestContentException',
        message: expect.stringMatching(/^Could not parse request body into json: /),
      },
    ]);
    expect(of(entries, 'started')).toEqual([]);
    expect(of(run({ steps: [{ event: 'e1', body: '{"a":1}' }] }), 'started')).toMatchObject([
      { payload: { a: 1 } },
    ]);
  });

  test('for a function without concurrency, and the reason names the limit', () => {
    expect(rejectionOf({}, { reservedConcurrency: 0 })).toMatchObject({
      status: 429,
      error: 'TooManyRequestsException',
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      message: 'Rate Exceeded.',
    });
  });
});

test('a client context reaches the handler of a synchronous call only', () => {
  const clientContext = { custom: { a: 1 } };
  const started = (type: string) => of(run({ steps: [call({ type, clientContext })] }), 'started')[0];
  expect(started('RequestResponse')).toMatchObject({ clientContext });
  expect(started('Event')).not.toHaveProperty('clientContext');
});

describe('the log tail', () => {
  const plan = [{ do: 'ok', logBytes: 10_000 }];

  test('is there where it was asked for', () => {
    expect(answerTo({ plan })).not.toHaveProperty('logTail');
    expect(answerTo({ plan, logType: 'None' })).not.toHaveProperty('logTail');
    const tail = answerTo({ logType: 'Tail' })?.logTail;
    expect(tail).toMatch(/^START RequestId: \S+ Version: \$LATEST\nEND [\s\S]*\nREPORT /);
  });

  test('is the last 4 KB', () => {
    const tail = answerTo({ plan, logType: 'Tail' })?.logTail;
    expect(tail).toHaveLength(4_096);
    expect(tail).toMatch(/\tMax Memory Used: \d+ MB\t\n$/);
  });
});

describe('a caller that hangs up', () => {
  test('has no answer, and the attempt goes on', () => {
    const plan = [{ do: 'ok', afterSeconds: 2 }];
    const entries = run({ steps: [call({ plan, hangUpAfterSeconds: 1 })] });
    expect(of(entries, 'hungUp')).toMatchObject([{ at: 1 }]);
    expect(of(entries, 'answered')).toEqual([]);
    expect(of(entries, 'ended')).toMatchObject([{ outcome: 'ok' }]);
  });

  test('has its answer where that comes first', () => {
    const entries = run({ steps: [call({ hangUpAfterSeconds: 1 })] });
    expect(of(entries, 'hungUp')).toEqual([]);
    expect(of(entries, 'answered')).toHaveLength(1);
  });

  test('at once may have prevented the attempt, or not', () => {
    const counts = SEEDS.map(
      (seed) => of(run({ steps: [call({ hangUpAfterSeconds: 0 })] }, seed), 'started').length,
    );
    expect(new Set(counts)).toEqual(new Set([0, 1]));
  });
});

test('the same call several times at once has an event and a request id for each', () => {
  const entries = run({ steps: [call({ times: 3 })] });
  expect(of(entries, 'requested').map(({ event }) => event)).toEqual(['e1', 'e1#2', 'e1#3']);
  expect(new Set(of(entries, 'answered').map(({ requestId }) => requestId)).size).toBe(3);
});
