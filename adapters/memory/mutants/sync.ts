/** The reference model with one thing wrong in how it answers synchronous calls. */
import type { Answered, Entry, Rejected } from '../../../engine/history.ts';
import type { Mutant, Tamper } from '../mutant.ts';

/** Changes the answers of success. */
const answers = (change: (answered: Answered) => Entry) => (): Tamper => (entry) =>
  entry.kind === 'answered' ? change(entry) : entry;

/** Changes the refusals. */
const refusals = (change: (rejected: Rejected) => Entry) => (): Tamper => (entry) =>
  entry.kind === 'rejected' ? change(entry) : entry;

const isResult = ({ status, executedVersion, functionError, payload }: Answered): boolean =>
  status === 200 && executedVersion !== undefined && functionError === undefined && payload !== undefined;

/** Answers a call half-way through its attempt. */
function early(): Tamper {
  const eventOfCall = new Map<string, string>();
  const startOfEvent = new Map<string, number>();
  return (entry) => {
    if (entry.kind === 'requested' && entry.event !== undefined) eventOfCall.set(entry.call, entry.event);
    if (entry.kind === 'started' && entry.event !== undefined) startOfEvent.set(entry.event, entry.at);
    if (entry.kind !== 'answered' || entry.status !== 200) return entry;
    const startedAt = startOfEvent.get(eventOfCall.get(entry.call) ?? '');
    return startedAt === undefined ? entry : { ...entry, at: (startedAt + entry.at) / 2 };
  };
}

/** A client that repeats a request whose answer is long in coming: its second attempt shows a second later. */
function repeating(): Tamper {
  return (entry) => {
    if (entry.kind !== 'started') return entry;
    const { attempt, requestId } = entry;
    const again = {
      ...entry,
      at: entry.at + 1,
      attempt: `${attempt}-again`,
      requestId: `${requestId}-again`,
    };
    return [entry, again];
  };
}

/** A client whose socket gives up after half a second. */
function impatient(): Tamper {
  const requestedAt = new Map<string, number>();
  return (entry) => {
    if (entry.kind === 'requested' && entry.event !== undefined) requestedAt.set(entry.call, entry.at);
    if (entry.kind !== 'answered' || entry.executedVersion === undefined) return entry;
    const at = (requestedAt.get(entry.call) ?? entry.at) + 0.5;
    return at < entry.at ? { kind: 'hungUp', at, call: entry.call } : entry;
  };
}

export const syncMutants: readonly Mutant[] = [
  {
    name: 'a function error is answered with 502',
    breaks: ['SYNC-RESP-01'],
    policy: { functionErrorStatus: 502 },
  },
  {
    name: 'a function error is an error of the service',
    breaks: ['SYNC-RESP-01'],
    tamper: answers((entry) => {
      const { at, call, requestId } = entry;
      if (entry.functionError === undefined || requestId === undefined) return entry;
      return { kind: 'rejected', at, call, requestId, status: 500, error: 'ServiceException' };
    }),
  },
  { name: 'the answer does not wait for the handler', breaks: ['SYNC-RESP-02'], tamper: early },
  { name: 'a failed call is tried again', breaks: ['SYNC-RETRY-01'], policy: { syncRetries: 2 } },
  {
    name: 'a function error without FunctionError',
    breaks: ['SYNC-ERRHDR-01'],
    policy: { functionErrorValue: undefined },
  },
  {
    name: 'FunctionError for a success',
    breaks: ['SYNC-ERRHDR-01'],
    tamper: answers((entry) => (isResult(entry) ? { ...entry, functionError: 'Unhandled' } : entry)),
  },
  {
    name: 'errors that the function threw are called Handled',
    breaks: ['SYNC-ERRHDR-02'],
    policy: { functionErrorValue: 'Handled' },
  },
  {
    name: 'the result is a JSON text in a JSON string',
    breaks: ['SYNC-PAYLOAD-01'],
    tamper: answers((entry) =>
      isResult(entry) ? { ...entry, payload: JSON.stringify(entry.payload) } : entry,
    ),
  },
  {
    name: 'a handler that returns nothing is answered with an empty payload',
    breaks: ['SYNC-PAYLOAD-01'],
    tamper: answers((entry) => {
      if (!isResult(entry) || entry.payload !== null) return entry;
      const { payload: _null, ...rest } = entry;
      return rest;
    }),
  },
  {
    name: 'a function error is told as plain text',
    breaks: ['SYNC-PAYLOAD-02'],
    tamper: answers((entry) =>
      entry.functionError === undefined ? entry : { ...entry, payload: 'Internal Server Error' },
    ),
  },
  {
    name: 'ExecutedVersion is the qualifier',
    breaks: ['SYNC-VER-01'],
    policy: { reportsExecutedVersion: 'qualifier' },
  },
  {
    name: 'ExecutedVersion is always $LATEST',
    breaks: ['SYNC-VER-01'],
    tamper: answers((entry) =>
      entry.executedVersion === undefined ? entry : { ...entry, executedVersion: '$LATEST' },
    ),
  },
  { name: 'routing weights are ignored', breaks: ['SYNC-VER-02'], policy: { usesRoutingWeights: false } },
  { name: 'the whole log is returned', breaks: ['SYNC-LOG-01'], policy: { logTailBytes: 1_000_000 } },
  { name: 'the log is returned unasked', breaks: ['SYNC-LOG-01'], policy: { logTailUnasked: true } },
  {
    name: 'no log is returned',
    breaks: ['SYNC-LOG-01'],
    tamper: answers((entry) => {
      const { logTail: _tail, ...rest } = entry;
      return rest;
    }),
  },
  {
    name: 'a call without a type is queued',
    breaks: ['SYNC-TYPE-01'],
    policy: { defaultInvocationType: 'Event' },
  },
  { name: 'a dry run runs', breaks: ['SYNC-DRYRUN-01'], policy: { dryRunRuns: true } },
  { name: 'a dry run is answered with 200', breaks: ['SYNC-DRYRUN-01'], policy: { dryRunStatus: 200 } },
  { name: 'any body is taken', breaks: ['SYNC-REJ-01'], policy: { acceptsInvalidJson: true } },
  { name: 'a body that is not JSON is a 500', breaks: ['SYNC-REJ-01'], policy: { invalidJsonStatus: 500 } },
  {
    name: 'unknown qualifiers run $LATEST',
    breaks: ['SYNC-REJ-02'],
    policy: { ignoresUnknownQualifiers: true },
  },
  { name: 'an unknown function is a 400', breaks: ['SYNC-REJ-02'], policy: { unknownFunctionStatus: 400 } },
  { name: 'too large a payload is a 400', breaks: ['SYNC-REJ-03'], policy: { tooLargeStatus: 400 } },
  { name: 'requests of any size', breaks: ['SYNC-REJ-03'], policy: { syncPayloadBytes: 1_000_000_000 } },
  { name: 'requests of 1 MB at most', breaks: ['SYNC-REJ-03'], policy: { syncPayloadBytes: 1_048_576 } },
  { name: 'any content type is taken', breaks: ['SYNC-REJ-04'], policy: { acceptsAnyContentType: true } },
  { name: 'what is refused runs all the same', breaks: ['SYNC-REJ-05'], policy: { runsRejectedCalls: true } },
  {
    name: 'refused calls count as invocations',
    breaks: ['SYNC-REJ-05'],
    policy: { countsThrottlesAsInvocations: true },
  },
  {
    name: 'results of any size are delivered',
    breaks: ['SYNC-RESPSIZE-01'],
    policy: { enforcesResponseSize: false },
  },
  {
    name: 'handlers run on after the timeout',
    breaks: ['SYNC-TIMEOUT-01'],
    policy: { enforcesTimeout: false },
  },
  {
    name: 'calls wait for capacity, in place of being refused',
    breaks: ['SYNC-THR-01'],
    policy: { callsWaitForCapacity: true },
  },
  { name: 'a throttled call is a 400', breaks: ['SYNC-THR-01'], policy: { throttledStatus: 400 } },
  {
    name: 'a throttled call is a ThrottlingException',
    breaks: ['SYNC-THR-01'],
    tamper: refusals((entry) => (entry.status === 429 ? { ...entry, error: 'ThrottlingException' } : entry)),
  },
  { name: 'a 429 without a Reason', breaks: ['SYNC-THR-02'], policy: { namesThrottleReasons: false } },
  {
    name: 'every 429 names the limit of the account',
    breaks: ['SYNC-THR-02'],
    tamper: refusals((entry) =>
      entry.reason === undefined ? entry : { ...entry, reason: 'ConcurrentInvocationLimitExceeded' },
    ),
  },
  {
    name: 'a reserve of 0 is no reserve',
    breaks: ['SYNC-THR-03'],
    policy: { zeroReserveStopsCalls: false },
  },
  { name: 'ClientContext is lost', breaks: ['SYNC-CTX-01'], policy: { passesClientContext: false } },
  {
    name: 'ClientContext goes through the queue',
    breaks: ['SYNC-CTX-01'],
    policy: { passesClientContextOfEvents: true },
  },
  { name: 'Pending functions run', breaks: ['SYNC-STATE-01'], policy: { invokesWhilePending: true } },
  { name: 'any call of a handler is a loop', breaks: ['SYNC-RECUR-01'], policy: { loopLimit: 1 } },
  { name: 'streams never complete', breaks: ['SYNC-STREAM-01'], policy: { completesStreams: false } },
  {
    name: 'streams tell a failure in the status',
    breaks: ['SYNC-STREAM-01'],
    policy: { streamErrorsInStatus: true },
  },
  { name: 'the client sends a call twice', breaks: ['SYNC-CLIENT-01'], tamper: repeating },
  { name: 'the client gives up after half a second', breaks: ['SYNC-CLIENT-01'], tamper: impatient },
];
