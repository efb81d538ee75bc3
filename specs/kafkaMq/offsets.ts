/** AWS, with-kafka.html, invocation-eventfiltering.html, kafka-consumer-group-id.html: order, and what is committed. */
import { possible, settled } from '../../engine/configuration.ts';
import { documentOf, matchesAny } from '../../engine/filterPattern.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import { textOf } from '../../engine/sourceSpec.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, ControlRequest, MappingView, RecordView, View } from '../../engine/view.ts';
import { mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE_OR_UPDATE } from '../limits/asking.ts';
import { mappingOf, sourceOf } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';
import {
  disturbance,
  documentFor,
  isLetThrough,
  isOnData,
  lastEndOf,
  NO_MAPPINGS,
  NO_RECORDS,
  pickupSeconds,
} from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { isFiltering } from '../mappings/settings.ts';
import { keptSeconds } from '../mappings/subjects.ts';
import { firstThat } from '../ordered.ts';
import { triedAgainWhole } from './retrying.ts';
import { batchesWith, hasFailed, kafkaBatches, kafkaMappings, retriesOf, topicOf } from './subjects.ts';

export const ord01 = defineRule({
  id: 'KAF-ORD-01',
  level: 'MUST',
  invariant: 'The records of one partition are first delivered in the order of their offsets.',
  sources: [guide('with-kafka', 'archived'), guide('kafka-scaling-modes')],
  needs: ['kafka'],
  subjects: kafkaMappings,
  check: (mapping) => {
    const reached = new Map<string, { readonly offset: number; readonly batch: Batch }>();
    for (const batch of mapping.batches) {
      for (let at = 0; at < batch.seen.length; at++) {
        const record = batch.records[at];
        const seen = batch.seen[at];
        // Only what is delivered for the first time says something of the order.
        if (record === undefined || seen?.shard === undefined || batchesWith(record, mapping)[0] !== batch)
          continue;
        const offset = Number(seen.id);
        const before = reached.get(seen.shard);
        if (before !== undefined && offset < before.offset) {
          return {
            expected: `offset ${offset} of ${seen.shard} before offset ${before.offset}`,
            observed: 'after it',
            entries: [batch.started, before.batch.started],
          };
        }
        reached.set(seen.shard, { offset, batch });
      }
    }
    return;
  },
});

export const cmt01 = defineRule({
  id: 'KAF-CMT-01',
  level: 'MUST',
  invariant:
    'Offsets are committed after an attempt that ended ok: what was in one that failed is delivered again.',
  sources: [guide('with-kafka', 'archived'), guide('invocation-eventfiltering')],
  needs: ['kafka'],
  subjects: (view) =>
    kafkaBatches(view).filter((batch) => {
      const { steady } = batch.mapping;
      if (steady === undefined || !hasFailed(batch) || steady.bisects) return false;
      if (steady.maximumRecordAgeSeconds !== -1) return false;
      const retries = retriesOf(steady);
      const first = batch.records.find((record) => record !== undefined);
      if (retries === undefined || first === undefined) return false;
      return (
        retries === Number.POSITIVE_INFINITY || batchesWith(first, batch.mapping).indexOf(batch) < retries
      );
    }),
  check: triedAgainWhole,
});

interface PassedOver {
  readonly record: RecordView;
  readonly mapping: MappingView;
  /** The successful batch with a later offset. */
  readonly after: Batch;
}

const NOTHING_PASSED: readonly PassedOver[] = [];

/** Records that no filter let through, with a successful batch of later records of their partition. */
const passedOver = (view: View): readonly PassedOver[] => {
  let found: PassedOver[] | undefined;
  for (const mapping of kafkaMappings(view)) {
    if (!isFiltering(mapping) || !onData(mapping)) continue;
    const succeeded = firstSuccesses(mapping);
    for (const record of mapping.source.records) {
      if (documentFor(record) === undefined) continue;
      const { sent } = record;
      if (sent?.shard === undefined || sent.id === undefined) continue;
      const after = firstThat(
        succeeded.get(sent.shard) ?? NO_SUCCESSES,
        ({ offset }) => offset > Number(sent.id),
      );
      if (
        after === undefined ||
        !isFilteredOut(record, mapping, sent.requestedAt, after.batch.attempt.endedLatest)
      )
        continue;
      found ??= [];
      found.push({ record, mapping, after: after.batch });
    }
  }
  return found ?? NOTHING_PASSED;
};

interface Success {
  readonly offset: number;
  readonly batch: Batch;
}

const NO_SUCCESSES: readonly Success[] = [];

/** By partition: the batches that ended in complete success, with the offset that each reached, which grows. */
function firstSuccesses(mapping: MappingView): ReadonlyMap<string, readonly Success[]> {
  const found = new Map<string, Success[]>();
  for (const batch of mapping.batches) {
    if (responseOf(batch).kind !== 'success') continue;
    for (const { shard, id } of batch.seen) {
      if (shard === undefined) continue;
      const list = found.get(shard);
      if (list === undefined) found.set(shard, [{ offset: Number(id), batch }]);
      else if (Number(id) > (list.at(-1)?.offset ?? -1)) list.push({ offset: Number(id), batch });
    }
  }
  return found;
}

const onData = ({ settings, source }: MappingView): boolean =>
  settings.every(({ value }) => value?.filters.every((pattern) => isOnData(pattern, source)) !== false);

function isFilteredOut(record: RecordView, mapping: MappingView, from: number, to: number): boolean {
  const document = documentOf('kafka', textOf(record.spec, record.id));
  for (const settings of possible(mapping.settings, from, to)) {
    if (settings === null || settings.filters.length === 0) return false;
    if (matchesAny(settings.filters, document)) return false;
  }
  return true;
}

export const cmt02 = defineRule({
  id: 'KAF-CMT-02',
  level: 'MUST',
  invariant: 'Records that the filters leave out are committed with those that they let through.',
  sources: [guide('invocation-eventfiltering')],
  needs: ['kafka'],
  note: 'Seen where the filters are removed later: what was committed does not come again.',
  subjects: passedOver,
  check: ({ record, mapping, after }) => {
    const again = batchesWith(record, mapping)[0];
    if (again === undefined) return;
    return {
      expected: `no attempt with ${record.id}, which the filters left out`,
      observed: `an attempt at ${again.attempt.startedAt} s`,
      entries: [again.started, after.started],
    };
  },
});

/** Mappings that join a consumer group which had committed offsets before. */
const joining = (view: View): readonly MappingView[] => {
  const mappings = kafkaMappings(view);
  if (mappings.length === 0) return NO_MAPPINGS;
  return mappings.filter((mapping) => committedAt(mapping, view) !== undefined);
};

function committedAt(mapping: MappingView, view: View): number | undefined {
  const group = mapping.steady?.consumerGroup;
  return group === undefined ? undefined : topicOf(mapping, view)?.committed?.[group];
}

export const grp01 = defineRule({
  id: 'KAF-GRP-01',
  level: 'MUST',
  invariant:
    'Where the consumer group exists, reading starts at its committed offsets, whatever the StartingPosition.',
  sources: [guide('kafka-consumer-group-id')],
  needs: ['kafka'],
  subjects: joining,
  check: (mapping, view, tolerances) => {
    const committed = committedAt(mapping, view) ?? 0;
    for (const batch of mapping.batches) {
      for (const { id, shard } of batch.seen) {
        if (Number(id) >= committed) continue;
        return {
          expected: `no record before offset ${committed}, which the group had committed`,
          observed: `offset ${id} of ${shard}`,
          entries: [batch.started],
        };
      }
    }
    return firstSkipped(mapping, committed, view, tolerances);
  },
});

/** What the group had not committed is read, whatever the StartingPosition, where the mapping has the group alone. */
function firstSkipped(mapping: MappingView, committed: number, view: View, tolerances: Tolerances): Finding {
  const skipped = mapping.source.records.filter(
    (record) =>
      record.sent?.shard !== undefined &&
      Number(record.sent.id) >= committed &&
      batchesWith(record, mapping).length === 0 &&
      isLetThrough(record, mapping) !== false,
  );
  if (skipped.length === 0) return;
  const disturbed = disturbance(mapping, view);
  if (disturbed !== undefined) return { unknown: disturbed };
  if ((mapping.steady?.maximumRecordAgeSeconds ?? -1) > 0) return { unknown: 'it may have been too old' };
  if (sharesGroup(mapping)) return { unknown: 'another mapping of its group may have it' };
  const madeAt = mapping.settings.find(({ value }) => value !== null)?.bindsAt ?? 0;
  for (const record of skipped) {
    if (isLetThrough(record, mapping) === undefined) return { unknown: 'a filter may leave it out' };
    const from = Math.max(record.sent?.at ?? 0, madeAt, lastEndOf(mapping));
    const due = from + tolerances.pollingRetrySeconds + pickupSeconds(mapping, tolerances);
    if (due > (record.sent?.requestedAt ?? 0) + keptSeconds(record, view))
      return { unknown: 'it may have been too old' };
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    return {
      expected: `${record.id} in an attempt: the group had committed offset ${committed} only`,
      observed: `none with offset ${record.sent?.id} of ${record.sent?.shard}`,
      entries: record.sent === undefined ? [] : [record.sent],
    };
  }
  return;
}

const sharesGroup = (mapping: MappingView): boolean =>
  mapping.source.mappings.some(
    (other) =>
      other !== mapping &&
      other.settings.some(({ value }) => value?.consumerGroup === mapping.steady?.consumerGroup),
  );

const GROUP_KEYS = ['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig'] as const;

const groupIn = (value: ControlRequest['step']['input'][string] | undefined): string | undefined =>
  textIn(value, 'ConsumerGroupId');

/** The consumer group that a request asks for. */
function groupAsked({ step }: ControlRequest): string | undefined {
  for (const key of GROUP_KEYS) {
    const asked = groupIn(step.input[key]);
    if (asked !== undefined) return asked;
  }
  return undefined;
}

/** Updates that name another consumer group than the mapping has. */
function isRegrouping(request: ControlRequest, view: View): boolean {
  const group = mappingOf(request, view)?.settings[0]?.value?.consumerGroup;
  const asked = groupAsked(request);
  return group !== undefined && asked !== undefined && asked !== group;
}

/** Creations that name the group of another mapping of the topic. */
function isSharing(request: ControlRequest, view: View): boolean {
  const asked = groupAsked(request);
  if (asked === undefined) return false;
  const source = sourceOf(request, view);
  const { at } = request.requested;
  for (const { name, source: other, settings } of view.mappings.values())
    if (
      name !== request.step.mapping &&
      other.ref === source &&
      settled(settings, at, at)?.consumerGroup === asked
    )
      return true;
  return false;
}

export const grp02 = defineRule({
  id: 'KAF-GRP-02',
  level: 'MUST',
  invariant: 'A consumer group is of one mapping alone, and the group of a mapping cannot be changed.',
  sources: [guide('kafka-consumer-group-id')],
  needs: ['kafka', 'controlPlane'],
  note: 'The page says that the group must be unique among all Kafka event sources: judged on two of one topic. How a second one is refused is not said.',
  subjects: asking(CREATE_OR_UPDATE, (request, view) =>
    request.step.operation === 'CreateEventSourceMapping'
      ? isSharing(request, view)
      : isRegrouping(request, view),
  ),
  check: (request, view) => {
    if (request.step.operation === 'CreateEventSourceMapping')
      return mustBeRefused(request, view, 'the consumer group of another mapping', 'any');
    const { answered } = request;
    const group = mappingOf(request, view)?.settings[0]?.value?.consumerGroup;
    for (const key of GROUP_KEYS) {
      const told = groupIn(asObject(answered?.output)?.[key]);
      if (answered !== undefined && told !== undefined && told !== group)
        return {
          expected: `the consumer group ${group}, or a refusal`,
          observed: `the group ${told}`,
          entries: [answered],
        };
    }
    return;
  },
});

export const pos01 = defineRule({
  id: 'KAF-POS-01',
  level: 'MAY',
  invariant: 'With LATEST, records may be missed while the mapping is made or updated.',
  sources: [guide('kafka-starting-positions')],
  needs: ['kafka'],
  subjects: (view) => {
    const mappings = kafkaMappings(view).filter(
      ({ spec, steady }) => spec === undefined && steady?.startingPosition === 'LATEST',
    );
    return mappings.length === 0
      ? NO_RECORDS
      : mappings.flatMap((mapping) =>
          mapping.source.records.filter(({ sent }) => {
            const { from = 0, bindsAt = 0 } = mapping.settings[1] ?? {};
            return sent !== undefined && sent.requestedAt >= from && sent.at <= bindsAt;
          }),
        );
  },
  observe: ({ batches }) => (batches.length === 0 ? 'missed while the mapping was made' : 'delivered'),
});
