import { expect, test } from 'vitest';
import type { Json } from '../../../engine/json.ts';
import { scenarioSchema } from '../../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { Polling } from './polling.ts';
import { watchPolling } from './watchPolling.ts';

// Half a second of slack, two for a poll, three for a retry: sums that one can do in one's head.
const tolerances = {
  ...AWS_TOLERANCES,
  schedulingSlackSeconds: 0.5,
  clockSkewSeconds: 0,
  pollSeconds: 2,
  pollingRetrySeconds: 3,
};
const PICKUP = 2 + 2 * 0.5;
const QUIET = 2 * 0.5;
const VISIBILITY = 10;

/** A mapping with records that were sent at second 1, and attempts of one second each that began at the given times. */
function watched(
  source: 'queue:q' | 'stream:s',
  mapping: object,
  records: object[],
  attempts: readonly { readonly at: number; readonly of: readonly string[] }[] = [],
  more: object = {},
) {
  const scenario = scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 3 }],
    queues: [{ name: 'q', visibilityTimeoutSeconds: VISIBILITY, ...more }, { name: 'dead' }],
    streams: [{ name: 's' }],
    mappings: [{ name: 'm', source, function: 'f', startingPosition: 'TRIM_HORIZON', ...mapping }],
    steps: [{ atSeconds: 0, do: 'send', to: source, records }],
  });
  const polling = new Polling(scenario);
  for (const id of polling.records.byId.keys()) polling.records.sent(id, 1, id);
  polling.lastStirAt = 1;
  for (const { at, of } of attempts) {
    const Records: Json[] = of.map((id) =>
      source === 'queue:q' ? { messageId: id } : { kinesis: { sequenceNumber: id } },
    );
    const kind = source === 'queue:q' ? 'sqs' : 'kinesis';
    const event = { source, kind, records: Records, state: undefined, isFinal: false } as const;
    const batch = polling.started(event, 'f', {}, at, 3);
    batch.endedAt = at + 1;
    batch.succeeded = batch.behaviour.outcome === 'ok';
  }
  return { polling, watch: () => watchPolling(scenario, polling, tolerances) };
}

test('a message that was in no attempt is awaited as long as any attempt may be late', () => {
  const { watch } = watched('queue:q', {}, [{ record: 'r1' }]);
  expect(watch()).toEqual({ until: 1 + VISIBILITY + 3 + PICKUP, isSettled: false });
});

test('a delay is no loss', () => {
  const { watch } = watched('queue:q', {}, [{ record: 'r1', delaySeconds: 5 }]);
  expect(watch().until).toBe(1 + 5 + VISIBILITY + 3 + PICKUP);
});

test('when all is handled a quiet time is enough', () => {
  const { watch } = watched('queue:q', {}, [{ record: 'r1' }], [{ at: 2, of: ['r1'] }]);
  expect(watch()).toEqual({ until: 3 + QUIET, isSettled: true });
});

test('an attempt whose end is not seen may last until its timeout', () => {
  const { polling, watch } = watched(
    'queue:q',
    {},
    [{ record: 'r1', plan: ['timeout'] }],
    [{ at: 2, of: ['r1'] }],
  );
  for (const batch of polling.batches) batch.endedAt = undefined;
  expect(watch().until).toBe(2 + 3 + 0.5 + VISIBILITY + 3 + PICKUP);
});

test('a message that failed comes again, until it is in the dead-letter queue', () => {
  const redrive = { redrive: { to: 'queue:dead', maxReceiveCount: 1 } };
  const failing = [{ record: 'r1', plan: ['throw'] }];
  const { polling, watch } = watched('queue:q', {}, failing, [{ at: 2, of: ['r1'] }], redrive);
  expect(watch()).toEqual({ until: 3 + VISIBILITY + 3 + PICKUP, isSettled: false });
  const record = polling.records.byId.get('r1');
  if (record !== undefined) record.isRedriven = true;
  expect(watch()).toEqual({ until: 3 + QUIET, isSettled: true });
});

test('a message that is reported has not been handled, the others of its batch have', () => {
  const records = [{ record: 'r1', plan: ['report'] }, { record: 'r2' }];
  const attempts = [{ at: 2, of: ['r1', 'r2'] }];
  const asked = { reportsItemFailures: true };
  expect(watched('queue:q', asked, records, attempts).watch().isSettled).toBe(false);
  expect(watched('queue:q', {}, records, attempts).watch().isSettled).toBe(true);
});

test('what a filter leaves out is not awaited', () => {
  const records = [{ record: 'r1', body: { kind: 'b' } }];
  const { watch } = watched('queue:q', { filters: [{ body: { kind: ['a'] } }] }, records);
  expect(watch()).toEqual({ until: 1 + QUIET, isSettled: true });
});

test('of a mapping that is disabled, or deleted, nothing is awaited', () => {
  expect(watched('queue:q', { enabled: false }, [{ record: 'r1' }]).watch()).toEqual({
    until: 1 + QUIET,
    isSettled: true,
  });
});

test('a record that is given up is watched until one attempt too many would have come', () => {
  const failing = [{ record: 'r1', plan: ['throw'] }];
  const once = watched('stream:s', { maximumRetryAttempts: 0 }, failing, [{ at: 2, of: ['r1'] }]);
  expect(once.watch()).toEqual({ until: 3 + 3 + PICKUP, isSettled: true });
});

test('a failure record that is due is awaited', () => {
  const failing = [{ record: 'r1', plan: ['throw'] }];
  const told = { maximumRetryAttempts: 0, onFailure: 'queue:dead' };
  const { polling, watch } = watched('stream:s', told, failing, [{ at: 2, of: ['r1'] }]);
  expect(watch().isSettled).toBe(false);
  polling.failureRecords.set('m', 1);
  expect(watch().isSettled).toBe(true);
});

test('a record that only its age bounds is watched until it is too old, and its next attempt would have come', () => {
  const failing = [{ record: 'r1', plan: ['throw'] }];
  const bounded = { maximumRecordAgeSeconds: 60 };
  const early = [2, 4, 6, 8, 10].map((at) => ({ at, of: ['r1'] }));
  expect(watched('stream:s', bounded, failing, early).watch()).toEqual({
    until: 1 + 60 + 3 + PICKUP,
    isSettled: false,
  });
  const late = [2, 70, 72, 74].map((at) => ({ at, of: ['r1'] }));
  expect(watched('stream:s', bounded, failing, late).watch()).toEqual({
    until: 73 + QUIET,
    isSettled: false,
  });
});

test('retries without a bound are watched only until they say nothing new', () => {
  const failing = [{ record: 'r1', plan: ['throw'] }, { record: 'r2' }];
  const attempts = [2, 4, 6, 8, 10].map((at) => ({ at, of: ['r1'] }));
  const { watch } = watched('stream:s', {}, failing, attempts);
  // One attempt of the plan, and two more: the third ended at 7.
  expect(watch()).toEqual({ until: 7 + QUIET, isSettled: false });
});

test('in a tumbling window a result without a state is a failure, whatever the target makes of it', () => {
  const tumbling = { tumblingWindowSeconds: 4, maximumRetryAttempts: 1 };
  const stateless = [{ record: 'r1', plan: [{ do: 'ok', value: { done: true } }] }];
  const { watch } = watched('stream:s', tumbling, stateless, [{ at: 2, of: ['r1'] }]);
  expect(watch()).toEqual({ until: 3 + 3 + PICKUP, isSettled: false });
});

test('an open tumbling window is awaited, unless the target knows none', () => {
  const { polling, watch } = watched('stream:s', { tumblingWindowSeconds: 4 }, [{ record: 'r1' }]);
  const event = {
    source: 'stream:s',
    kind: 'kinesis',
    records: [{ kinesis: { sequenceNumber: 'r1' } }],
  } as const;
  const batch = polling.started({ ...event, state: {}, isFinal: false }, 'f', {}, 2, 3);
  batch.endedAt = 3;
  batch.succeeded = true;
  expect(watch()).toEqual({ until: 3 + 4 + 120 + 2 + 1, isSettled: false });
  const final = polling.started({ ...event, records: [], state: {}, isFinal: true }, 'f', {}, 8, 3);
  final.endedAt = 8;
  expect(watch()).toEqual({ until: 8 + QUIET, isSettled: true });
});
