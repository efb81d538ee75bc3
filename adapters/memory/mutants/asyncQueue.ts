/** What an emulator's author gets wrong about the asynchronous queue. */
import type { Entry } from '../../../engine/history.ts';
import { asObject } from '../../../engine/record.ts';
import type { Mutant, Tamper } from '../mutant.ts';

export const asyncQueueMutants: readonly Mutant[] = [
  { name: 'events are answered with 200', breaks: ['ASYNC-ACC-01'], policy: { acceptedStatus: 200 } },
  {
    name: 'the answer to an event has a payload',
    breaks: ['ASYNC-ACC-01'],
    tamper: () => (entry) =>
      entry.kind === 'answered' && entry.status === 202 ? { ...entry, payload: null } : entry,
  },
  {
    name: 'the answer to an event waits for its first attempt',
    breaks: ['ASYNC-ACC-02'],
    policy: { answersEventsWithResult: true },
  },
  { name: 'refused events run all the same', breaks: ['ASYNC-ACC-03'], policy: { runsRejectedEvents: true } },
  {
    name: 'events are throttled like calls',
    breaks: ['ASYNC-ACC-04'],
    policy: { acceptsWithoutCapacity: false },
  },
  { name: 'events may have 256 KB', breaks: ['ASYNC-SIZE-01'], policy: { asyncPayloadBytes: 262_144 } },
  { name: 'events may have 6 MB', breaks: ['ASYNC-SIZE-01'], policy: { asyncPayloadBytes: 6_291_456 } },
  {
    name: 'the request rate of calls applies to events',
    breaks: ['ASYNC-RATE-01'],
    policy: { eventsHaveRequestRate: true },
  },
  { name: 'a retry gets its payload as text', breaks: ['ASYNC-EVENT-01'], tamper: textOnRetry },
  { name: 'null arrives as {}', breaks: ['ASYNC-EVENT-01'], tamper: () => emptied },
  {
    name: 'what is delivered bears a request id of its own',
    breaks: ['ASYNC-REQID-01'],
    tamper: () => withOwnRequestId,
  },
  { name: 'one retry too many', breaks: ['ASYNC-RETRY-01'], policy: { retriesBeyondConfigured: 1 } },
  { name: 'one retry too few', breaks: ['ASYNC-RETRY-02'], policy: { retriesBeyondConfigured: -1 } },
  { name: 'one retry by default', breaks: ['ASYNC-RETRY-02'], policy: { maximumRetryAttempts: 1 } },
  {
    name: 'events are retried after success',
    breaks: ['ASYNC-RETRY-03'],
    policy: { retryAfterSuccess: true },
  },
  { name: 'retries overlap', breaks: ['ASYNC-RETRY-04'], policy: { retriesOverlap: true } },
  { name: 'timeouts are not retried', breaks: ['ASYNC-RETRY-05'], policy: { retriesTimeouts: false } },
  { name: 'exits are not retried', breaks: ['ASYNC-RETRY-05'], policy: { retriesExits: false } },
  { name: 'retries come at once', breaks: ['ASYNC-DELAY-01'], policy: { retryDelaysSeconds: [0, 0] } },
  {
    name: 'the second retry comes after one minute, too',
    breaks: ['ASYNC-DELAY-01'],
    policy: { retryDelaysSeconds: [60, 60] },
  },
  {
    name: 'retries come after ten minutes',
    breaks: ['ASYNC-DELAY-01'],
    policy: { retryDelaysSeconds: [600, 1_200] },
  },
  { name: 'throttles use up retries', breaks: ['ASYNC-THR-01'], policy: { throttlesUseUpRetries: true } },
  {
    name: 'throttled events are dropped',
    breaks: ['ASYNC-THR-02', 'ASYNC-THR-04', 'ASYNC-TERM-01'],
    policy: { dropsThrottledEvents: true },
  },
  {
    name: 'throttled events are tried each second',
    breaks: ['ASYNC-THR-03'],
    policy: { throttleBackoffFactor: 1 },
  },
  {
    name: 'throttled events are tried again at once',
    breaks: ['ASYNC-THR-03'],
    policy: { throttleBackoffSeconds: 0.1 },
  },
  { name: 'events never grow old', breaks: ['ASYNC-AGE-01'], policy: { enforcesEventAge: false } },
  {
    name: 'events that are too old vanish',
    breaks: ['ASYNC-AGE-02', 'ASYNC-TERM-01'],
    policy: { reportsExpiredEvents: false },
  },
  {
    name: 'loops go on for ever',
    breaks: ['ASYNC-RECUR-01', 'ASYNC-RECUR-04', 'SYNC-RECUR-01'],
    policy: { cutsLoops: false },
  },
  { name: 'loops are stopped after four', breaks: ['ASYNC-RECUR-01'], policy: { loopLimit: 4 } },
  { name: 'stopped events vanish', breaks: ['ASYNC-RECUR-02'], policy: { reportsStoppedEvents: false } },
  {
    name: 'allowed loops are stopped, too',
    breaks: ['ASYNC-RECUR-03', 'SYNC-RECUR-01'],
    policy: { cutsAllowedLoops: true },
  },
];

/** Entries of starts by event: the payload of all but the first becomes its JSON text. */
function textOnRetry(): Tamper {
  const started = new Set<string>();
  return (entry) => {
    if (entry.kind !== 'started' || entry.event === undefined) return entry;
    if (started.has(entry.event)) return { ...entry, payload: JSON.stringify(entry.payload) };
    started.add(entry.event);
    return entry;
  };
}

const emptied: Tamper = (entry: Entry) =>
  entry.kind === 'started' && entry.payload === null ? { ...entry, payload: {} } : entry;

const OTHER_ID = '00000000-0000-4000-8000-000000000000';

/** Invocation records and dead letters under another request id than that of the call. */
const withOwnRequestId: Tamper = (entry: Entry) => {
  if (entry.kind !== 'delivered') return entry;
  if (entry.attributes !== undefined) {
    return { ...entry, attributes: { ...entry.attributes, RequestID: { type: 'String', value: OTHER_ID } } };
  }
  const body = asObject(entry.body);
  const context = asObject(body?.['requestContext']);
  if (body === undefined || context === undefined) return entry;
  return { ...entry, body: { ...body, requestContext: { ...context, requestId: OTHER_ID } } };
};
