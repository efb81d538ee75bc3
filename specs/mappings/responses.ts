/** AWS, services-sqs-errorhandling.html and kinesis-create.html: what a batch response means. */
import { ANY_SOURCE, STREAMS } from '../../engine/capabilities.ts';
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { those } from '../sync/subjects.ts';
import { NO_BATCHES } from './records.ts';
import { responseOf } from './response.ts';
import { mayBeWindowed } from './settings.ts';
import { allComeAgain, noneComesAgain, withBatches } from './subjects.ts';

const SQS = guide('services-sqs-errorhandling#services-sqs-batchfailurereporting');
const STREAM_FAILURES = guide('services-kinesis-batchfailurereporting');

/** Batches of mappings that always ask for batch responses, by what the response is. */
interface Asked {
  readonly successes: readonly Batch[];
  readonly malformed: readonly Batch[];
  /** Well formed, with an identifier of no record of the batch. */
  readonly strangers: readonly Batch[];
}

const NONE_ASKED: Asked = { successes: NO_BATCHES, malformed: NO_BATCHES, strangers: NO_BATCHES };

const asked = once((view: View): Asked => {
  const found: { [K in keyof Asked]: Batch[] } = { successes: [], malformed: [], strangers: [] };
  let isAny = false;
  for (const mapping of withBatches(view)) {
    if (!mapping.settings.every(({ value }) => value === null || value.reportsItemFailures)) continue;
    isAny = true;
    for (const batch of mapping.batches) {
      if (!batch.attempt.succeeded) continue;
      if (meansSuccess(batch)) found.successes.push(batch);
      else if (isMalformed(batch)) found.malformed.push(batch);
      else if (namesStranger(batch)) found.strangers.push(batch);
    }
  }
  return isAny ? found : NONE_ASKED;
});

const failuresIn = ({ attempt }: Batch): readonly Json[] | undefined => {
  const failures = asObject(attempt.ended?.result)?.['batchItemFailures'];
  return Array.isArray(failures) ? (failures as readonly Json[]) : undefined;
};

export const pbr01 = defineRule({
  id: 'POLL-PBR-01',
  level: 'MUST',
  invariant:
    'Without ReportBatchItemFailures the result is ignored: a successful attempt is a complete success.',
  sources: [SQS, STREAM_FAILURES],
  needs: [ANY_SOURCE],
  subjects: (view) =>
    those(view.batches, (batch) => {
      const { attempt, mapping } = batch;
      if (!attempt.succeeded || mapping.steady?.reportsItemFailures === true || mayBeWindowed(mapping))
        return false;
      if (!mapping.settings.every(({ value }) => value === null || !value.reportsItemFailures)) return false;
      return (failuresIn(batch)?.length ?? 0) > 0;
    }),
  check: noneComesAgain,
});

/** Results that the pages name as complete success. */
function meansSuccess({ attempt }: Batch): boolean {
  const result = attempt.ended?.result;
  if (!attempt.succeeded || attempt.ended === undefined) return false;
  if (result === null || result === '') return true;
  const object = asObject(result);
  if (object === undefined) return false;
  const failures = object['batchItemFailures'];
  if (failures === undefined) return Object.keys(object).length === 0;
  return failures === null || (Array.isArray(failures) && failures.length === 0);
}

export const pbr02 = defineRule({
  id: 'POLL-PBR-02',
  level: 'MUST',
  invariant: 'null, an empty object, and batchItemFailures that are null or empty mean complete success.',
  sources: [SQS, STREAM_FAILURES],
  needs: [['sqs', 'kinesis', 'dynamodb', 'kafka']],
  subjects: (view) => those(asked(view).successes, ({ mapping }) => !mayBeWindowed(mapping)),
  check: noneComesAgain,
});

/** Whether a batch response has an identifier that is empty, null, or under another key. */
const isMalformed = (batch: Batch): boolean =>
  (failuresIn(batch) ?? []).some((item) => {
    const identifier = asObject(item)?.['itemIdentifier'];
    return identifier === undefined || identifier === null || identifier === '';
  });

export const pbr03 = defineRule({
  id: 'POLL-PBR-03',
  level: 'MUST',
  invariant: 'An identifier that is empty, null, or under a wrong key means complete failure.',
  sources: [SQS, STREAM_FAILURES],
  needs: [['sqs', 'kinesis', 'dynamodb', 'kafka']],
  subjects: (view) => asked(view).malformed,
  check: allComeAgain,
});

export const pbr04 = defineRule({
  id: 'POLL-PBR-04',
  level: 'MUST',
  invariant: 'An exception or a timeout is a complete failure, whatever the setting.',
  sources: [SQS, STREAM_FAILURES],
  needs: [ANY_SOURCE],
  subjects: (view) => those(view.batches, ({ attempt }) => !attempt.succeeded),
  check: allComeAgain,
});

/** Whether an identifier is of no record of the batch; all are well formed. */
const namesStranger = (batch: Batch): boolean =>
  (failuresIn(batch)?.length ?? 0) > 0 && responseOf(batch).kind === 'failure';

export const pbr05 = defineRule({
  id: 'POLL-PBR-05',
  level: 'MUST',
  invariant: 'An identifier that is not in the batch means complete failure, for SQS and Kafka.',
  sources: [SQS, guide('kafka-retry-configurations')],
  needs: [['sqs', 'kafka']],
  subjects: (view) =>
    those(
      asked(view).strangers,
      ({ mapping: { source } }) => source.kind === 'sqs' || source.kind === 'kafka',
    ),
  check: allComeAgain,
});

export const pbr06 = defineRule({
  id: 'POLL-PBR-06',
  level: 'SHOULD',
  invariant: 'An identifier that is not in the batch means complete failure, for Kinesis and DynamoDB.',
  sources: [STREAM_FAILURES],
  needs: [STREAMS],
  isSilent: true,
  note: 'The pages on streams do not say; recorded from AWS in 2025 as complete failure.',
  subjects: (view) =>
    those(
      asked(view).strangers,
      ({ mapping: { source } }) => source.kind === 'kinesis' || source.kind === 'dynamodb',
    ),
  observe: ({ records, mapping, attempt }) => {
    const isAgain = records.some((record) =>
      record?.batches.some((one) => one.mapping === mapping && one.attempt.startedAt > attempt.startedAt),
    );
    return isAgain ? 'taken as a failure' : 'not tried again';
  },
});
