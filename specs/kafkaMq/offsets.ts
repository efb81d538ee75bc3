/** AWS, with-kafka.html, invocation-eventfiltering.html, kafka-consumer-group-id.html: order, and what is committed. */
import { possible } from '../../engine/configuration.ts';
import { documentOf, matchesAny } from '../../engine/filterPattern.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import { textOf } from '../../engine/sourceSpec.ts';
import type { Batch, ControlRequest, MappingView, RecordView, View } from '../../engine/view.ts';
import { isJudgeable } from '../limits/answers.ts';
import { mappingOf } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';
import { documentFor, isFiltering, isOnData } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { triedAgainWhole } from './retrying.ts';
import { batchesWith, hasFailed, kafkaBatches, kafkaMappings, retriesOf } from './subjects.ts';

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
      const after = succeeded.get(sent.shard)?.find(({ offset }) => offset > Number(sent.id));
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

/** By partition: the batches that ended in complete success, with the offset that each reached. */
function firstSuccesses(
  mapping: MappingView,
): Map<string, { readonly offset: number; readonly batch: Batch }[]> {
  const found = new Map<string, { readonly offset: number; readonly batch: Batch }[]>();
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

const NO_MAPPINGS: readonly MappingView[] = [];

/** Mappings that join a consumer group which had committed offsets before. */
const joining = (view: View): readonly MappingView[] => {
  const mappings = kafkaMappings(view);
  if (mappings.length === 0) return NO_MAPPINGS;
  return mappings.filter((mapping) => committedAt(mapping, view) !== undefined);
};

function committedAt({ source, steady }: MappingView, view: View): number | undefined {
  if (steady?.consumerGroup === undefined) return undefined;
  const topic = view.history.scenario.kafkaTopics?.find(({ name }) => `kafka:${name}` === source.ref);
  return topic?.committed?.[steady.consumerGroup];
}

export const grp01 = defineRule({
  id: 'KAF-GRP-01',
  level: 'MUST',
  invariant:
    'Where the consumer group exists, reading starts at its committed offsets, whatever the StartingPosition.',
  sources: [guide('kafka-consumer-group-id')],
  needs: ['kafka'],
  subjects: joining,
  check: (mapping, view) => {
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
    return;
  },
});

const GROUP_KEYS = ['AmazonManagedKafkaEventSourceConfig', 'SelfManagedKafkaEventSourceConfig'] as const;

const groupIn = (value: ControlRequest['step']['input'][string] | undefined): string | undefined =>
  textIn(value, 'ConsumerGroupId');

/** Updates that name another consumer group than the mapping has. */
const regrouping = (view: View): readonly ControlRequest[] => {
  if (view.requests.length === 0) return view.requests;
  return view.requests.filter((request) => {
    if (request.step.operation !== 'UpdateEventSourceMapping' || !isJudgeable(request)) return false;
    const group = mappingOf(request, view)?.settings[0]?.value?.consumerGroup;
    if (group === undefined) return false;
    return GROUP_KEYS.some((key) => {
      const asked = groupIn(request.step.input[key]);
      return asked !== undefined && asked !== group;
    });
  });
};

export const grp02 = defineRule({
  id: 'KAF-GRP-02',
  level: 'MUST',
  invariant: 'The consumer group of a mapping cannot be changed.',
  sources: [guide('kafka-consumer-group-id')],
  needs: ['kafka'],
  subjects: regrouping,
  check: (request, view) => {
    const { answered, rejected } = request;
    if (answered === undefined || rejected !== undefined) return;
    const group = mappingOf(request, view)?.settings[0]?.value?.consumerGroup;
    for (const key of GROUP_KEYS) {
      const told = groupIn((answered.output as Record<string, never> | undefined)?.[key]);
      if (told !== undefined && told !== group)
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

const NO_RECORDS: readonly RecordView[] = [];
