/** AWS, invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching: batching windows. */
import { KAFKA_OR_MQ } from '../../engine/capabilities.ts';
import { isFiller } from '../../engine/json.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { delaySeconds } from '../sqs/subjects.ts';
import { disturbance, NO_MAPPINGS } from './records.ts';
import { responseOf } from './response.ts';
import { withBatches } from './subjects.ts';

const BATCHING = guide('invocation-eventsourcemapping#invocation-eventsourcemapping-batching');

/** Mappings that nothing disturbed, whose batches all succeeded: each batch is as soon as it can be. */
export const calm = once((view: View): readonly MappingView[] => {
  const all = withBatches(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    (mapping) =>
      mapping.spec !== undefined &&
      mapping.steady?.consumerGroup === undefined &&
      disturbance(mapping, view) === undefined &&
      mapping.source.mappings.length === 1 &&
      mapping.batches.every((batch) => responseOf(batch).kind === 'success'),
  );
});

/** The first batch that starts later than it should: its records were there, and no earlier attempt was in its way. */
export function tooLate(
  mapping: MappingView,
  windowSeconds: number,
  view: View,
  tolerances: Tolerances,
): Finding {
  const { pollSeconds, schedulingSlackSeconds, clockSkewSeconds } = tolerances;
  let freeAt = Number.NEGATIVE_INFINITY;
  for (const { records, attempt, started } of mapping.batches) {
    let thereAt = Number.POSITIVE_INFINITY;
    for (const record of records) {
      if (record?.sent === undefined || record.batches[0]?.attempt !== attempt) continue;
      thereAt = Math.min(thereAt, record.sent.at + delaySeconds(record, view));
    }
    const due =
      Math.max(thereAt, freeAt) + windowSeconds + pollSeconds + 2 * schedulingSlackSeconds + clockSkewSeconds;
    if (attempt.startedAt > due && Number.isFinite(thereAt)) {
      return {
        expected: `an attempt within ${windowSeconds + pollSeconds} s after a record is there`,
        observed: `${(attempt.startedAt - Math.max(thereAt, freeAt)).toFixed(1)} s after`,
        entries: [started],
      };
    }
    freeAt = Math.max(freeAt, attempt.endedLatest);
  }
  return;
}

export const win01 = defineRule({
  id: 'POLL-WIN-01',
  level: 'MUST',
  invariant:
    'Without a window an attempt starts as soon as records are there, also with fewer than BatchSize.',
  sources: [BATCHING],
  needs: [['sqs', 'kinesis', 'dynamodb', 'mq']],
  subjects: (view) =>
    calm(view).filter(({ steady, source }) => steady?.windowSeconds === 0 && source.kind !== 'kafka'),
  check: (mapping, view, tolerances) => {
    if (mapping.steady !== undefined && mapping.steady.tumblingWindowSeconds > 0) return;
    return tooLate(mapping, 0, view, tolerances);
  },
});

/** Pairs of batches that follow one another, on a shard that is read one batch at a time. */
interface Pair {
  readonly before: Batch;
  readonly batch: Batch;
  readonly windowSeconds: number;
}

const NO_PAIRS: readonly Pair[] = [];

const pairs = once((view: View): readonly Pair[] => {
  let found: Pair[] | undefined;
  for (const mapping of withBatches(view)) {
    const { steady, source, batches } = mapping;
    if (source.kind !== 'kinesis' && source.kind !== 'dynamodb') continue;
    if (steady === undefined || steady.windowSeconds === 0 || steady.parallelizationFactor !== 1) continue;
    if (
      steady.tumblingWindowSeconds > 0 ||
      disturbance(mapping, view) !== undefined ||
      mapping.spec === undefined
    )
      continue;
    const last = new Map<string, Batch>();
    for (const batch of batches) {
      // A change of a table does not tell its shard: which batch came before it on that shard is not known.
      if (batch.shard === undefined) break;
      const before = last.get(batch.shard);
      last.set(batch.shard, batch);
      // After a failure the same batch is tried again: that waits for no window.
      if (before === undefined || responseOf(before).kind !== 'success') continue;
      if (
        batch.records.some(
          (record) => record === undefined || record.batches.find((one) => one.mapping === mapping) !== batch,
        )
      )
        continue;
      found ??= [];
      found.push({ before, batch, windowSeconds: steady.windowSeconds });
    }
  }
  return found ?? NO_PAIRS;
});

/** Share of a window that may be missing: the pages say "up to". */
const SHORTFALL = 0.1;

/** Whether a batch is full: by number, or perhaps by bytes. */
const mayBeFull = ({ seen, records, mapping }: Batch): boolean =>
  seen.length >= (mapping.steady?.batchSize ?? 0) || records.some((record) => isFiller(record?.spec.body));

/** Whether the shard was split or merged: once it has ended nothing more can come, and no page says that it is waited for. */
const mayBeLast = ({ shard, mapping, attempt }: Batch): boolean =>
  mapping.source.resharded.some(
    ({ parents, at }) => shard !== undefined && parents.includes(shard) && at <= attempt.startedAt,
  );

export const win02 = defineRule({
  id: 'POLL-WIN-02',
  level: 'SHOULD',
  invariant: 'A batch that is not full starts when its window is over, no earlier.',
  sources: [BATCHING],
  needs: ['kinesis'],
  note: 'Judged on shards that are read one batch at a time: the pollers of a queue have windows of their own.',
  subjects: (view) => pairs(view).filter(({ batch }) => !mayBeFull(batch) && !mayBeLast(batch)),
  check: ({ before, batch, windowSeconds }, _view, tolerances) => {
    const opened = before.attempt.endedEarliest;
    const least = opened + windowSeconds * (1 - SHORTFALL) - tolerances.clockSkewSeconds;
    if (batch.attempt.startedAt >= least) return;
    return {
      expected: `${windowSeconds} s between the end of an attempt and a batch that is not full`,
      observed: `${(batch.attempt.startedAt - opened).toFixed(2)} s`,
      entries: [batch.started, before.started],
    };
  },
});

export const win03 = defineRule({
  id: 'POLL-WIN-03',
  level: 'SHOULD',
  invariant:
    'The next window opens when the invocation before completed; for Amazon MQ when the first message arrives.',
  sources: [BATCHING],
  needs: [['kinesis', 'mq']],
  note: 'Judged on streams by what was there before the window was over, and on Amazon MQ by the first message.',
  subjects: (view) => {
    const streams: readonly (Pair | Batch)[] = pairs(view);
    const brokers = calm(view).filter(({ source }) => source.kind === 'mq');
    return brokers.length === 0 ? streams : [...streams, ...brokers.flatMap(({ batches }) => batches)];
  },
  check: (subject, _view, tolerances) =>
    'before' in subject ? opensWithEnd(subject, tolerances) : opensWithMessage(subject, tolerances),
});

function opensWithEnd({ before, batch, windowSeconds }: Pair, tolerances: Tolerances): Finding {
  const { pollSeconds, schedulingSlackSeconds } = tolerances;
  const closes = before.attempt.endedLatest + windowSeconds;
  const sent = Math.min(...batch.records.map((record) => record?.sent?.at ?? Number.POSITIVE_INFINITY));
  if (sent + pollSeconds > closes) return;
  if (batch.attempt.startedAt <= closes + pollSeconds + 2 * schedulingSlackSeconds) return;
  return {
    expected: `a batch ${windowSeconds} s after the attempt before: its records were there`,
    observed: `${(batch.attempt.startedAt - before.attempt.endedLatest).toFixed(1)} s after`,
    entries: [batch.started, before.started],
  };
}

function opensWithMessage(batch: Batch, tolerances: Tolerances): Finding {
  const { attempt, records, mapping, started } = batch;
  const { steady } = mapping;
  if (steady === undefined || mayBeFull(batch) || records.includes(undefined)) return;
  const sent = Math.min(...records.map((record) => record?.sent?.requestedAt ?? Number.POSITIVE_INFINITY));
  const least = sent + steady.windowSeconds * (1 - SHORTFALL) - tolerances.clockSkewSeconds;
  if (attempt.startedAt >= least || !Number.isFinite(sent)) return;
  return {
    expected: `a batch that is not full ${steady.windowSeconds} s after its first message`,
    observed: `${(attempt.startedAt - sent).toFixed(2)} s`,
    entries: [started],
  };
}

/** AWS: the default of Amazon MSK, self-managed Kafka and Amazon MQ. */
const DEFAULT_WINDOW_SECONDS = 0.5;

export const win04 = defineRule({
  id: 'POLL-WIN-04',
  level: 'MUST',
  invariant: 'The default window of Kafka and Amazon MQ is half a second.',
  sources: [BATCHING],
  needs: [KAFKA_OR_MQ],
  note: 'That it cannot be restored by an update is not seen: the API takes whole seconds only.',
  subjects: (view) =>
    calm(view).filter(
      ({ spec, source }) =>
        spec?.windowSeconds === undefined && (source.kind === 'kafka' || source.kind === 'mq'),
    ),
  check: (mapping, view, tolerances) => {
    // More partitions than pollers are read by turns, and scaling takes its time (KAF-POLL-02).
    if (mapping.source.kind === 'kafka' && new Set(mapping.batches.map(({ shard }) => shard)).size > 1)
      return { unknown: 'several partitions are read by turns' };
    return tooLate(mapping, DEFAULT_WINDOW_SECONDS, view, tolerances);
  },
});
