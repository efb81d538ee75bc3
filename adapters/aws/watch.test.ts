import { expect, test } from 'vitest';
import { DEFAULT_EVENT_INVOKE } from '../../engine/configuration.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { type WatchedEvent, watchAll, watchEvent } from './watch.ts';

// Retries after 1 s and 2 s, half a second of slack: sums that one can do in one's head.
const tolerances = { ...AWS_TOLERANCES, retryTimeScale: 1 / 60, schedulingSlackSeconds: 0.5 };

const failing = (startedAt: number) => ({
  startedAt,
  endedAt: startedAt,
  succeeded: false,
  timeoutSeconds: 3,
});
const ok = (startedAt: number) => ({ ...failing(startedAt), succeeded: true });

const event = (change: Partial<WatchedEvent>): WatchedEvent => ({
  kind: 'async',
  doneAt: 0,
  attempts: [],
  deliveredAt: [],
  config: DEFAULT_EVENT_INVOKE,
  hasDeadLetter: false,
  mayLackCapacity: false,
  functionIdleSince: 0,
  ...change,
});
const watch = (change: Partial<WatchedEvent>) => watchEvent(event(change), tolerances);
const config = (change: object) => ({ ...DEFAULT_EVENT_INVOKE, ...change });

test('an accepted event without an attempt is given twice the slack, then it is lost', () => {
  expect(watch({ doneAt: 10 })).toEqual({ until: 11, isSettled: false });
});

test('after a failing attempt the retry is due by twice its delay', () => {
  expect(watch({ attempts: [failing(1)] })).toEqual({ until: 1 + 2 * 1 + 0.5, isSettled: false });
  expect(watch({ attempts: [failing(1), failing(2)] })).toEqual({ until: 2 + 2 * 2 + 0.5, isSettled: false });
});

test('after the last attempt one too many would still be seen', () => {
  const all = { attempts: [failing(0), failing(1), failing(3)] };
  expect(watch(all)).toEqual({ until: 3 + 2 * 2 + 0.5, isSettled: true });
});

test('without retries the first attempt is the last', () => {
  const all = { attempts: [failing(1)], config: config({ maximumRetryAttempts: 0 }) };
  expect(watch(all)).toEqual({ until: 1 + 2 * 1 + 0.5, isSettled: true });
});

test('a record that is due keeps the observation from being settled until it comes', () => {
  const all = { attempts: [ok(1)], config: config({ onSuccess: 'queue:done' }) };
  expect(watch(all).isSettled).toBe(false);
  expect(watch({ ...all, deliveredAt: [1.4] })).toEqual({ until: 3.5, isSettled: true });
});

test('record and dead letter are both due', () => {
  const both = { config: config({ maximumRetryAttempts: 0, onFailure: 'queue:q' }), hasDeadLetter: true };
  expect(watch({ ...both, attempts: [failing(1)], deliveredAt: [1.1] }).isSettled).toBe(false);
  expect(watch({ ...both, attempts: [failing(1)], deliveredAt: [1.1, 1.2] }).isSettled).toBe(true);
});

test('a record after a failing attempt with retries left ends the waiting: the event was too old', () => {
  const early = { attempts: [failing(1)], deliveredAt: [1.2], config: config({ onFailure: 'queue:q' }) };
  expect(watch(early).isSettled).toBe(true);
});

test('an attempt whose end is not seen is over by its timeout', () => {
  const running = { ...failing(1), endedAt: undefined };
  expect(watch({ attempts: [running] }).until).toBe(1 + 3 + 0.5 + 2 * 1 + 0.5);
});

test('an attempt whose caller has its answer is over', () => {
  const running = { ...failing(1), endedAt: undefined };
  expect(watch({ kind: 'sync', doneAt: 2, attempts: [running] }).until).toBe(2 + 2 * 1 + 0.5);
  expect(watch({ kind: 'left', doneAt: 2, attempts: [running] }).until).toBe(1 + 3 + 0.5 + 2 * 1 + 0.5);
});

test('a throttled event waits for its function to be idle, then as long again as it has waited', () => {
  const throttled = { mayLackCapacity: true, doneAt: 1, functionIdleSince: 4 };
  expect(watch(throttled).until).toBe(4 + 2 * 3 + 1);
});

test('a refused call is watched for twice the slack: it must not start anything', () => {
  expect(watch({ kind: 'none', doneAt: 3 })).toEqual({ until: 4, isSettled: true });
});

test('where a step changes the configuration, nothing counts as missing', () => {
  expect(watch({ attempts: [ok(1)], config: undefined }).isSettled).toBe(true);
});

test('a scenario is watched as long as its longest event, and settled when all are', () => {
  const all = watchAll([event({ attempts: [ok(1)] }), event({ doneAt: 10 })], tolerances);
  expect(all).toEqual({ until: 11, isSettled: false });
});
