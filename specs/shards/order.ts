/** AWS, invocation-eventsourcemapping.html, services-kinesis-create.html: order, and attempts at once. */
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, Batch, RecordView, View } from '../../engine/view.ts';
import { overflow } from '../concurrency/occupancy.ts';
import { disturbance } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import {
  batchesWith,
  failed,
  firstKnown,
  isBefore,
  isFirstDelivery,
  isWindowed,
  keyOf,
  largestFactor,
  nextWith,
  type Run,
  runs,
  singles,
  streamBatches,
  whole,
} from './subjects.ts';

const KINESIS = guide('with-kinesis');
const CREATE = guide('services-kinesis-create');

export const ord01 = defineRule({
  id: 'STR-ORD-01',
  level: 'MUST',
  invariant:
    'One batch at a time: the records of a shard are first delivered in increasing order, across and within batches.',
  sources: [KINESIS, CREATE],
  subjects: singles,
  check: ({ batches }) => {
    let reached: string | undefined;
    let reachedIn: Batch | undefined;
    for (const batch of batches) {
      let within: string | undefined;
      for (let place = 0; place < batch.seen.length; place++) {
        const id = batch.seen[place]?.id ?? '';
        const record = batch.records[place];
        const isFirst = record !== undefined && isFirstDelivery(record, batch);
        const isLate =
          (within !== undefined && isBefore(id, within)) ||
          (isFirst && reached !== undefined && isBefore(id, reached));
        if (isLate) {
          return {
            expected: `${record?.id ?? id} before the records that came after it`,
            observed: 'after one of them',
            entries: reachedIn === undefined ? [batch.started] : [batch.started, reachedIn.started],
          };
        }
        within = id;
        if (!isFirst) continue;
        reached = id;
        reachedIn = batch;
      }
    }
    return;
  },
});

export const ord02 = defineRule({
  id: 'STR-ORD-02',
  level: 'MUST',
  invariant:
    'With a parallelization factor, records of equal partition key, or of one item, are first delivered in order.',
  sources: [CREATE, guide('services-ddb-params')],
  isContradictory: true,
  note: 'The guide of 2022 said that order is kept at shard level.',
  subjects: (view) =>
    whole(view).filter(({ mapping }) => largestFactor(mapping) > 1 || mapping.source.kind === 'dynamodb'),
  check: ({ batches }) => {
    const reached = new Map<string, { readonly id: string; readonly batch: Batch }>();
    for (const batch of batches) {
      for (let place = 0; place < batch.seen.length; place++) {
        const record = batch.records[place];
        const id = batch.seen[place]?.id;
        if (record === undefined || id === undefined || !isFirstDelivery(record, batch)) continue;
        const key = keyOf(record);
        const before = reached.get(key);
        if (before !== undefined && isBefore(id, before.id)) {
          return {
            expected: `${record.id} before later records of the key ${key}`,
            observed: 'after one of them',
            entries: [batch.started, before.batch.started],
          };
        }
        reached.set(key, { id, batch });
      }
    }
    return;
  },
});

const attemptsOf = ({ batches }: Run): readonly Attempt[] => batches.map(({ attempt }) => attempt);

export const conc01 = defineRule({
  id: 'STR-CONC-01',
  level: 'MUST',
  invariant: 'At most ParallelizationFactor attempts of a shard are in flight, one by default.',
  sources: [CREATE],
  subjects: runs,
  check: (run, _view, tolerances) => {
    const factor = largestFactor(run.mapping);
    if (run.batches.length <= factor) return;
    const over = overflow(attemptsOf(run), () => factor, tolerances);
    if (over === undefined) return;
    return {
      expected: `at most ${factor} attempts of the shard ${run.shard} at once`,
      observed: `${over.inFlight + 1}`,
      entries: [over.attempt.started],
    };
  },
});

export const conc02 = defineRule({
  id: 'STR-CONC-02',
  level: 'MUST',
  invariant: 'No two attempts in flight hold records of the same partition key, or of one item.',
  sources: [CREATE],
  subjects: (view) => whole(view).filter(({ batches }) => batches.length > 1),
  check: ({ batches }, _view, tolerances) => {
    let running: Batch[] = [];
    for (const batch of batches) {
      const { startedAt } = batch.attempt;
      running = running.filter(
        ({ attempt }) => attempt.endedEarliest - tolerances.clockSkewSeconds > startedAt,
      );
      const keys = new Set(batch.records.map((record) => (record === undefined ? undefined : keyOf(record))));
      for (const other of running) {
        const shared = other.records.find((record) => record !== undefined && keys.has(keyOf(record)));
        if (shared === undefined) continue;
        return {
          expected: `one attempt at a time with records of the key ${keyOf(shared)}`,
          observed: `attempt ${batch.attempt.id} while ${other.attempt.id} was in flight`,
          entries: [batch.started, other.started],
        };
      }
      running.push(batch);
    }
    return;
  },
});

export const shard01 = defineRule({
  id: 'STR-SHARD-01',
  level: 'MUST',
  invariant: 'All records of an attempt are from one shard.',
  sources: [KINESIS],
  subjects: streamBatches,
  check: ({ seen, shard, started }) => {
    const other = seen.find((record) => record.shard !== shard);
    if (other === undefined) return;
    return {
      expected: `records of the shard ${shard}`,
      observed: `one of ${other.shard}`,
      entries: [started],
    };
  },
});

/** Shards without a failure, of mappings of which another shard has one. */
const besideFailures = (view: View): readonly Run[] => {
  const all = runs(view);
  if (all.length < 2) return NO_RUNS;
  const fails = ({ batches }: Run) => batches.some((batch) => responseOf(batch).kind !== 'success');
  const failing = new Set(all.filter(fails).map(({ mapping }) => mapping));
  return all.filter(
    (run) => failing.has(run.mapping) && !fails(run) && run.mapping.source.resharded.length === 0,
  );
};

const NO_RUNS: readonly Run[] = [];

export const shard02 = defineRule({
  id: 'STR-SHARD-02',
  level: 'MUST',
  invariant: 'A failing shard does not delay attempts of other shards.',
  sources: [KINESIS, guide('invocation-eventsourcemapping')],
  subjects: besideFailures,
  check: (run, view, tolerances) => {
    const { mapping, batches } = run;
    const why = disturbance(mapping, view);
    if (why !== undefined) return { unknown: why };
    if (mapping.spec === undefined || isWindowed(mapping)) return;
    return onTime(batches, mapping.steady?.windowSeconds ?? 0, tolerances);
  },
});

/** Each batch within its window and a poll after its records were there, and the batch before it was over. */
function onTime(batches: readonly Batch[], windowSeconds: number, tolerances: Tolerances): Finding {
  let freeAt = Number.NEGATIVE_INFINITY;
  for (const { records, attempt, started } of batches) {
    let thereAt = Number.POSITIVE_INFINITY;
    for (const record of records) thereAt = Math.min(thereAt, record?.sent?.at ?? Number.POSITIVE_INFINITY);
    const due =
      Math.max(thereAt, freeAt) +
      windowSeconds +
      tolerances.pollSeconds +
      2 * tolerances.schedulingSlackSeconds;
    if (attempt.startedAt > due && Number.isFinite(thereAt)) {
      return {
        expected: 'a shard that does not fail read on time while another one fails',
        observed: `an attempt ${(attempt.startedAt - Math.max(thereAt, freeAt)).toFixed(1)} s after its records were there`,
        entries: [started],
      };
    }
    freeAt = Math.max(freeAt, attempt.endedLatest);
  }
  return;
}

/** Whether the batch, which failed, is certainly tried again: its retries are not used up. */
export function isRetriedForCertain(batch: Batch): boolean {
  const { mapping, seen } = batch;
  const { steady } = mapping;
  const first = firstKnown(batch);
  if (steady === undefined || first === undefined || steady.maximumRecordAgeSeconds > 0) return false;
  const retries = steady.maximumRetryAttempts;
  if (retries === -1) return true;
  if (steady.reportsItemFailures) return false;
  // How the attempts of halves count is not said.
  if (steady.bisects) return seen.length > 1;
  return batchesWith(first, mapping).indexOf(batch) + 1 <= retries;
}

export const blk01 = defineRule({
  id: 'STR-BLK-01',
  level: 'MUST',
  invariant:
    'One batch at a time: after a failed attempt nothing behind it starts until it succeeded or was discarded.',
  sources: [KINESIS, CREATE],
  subjects: (view) =>
    failed(view).filter((batch) => largestFactor(batch.mapping) === 1 && isRetriedForCertain(batch)),
  check: (batch, view) => {
    const { mapping, seen } = batch;
    const last = seen.at(-1)?.id ?? '';
    const sentAt = firstKnown(batch)?.sent?.requestedAt ?? 0;
    const next = nextInRun(batch, view);
    if (next === undefined) return { unknown: 'nothing came after it, or its shard is not told' };
    if (next.attempt.startedAt >= sentAt + KEPT_SECONDS - 1)
      return { unknown: 'it may have left the stream' };
    for (let place = 0; place < next.seen.length; place++) {
      const record = next.records[place];
      const id = next.seen[place]?.id ?? '';
      if (record === undefined || !isBefore(last, id) || !isFirstDelivery(record, next)) continue;
      if (next.records.some((one) => one !== undefined && batch.records.includes(one))) return;
      return {
        expected: `the batch of attempt ${batch.attempt.id} again before ${record.id}`,
        observed: `${record.id} in attempt ${next.attempt.id}`,
        entries: [next.started, batch.started],
      };
    }
    return mapping.steady === undefined ? { unknown: 'the mapping was changed' } : undefined;
  },
});

/** A stream keeps its records for a day. */
const KEPT_SECONDS = 86_400;

function nextInRun(batch: Batch, view: View): Batch | undefined {
  const run = singles(view).find(({ mapping, shard }) => mapping === batch.mapping && shard === batch.shard);
  return run?.batches[run.batches.indexOf(batch) + 1];
}

export const blk02 = defineRule({
  id: 'STR-BLK-02',
  level: 'SHOULD',
  invariant: 'With a parallelization factor only the failing keys are held up.',
  sources: [CREATE],
  isSilent: true,
  note: 'Which other keys are held up with them is not said.',
  subjects: (view) => failed(view).filter((batch) => largestFactor(batch.mapping) > 1),
  observe: (batch) => {
    const again = nextOf(batch);
    if (again === undefined) return 'not tried again';
    const meanwhile = batch.mapping.batches.some(
      ({ attempt, shard }) =>
        shard === batch.shard &&
        attempt.startedAt > batch.attempt.endedLatest &&
        attempt.startedAt < again.attempt.startedAt,
    );
    return meanwhile ? 'other batches of the shard go on' : 'nothing else of the shard was there, or went on';
  },
});

const nextOf = (batch: Batch): Batch | undefined => {
  const first: RecordView | undefined = firstKnown(batch);
  return first === undefined ? undefined : nextWith(first, batch);
};
