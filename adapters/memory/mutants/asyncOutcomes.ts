/** What an emulator's author gets wrong about destinations, dead letters, zero reserve and qualified configuration. */
import type { Delivered, Entry } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject, DeliveryRoles, type JsonObject } from '../../../engine/record.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import type { Mutant, Tamper } from '../mutant.ts';

export const asyncOutcomeMutants: readonly Mutant[] = [
  // Destinations: what is sent, and when.
  {
    name: 'no records of successes',
    breaks: ['ASYNC-DEST-01'],
    policy: { sendsSuccessRecords: false },
  },
  {
    name: 'OnSuccess gets what failed as well',
    breaks: ['ASYNC-DEST-01'],
    policy: { successRecordAfterFailure: true },
  },
  { name: 'no records of failures', breaks: ['ASYNC-DEST-02'], policy: { sendsFailureRecords: false } },
  {
    name: 'a failure record after each attempt',
    breaks: ['ASYNC-DEST-02', 'ASYNC-DEST-03'],
    policy: { destinationOnIntermediateFailure: true },
  },
  {
    name: 'OnFailure gets what succeeded as well',
    breaks: ['ASYNC-DEST-02', 'ASYNC-DEST-03'],
    policy: { failureRecordAfterSuccess: true },
  },
  { name: 'each record twice', breaks: ['ASYNC-DEST-03'], tamper: records((entry) => [entry, entry]) },

  // The invocation record.
  { name: 'record version 1', breaks: ['ASYNC-DEST-04'], policy: { recordVersion: '1' } },
  {
    name: 'records without a timestamp',
    breaks: ['ASYNC-DEST-04'],
    tamper: content(({ timestamp: _, ...rest }) => rest),
  },
  {
    name: 'records in snake case',
    breaks: ['ASYNC-DEST-04'],
    tamper: content(({ requestContext, ...rest }) => ({ ...rest, request_context: requestContext ?? null })),
  },
  {
    name: 'records without what the function answered',
    breaks: ['ASYNC-DEST-04'],
    tamper: content(({ responseContext: _context, responsePayload: _payload, ...rest }) => rest),
  },
  {
    name: "the condition of streams' records",
    breaks: ['ASYNC-DEST-05'],
    policy: { exhaustedCondition: 'RetryAttemptsExhausted' },
  },
  { name: 'retries counted for attempts', breaks: ['ASYNC-DEST-06'], policy: { countsRetriesOnly: true } },
  { name: 'requestPayload as a text', breaks: ['ASYNC-DEST-07'], policy: { recordsPayloadAsText: true } },
  {
    name: 'the answer of the first attempt recorded',
    breaks: ['ASYNC-DEST-08'],
    policy: { recordsFirstResult: true },
  },
  {
    name: 'records of errors as if handled',
    breaks: ['ASYNC-DEST-08'],
    policy: { recordFunctionError: 'Handled' },
  },
  {
    name: 'statusCode 500 for function errors',
    breaks: ['ASYNC-DEST-08'],
    tamper: content((record) => {
      const response = asObject(record['responseContext']);
      if (response?.['functionError'] === undefined) return record;
      return { ...record, responseContext: { ...response, statusCode: 500 } };
    }),
  },
  {
    name: 'functionArn without a qualifier',
    breaks: ['ASYNC-DEST-09'],
    policy: { qualifiesFunctionArn: false },
  },
  {
    name: 'records sent when the attempt begins',
    breaks: ['ASYNC-DEST-09'],
    tamper: () => {
      let startedAt = 0;
      return (entry) => {
        if (entry.kind === 'started' && entry.about === undefined) startedAt = entry.at;
        return entry.kind === 'delivered' ? { ...entry, at: Math.min(entry.at, startedAt) } : entry;
      };
    },
  },

  // How the record comes to each kind of destination.
  { name: 'buses get the bare record', breaks: ['ASYNC-DEST-10'], policy: { wrapsRecordsForBuses: false } },
  {
    name: 'source aws.lambda at EventBridge',
    breaks: ['ASYNC-DEST-10'],
    tamper: envelope('bus:', (event) => ({ ...event, source: 'aws.lambda' })),
  },
  {
    name: 'one detail-type for success and failure',
    breaks: ['ASYNC-DEST-10'],
    tamper: envelope('bus:', (event) => ({ ...event, 'detail-type': 'Lambda Function Invocation Result' })),
  },
  {
    name: 'no resources at EventBridge',
    breaks: ['ASYNC-DEST-10'],
    tamper: envelope('bus:', (event) => ({ ...event, resources: [] })),
  },
  { name: 'objects at the root of the bucket', breaks: ['ASYNC-DEST-10'], policy: { objectKeyPrefix: '' } },
  {
    name: 'records wrapped for queues',
    breaks: ['ASYNC-DEST-10'],
    tamper: envelope('queue:', (record) => ({ responsePayload: record })),
  },
  {
    name: 'a record that cannot be delivered costs another attempt',
    breaks: ['ASYNC-DEST-12', 'PERM-DEST-01'],
    policy: { failedDeliveryRunsFunctionAgain: true },
  },
  {
    name: 'records of synchronous calls',
    breaks: ['ASYNC-DEST-13'],
    policy: { destinationsForSyncCalls: true },
  },
  {
    name: 'destination functions are not invoked',
    breaks: ['ASYNC-DEST-15'],
    policy: { invokesFunctionDestinations: false },
  },
  {
    name: 'destination functions get the result alone',
    breaks: ['ASYNC-DEST-15'],
    tamper: () => (entry) => {
      if (entry.kind !== 'started' || entry.about === undefined) return entry;
      return { ...entry, payload: asObject(entry.payload)?.['responsePayload'] ?? null };
    },
  },
  {
    name: 'a function is taken as its own destination',
    breaks: ['ASYNC-DEST-15'],
    policy: { takesItselfAsDestination: true },
  },

  // Dead letters.
  { name: 'no dead letters', breaks: ['ASYNC-DLQ-01'], policy: { sendsDeadLetters: false } },
  {
    name: 'dead letters of what succeeded',
    breaks: ['ASYNC-DLQ-01'],
    policy: { deadLetterAfterSuccess: true },
  },
  { name: 'the record as dead letter', breaks: ['ASYNC-DLQ-02'], policy: { deadLetterBody: 'record' } },
  {
    name: 'dead letters written anew, with blanks',
    breaks: ['ASYNC-DLQ-02'],
    tamper: deadLetters((entry) => ({ ...entry, text: JSON.stringify(entry.body, undefined, 1) })),
  },
  {
    name: 'dead letters without attributes',
    breaks: ['ASYNC-DLQ-03'],
    policy: { deadLetterAttributes: false },
  },
  {
    name: 'ErrorMessage as long as it is',
    breaks: ['ASYNC-DLQ-03'],
    policy: { deadLetterErrorBytes: 1_000_000 },
  },
  {
    name: 'ErrorCode as a text',
    breaks: ['ASYNC-DLQ-03'],
    tamper: attribute('ErrorCode', { type: 'String', value: 'Unhandled' }),
  },
  {
    name: 'the request id of the dead letter is new',
    breaks: ['ASYNC-DLQ-03'],
    tamper: attribute('RequestID', { type: 'String', value: '00000000-0000-4000-8000-000000000000' }),
  },
  {
    name: 'OnFailure instead of the dead-letter queue',
    breaks: ['ASYNC-DLQ-04'],
    policy: { deadLetterBesideDestination: false },
  },
  {
    name: 'a dead letter that cannot be delivered costs another attempt',
    breaks: ['ASYNC-DLQ-05', 'PERM-DEST-01'],
    policy: { failedDeadLetterRunsFunctionAgain: true },
  },
  {
    name: 'versions have no dead-letter queue',
    breaks: ['ASYNC-DLQ-07'],
    policy: { deadLettersOfVersions: false },
  },

  // A reserved concurrency of 0.
  {
    name: 'events wait until the reserve is raised from 0',
    breaks: ['ASYNC-RC0-01'],
    policy: { zeroReserveDiscards: false },
  },
  {
    name: 'a reserve of 0 told of as exhausted retries',
    breaks: ['ASYNC-RC0-02'],
    policy: { zeroReserveCondition: 'RetriesExhausted' },
  },
  {
    name: 'what was sent away at a reserve of 0 runs later',
    breaks: ['ASYNC-RC0-03'],
    policy: { keepsZeroReserveEvents: true },
  },

  // Configuration of qualifiers.
  {
    name: 'the configuration of $LATEST for all qualifiers',
    breaks: ['ASYNC-CFG-01', 'ASYNC-CFG-02'],
    policy: { eventInvokeOf: '$LATEST' },
  },
];

type Shown = Entry | readonly Entry[];

/** Changes what is delivered: records, or else dead letters. */
function delivered(role: 'record' | 'deadLetter', change: (entry: Delivered) => Shown) {
  return (scenario: Scenario): Tamper => {
    const roles = new DeliveryRoles(scenario);
    return (entry) => (entry.kind === 'delivered' && roles.of(entry) === role ? change(entry) : entry);
  };
}

function records(change: (entry: Delivered) => Shown) {
  return delivered('record', change);
}

function deadLetters(change: (entry: Delivered) => Shown) {
  return delivered('deadLetter', change);
}

/** Changes the body at resources of one kind, e.g. `bus:`. */
function envelope(kind: string, change: (body: JsonObject) => Json) {
  return records((entry) =>
    entry.resource.startsWith(kind) ? { ...entry, body: change(asObject(entry.body) ?? {}) } : entry,
  );
}

/** Changes the record itself, whatever it is wrapped in. */
function content(change: (record: JsonObject) => JsonObject) {
  return records((entry) => {
    const body = asObject(entry.body) ?? {};
    if (!entry.resource.startsWith('bus:')) return { ...entry, body: change(body) };
    return { ...entry, body: { ...body, detail: change(asObject(body['detail']) ?? {}) } };
  });
}

function attribute(name: string, value: { readonly type: string; readonly value: string }) {
  return deadLetters((entry) => ({ ...entry, attributes: { ...entry.attributes, [name]: value } }));
}
