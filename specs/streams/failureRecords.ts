/** AWS, kinesis-on-failure-destination.html: the form of failure records. */
import { STREAMS } from '../../engine/capabilities.ts';
import type { Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { asking, OF_MAPPINGS } from '../limits/asking.ts';
import { isOfStream } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';
import { once } from '../memo.ts';
import { answerTo } from './answer.ts';
import { changeOf, mayBeThrottled } from './calm.ts';
import { type Failure, failures, infoKeyOf } from './failures.ts';

const PAGE = guide('kinesis-on-failure-destination');
const TABLES = guide('services-dynamodb-errors');

const EXHAUSTED = 'RetryAttemptsExhausted';

const isInBucket = ({ delivery }: Failure): boolean => delivery.resource.startsWith('bucket:');

const those =
  (isOne: (failure: Failure) => boolean) =>
  (view: View): readonly Failure[] => {
    const all = failures(view);
    return all.length === 0 ? all : all.filter(isOne);
  };

/** Failure records of mappings that discard nothing but what has used up its retries. */
const ofRetries = once(
  those(
    ({ mapping: { steady } }) =>
      steady !== undefined && steady.maximumRetryAttempts >= 0 && steady.maximumRecordAgeSeconds === -1,
  ),
);

/** What of the documented members is not there, or of another type. */
function missingIn({ body, condition, mapping, invokeCount, info }: Failure): string | undefined {
  const context = asObject(body['requestContext']);
  if (context === undefined) return 'requestContext';
  if (typeof context['requestId'] !== 'string') return 'requestContext.requestId';
  if (typeof context['functionArn'] !== 'string') return 'requestContext.functionArn';
  if (condition === undefined) return 'requestContext.condition';
  if (invokeCount === undefined) return 'requestContext.approximateInvokeCount';
  if (typeof body['version'] !== 'string') return 'version';
  if (typeof body['timestamp'] !== 'string') return 'timestamp';
  if (Object.keys(info).length === 0) return infoKeyOf(mapping);
  // Of what is too old AWS was recorded to show none (STR-AGE-03).
  return condition === EXHAUSTED ? missingInResponse(asObject(body['responseContext'])) : undefined;
}

function missingInResponse(response: JsonObject | undefined): string | undefined {
  if (response === undefined) return 'responseContext';
  if (typeof response['statusCode'] !== 'number') return 'responseContext.statusCode';
  if (typeof response['executedVersion'] !== 'string') return 'responseContext.executedVersion';
  // Null where the function reported failed items: it did not end with an error.
  return response['functionError'] === undefined ? 'responseContext.functionError' : undefined;
}

/** Where the data of the records might be. */
const DATA_KEYS = ['payload', 'requestPayload', 'responsePayload', 'Records'];

export const dst02 = defineRule({
  id: 'STR-DST-02',
  level: 'MUST',
  invariant:
    'A failure record in SQS or SNS has the contexts, version, timestamp and batch info, and no record data.',
  sources: [PAGE, TABLES],
  needs: [STREAMS, 'destinations'],
  subjects: those((failure) => !isInBucket(failure)),
  check: (failure) => {
    const { entry } = failure.delivery;
    const missing = missingIn(failure);
    if (missing !== undefined)
      return { expected: `${missing} in the failure record`, observed: 'none', entries: [entry] };
    const data = DATA_KEYS.find((key) => failure.body[key] !== undefined);
    if (data === undefined) return;
    return { expected: 'no data of the records', observed: `${data}`, entries: [entry] };
  },
});

const INFO_TEXTS = [
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
  invariant:
    'The batch info names shard, sequence numbers, arrivals, size and stream, of exactly the discarded records.',
  sources: [PAGE, TABLES],
  needs: [STREAMS, 'destinations'],
  subjects: failures,
  check: (failure, view) => {
    const { info, batchSize, delivery } = failure;
    const missing = INFO_TEXTS.find((key) => typeof info[key] !== 'string');
    if (missing !== undefined || batchSize === undefined)
      return {
        expected: `${missing ?? 'batchSize'} in ${infoKeyOf(failure.mapping)}`,
        observed: 'none',
        entries: [delivery.entry],
      };
    if (changeOf(failure.mapping, view) !== undefined) return { unknown: 'the mapping was changed' };
    return describesBatch(failure);
  },
});

/** The discarded records are those of an attempt or, after a partial response, the last ones of it. */
function describesBatch({ first, mapping, start, end, batchSize, info, delivery }: Failure): Finding {
  const isSingle = batchSize === 1;
  if (isSingle !== (start === end))
    return {
      expected: `one record where the sequence numbers are equal, more where not`,
      observed: `batchSize ${batchSize}, from ${start} to ${end}`,
      entries: [delivery.entry],
    };
  // What is too old may be any part of a batch, and may never have been in one.
  if (mapping.steady?.maximumRecordAgeSeconds !== -1 || first === undefined) return;
  const shard = first.sent?.shard;
  if (shard !== undefined && info['shardId'] !== shard)
    return { expected: `the shard ${shard}`, observed: `${info['shardId']}`, entries: [delivery.entry] };
  let isAttempted = false;
  for (const batch of first.batches) {
    if (batch.mapping !== mapping) continue;
    isAttempted = true;
    const from = batch.records.indexOf(first);
    const isTail = from === 0 || answerTo(batch).kind === 'partial';
    if (isTail && batch.seen.length - from === batchSize && batch.seen.at(-1)?.id === end) return;
  }
  if (!isAttempted) return;
  return {
    expected: `the records of an attempt that begins with ${first.id}`,
    observed: `${batchSize}, from ${start} to ${end}`,
    entries: [delivery.entry],
  };
}

export const dst04 = defineRule({
  id: 'STR-DST-04',
  level: 'MUST',
  invariant: 'The condition of a batch that used up its retries is RetryAttemptsExhausted.',
  sources: [PAGE, TABLES],
  needs: [STREAMS, 'destinations'],
  note: 'Of asynchronous events it is RetriesExhausted.',
  subjects: ofRetries,
  check: ({ condition, delivery }) => {
    if (condition === EXHAUSTED) return;
    return { expected: EXHAUSTED, observed: condition ?? 'no condition', entries: [delivery.entry] };
  },
});

export const dst05 = defineRule({
  id: 'STR-DST-05',
  level: 'SHOULD',
  invariant: 'approximateInvokeCount is the number of attempts of the batch: n + 1 for n retries.',
  // The page's example shows 1 for a batch without retries; recorded from AWS is 2 for one retry.
  sources: [PAGE],
  needs: [STREAMS, 'destinations'],
  subjects: (view) => {
    const all = ofRetries(view);
    return all.length === 0
      ? all
      : all.filter(({ mapping: { steady } }) => steady?.bisects === false && !steady.reportsItemFailures);
  },
  check: ({ invokeCount, mapping, delivery }, view) => {
    const wanted = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
    if (invokeCount === wanted) return;
    if (mayBeThrottled(mapping, view)) return { unknown: 'throttled attempts may have been counted' };
    return { expected: `${wanted}`, observed: `${invokeCount}`, entries: [delivery.entry] };
  },
});

// aws/lambda/UUID/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const OBJECT_KEY = new RegExp(
  `^aws/lambda/${UUID}/([^/]+)/(\\d{4})/(\\d\\d)/(\\d\\d)/\\2-\\3-\\4T\\d\\d\\.\\d\\d\\.\\d\\d-${UUID}$`,
  'i',
);

/** The event in an object: the page shows it as JSON text, recorded from AWS is an object. */
function eventIn(payload: Json | undefined): JsonObject | undefined {
  if (typeof payload !== 'string') return asObject(payload);
  try {
    return asObject(JSON.parse(payload) as Json);
  } catch {
    return undefined;
  }
}

export const dst06 = defineRule({
  id: 'STR-DST-06',
  level: 'MUST',
  invariant:
    'An object in S3 has the whole event as payload as well, under aws/lambda/MAPPING/SHARD/DAY/TIME-UUID.',
  sources: [PAGE, TABLES],
  needs: [STREAMS, 'destinations', 'buckets'],
  subjects: those(isInBucket),
  check: (failure) => {
    const { entry } = failure.delivery;
    const missing = missingIn(failure);
    if (missing !== undefined)
      return { expected: `${missing} in the object`, observed: 'none', entries: [entry] };
    const records = eventIn(failure.body['payload'])?.['Records'];
    if (!Array.isArray(records) || (failure.batchSize !== undefined && records.length !== failure.batchSize))
      return {
        expected: 'the event with the discarded records as payload',
        observed: Array.isArray(records) ? `${records.length} records` : 'none',
        entries: [entry],
      };
    const key = entry.kind === 'delivered' ? entry.objectKey : undefined;
    if (key === undefined || OBJECT_KEY.exec(key)?.[1] === failure.info['shardId']) return;
    return {
      expected: 'aws/lambda/UUID/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID',
      observed: key,
      entries: [entry],
    };
  },
});

const destinationOf = ({ step }: ControlRequest): string | undefined =>
  textIn(asObject(step.input['DestinationConfig'])?.['OnFailure'], 'Destination');

export const dst07 = defineRule({
  id: 'STR-DST-07',
  level: 'MAY',
  invariant: 'Which destinations a mapping of a stream may have.',
  sources: [
    PAGE,
    guide('services-kinesis-parameters'),
    guide('services-ddb-params', 'archived'),
    guide('services-dynamodb-eventsourcemapping'),
    api('CreateEventSourceMapping'),
  ],
  needs: [STREAMS, 'controlPlane', 'destinations'],
  isOfRequests: true,
  isContradictory: true,
  note: 'The pages on failure destinations list SQS, SNS and S3; the tables of parameters SQS and SNS only, of those the standard kinds.',
  subjects: asking(
    OF_MAPPINGS,
    (request, view) => destinationOf(request) !== undefined && isOfStream(request, view),
  ),
  observe: (request) => {
    const to = destinationOf(request) ?? '';
    const kind = to.slice(0, Math.max(0, to.indexOf(':')));
    return `${kind === '' ? 'something else' : kind}: ${request.answered === undefined ? 'refused' : 'taken'}`;
  },
});
