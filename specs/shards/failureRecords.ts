/** AWS, kinesis-on-failure-destination.html, services-ddb-errors.html: what is told of discarded batches. */
import { asObject } from '../../engine/record.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { disturbance, fateOf, lastEndOf } from '../mappings/records.ts';
import { type Delivery, isDelivered } from '../mappings/subjects.ts';
import {
  attemptOf,
  batchesWith,
  type FailureRecord,
  failed,
  failureRecords,
  firstKnown,
  isFirstDelivery,
  streamMappings,
  textIn,
} from './subjects.ts';

const DESTINATION = guide('kinesis-on-failure-destination');

/** Whether what arrives at the mapping's destination is seen, and may arrive there. */
function isReachable({ steady, function: owner }: MappingView, view: View): boolean {
  const to = steady?.onFailure;
  if (to === undefined || view.removed.has(to)) return false;
  if (view.permissions.some((permission) => permission.resource === to && permission.function === owner.name))
    return false;
  return (
    view.history.scenario.queues?.some(({ name, fifo }) => `queue:${name}` === to && fifo === true) !== true
  );
}

/** Batches in their first attempt that failed in all of them, of mappings with a bound and a destination. */
const discarded = (view: View): readonly Batch[] =>
  failed(view).filter((batch) => {
    const { steady } = batch.mapping;
    const first = firstKnown(batch);
    if (steady?.onFailure === undefined || steady.maximumRetryAttempts < 0 || first === undefined)
      return false;
    if (steady.bisects || steady.reportsItemFailures || steady.maximumRecordAgeSeconds > 0) return false;
    if (!isFirstDelivery(first, batch)) return false;
    const attempts = batchesWith(first, batch.mapping);
    return (
      attempts.length > steady.maximumRetryAttempts && attempts.every(({ attempt }) => !attempt.succeeded)
    );
  });

type Subject = Batch | FailureRecord;

const isRecord = (subject: Subject): subject is FailureRecord => 'delivery' in subject;

export const dst01 = defineRule<Subject>({
  id: 'STR-DST-01',
  level: 'MUST',
  invariant: 'Each discarded batch yields one failure record; a batch that finally succeeded yields none.',
  sources: [DESTINATION],
  needs: ['destinations'],
  subjects: (view) => {
    const told = failureRecords(view);
    const batches = discarded(view);
    return told.length === 0 ? batches : [...batches, ...told];
  },
  check: (subject, view, tolerances) => {
    if (isRecord(subject)) return isAboutFailure(subject);
    const { mapping, started } = subject;
    const first = firstKnown(subject);
    const last = first === undefined ? undefined : batchesWith(first, mapping).at(-1);
    const told = failureRecords(view).filter(
      (failure) => failure.mapping === mapping && attemptOf(failure) === last,
    );
    if (told.length === 1) return;
    if (told.length === 0) {
      if (!isReachable(mapping, view)) return { unknown: 'its destination may not have been reached' };
      const why = disturbance(mapping, view);
      if (why !== undefined) return { unknown: why };
      const due = lastEndOf(mapping) + tolerances.pollSeconds + 2 * tolerances.schedulingSlackSeconds;
      if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    }
    return {
      expected: `one failure record about the batch of attempt ${subject.attempt.id}`,
      observed: `${told.length}`,
      entries: [started, ...told.map(({ delivery }) => delivery.entry)],
    };
  },
});

/** What a failure record covers succeeded in no attempt. */
function isAboutFailure(failure: FailureRecord) {
  const { mapping, delivery } = failure;
  for (const record of attemptOf(failure)?.records ?? []) {
    if (record === undefined) continue;
    const success = batchesWith(record, mapping).find((batch) => fateOf(batch, record) === 'succeeded');
    // After success with a budget of duplicates a later attempt may have failed.
    if (success === undefined || batchesWith(record, mapping).at(-1) !== success) continue;
    return {
      expected: `no failure record about ${record.id}, which succeeded`,
      observed: 'one',
      entries: [delivery.entry, success.started],
    };
  }
  return undefined;
}

const CONTEXT_KEYS = ['requestId', 'functionArn', 'condition', 'approximateInvokeCount'] as const;

export const dst02 = defineRule({
  id: 'STR-DST-02',
  level: 'MUST',
  invariant:
    'At SQS and SNS a failure record has requestContext, responseContext, version, timestamp and the batch’s place, and no data.',
  sources: [DESTINATION],
  needs: ['destinations'],
  note: 'A record that is too old has no responseContext, as recorded from AWS.',
  subjects: (view) => failureRecords(view).filter(({ delivery }) => !delivery.resource.startsWith('bucket:')),
  check: ({ delivery, body, context, info }) => {
    const expected = 'a failure record of a stream';
    const entries = [delivery.entry];
    const missing = CONTEXT_KEYS.find((key) => context?.[key] === undefined);
    if (missing !== undefined) return { expected, observed: `no requestContext.${missing}`, entries };
    if (info === undefined)
      return { expected, observed: 'neither KinesisBatchInfo nor DDBStreamBatchInfo', entries };
    if (typeof body?.['version'] !== 'string' || typeof body['timestamp'] !== 'string')
      return { expected, observed: 'no version or timestamp', entries };
    if (context?.['condition'] !== 'RecordAgeExceeded' && asObject(body['responseContext']) === undefined)
      return { expected, observed: 'no responseContext', entries };
    const data = ['payload', 'requestPayload', 'responsePayload', 'Records'].find(
      (key) => body[key] !== undefined,
    );
    return data === undefined ? undefined : { expected: 'no data of the records', observed: data, entries };
  },
});

const INFO_KEYS = [
  'shardId',
  'startSequenceNumber',
  'endSequenceNumber',
  'approximateArrivalOfFirstRecord',
  'approximateArrivalOfLastRecord',
  'streamArn',
] as const;

export const dst03 = defineRule({
  id: 'STR-DST-03',
  level: 'MUST',
  invariant: 'The batch’s place is whole, and describes exactly the records that were discarded.',
  sources: [DESTINATION],
  needs: ['destinations'],
  subjects: failureRecords,
  check: (failure) => {
    const { delivery, info, mapping, context } = failure;
    const expected = 'the place of exactly the discarded batch';
    const entries = [delivery.entry];
    const missing = INFO_KEYS.find((key) => typeof info?.[key] !== 'string');
    if (missing !== undefined)
      return { expected, observed: `${missing} ${JSON.stringify(info?.[missing])}`, entries };
    if (typeof info?.['batchSize'] !== 'number') return { expected, observed: 'no batchSize', entries };
    // Which records of a batch were too old nobody sees.
    if (context?.['condition'] === 'RecordAgeExceeded' || mapping.batches.length === 0) return;
    if (attemptOf(failure) !== undefined) return;
    const from = textIn(info, 'startSequenceNumber');
    const to = textIn(info, 'endSequenceNumber');
    return {
      expected,
      observed: `${info['batchSize']} records from ${from} to ${to}, which no attempt had`,
      entries,
    };
  },
});

/** Failure records of batches whose retries were used up. */
const ofRetries = (view: View): readonly FailureRecord[] =>
  failureRecords(view).filter(
    ({ mapping: { steady } }) => steady !== undefined && steady.maximumRecordAgeSeconds === -1,
  );

export const dst04 = defineRule({
  id: 'STR-DST-04',
  level: 'MUST',
  invariant: 'The condition of used-up retries is RetryAttemptsExhausted.',
  sources: [DESTINATION],
  needs: ['destinations'],
  subjects: ofRetries,
  check: ({ context, delivery }) => {
    const condition = context?.['condition'];
    if (condition === 'RetryAttemptsExhausted') return;
    return {
      expected: 'condition RetryAttemptsExhausted',
      observed: String(condition),
      entries: [delivery.entry],
    };
  },
});

export const dst05 = defineRule({
  id: 'STR-DST-05',
  level: 'SHOULD',
  invariant: 'approximateInvokeCount is the number of the batch’s attempts, n + 1.',
  sources: [DESTINATION],
  needs: ['destinations'],
  note: 'The guide’s example shows 1; recorded from AWS is 2 with one retry.',
  subjects: (view) =>
    ofRetries(view).filter(
      ({ mapping: { steady } }) =>
        steady !== undefined && !steady.bisects && steady.maximumRetryAttempts >= 0,
    ),
  check: ({ context, delivery, mapping }) => {
    const count = context?.['approximateInvokeCount'];
    const expected = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
    if (count === expected) return;
    return {
      expected: `approximateInvokeCount ${expected}`,
      observed: String(count),
      entries: [delivery.entry],
    };
  },
});

const OBJECT_KEY = /^aws\/lambda\/[^/]+\/[^/]+\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[\w-]+$/;

export const dst06 = defineRule({
  id: 'STR-DST-06',
  level: 'MUST',
  invariant:
    'On S3 the record has the whole event as payload, under aws/lambda/MAPPING/SHARD/YYYY/MM/DD/TIME-ID.',
  sources: [DESTINATION],
  needs: ['destinations', 'buckets'],
  note: 'The guide shows the payload as text; recorded from AWS is an object: both pass.',
  subjects: (view) => failureRecords(view).filter(({ delivery }) => delivery.resource.startsWith('bucket:')),
  check: ({ delivery, body }) => {
    const { entry } = delivery;
    const key = entry.kind === 'delivered' ? entry.objectKey : undefined;
    if (key !== undefined && !OBJECT_KEY.test(key))
      return { expected: 'the key of a failure record of a stream', observed: key, entries: [entry] };
    const payload = body?.['payload'];
    if (typeof payload === 'string' || asObject(payload) !== undefined) return;
    return {
      expected: 'the whole event as payload',
      observed: `payload ${JSON.stringify(payload)}`,
      entries: [entry],
    };
  },
});

export const dst07 = defineRule({
  id: 'STR-DST-07',
  level: 'MAY',
  invariant: 'Which kinds of destinations get failure records of streams.',
  sources: [DESTINATION, guide('services-ddb-params')],
  needs: ['destinations'],
  isContradictory: true,
  note: 'The tables of parameters name SQS and SNS only, other pages S3 as well.',
  subjects: failureRecords,
  observe: ({ delivery }) => delivery.resource.slice(0, delivery.resource.indexOf(':')),
});

/** Records of mappings whose destination is gone, or may not be written. */
const withoutDestination = (view: View): readonly Delivery[] => {
  const mappings = streamMappings(view).filter(
    (mapping) => mapping.steady?.onFailure !== undefined && !isReachable(mapping, view),
  );
  if (mappings.length === 0) return NO_DELIVERIES;
  return mappings.flatMap((mapping) =>
    mapping.source.records
      .filter(({ sent }) => sent !== undefined)
      .map((record): Delivery => ({ record, mapping })),
  );
};

const NO_DELIVERIES: readonly Delivery[] = [];

export const dst08 = defineRule({
  id: 'STR-DST-08',
  level: 'MUST',
  invariant: 'Where the failure record cannot be delivered, processing goes on with the next batch.',
  sources: [DESTINATION],
  needs: ['destinations'],
  subjects: withoutDestination,
  check: isDelivered,
});
