/**
 * Oddities that AWS's pages allow, on which no rule may fire. Each says where the permission is, and what a profile
 * of such a target would declare.
 */
import type { Entry } from '../../engine/history.ts';
import { CLOCKS } from '../../engine/history.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import type { Neighbour } from './mutant.ts';
import { kafkaMqNeighbours } from './polling/kafkaMq/neighbours.ts';
import { streamNeighbours } from './polling/shards/neighbours.ts';
import { queueNeighbours } from './polling/sqs/neighbours.ts';

/** All entries of one clock, so many seconds later. */
const skewed =
  (clock: (typeof CLOCKS)[Entry['kind']], seconds: number) =>
  () =>
  (entry: Entry): Entry =>
    CLOCKS[entry.kind] === clock
      ? { ...entry, at: Math.max(0, Math.round((entry.at + seconds) * 1_000) / 1_000) }
      : entry;

/** Just within what is granted. */
const SKEW_SECONDS = AWS_TOLERANCES.clockSkewSeconds - 0.001;

export const neighbours: readonly Neighbour[] = [
  {
    name: 'duplicates within budget',
    because: 'The queue is eventually consistent: an event may be processed again (ASYNC-DUP-01).',
    policy: { duplicateShare: 0.5 },
    tolerances: { duplicateBudget: 1 },
  },
  {
    name: 'slow destinations',
    because: 'No page says how soon a record arrives.',
    policy: { deliveryMostSeconds: 1.9 },
  },
  {
    name: 'events out of order',
    because: 'No page promises an order (ASYNC-ORDER-01).',
    policy: { pollMostSeconds: 1.7 },
  },
  {
    name: 'a long queue',
    because: 'With a long queue the first attempt may come late; a profile says how late.',
    policy: { pollMostSeconds: 25 },
    tolerances: { schedulingSlackSeconds: 15 },
  },
  {
    name: 'the function’s clock ahead',
    because: 'Clocks differ, within what the profile says.',
    tamper: skewed('function', SKEW_SECONDS),
  },
  {
    name: 'the function’s clock behind',
    because: 'Clocks differ, within what the profile says.',
    tamper: skewed('function', -SKEW_SECONDS),
  },
  {
    name: 'the observer’s clock behind',
    because: 'Clocks differ, within what the profile says.',
    tamper: skewed('observer', -SKEW_SECONDS),
  },
  {
    name: 'an emulator’s minutes',
    because: 'An emulator may let a second pass for a minute, where its profile says so.',
    policy: { retryDelaysSeconds: [1, 2], throttleBackoffSeconds: 1 / 60, throttleBackoffMostSeconds: 5 },
    tolerances: { retryTimeScale: 1 / 60, throttleTimeScale: 1 / 60 },
  },
  {
    name: 'errors within Lambda',
    because: 'System errors (5xx) are retried with back-off and use up no retry (ASYNC-THR-01).',
    policy: { systemErrorShare: 0.3 },
    tolerances: { schedulingSlackSeconds: 5 },
  },
  {
    name: 'late retries',
    because: 'The page says "about", and longer with a backlog (ASYNC-DELAY-01).',
    policy: { lateRetryShare: 0.5, retryDelayJitter: 0.04 },
  },
  {
    name: 'attempts with request ids of their own',
    because:
      'The page does not say whether all attempts of an event bear the id of its answer (ASYNC-REQID-01).',
    policy: { keepsRequestId: false },
  },
  {
    name: 'function errors called Handled',
    because: 'The API reference gives no value set (SYNC-ERRHDR-02 is silent).',
    policy: { functionErrorValue: 'Handled' },
  },
  {
    name: 'timeouts told as before 2025',
    because: 'The recorded payload had a message and no errorType then.',
    policy: { timeoutErrorType: undefined },
  },
  {
    name: 'no look-ahead',
    because: 'An event may be discarded before its age limit, or at it (ASYNC-AGE-03).',
    policy: { looksAhead: false },
  },
  {
    name: 'environments used once',
    because: 'No page promises that an execution environment is used again.',
    policy: { reusesEnvironments: false },
  },
  {
    name: 'slow starts',
    because: 'No page says how long an initialisation takes, up to its 10 seconds.',
    policy: { initMostSeconds: 0.9 },
  },
  {
    name: 'late stops',
    because: 'No page says how soon after the timeout a handler is stopped; the slack bounds it.',
    policy: { stopMostSeconds: 0.9 },
  },
  {
    name: 'timers ahead of their handlers',
    because:
      'No page says when the timer of an attempt begins: on a busy machine the handler is entered later, and is ' +
      'killed on its way out although it was to succeed; the slack bounds it.',
    policy: { timerAheadMostSeconds: 0.9 },
  },
  {
    name: 'reserves that bind late',
    because: 'No page says how soon a changed reserve binds (CONC-RES-05); the settling interval bounds it.',
    policy: { reserveBindsWithinSeconds: 4.9 },
  },
  {
    name: 'constraint errors by the name of the pages',
    because: 'The pages say InvalidParameterValueException, recordings ValidationException (LIM-ERR-01).',
    policy: { constraintError: 'InvalidParameterValueException' },
  },
  {
    name: 'the asynchronous limit of before October 2025',
    because: 'Event payloads had 256 KB then; a profile says which limit its target has.',
    policy: { asyncPayloadBytes: 262_144 },
    tolerances: { asyncPayloadBytes: 262_144 },
  },
  {
    name: 'a new account',
    because: 'New accounts have a lower concurrency quota, which a profile names.',
    policy: { accountConcurrency: 10 },
    tolerances: { accountConcurrency: 10 },
  },
  ...queueNeighbours,
  ...streamNeighbours,
  ...kafkaMqNeighbours,
];
