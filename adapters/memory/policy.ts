/**
 * The one table of documented numbers and choices. Each entry names the rule that says so. The reference model is
 * the table as it stands; a mutant takes one entry otherwise, a neighbour uses the freedom that an entry leaves.
 */
import { controlPlanePolicy } from './controlPlane/limits.ts';
import type { PolicyEntry } from './policyEntry.ts';
import { kafkaMqPolicy } from './polling/policy/kafkaMq.ts';
import { mappingLimitsPolicy } from './polling/policy/mappingLimits.ts';
import { mappingsPolicy } from './polling/policy/mappings.ts';
import { permissionsPolicy } from './polling/policy/permissions.ts';
import { shardsPolicy } from './polling/policy/shards.ts';
import { sqsPolicy } from './polling/policy/sqs.ts';

/** Calls of Invoke, and how they are answered. */
const invoking = {
  defaultInvocationType: {
    value: 'RequestResponse' as 'RequestResponse' | 'Event' | 'DryRun',
    rule: 'SYNC-TYPE-01',
    says: 'of a call that names no type',
  },
  syncPayloadBytes: { value: 6_291_456, rule: 'SYNC-REJ-03', says: '6 MB of request' },
  responseBytes: { value: 6_291_556, rule: 'SYNC-RESPSIZE-01', says: '6 MB and 100 bytes, as recorded' },
  tooLargeStatus: { value: 413, rule: 'SYNC-REJ-03', says: 'RequestTooLargeException' },
  invalidJsonStatus: { value: 400, rule: 'SYNC-REJ-01', says: 'InvalidRequestContentException' },
  acceptsInvalidJson: { value: false, rule: 'SYNC-REJ-01', says: 'a body must be JSON' },
  acceptsAnyContentType: { value: false, rule: 'SYNC-REJ-04', says: 'UnsupportedMediaTypeException' },
  unknownFunctionStatus: { value: 404, rule: 'SYNC-REJ-02', says: 'ResourceNotFoundException' },
  ignoresUnknownQualifiers: { value: false, rule: 'SYNC-REJ-02', says: 'a version or alias must exist' },
  runsRejectedCalls: { value: false, rule: 'SYNC-REJ-05', says: 'what is refused starts no attempt' },
  invokesWhilePending: { value: false, rule: 'SYNC-STATE-01', says: 'ResourceConflictException' },
  dryRunStatus: { value: 204, rule: 'SYNC-DRYRUN-01', says: 'and no attempt' },
  dryRunRuns: { value: false, rule: 'SYNC-DRYRUN-01', says: 'a dry run starts no attempt' },
  throttledStatus: { value: 429, rule: 'SYNC-THR-01', says: 'TooManyRequestsException' },
  callsWaitForCapacity: { value: false, rule: 'SYNC-THR-01', says: 'they are refused at once' },
  namesThrottleReasons: { value: true, rule: 'SYNC-THR-02', says: 'which limit is exhausted' },
  functionErrorStatus: { value: 200, rule: 'SYNC-RESP-01', says: 'whatever the outcome of the attempt' },
  functionErrorValue: {
    value: 'Unhandled' as string | undefined,
    rule: 'SYNC-ERRHDR-02',
    says: 'of every function error; the pages give no other value',
  },
  timeoutErrorType: {
    value: 'Sandbox.Timedout' as string | undefined,
    rule: 'SYNC-PAYLOAD-02',
    says: 'recorded since 2025; before that there was only a message',
  },
  syncRetries: { value: 0, rule: 'SYNC-RETRY-01', says: 'Lambda never runs a synchronous call again' },
  enforcesTimeout: { value: true, rule: 'SYNC-TIMEOUT-01', says: 'a handler is stopped at the timeout' },
  enforcesResponseSize: { value: true, rule: 'SYNC-RESPSIZE-01', says: 'too large a result is an error' },
  logTailBytes: { value: 4_096, rule: 'SYNC-LOG-01', says: 'the last 4 KB' },
  logTailUnasked: { value: false, rule: 'SYNC-LOG-01', says: 'only where LogType is Tail' },
  passesClientContext: { value: true, rule: 'SYNC-CTX-01', says: 'of synchronous calls' },
  passesClientContextOfEvents: { value: false, rule: 'SYNC-CTX-01', says: 'not of asynchronous calls' },
  reportsExecutedVersion: {
    value: 'executed' as 'executed' | 'qualifier',
    rule: 'SYNC-VER-01',
    says: 'the version that ran, for an alias the one it stood for',
  },
  usesRoutingWeights: { value: true, rule: 'SYNC-VER-02', says: 'requests are split by weight' },
  initLimitSeconds: { value: 10, rule: 'SYNC-INIT-01', says: 'then init is run again with the invocation' },
  streamErrorsInStatus: { value: false, rule: 'SYNC-STREAM-01', says: 'they come with InvokeComplete' },
  completesStreams: { value: true, rule: 'SYNC-STREAM-01', says: 'by one InvokeComplete' },
} as const satisfies Record<string, PolicyEntry>;

/** The asynchronous queue. */
const queueing = {
  acceptedStatus: { value: 202, rule: 'ASYNC-ACC-01', says: 'and an empty payload' },
  answersEventsWithResult: { value: false, rule: 'ASYNC-ACC-02', says: 'acceptance waits for no attempt' },
  runsRejectedEvents: { value: false, rule: 'ASYNC-ACC-03', says: 'what is refused leads to nothing' },
  eventsHaveRequestRate: { value: false, rule: 'ASYNC-RATE-01', says: 'only synchronous requests have one' },
  acceptsWithoutCapacity: { value: true, rule: 'ASYNC-ACC-04', says: 'even with a reserve of 0' },
  asyncPayloadBytes: { value: 1_048_576, rule: 'ASYNC-SIZE-01', says: '1 MB since October 2025' },
  maximumRetryAttempts: { value: 2, rule: 'ASYNC-RETRY-02', says: 'where no configuration says otherwise' },
  retriesBeyondConfigured: { value: 0, rule: 'ASYNC-RETRY-01', says: 'more (or fewer) than asked for' },
  retryAfterSuccess: { value: false, rule: 'ASYNC-RETRY-03', says: 'success is the end' },
  retriesOverlap: { value: false, rule: 'ASYNC-RETRY-04', says: 'one attempt of an event at a time' },
  retriesTimeouts: { value: true, rule: 'ASYNC-RETRY-05', says: 'like exceptions' },
  retriesExits: { value: true, rule: 'ASYNC-RETRY-05', says: 'like exceptions' },
  retryDelaysSeconds: { value: [60, 120], rule: 'ASYNC-DELAY-01', says: 'one minute, then two' },
  retryDelayJitter: {
    value: 0.15,
    rule: 'ASYNC-DELAY-01',
    says: 'about: so much longer at most, never shorter',
  },
  throttlesUseUpRetries: { value: false, rule: 'ASYNC-THR-01', says: 'a throttled try is no attempt' },
  dropsThrottledEvents: { value: false, rule: 'ASYNC-THR-02', says: 'they stay in the queue' },
  throttleBackoffSeconds: { value: 1, rule: 'ASYNC-THR-03', says: 'before the first try again' },
  throttleBackoffFactor: { value: 2, rule: 'ASYNC-THR-03', says: 'exponentially' },
  throttleBackoffMostSeconds: { value: 300, rule: 'ASYNC-THR-03', says: 'up to 5 minutes' },
  maximumEventAgeSeconds: { value: 21_600, rule: 'ASYNC-AGE-01', says: 'six hours by default' },
  enforcesEventAge: { value: true, rule: 'ASYNC-AGE-01', says: 'no attempt after the limit' },
  reportsExpiredEvents: { value: true, rule: 'ASYNC-AGE-02', says: 'to destination and dead-letter queue' },
  looksAhead: {
    value: true,
    rule: 'ASYNC-AGE-03',
    says: 'a retry that would come too late is not waited for',
  },
  keepsRequestId: { value: true, rule: 'ASYNC-REQID-01', says: 'all attempts have that of the answer' },
  keepsZeroReserveEvents: { value: false, rule: 'ASYNC-RC0-03', says: 'what is discarded is not queued on' },
  zeroReserveDiscards: {
    value: true,
    rule: 'ASYNC-RC0-01',
    says: 'straight to destination and dead letters',
  },
  eventInvokeOf: {
    value: 'qualifier' as 'qualifier' | '$LATEST',
    rule: 'ASYNC-CFG-02',
    says: 'the configuration of the qualifier that was called',
  },
} as const satisfies Record<string, PolicyEntry>;

/** What is told of an event when it is over. */
const telling = {
  sendsSuccessRecords: { value: true, rule: 'ASYNC-DEST-01', says: 'where OnSuccess is set' },
  successRecordAfterFailure: { value: false, rule: 'ASYNC-DEST-01', says: 'none for what never succeeded' },
  sendsFailureRecords: { value: true, rule: 'ASYNC-DEST-02', says: 'where OnFailure is set' },
  destinationOnIntermediateFailure: {
    value: false,
    rule: 'ASYNC-DEST-02',
    says: 'only when the event is discarded',
  },
  failureRecordAfterSuccess: { value: false, rule: 'ASYNC-DEST-03', says: 'never both kinds' },
  recordVersion: { value: '1.0' as string, rule: 'ASYNC-DEST-04', says: 'of the invocation record' },
  exhaustedCondition: { value: 'RetriesExhausted' as string, rule: 'ASYNC-DEST-05', says: 'retries used up' },
  expiredCondition: { value: 'EventAgeExceeded' as string, rule: 'ASYNC-DEST-05', says: 'recorded' },
  zeroReserveCondition: {
    value: 'ZeroReservedConcurrency' as string,
    rule: 'ASYNC-RC0-02',
    says: 'recorded, with count 0 and no responseContext',
  },
  countsRetriesOnly: { value: false, rule: 'ASYNC-DEST-06', says: 'approximateInvokeCount counts attempts' },
  recordFunctionError: {
    value: 'Unhandled' as string | undefined,
    rule: 'ASYNC-DEST-08',
    says: 'of every function error',
  },
  recordsPayloadAsText: { value: false, rule: 'ASYNC-DEST-07', says: 'requestPayload is the event' },
  recordsFirstResult: { value: false, rule: 'ASYNC-DEST-08', says: 'responsePayload is of the last attempt' },
  qualifiesFunctionArn: { value: true, rule: 'ASYNC-DEST-09', says: 'functionArn ends in a qualifier' },
  wrapsRecordsForBuses: { value: true, rule: 'ASYNC-DEST-10', says: 'the record is the detail of an event' },
  objectKeyPrefix: { value: 'aws/lambda/async/' as string, rule: 'ASYNC-DEST-10', says: 'of objects on S3' },
  failedDeliveryRunsFunctionAgain: { value: false, rule: 'ASYNC-DEST-12', says: 'it is only counted' },
  destinationsForSyncCalls: { value: false, rule: 'ASYNC-DEST-13', says: 'asynchronous invocations only' },
  topicRecordBytes: { value: 262_144, rule: 'ASYNC-DEST-14', says: 'SNS takes 256 KB' },
  queueRecordBytes: { value: 1_048_576, rule: 'ASYNC-DEST-12', says: 'SQS takes 1 MB' },
  busRecordBytes: { value: 262_144, rule: 'ASYNC-DEST-12', says: 'EventBridge takes 256 KB' },
  invokesFunctionDestinations: { value: true, rule: 'ASYNC-DEST-15', says: 'with the record as payload' },
  stoppedCondition: {
    value: 'RecursiveInvocation' as string,
    rule: 'ASYNC-RECUR-02',
    says: 'the pages name none for a stopped loop',
  },
  sendsDeadLetters: { value: true, rule: 'ASYNC-DLQ-01', says: 'each discarded event' },
  deadLetterAfterSuccess: { value: false, rule: 'ASYNC-DLQ-01', says: 'and no other' },
  deadLetterBody: {
    value: 'event' as 'event' | 'record',
    rule: 'ASYNC-DLQ-02',
    says: 'the event exactly as accepted',
  },
  deadLetterAttributes: { value: true, rule: 'ASYNC-DLQ-03', says: 'RequestID, ErrorCode, ErrorMessage' },
  deadLetterErrorBytes: { value: 1_024, rule: 'ASYNC-DLQ-03', says: 'of ErrorMessage' },
  deadLetterBesideDestination: { value: true, rule: 'ASYNC-DLQ-04', says: 'both get the event' },
  deadLettersOfVersions: { value: true, rule: 'ASYNC-DLQ-07', says: 'to the target of $LATEST' },
  failedDeadLetterRunsFunctionAgain: { value: false, rule: 'ASYNC-DLQ-05', says: 'the event is deleted' },
} as const satisfies Record<string, PolicyEntry>;

/** Capacity, execution environments, and loops. */
const running = {
  accountConcurrency: { value: 1_000, rule: 'CONC-ACC-01', says: 'in a Region, by default' },
  enforcesAccountConcurrency: { value: true, rule: 'CONC-ACC-01', says: 'the excess is throttled' },
  unreservedMinimum: { value: 100, rule: 'CONC-RES-04', says: 'must stay unreserved' },
  enforcesReserve: { value: true, rule: 'CONC-RES-01', says: 'no more attempts at once than reserved' },
  reserveBindsPollers: { value: true, rule: 'CONC-RES-03', says: 'no attempt starts, from whatever source' },
  reserveCountsPerVersion: { value: false, rule: 'CONC-RES-01', says: 'over all versions and aliases' },
  reserveIsExclusive: { value: true, rule: 'CONC-RES-02', says: 'others cannot use it, even while idle' },
  zeroReserveStopsCalls: { value: true, rule: 'CONC-RES-03', says: 'from any source' },
  reserveBindsWithinSeconds: { value: 2, rule: 'CONC-RES-05', says: 'the pages do not say how soon' },
  newEnvironmentsPerTenSeconds: { value: 1_000, rule: 'CONC-RATE-01', says: 'of a function' },
  requestsPerConcurrency: { value: 10, rule: 'CONC-RPS-01', says: 'synchronous requests per second' },
  provisionedSpillsOver: { value: true, rule: 'CONC-PROV-02', says: 'to reserved or unreserved concurrency' },
  provisionedTakesOfReserve: { value: true, rule: 'CONC-PROV-03', says: 'what is left is for the rest' },
  attemptsPerEnvironment: { value: 1, rule: 'CONC-ENV-01', says: 'at a time' },
  countsThrottlesAsInvocations: { value: false, rule: 'CONC-THR-01', says: 'only in Throttles' },
  loopLimit: { value: 16, rule: 'ASYNC-RECUR-01', says: 'invocations of a function in one chain, about' },
  cutsLoops: { value: true, rule: 'ASYNC-RECUR-01', says: 'where RecursiveLoop is Terminate' },
  reportsStoppedEvents: { value: true, rule: 'ASYNC-RECUR-02', says: 'to destination and dead letters' },
  losesStoppedMessages: {
    value: false,
    rule: 'ASYNC-RECUR-04',
    says: 'they are received again, and end in the dead-letter queue',
  },
  cutsAllowedLoops: { value: false, rule: 'ASYNC-RECUR-03', says: 'where RecursiveLoop is Allow' },
} as const satisfies Record<string, PolicyEntry>;

/** What the pages leave open, and how far the reference model goes: neighbours go further. */
const open = {
  pollMostSeconds: { value: 0.9, rule: 'ASYNC-ORDER-01', says: 'how late a queued event may be looked at' },
  deliveryMostSeconds: { value: 0.4, rule: 'ASYNC-DEST-09', says: 'how late a record may arrive' },
  initMostSeconds: {
    value: 0.12,
    rule: 'SYNC-INIT-01',
    says: 'of an init of which the scenario says nothing',
  },
  stopMostSeconds: { value: 0.02, rule: 'SYNC-TIMEOUT-01', says: 'how late a handler is stopped' },
  timerAheadMostSeconds: {
    value: 0,
    rule: 'SYNC-TIMEOUT-01',
    says: 'how long before the handler is entered its timer begins; half the timeout at most',
  },
  reusesEnvironments: { value: true, rule: 'CONC-ENV-01', says: 'free ones serve again' },
  systemErrorShare: { value: 0, rule: 'ASYNC-THR-01', says: 'of tries that meet a 5xx in Lambda' },
  duplicateShare: { value: 0, rule: 'ASYNC-DUP-01', says: 'of successes after which an event runs again' },
  lateRetryShare: { value: 0, rule: 'ASYNC-DELAY-01', says: 'of retries that wait twice as long' },
} as const satisfies Record<string, PolicyEntry>;

export const POLICY_TABLE = {
  ...invoking,
  ...queueing,
  ...telling,
  ...running,
  ...open,
  ...controlPlanePolicy,
  ...mappingsPolicy,
  ...mappingLimitsPolicy,
  ...sqsPolicy,
  ...shardsPolicy,
  ...kafkaMqPolicy,
  ...permissionsPolicy,
} satisfies Record<string, PolicyEntry>;

type IsUnion<T, Whole = T> = T extends Whole ? ([Whole] extends [T] ? false : true) : never;
/** The type of a value that may be set otherwise: `2` is a number, one of several words stays one of them. */
type Widened<T> = T extends boolean
  ? boolean
  : T extends number
    ? number
    : T extends readonly number[]
      ? readonly number[]
      : T;

/** The table's values by name. */
export type Policy = {
  readonly [K in keyof typeof POLICY_TABLE]: IsUnion<(typeof POLICY_TABLE)[K]['value']> extends false
    ? (typeof POLICY_TABLE)[K]['value'] extends string
      ? string
      : Widened<(typeof POLICY_TABLE)[K]['value']>
    : Widened<(typeof POLICY_TABLE)[K]['value']>;
};

/** AWS as its pages document it. */
export const documented: Policy = Object.fromEntries(
  Object.entries(POLICY_TABLE).map(([name, entry]) => [name, entry.value]),
) as Record<string, unknown> as Policy;

const completed = new WeakMap<Partial<Policy>, Policy>();

/** The documented policy with some entries taken otherwise. */
export function policyWith(changes: Partial<Policy> | undefined): Policy {
  if (changes === undefined) return documented;
  let policy = completed.get(changes);
  if (policy === undefined) {
    policy = { ...documented, ...changes };
    completed.set(changes, policy);
  }
  return policy;
}
