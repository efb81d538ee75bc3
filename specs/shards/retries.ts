/** AWS, services-kinesis-create.html and with-ddb.html: retries, record age, and what leaves the source. */
import { settled } from '../../engine/configuration.ts';
import { mayLackCapacity } from '../../engine/horizon.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { admissionLag } from '../concurrency/occupancy.ts';
import { disturbance, isLetThrough, lastEndOf, pickupSeconds } from '../mappings/records.ts';
import { type Delivery, firstBatch } from '../mappings/subjects.ts';
import { isRetriedForCertain } from './order.ts';
import {
  batchesWith,
  covers,
  failed,
  failureRecords,
  firstKnown,
  isFirstDelivery,
  nextWith,
  streamMappings,
} from './subjects.ts';

const CREATE = guide('services-kinesis-create');
const KINESIS = guide('with-kinesis');

/** AWS: a day for both kinds of streams, where nothing else is configured. */
const KEPT_SECONDS = 86_400;

/** The time by which a batch that failed has been tried again. */
const retryDueBy = ({ attempt, mapping }: Batch, tolerances: Tolerances): number =>
  Math.max(attempt.endedLatest, lastEndOf(mapping)) +
  tolerances.pollingRetrySeconds +
  pickupSeconds(mapping, tolerances);

/** The batch is tried again: its first record comes again. */
function isTriedAgain(batch: Batch, view: View, tolerances: Tolerances): Finding {
  const first = firstKnown(batch);
  if (first === undefined) return { unknown: 'its records cannot be told' };
  if (nextWith(first, batch) !== undefined) return;
  const why = disturbance(batch.mapping, view);
  if (why !== undefined) return { unknown: why };
  if (isLetThrough(first, batch.mapping) === false) return { unknown: 'a filter may have left it out' };
  const due = retryDueBy(batch, tolerances);
  if (due > (first.sent?.requestedAt ?? 0) + KEPT_SECONDS) return { unknown: 'it may have been too old' };
  if (view.watchedUntil < due) return { unknown: 'the observer left before it was due again' };
  return {
    expected: `${first.id} again after attempt ${batch.attempt.id} failed`,
    observed: 'no further attempt',
    entries: [batch.started],
  };
}

export const ret01 = defineRule({
  id: 'STR-RET-01',
  level: 'MUST',
  invariant: 'By default a batch that fails is tried again until it succeeds or its records expire.',
  sources: [KINESIS, CREATE],
  subjects: (view) =>
    failed(view).filter(
      (batch) => batch.mapping.steady?.maximumRetryAttempts === -1 && isRetriedForCertain(batch),
    ),
  check: isTriedAgain,
});

/** Batches in their first attempt, of mappings with a bound and nothing else that changes the count. */
const bounded = (view: View): readonly Batch[] =>
  failed(view).filter((batch) => {
    const { steady } = batch.mapping;
    const first = firstKnown(batch);
    if (steady === undefined || first === undefined || !isFirstDelivery(first, batch)) return false;
    return (
      steady.maximumRetryAttempts >= 0 &&
      steady.maximumRecordAgeSeconds === -1 &&
      !steady.bisects &&
      !steady.reportsItemFailures
    );
  });

export const ret02 = defineRule({
  id: 'STR-RET-02',
  level: 'MUST',
  invariant:
    'With MaximumRetryAttempts n a batch that keeps failing has n + 1 attempts, and is discarded then.',
  sources: [CREATE],
  subjects: bounded,
  check: (batch, view, tolerances) => {
    const first = firstKnown(batch);
    if (first === undefined) return;
    const allowed = 1 + (batch.mapping.steady?.maximumRetryAttempts ?? 0);
    const attempts = batchesWith(first, batch.mapping);
    const beyond = attempts[allowed + tolerances.duplicateBudget];
    if (beyond !== undefined)
      return {
        expected: `at most ${allowed} attempts with ${first.id}`,
        observed: `${attempts.length}`,
        entries: [beyond.started],
      };
    const last = attempts.at(-1);
    if (last === undefined || last.attempt.succeeded || attempts.length >= allowed) return;
    return isTriedAgain(last, view, tolerances);
  },
});

/** When the function has certainly had capacity, up to the end: its reserve is not 0, and was last changed then. */
function roomSince({ function: owner }: MappingView): number | undefined {
  const last = owner.reserved.at(-1);
  if (last === undefined || last.value === 0 || !Number.isFinite(last.bindsAt))
    return owner.reserved.length === 1 && last?.value !== 0 ? 0 : undefined;
  return settled(owner.reserved, last.bindsAt, Number.POSITIVE_INFINITY) === undefined
    ? undefined
    : last.bindsAt;
}

/** What keeps a mapping from acting, capacity aside. */
function otherwiseDisturbed(mapping: MappingView, view: View): string | undefined {
  const why = disturbance(mapping, view);
  if (why === undefined || !why.includes('capacity')) return why;
  if (view.history.scenario.account !== undefined || mapping.function.spec.provisioned !== undefined)
    return why;
  if (mapping.function.timeoutSeconds.length > 1) return 'the timeout was changed';
  return roomSince(mapping) === undefined ? why : undefined;
}

/** Until when what was throttled has been tried again, once there is room. */
const roomyDueBy = (mapping: MappingView, tolerances: Tolerances): number =>
  Math.max(roomSince(mapping) ?? 0, lastEndOf(mapping)) +
  2 * tolerances.pollingRetrySeconds +
  pickupSeconds(mapping, tolerances);

const throttleable = (view: View): readonly MappingView[] => {
  const all = streamMappings(view);
  return all.length === 0 ? all : all.filter(({ function: owner }) => mayLackCapacity(owner, view));
};

export const ret03 = defineRule({
  id: 'STR-RET-03',
  level: 'MUST',
  invariant: 'Throttles, where a batch did not reach the function, do not count as retries.',
  sources: [CREATE],
  subjects: (view) => {
    const mappings = new Set(throttleable(view));
    return mappings.size === 0 ? NO_BATCHES : bounded(view).filter(({ mapping }) => mappings.has(mapping));
  },
  check: (batch, view, tolerances) => {
    const { mapping } = batch;
    const first = firstKnown(batch);
    if (first === undefined) return;
    const attempts = batchesWith(first, mapping);
    const allowed = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
    const last = attempts.at(-1);
    if (last === undefined || last.attempt.succeeded || attempts.length >= allowed) return;
    const why = otherwiseDisturbed(mapping, view);
    if (why !== undefined) return { unknown: why };
    if (view.watchedUntil < roomyDueBy(mapping, tolerances))
      return { unknown: 'the observer left before it was due again' };
    return {
      expected: `${allowed} attempts with ${first.id}, whatever was throttled`,
      observed: `${attempts.length}`,
      entries: [last.started],
    };
  },
});

const NO_BATCHES: readonly Batch[] = [];
const NO_DELIVERIES: readonly Delivery[] = [];

export const ret04 = defineRule({
  id: 'STR-RET-04',
  level: 'MUST',
  invariant: 'A batch that is throttled is tried until its records expire or are too old.',
  sources: [CREATE],
  subjects: (view) => {
    const mappings = throttleable(view);
    if (mappings.length === 0) return NO_DELIVERIES;
    return mappings.flatMap((mapping) =>
      mapping.source.records
        .filter(({ sent }) => sent !== undefined)
        .map((record): Delivery => ({ record, mapping })),
    );
  },
  check: (delivery, view, tolerances) => {
    if (firstBatch(delivery) !== undefined) return;
    const { record, mapping } = delivery;
    if (mapping.spec === undefined) return { unknown: 'the mapping was made under way' };
    if (mapping.source.kind === 'dynamodb') return { unknown: 'what became of the item is not known here' };
    const why = otherwiseDisturbed(mapping, view);
    if (why !== undefined) return { unknown: why };
    const isThrough = isLetThrough(record, mapping);
    if (isThrough !== true) return isThrough === false ? undefined : { unknown: 'a filter may leave it out' };
    if ((mapping.steady?.maximumRecordAgeSeconds ?? -1) > 0) return { unknown: 'it may have been too old' };
    const due = Math.max(roomyDueBy(mapping, tolerances), record.sent?.at ?? 0);
    if (due > (record.sent?.requestedAt ?? 0) + KEPT_SECONDS) return { unknown: 'it may have been too old' };
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    return {
      expected: `${record.id} in an attempt once there is room`,
      observed: 'in none',
      entries: record.sent === undefined ? [] : [record.sent],
    };
  },
});

export const ret05 = defineRule({
  id: 'STR-RET-05',
  level: 'MAY',
  invariant: 'How long a batch waits before it is tried again.',
  sources: [CREATE],
  isSilent: true,
  note: 'No page gives a schedule; recorded from AWS were 8 attempts in about a minute.',
  subjects: failed,
  observe: (batch) => {
    const first = firstKnown(batch);
    const next = first === undefined ? undefined : nextWith(first, batch);
    if (next === undefined) return 'not tried again';
    const seconds = next.attempt.startedAt - batch.attempt.endedEarliest;
    return seconds < 2
      ? 'within 2 s'
      : seconds < 15
        ? 'within 15 s'
        : seconds < 120
          ? 'within 2 min'
          : 'after more than 2 min';
  },
});

interface Aging {
  readonly batch: Batch;
  readonly record: RecordView;
  readonly ageSeconds: number;
}

const NONE_AGING: readonly Aging[] = [];

/** Records in attempts, of mappings with a bound on their age. */
const aging = (view: View): readonly Aging[] => {
  let found: Aging[] | undefined;
  for (const { steady, batches } of streamMappings(view)) {
    if (steady === undefined || steady.maximumRecordAgeSeconds <= 0) continue;
    for (const batch of batches) {
      for (const record of batch.records) {
        if (record?.sent === undefined) continue;
        found ??= [];
        found.push({ batch, record, ageSeconds: steady.maximumRecordAgeSeconds });
      }
    }
  }
  return found ?? NONE_AGING;
};

export const age01 = defineRule({
  id: 'STR-AGE-01',
  level: 'MUST',
  invariant: 'No attempt starts with a record that is older than MaximumRecordAgeInSeconds.',
  sources: [CREATE, guide('kinesis-on-failure-destination')],
  subjects: aging,
  check: ({ batch, record, ageSeconds }, _view, tolerances) => {
    const age = batch.attempt.startedAt - (record.sent?.at ?? 0);
    const slack = tolerances.clockSkewSeconds + admissionLag(batch.mapping.function, tolerances);
    if (age <= ageSeconds + slack) return;
    return {
      expected: `no attempt with ${record.id} after ${ageSeconds} s`,
      observed: `one after ${age.toFixed(1)} s`,
      entries: [batch.started],
    };
  },
});

/** Failure records of mappings with a bound on the age of records. */
const ofAge = (view: View) => {
  const all = failureRecords(view);
  return all.length === 0
    ? all
    : all.filter(
        ({ mapping, context }) =>
          (mapping.steady?.maximumRecordAgeSeconds ?? -1) > 0 &&
          context?.['condition'] !== 'RetryAttemptsExhausted',
      );
};

export const age02 = defineRule({
  id: 'STR-AGE-02',
  level: 'SHOULD',
  invariant: 'A record that is too old is discarded, and told of, while younger ones of its batch go on.',
  sources: [CREATE],
  isSilent: true,
  note: 'Whether the batch is parted is not said; recorded from AWS is that it is.',
  subjects: ofAge,
  observe: (failure) => {
    const { mapping, info } = failure;
    const young = mapping.source.records.filter(
      ({ sent }) =>
        sent?.id !== undefined &&
        covers(failure, sent.id, sent.shard) &&
        isYoung(sent.at, mapping, failure.delivery.at),
    );
    if (young.length > 0) return 'younger records were discarded with it';
    return Number(info?.['batchSize']) > 1 ? 'several that were too old' : 'one that was too old';
  },
});

const isYoung = (sentAt: number, { steady }: MappingView, at: number): boolean =>
  at - sentAt < (steady?.maximumRecordAgeSeconds ?? 0) - 5;

export const age03 = defineRule({
  id: 'STR-AGE-03',
  level: 'SHOULD',
  invariant:
    'The failure record of a record that is too old has the condition RecordAgeExceeded and no responseContext.',
  sources: [guide('kinesis-on-failure-destination')],
  isSilent: true,
  note: 'On no page; recorded from AWS.',
  subjects: ofAge,
  observe: ({ context, body }) =>
    `${String(context?.['condition'])}, ${body?.['responseContext'] === undefined ? 'no responseContext' : 'a responseContext'}`,
});

/** Records that were in the stream for longer than it keeps them. */
const expired = (view: View): readonly Delivery[] => {
  const mappings = streamMappings(view);
  if (mappings.length === 0 || view.history.entries.at(-1) === undefined) return NO_DELIVERIES;
  const last = view.history.entries.at(-1)?.at ?? 0;
  return mappings.flatMap((mapping) =>
    mapping.steady === undefined
      ? []
      : mapping.source.records
          .filter(({ sent }) => sent !== undefined && sent.at + KEPT_SECONDS < last)
          .map((record): Delivery => ({ record, mapping })),
  );
};

export const exp01 = defineRule({
  id: 'STR-EXP-01',
  level: 'SHOULD',
  invariant: 'Records that leave the stream are skipped, without a failure record.',
  sources: [KINESIS, guide('with-ddb')],
  note: 'The guide speaks of up to a week of blocking: that needs extended retention, a stream keeps records for a day.',
  subjects: expired,
  check: ({ record, mapping }, view, tolerances) => {
    const expiry = (record.sent?.at ?? 0) + KEPT_SECONDS;
    const late = batchesWith(record, mapping).find(
      ({ attempt }) => attempt.startedAt > expiry + 2 * tolerances.schedulingSlackSeconds,
    );
    if (late !== undefined)
      return {
        expected: `no attempt with ${record.id} a day after it was written`,
        observed: 'one',
        entries: [late.started],
      };
    if (mapping.steady?.maximumRetryAttempts !== -1 || mapping.steady.maximumRecordAgeSeconds !== -1) return;
    const told = failureRecords(view).find(
      (failure) =>
        failure.mapping === mapping &&
        record.sent?.id !== undefined &&
        covers(failure, record.sent.id, record.sent.shard),
    );
    if (told === undefined) return;
    return {
      expected: `no failure record about ${record.id}, which left the stream`,
      observed: 'one',
      entries: [told.delivery.entry],
    };
  },
});
