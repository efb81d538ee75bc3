/** AWS, kinesis-on-failure-destination.html: records that are too old, for the mapping or for the stream. */
import { STREAMS } from '../../engine/capabilities.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { admissionLag } from '../concurrency/occupancy.ts';
import { NO_BATCHES, nextWith, STREAM_RETENTION_SECONDS } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { hasFailed } from './answer.ts';
import { bornAt, changeOf, retryDueBy } from './calm.ts';
import { type Chain, chains } from './chains.ts';
import { type Failure, failures, failuresOf } from './failures.ts';
import { activeMappings } from './subjects.ts';

const PAGE = guide('kinesis-on-failure-destination');

const limitOf = ({ steady }: MappingView): number => steady?.maximumRecordAgeSeconds ?? -1;

/** The batches of mappings that bound the age of records. */
const limited = once((view: View): readonly Batch[] => {
  let found: Batch[] | undefined;
  for (const mapping of activeMappings(view)) {
    if (limitOf(mapping) <= 0) continue;
    found ??= [];
    for (const batch of mapping.batches) found.push(batch);
  }
  return found ?? NO_BATCHES;
});

export const age01 = defineRule({
  id: 'STR-AGE-01',
  level: 'MUST',
  invariant: 'No attempt starts with a record that is older than MaximumRecordAgeInSeconds.',
  sources: [api('CreateEventSourceMapping'), PAGE],
  needs: [STREAMS],
  subjects: limited,
  check: ({ mapping, attempt, records, started }, _view, tolerances) => {
    const slack = admissionLag(mapping.function, tolerances) + tolerances.schedulingSlackSeconds;
    const most = limitOf(mapping);
    for (const record of records) {
      if (record?.sent === undefined) continue;
      const age = attempt.startedAt - record.sent.at;
      if (age <= most + slack) continue;
      return {
        expected: `no attempt with a record of more than ${most} s`,
        observed: `${record.id} of ${age.toFixed(1)} s`,
        entries: [started, record.sent],
      };
    }
    return;
  },
});

/** Chains that ended with a record too old, while others of the batch were not. */
const partlyOld = once((view: View): readonly Chain[] => {
  const all = chains(view);
  if (all.length === 0) return all;
  const { schedulingSlackSeconds } = view.tolerances;
  return all.filter(({ mapping, last, next }) => {
    if (limitOf(mapping) <= 0 || mapping.steady?.maximumRetryAttempts !== -1 || !hasFailed(last))
      return false;
    const oldest = last.records[0];
    const youngest = last.records.at(-1);
    if (oldest === undefined || youngest === undefined || next !== undefined) return false;
    return bornAt(youngest) - bornAt(oldest) > schedulingSlackSeconds;
  });
});

export const age02 = defineRule({
  id: 'STR-AGE-02',
  level: 'SHOULD',
  invariant: 'A record that is too old is discarded, while younger ones of its batch go on.',
  // Whether a batch is parted by age is not said; recorded from AWS is that it is.
  sources: [PAGE, guide('monitoring-metrics-types')],
  needs: [STREAMS],
  isSilent: true,
  subjects: partlyOld,
  observe: ({ last, mapping }, view) => {
    const youngest = last.records.at(-1);
    if (youngest !== undefined && nextWith(youngest, last) !== undefined) return 'the younger ones go on';
    const isDue = view.watchedUntil > last.attempt.endedLatest + limitOf(mapping);
    return isDue ? 'the whole batch is given up' : 'not watched long enough';
  },
});

/** Failure records of mappings that discard nothing but what is too old. */
const ofAge = (view: View): readonly Failure[] => {
  const all = failures(view);
  if (all.length === 0) return all;
  return all.filter(({ mapping }) => limitOf(mapping) > 0 && mapping.steady?.maximumRetryAttempts === -1);
};

export const age03 = defineRule({
  id: 'STR-AGE-03',
  level: 'SHOULD',
  invariant:
    'The failure record of what is too old has the condition RecordAgeExceeded and no responseContext.',
  // The page shows no such record; recorded from AWS.
  sources: [PAGE],
  needs: [STREAMS, 'destinations'],
  isSilent: true,
  subjects: ofAge,
  observe: ({ condition, body }) =>
    `${condition ?? 'no condition'}, ${body['responseContext'] === undefined ? 'without' : 'with'} responseContext`,
});

/** AWS, DynamoDB Streams.html: a record of a table may be removed at any moment after a day; so it may stay a while. */
const LATE_SECONDS = { kinesis: 60, dynamodb: 3_600 };

/** Mappings that discard nothing, on which records failed until they were about to leave the stream. */
const expiring = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  if (all.length === 0) return all;
  return all.filter(({ steady, batches }) => {
    if (steady?.maximumRetryAttempts !== -1 || steady.maximumRecordAgeSeconds !== -1) return false;
    return batches.some((batch) => isNearItsEnd(batch, view) && hasFailed(batch));
  });
});

/** Whether a retry may have come too late for the first record of the batch, before the observer left. */
function isNearItsEnd(batch: Batch, { tolerances, watchedUntil }: View): boolean {
  const record = batch.records[0];
  if (record === undefined) return false;
  const leavesAt = bornAt(record) + STREAM_RETENTION_SECONDS;
  return retryDueBy(batch.mapping, batch.attempt.startedAt, tolerances) > leavesAt && watchedUntil > leavesAt;
}

export const exp01 = defineRule({
  id: 'STR-EXP-01',
  level: 'SHOULD',
  invariant:
    'Records that leave the stream are passed over without a failure record, and not counted as dropped.',
  sources: [
    guide('monitoring-metrics-types'),
    { page: 'amazondynamodb/latest/developerguide/Streams.html', evidence: 'current' },
    guide('services-kinesis-parameters'),
  ],
  needs: [STREAMS],
  note: 'Kinesis keeps records for a day where nothing else is configured: the guide’s week needs a longer retention.',
  subjects: expiring,
  check: (mapping, view) => {
    const change = changeOf(mapping, view);
    if (change !== undefined) return { unknown: change };
    return comesTooLate(mapping) ?? isToldOf(mapping, view);
  },
});

function comesTooLate({ batches, source }: MappingView): Finding {
  const most =
    STREAM_RETENTION_SECONDS + (source.kind === 'kinesis' ? LATE_SECONDS.kinesis : LATE_SECONDS.dynamodb);
  for (const { records, attempt, started } of batches) {
    const record = records[0];
    if (record?.sent === undefined) continue;
    const age = attempt.startedAt - record.sent.at;
    if (age <= most) continue;
    return {
      expected: `no attempt with ${record.id} after a day, for which the stream keeps it`,
      observed: `one after ${(age / 3_600).toFixed(1)} hours`,
      entries: [started, record.sent],
    };
  }
  return;
}

function isToldOf(mapping: MappingView, view: View): Finding {
  const [told] = failuresOf(mapping, view);
  if (told !== undefined)
    return {
      expected: 'no failure record: neither retries nor age are bounded',
      observed: told.condition ?? 'one without a condition',
      entries: [told.delivery.entry],
    };
  const dropped = view.metrics.get(`mapping:${mapping.name}`)?.get('DroppedEventCount') ?? 0;
  if (dropped === 0) return;
  return { expected: 'DroppedEventCount 0', observed: `${dropped}`, entries: [] };
}
