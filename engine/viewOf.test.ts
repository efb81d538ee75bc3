import { describe, expect, test } from 'vitest';
import { possible } from './configuration.ts';
import type { Entry } from './history.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';
import { AWS_TOLERANCES } from './tolerances.ts';
import { viewOf } from './viewOf.ts';

const scenario = (change: object = {}): Scenario =>
  scenarioSchema.parse({
    scenario: 1,
    functions: [
      {
        name: 'f',
        deadLetter: 'queue:dead',
        eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }],
      },
    ],
    queues: [{ name: 'dead' }, { name: 'failed' }],
    steps: [{ atSeconds: 0, do: 'invoke', function: 'f', type: 'Event', event: 'e1', plan: ['throw'] }],
    ...change,
  });

const seen = (entries: Entry[], change: object = {}) =>
  viewOf({ scenario: scenario(change), entries }, AWS_TOLERANCES);

const requested: Entry = { kind: 'requested', at: 0, call: 'c1', step: 0, event: 'e1' };
const accepted: Entry = { kind: 'answered', at: 0.1, call: 'c1', status: 202 };
const started = (attempt: string, at: number, planned: 'throw' | 'timeout' | 'ok' = 'throw'): Entry => ({
  ...{ kind: 'started', attempt, at, function: 'f', version: '$LATEST', requestId: 'r', event: 'e1' },
  ...{ kind: 'started', payload: null, planned },
});
const ended = (attempt: string, at: number, outcome: 'throw' | 'ok'): Entry => ({
  ...{ kind: 'ended', attempt, at, outcome },
});
const delivered = (resource: string, body: { readonly [key: string]: string | object }): Entry =>
  ({ kind: 'delivered', at: 9, resource, event: 'e1', body }) as Entry;

/** By how much a killed handler may have ended before its timeout was over, counted from its start. */
const EARLY_SECONDS = AWS_TOLERANCES.clockSkewSeconds + AWS_TOLERANCES.schedulingSlackSeconds;

describe('the view of a history', () => {
  test('makes an accepted Event call an event, with its attempts in order', () => {
    const { events } = seen([requested, accepted, started('a1', 1), started('a2', 61)]);
    expect(events).toHaveLength(1);
    expect(events[0]?.attempts.map(({ ordinal, startedAt }) => [ordinal, startedAt])).toEqual([
      [1, 1],
      [2, 61],
    ]);
  });

  test('does not make a rejected call an event', () => {
    const rejected: Entry = {
      kind: 'rejected',
      at: 0.1,
      call: 'c1',
      status: 413,
      error: 'RequestTooLargeException',
    };
    const { events, rejected: refused } = seen([requested, rejected]);
    expect([events.length, refused.length]).toEqual([0, 1]);
  });

  test('knows the end of a killed handler only as an interval', () => {
    const { attempts } = seen([requested, accepted, started('a1', 1, 'timeout')]);
    // Its start may have been seen late, after the timer began.
    expect(attempts[0]?.endedEarliest).toBeCloseTo(4 - EARLY_SECONDS);
    expect(attempts[0]?.endedLatest).toBe(4 + AWS_TOLERANCES.schedulingSlackSeconds);
  });

  test('grants a killed handler each timeout that may have been in force', () => {
    const steps = [
      ...scenario().steps,
      {
        atSeconds: 0,
        do: 'request',
        operation: 'UpdateFunctionConfiguration',
        input: { FunctionName: 'f', Timeout: 10 },
      },
    ];
    const change: Entry[] = [
      { kind: 'requested', at: 0, call: 'u1', step: 1 },
      { kind: 'answered', at: 0.1, call: 'u1', status: 200 },
    ];
    const entries = [...change, requested, accepted];
    const [early] = seen([...entries, started('a1', 1, 'timeout')], { steps }).attempts;
    expect(early?.endedEarliest).toBeCloseTo(4 - EARLY_SECONDS);
    expect(early?.endedLatest).toBe(11 + AWS_TOLERANCES.schedulingSlackSeconds);
    const [late] = seen([...entries, started('a1', 60, 'timeout')], { steps }).attempts;
    expect(late?.endedEarliest).toBeCloseTo(70 - EARLY_SECONDS);
  });

  test('takes no handler at its word that may have been killed on its way out', () => {
    const mayHaveBeenKilled = (...entries: Entry[]) =>
      seen([requested, accepted, ...entries]).attempts[0]?.mayHaveBeenKilled;
    expect(mayHaveBeenKilled(started('a1', 1, 'ok'), ended('a1', 1.5, 'ok'))).toBe(false);
    // Its timeout is 3 s.
    expect(mayHaveBeenKilled(started('a1', 1, 'ok'), ended('a1', 3.5, 'ok'))).toBe(true);
    // Its start was seen late.
    const late: Entry = { kind: 'ended', attempt: 'a1', at: 1.1, outcome: 'ok', elapsedSeconds: 2.6 };
    expect(mayHaveBeenKilled(started('a1', 1, 'ok'), late)).toBe(true);
    expect(mayHaveBeenKilled(started('a1', 1, 'ok'))).toBe(true);
    expect(mayHaveBeenKilled(started('a1', 1, 'throw'), ended('a1', 3.9, 'throw'))).toBe(false);
  });

  test('does not invent the end of a handler that was only seen to start', () => {
    expect(seen([requested, accepted, started('a1', 1, 'ok')]).attempts[0]?.endedLatest).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  test('takes what arrives at a dead-letter queue for a dead letter, whatever it looks like', () => {
    const looksLikeARecord = { requestContext: {}, version: '1.0' };
    const { events } = seen([requested, accepted, delivered('queue:dead', looksLikeARecord)]);
    expect([events[0]?.deadLetters.length, events[0]?.records.length]).toEqual([1, 0]);
  });

  test('tells records from dead letters by their look where both may arrive', () => {
    const shared = {
      functions: [
        {
          name: 'f',
          deadLetter: 'queue:dead',
          eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:dead' }],
        },
      ],
    };
    const arrivals = [delivered('queue:dead', { requestContext: {} }), delivered('queue:dead', { n: '1' })];
    const { events } = seen([requested, accepted, ...arrivals], shared);
    expect([events[0]?.deadLetters.length, events[0]?.records.length]).toEqual([1, 1]);
  });

  test('leaves the governing configuration open where it changed after acceptance', () => {
    const steps = [
      ...scenario().steps,
      {
        atSeconds: 1,
        do: 'request',
        operation: 'PutFunctionEventInvokeConfig',
        input: { FunctionName: 'f', MaximumRetryAttempts: 0 },
      },
    ];
    const change: Entry[] = [
      { kind: 'requested', at: 1, call: 'p1', step: 1 },
      { kind: 'answered', at: 1.1, call: 'p1', status: 200 },
    ];
    expect(seen([requested, accepted, ...change], { steps }).events[0]?.config).toBeUndefined();
    expect(seen([requested, accepted], { steps }).events[0]?.config?.onFailure).toBe('queue:failed');
  });

  test('leaves open what governs a call through an alias that has no configuration of its own', () => {
    const functions = [
      {
        name: 'f',
        versions: 1,
        aliases: [{ name: 'live', version: '1' }],
        eventInvoke: [{ qualifier: '1', maximumRetryAttempts: 0 }],
      },
    ];
    const steps = [
      { atSeconds: 0, do: 'invoke', function: 'f', qualifier: 'live', type: 'Event', event: 'e1' },
    ];
    expect(seen([requested, accepted], { functions, steps }).events[0]?.config).toBeUndefined();
  });

  test('watched until it was closed, or for ever where nothing can happen any more', () => {
    expect(seen([{ kind: 'closed', at: 5 }]).watchedUntil).toBe(5);
    expect(seen([{ kind: 'closed', at: 5, isComplete: true }]).watchedUntil).toBe(Number.POSITIVE_INFINITY);
  });
});

test('of two requests on their way at once, either may be the last', () => {
  const put = (value: number) => ({
    ...{ atSeconds: 0, do: 'request', operation: 'PutFunctionConcurrency' },
    ...{ input: { FunctionName: 'f', ReservedConcurrentExecutions: value } },
  });
  const answered = (call: string, at: number): Entry => ({ kind: 'answered', at, call, status: 200 });
  const requests: Entry[] = [
    { kind: 'requested', at: 0, call: 'q1', step: 0 },
    { kind: 'requested', at: 0, call: 'q2', step: 1 },
    answered('q2', 0.1),
    answered('q1', 0.2),
  ];
  const { functions } = seen(requests, { steps: [put(5), put(0)] });
  expect(possible(functions.get('f')?.reserved ?? [], 100, 200)).toEqual([5, 0]);
});
