/** AWS, invocation-eventsourcemapping.html: the life of a mapping. */
import { ANY_SOURCE } from '../../engine/capabilities.ts';
import { possible } from '../../engine/configuration.ts';
import { pickupWithinSeconds } from '../../engine/horizon.ts';
import type { MappingSettings } from '../../engine/mappingSettings.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { asking } from '../limits/asking.ts';
import { textIn } from '../limits/naming.ts';
import { fateOf, isLetThrough, lastEndOf } from './records.ts';
import { longestWindowSeconds } from './settings.ts';
import { allMappings, keptSeconds, withBatches } from './subjects.ts';

const MAPPINGS = guide('invocation-eventsourcemapping');

const changes = asking(
  ['CreateEventSourceMapping', 'DeleteEventSourceMapping'],
  ({ answered }) => answered !== undefined,
);

export const state01 = defineRule({
  id: 'POLL-STATE-01',
  level: 'MUST',
  invariant: 'The state of a mapping that is made, or deleted, as the answer tells it.',
  sources: [api('CreateEventSourceMapping'), api('DeleteEventSourceMapping')],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  isSilent: true,
  note: 'The guide does not say; recorded from AWS are 202 with Creating, and 202 with Deleting.',
  subjects: changes,
  observe: ({ step, answered }) =>
    `${step.operation}: ${answered?.status} ${textIn(answered?.output, 'State') ?? 'without a state'}`,
});

/** Times from which, and until which, no attempt may start. */
interface Pause {
  readonly mapping: MappingView;
  readonly from: number;
  readonly to: number;
}

const NO_PAUSES: readonly Pause[] = [];

/** The times between a mapping was seen Disabled (or gone) and the next request that may enable it. */
const pauses = (view: View): readonly Pause[] => {
  let found: Pause[] | undefined;
  for (const mapping of allMappings(view)) {
    for (const { state, at } of mapping.states) {
      if (state !== 'Disabled' && state !== 'Deleted') continue;
      const asked = mapping.settings.findLast(({ from }) => from <= at);
      if (asked?.value?.isEnabled === true && asked.bindsAt > at) continue;
      const next = mapping.settings.find(({ from, value }) => from > at && value?.isEnabled === true);
      found ??= [];
      found.push({ mapping, from: at, to: next?.from ?? Number.POSITIVE_INFINITY });
    }
  }
  return found ?? NO_PAUSES;
};

export const state02 = defineRule({
  id: 'POLL-STATE-02',
  level: 'MUST',
  invariant: 'After a mapping was seen Disabled no attempt of it starts until it is enabled again.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE, 'controlPlane'],
  subjects: pauses,
  check: ({ mapping, from, to }, _view, tolerances) => {
    const slack = tolerances.schedulingSlackSeconds + tolerances.clockSkewSeconds;
    const within = mapping.batches.find(
      ({ attempt }) =>
        attempt.startedAt > from + slack && attempt.startedAt < to - tolerances.clockSkewSeconds,
    );
    if (within === undefined) return;
    return {
      expected: `no attempt of ${mapping.name} after ${from.toFixed(1)} s, when it was seen to be disabled`,
      observed: `one at ${within.attempt.startedAt.toFixed(1)} s`,
      entries: [within.started],
    };
  },
});

interface Resumed {
  readonly mapping: MappingView;
  readonly record: RecordView;
  /** When it was disabled, when that was taken back, and from when on it was for certain enabled again. */
  readonly pausedAt: number;
  readonly resumedAt: number;
  readonly enabledAt: number;
}

const NONE: readonly Resumed[] = [];

/** Records of streams whose mapping was disabled and enabled, once, and not changed otherwise. */
const resumed = (view: View): readonly Resumed[] => {
  let found: Resumed[] | undefined;
  for (const mapping of withBatches(view)) {
    const { kind } = mapping.source;
    if ((kind !== 'kinesis' && kind !== 'kafka') || mapping.spec === undefined) continue;
    if (mapping.settings.length !== 3) continue;
    const [first, second, third] = mapping.settings;
    if (
      first?.value?.isEnabled !== true ||
      second?.value?.isEnabled !== false ||
      third?.value?.isEnabled !== true
    )
      continue;
    if (mapping.source.removedAt !== Number.POSITIVE_INFINITY || view.permissions.length > 0) continue;
    for (const record of mapping.source.records) {
      if (record.sent === undefined) continue;
      found ??= [];
      found.push({ mapping, record, pausedAt: second.from, resumedAt: third.from, enabledAt: third.bindsAt });
    }
  }
  return found ?? NONE;
};

export const state03 = defineRule({
  id: 'POLL-STATE-03',
  level: 'MUST',
  invariant:
    'Enabled again, a mapping resumes where it stopped: nothing is skipped, and what was processed is not replayed.',
  sources: [MAPPINGS],
  needs: [['kinesis', 'kafka'], 'controlPlane'],
  subjects: resumed,
  check: ({ mapping, record, pausedAt, resumedAt, enabledAt }, view, tolerances) => {
    const batches = record.batches.filter((batch) => batch.mapping === mapping);
    const done = batches.findIndex(
      (batch) => fateOf(batch, record) === 'succeeded' && batch.attempt.endedLatest < pausedAt,
    );
    const replayed = batches.find(({ attempt }) => done >= 0 && attempt.startedAt > resumedAt);
    if (replayed !== undefined && batches.length - done - 1 > tolerances.duplicateBudget) {
      return {
        expected: `${record.id}, processed before the mapping was disabled, not replayed`,
        observed: `in attempt ${replayed.attempt.id}`,
        entries: [replayed.started],
      };
    }
    if (batches.length > 0 || isLetThrough(record, mapping) !== true) return;
    if (mapping.settings.some(({ value }) => mayPassOver(value)))
      return { unknown: 'it may not have been due' };
    if (mayBeThrottled(mapping, view)) return { unknown: 'the function may have lacked capacity' };
    const due =
      Math.max(lastEndOf(mapping), enabledAt, record.sent?.at ?? 0) +
      tolerances.pollingRetrySeconds +
      pickupWithinSeconds(mapping.source.kind, longestWindowSeconds(mapping), tolerances);
    if (due > (record.sent?.requestedAt ?? 0) + keptSeconds(record, view))
      return { unknown: 'it may have been too old' };
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    return {
      expected: `${record.id} in an attempt after the mapping was enabled again`,
      observed: 'in none',
      entries: record.sent === undefined ? [] : [record.sent],
    };
  },
});

/** Whether under these settings a record may rightly be in no attempt: it grows too old, or others of its group have it. */
const mayPassOver = (settings: MappingSettings | null): boolean =>
  settings !== null && (settings.consumerGroup !== undefined || settings.maximumRecordAgeSeconds > 0);

/** Whether the function has, at some time, less concurrency than any account has. */
const mayBeThrottled = ({ function: owner }: MappingView, view: View): boolean =>
  owner.reserved.length > 1 ||
  owner.spec.reservedConcurrency !== undefined ||
  view.history.scenario.account !== undefined;

/** Batches after a change that binds for certain, with what then may hold. */
const changed = (view: View): readonly Batch[] =>
  view.batches.filter(({ mapping, attempt }) => {
    const { settings } = mapping;
    if (settings.length < 2) return false;
    const last = settings.at(-1);
    return last !== undefined && attempt.startedAt > last.bindsAt;
  });

export const state04 = defineRule({
  id: 'POLL-STATE-04',
  level: 'SHOULD',
  invariant:
    'A change of a mapping takes effect eventually; until then attempts follow the old settings or the new ones.',
  sources: [MAPPINGS, guide('kafka-starting-positions')],
  needs: [ANY_SOURCE, 'controlPlane'],
  note: 'Judged by the batch size, after the settling interval; of sources in order by records sent after it.',
  subjects: changed,
  check: ({ mapping, attempt, seen, started, records }, view, tolerances) => {
    // What was put together before the change, and tried again since, keeps its size.
    const isRetry = records.some(
      (record) =>
        record !== undefined && record.batches.find((one) => one.mapping === mapping)?.attempt !== attempt,
    );
    const from =
      attempt.startedAt -
      longestWindowSeconds(mapping) -
      tolerances.pollSeconds -
      tolerances.windowLateSeconds;
    // A batch that waited, for capacity or for another one of its shard, is as old as its records may be.
    const mayHaveWaited = mapping.source.kind !== 'sqs' || mayBeThrottled(mapping, view);
    const since = mayHaveWaited
      ? Math.min(from, ...records.map((record) => record?.sent?.requestedAt ?? 0))
      : from;
    const may = possible(mapping.settings, since, attempt.startedAt);
    const largest = Math.max(...may.map((settings) => settings?.batchSize ?? 0));
    if (isRetry || seen.length <= largest || may.includes(null)) return;
    return {
      expected: `at most ${largest} records, as the mapping was changed to`,
      observed: `${seen.length}`,
      entries: [started],
    };
  },
});
