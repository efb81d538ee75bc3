/** AWS, kafka-scaling-modes.html: how many attempts at once, and how soon. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import { withinLimit } from '../mappings/atOnce.ts';
import { engineOf, isDisturbed, kafkaMappings, mqMappings, partitionsOf } from './subjects.ts';

const SCALING = guide('kafka-scaling-modes');

/** Attempts for one poller in provisioned mode. */
const PER_POLLER = 5;

export const poll01 = defineRule({
  id: 'KAF-POLL-01',
  level: 'MUST',
  invariant: 'There are never more pollers than the topic has partitions.',
  sources: [SCALING],
  needs: ['kafka'],
  note: 'A poller has one attempt in flight in on-demand mode, five in provisioned mode.',
  subjects: kafkaMappings,
  check: (mapping, view, tolerances) => {
    if (mapping.steady === undefined) return { unknown: 'its settings changed' };
    const perPoller = mapping.steady.provisioned === null ? 1 : PER_POLLER;
    return withinLimit(mapping, () => perPoller * partitionsOf(mapping, view), tolerances);
  },
});

interface FirstOfPartition {
  readonly mapping: MappingView;
  readonly record: RecordView;
}

const NONE: readonly FirstOfPartition[] = [];

/** The first record of each partition, of mappings in on-demand mode that read all or were there before it. */
const firsts = (view: View): readonly FirstOfPartition[] => {
  let found: FirstOfPartition[] | undefined;
  for (const mapping of kafkaMappings(view)) {
    const { steady, spec, source } = mapping;
    if (spec === undefined || steady?.provisioned !== null || steady.filters.length > 0) continue;
    if (steady.consumerGroup !== undefined || isDisturbed(mapping, view)) continue;
    const partitions = new Set<string>();
    for (const record of source.records) {
      if (record.sent?.shard === undefined || partitions.has(record.sent.shard)) continue;
      partitions.add(record.sent.shard);
      found ??= [];
      found.push({ mapping, record });
    }
  }
  return found ?? NONE;
};

/** AWS: the lag is looked at every minute, and pollers are there within three. */
const SCALED_WITHIN_SECONDS = 60 + 180;

export const poll02 = defineRule({
  id: 'KAF-POLL-02',
  level: 'SHOULD',
  invariant: 'In on-demand mode the lag is evaluated every minute, and scaling takes no more than three.',
  sources: [SCALING],
  needs: ['kafka'],
  note: 'Judged on the first record of each partition: within four minutes some poller reads it.',
  subjects: firsts,
  check: ({ mapping, record }, view, tolerances) => {
    const windowSeconds = mapping.steady?.windowSeconds ?? 0;
    const { pollSeconds, schedulingSlackSeconds, clockSkewSeconds, pollingRetrySeconds } = tolerances;
    const sentAt = record.sent?.at ?? Number.POSITIVE_INFINITY;
    // A batch of another partition that keeps failing may hold the only poller up.
    const held = mapping.batches.some(({ attempt }) => !attempt.succeeded || attempt.mayHaveBeenKilled)
      ? pollingRetrySeconds
      : 0;
    const due =
      sentAt +
      SCALED_WITHIN_SECONDS +
      held +
      windowSeconds +
      pollSeconds +
      2 * schedulingSlackSeconds +
      clockSkewSeconds;
    const first = record.batches.find((batch) => batch.mapping === mapping);
    if (first !== undefined && first.attempt.startedAt <= due) return;
    if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
    if (mayLackCapacity(mapping.function, view)) return { unknown: 'the function may have lacked capacity' };
    if (mapping.batches.some(({ attempt }) => attempt.endedLatest === Number.POSITIVE_INFINITY))
      return { unknown: 'the end of an attempt was not seen' };
    return {
      expected: `${record.id}, the first of its partition, read within ${SCALED_WITHIN_SECONDS} s`,
      observed:
        first === undefined ? 'never' : `${Math.round(first.attempt.startedAt - sentAt)} s after it was sent`,
      entries: first === undefined ? (record.sent === undefined ? [] : [record.sent]) : [first.started],
    };
  },
});

/** AWS, API_ProvisionedPollerConfig.html: 200 where nothing else is given. */
const DEFAULT_MAXIMUM_POLLERS = 200;

export const poll03 = defineRule({
  id: 'KAF-POLL-03',
  level: 'MUST',
  invariant: 'In provisioned mode there are at most five attempts at once for each of MaximumPollers.',
  sources: [SCALING, api('ProvisionedPollerConfig')],
  needs: ['kafka'],
  subjects: (view) =>
    kafkaMappings(view).filter(({ steady }) => steady !== undefined && steady.provisioned !== null),
  check: (mapping, _view, tolerances) => {
    const maximum = mapping.steady?.provisioned?.maximum ?? DEFAULT_MAXIMUM_POLLERS;
    return withinLimit(mapping, () => PER_POLLER * maximum, tolerances);
  },
});

export const mqConc01 = defineRule({
  id: 'MQ-CONC-01',
  level: 'MUST',
  invariant: 'A mapping of ActiveMQ has at most five attempts at once, one of RabbitMQ at most one.',
  sources: [guide('with-mq'), guide('configuration-concurrency')],
  needs: ['mq'],
  subjects: mqMappings,
  check: (mapping, view, tolerances) => {
    const engine = engineOf(mapping, view);
    if (engine === undefined) return { unknown: 'the queue is not declared' };
    return withinLimit(mapping, () => (engine === 'activeMq' ? 5 : 1), tolerances);
  },
});
