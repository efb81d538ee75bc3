import { describe, expect, test } from 'vitest';
import { of, run } from './testing/run.ts';

const loop = (chainType: string, f: Record<string, unknown> = {}) => ({
  function: { timeoutSeconds: 60, ...f },
  queues: [{ name: 'failed' }],
  steps: [{ type: 'Event', event: 'e1', payload: { n: 1 }, plan: [{ do: 'ok', chainTo: 'f', chainType }] }],
});

test('a handler’s call carries its event on, and its answer comes before the handler ends', () => {
  const entries = run({
    functions: [{ name: 'f' }, { name: 'g' }],
    steps: [
      {
        type: 'RequestResponse',
        event: 'e1',
        payload: { n: 1 },
        plan: [
          { do: 'ok', chainTo: 'g', chainType: 'RequestResponse' },
          { do: 'ok', value: 'deep' },
        ],
      },
    ],
  });
  const [first, second] = of(entries, 'started');
  expect(second).toMatchObject({ function: 'g', event: 'e1.2', payload: { n: 1 } });
  expect(of(entries, 'requested')[1]).toMatchObject({
    event: 'e1.2',
    chainedFrom: first?.attempt,
    function: 'g',
    type: 'RequestResponse',
  });
  expect(of(entries, 'ended').map(({ attempt }) => attempt)).toEqual([second?.attempt, first?.attempt]);
  expect(of(entries, 'answered').map(({ payload }) => payload)).toEqual(['deep', { n: 1 }]);
});

describe('a loop', () => {
  test('of events is cut after 16 invocations, and the next goes to the failure destination', () => {
    const onFailure = { eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }] };
    const entries = run(loop('Event', onFailure));
    expect(of(entries, 'started')).toHaveLength(16);
    expect(of(entries, 'delivered')).toMatchObject([
      { event: 'e1.17', body: { requestContext: { approximateInvokeCount: 0 }, requestPayload: { n: 1 } } },
    ]);
    expect(of(entries, 'metric')).toContainEqual(
      expect.objectContaining({ name: 'RecursiveInvocationsDropped', value: 1 }),
    );
  });

  test('of calls is cut by an error of the 17th', () => {
    const entries = run(loop('RequestResponse'));
    expect(of(entries, 'started')).toHaveLength(16);
    expect(of(entries, 'rejected')).toMatchObject([{ status: 400, error: 'RecursiveInvocationException' }]);
  });

  test('goes on where it is allowed, and comes to an end all the same', () => {
    expect(of(run(loop('Event', { recursiveLoop: 'Allow' })), 'started').length).toBeGreaterThan(30);
  });

  test('leaves other events of the function alone', () => {
    const { steps, ...rest } = loop('Event');
    const other = { atSeconds: 30, type: 'Event', event: 'e2', payload: 2 };
    const entries = run({ ...rest, steps: [...steps, other] });
    expect(of(entries, 'started').filter(({ event }) => event === 'e2')).toHaveLength(1);
  });
});

test('a handler that waits longer than its timeout is stopped', () => {
  const entries = run({
    functions: [
      { name: 'f', timeoutSeconds: 1 },
      { name: 'g', timeoutSeconds: 9 },
    ],
    steps: [
      {
        type: 'RequestResponse',
        event: 'e1',
        payload: 1,
        plan: [
          { do: 'ok', chainTo: 'g', chainType: 'RequestResponse' },
          { do: 'ok', afterSeconds: 5 },
        ],
      },
    ],
  });
  expect(of(entries, 'answered')).toMatchObject([{ functionError: 'Unhandled' }]);
  expect(of(entries, 'ended')).toHaveLength(1);
});
