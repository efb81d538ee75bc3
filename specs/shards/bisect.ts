/** AWS, services-kinesis-create.html and services-kinesis-batchfailurereporting.html: bisecting, and batch responses. */
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { disturbance } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { noneComesAgain } from '../mappings/subjects.ts';
import { once } from '../memo.ts';
import {
  batchesWith,
  failed,
  firstKnown,
  isBefore,
  isFirstDelivery,
  isWindowed,
  largestFactor,
  nextWith,
  streamBatches,
} from './subjects.ts';

const CREATE = guide('services-kinesis-create');
const RESPONSES = guide('services-kinesis-batchfailurereporting');

/** Batches of several records that ended with an error, of mappings that bisect. */
const bisected = once((view: View): readonly Batch[] =>
  failed(view).filter(
    ({ seen, mapping }) =>
      seen.length > 1 &&
      mapping.steady?.bisects === true &&
      !isWindowed(mapping) &&
      mapping.steady.maximumRecordAgeSeconds === -1,
  ),
);

/** The halves of a batch: the first attempts after it with its first record, and with the one after those. */
function halvesOf(batch: Batch): { readonly first: Batch | undefined; readonly second: Batch | undefined } {
  const [head] = batch.records;
  const first = head === undefined ? undefined : nextWith(head, batch);
  const next = first === undefined ? undefined : batch.records[first.seen.length];
  return { first, second: next === undefined ? undefined : nextWith(next, batch) };
}

/** Whether the records of `part` are those of `whole` from `from` on, in order, and no others. */
const isPartOf = (part: Batch, whole: Batch, from: number): boolean =>
  part.seen.every(({ id }, place) => whole.seen[from + place]?.id === id);

/** A stream keeps its records for a day. */
const KEPT_SECONDS = 86_400;

function isSplit(batch: Batch, view: View): Finding {
  const { first, second } = halvesOf(batch);
  if (first === undefined) {
    const why = disturbance(batch.mapping, view);
    return why === undefined ? undefined : { unknown: why };
  }
  const expected = `the ${batch.seen.length} records of attempt ${batch.attempt.id} as two smaller batches, in order`;
  if (first.seen.length >= batch.seen.length || !isPartOf(first, batch, 0)) {
    return {
      expected,
      observed: `an attempt with ${first.seen.length} records, ${namesOf(first)}`,
      entries: [first.started, batch.started],
    };
  }
  if (second === undefined) {
    const missing = batch.records[first.seen.length];
    const why = disturbance(batch.mapping, view);
    if (why !== undefined) return { unknown: why };
    if (view.watchedUntil !== Number.POSITIVE_INFINITY)
      return { unknown: 'the observer left before the second half was due' };
    if (missing === undefined) return { unknown: 'its records cannot be told' };
    const until = batchesWith(batch.records[0] as RecordView, batch.mapping).at(-1)?.attempt.startedAt ?? 0;
    if (until > (missing.sent?.requestedAt ?? 0) + KEPT_SECONDS - 300)
      return { unknown: 'it may have left the stream' };
    // What never ends in the first half keeps the second one waiting for ever.
    const last = batchesWith(batch.records[0] as RecordView, batch.mapping).at(-1);
    if (last !== undefined && !last.attempt.succeeded && batch.mapping.steady?.maximumRetryAttempts === -1)
      return { unknown: 'the first half did not come to its end' };
    return {
      expected,
      observed: `${missing.id} in no further attempt`,
      entries: [first.started, batch.started],
    };
  }
  if (isPartOf(second, batch, first.seen.length)) return;
  return {
    expected,
    observed: `the second with ${namesOf(second)}`,
    entries: [second.started, batch.started],
  };
}

const namesOf = ({ records, seen }: Batch): string =>
  records
    .map((record, place) => record?.id ?? seen[place]?.id)
    .slice(0, 4)
    .join(' ');

export const bis01 = defineRule({
  id: 'STR-BIS-01',
  level: 'MUST',
  invariant:
    'After a function error a batch of several records comes as two smaller ones, in order, without loss or overlap.',
  sources: [CREATE],
  subjects: bisected,
  check: isSplit,
});

export const bis02 = defineRule({
  id: 'STR-BIS-02',
  level: 'MUST',
  invariant: 'Splitting uses up no retries.',
  sources: [CREATE],
  isSilent: true,
  note: 'How attempts of the halves count is not said: with m records and n retries there are at most (2m - 1)(n + 1).',
  subjects: (view) =>
    bisected(view).filter((batch) => {
      const first = firstKnown(batch);
      const { steady } = batch.mapping;
      return (
        first !== undefined &&
        isFirstDelivery(first, batch) &&
        steady !== undefined &&
        steady.maximumRetryAttempts >= 0 &&
        !steady.reportsItemFailures
      );
    }),
  check: (batch, _view, tolerances) => {
    const own = new Set<Batch>();
    for (const record of batch.records)
      if (record !== undefined) for (const one of batchesWith(record, batch.mapping)) own.add(one);
    const retries = batch.mapping.steady?.maximumRetryAttempts ?? 0;
    const most = (2 * batch.seen.length - 1) * (retries + 1) + tolerances.duplicateBudget * batch.seen.length;
    if (own.size <= most) return;
    return {
      expected: `at most ${most} attempts of ${batch.seen.length} records with ${retries} retries`,
      observed: `${own.size}`,
      entries: [batch.started],
    };
  },
});

export const bis03 = defineRule({
  id: 'STR-BIS-03',
  level: 'SHOULD',
  invariant: 'The first half is resolved before the second one starts.',
  sources: [CREATE],
  note: 'Derived from the order of a shard that is read one batch at a time.',
  subjects: (view) => bisected(view).filter(({ mapping }) => largestFactor(mapping) === 1),
  check: (batch) => {
    const { first, second } = halvesOf(batch);
    const record = first?.records.find((one) => one !== undefined);
    if (first === undefined || second === undefined || record === undefined) return;
    if (!isPartOf(first, batch, 0) || first.seen.length >= batch.seen.length) return;
    const late = batchesWith(record, batch.mapping).find(
      ({ attempt }) => attempt.startedAt > second.attempt.startedAt,
    );
    const isEarly = second.attempt.startedAt < first.attempt.startedAt;
    if (late === undefined && !isEarly) return;
    return {
      expected: `${record.id}, in the first half, resolved before attempt ${second.attempt.id}`,
      observed: isEarly ? 'the second half came first' : `in attempt ${late?.attempt.id}`,
      entries: [second.started, ...(late === undefined ? [] : [late.started])],
    };
  },
});

export const bis04 = defineRule({
  id: 'STR-BIS-04',
  level: 'MUST',
  invariant: 'Batches are bisected after exceptions whether or not partial responses are asked for.',
  sources: [CREATE, RESPONSES],
  note: 'That later batches keep their size is not seen: they may be smaller anyway.',
  subjects: (view) => bisected(view).filter(({ mapping }) => mapping.steady?.reportsItemFailures === true),
  check: isSplit,
});

/** Batches with a valid partial response, under settings that never changed. */
const partial = once((view: View): readonly Batch[] => {
  const all = streamBatches(view);
  if (all.length === 0) return all;
  return all.filter(
    (batch) =>
      batch.mapping.steady !== undefined &&
      !isWindowed(batch.mapping) &&
      responseOf(batch).kind === 'partial',
  );
});

/** The place of the lowest sequence number that was reported. */
function checkpointOf(batch: Batch): number {
  const response = responseOf(batch);
  if (response.kind !== 'partial') return -1;
  let lowest = -1;
  batch.seen.forEach(({ id }, place) => {
    const other = batch.seen[lowest];
    if (response.failed.has(id) && (other === undefined || isBefore(id, other.id))) lowest = place;
  });
  return lowest;
}

function fromCheckpointOn(batch: Batch, mustHoldAll: boolean): Finding {
  const place = checkpointOf(batch);
  const record = batch.records[place];
  const next = record === undefined ? undefined : nextWith(record, batch);
  if (record === undefined || next === undefined) return;
  const expected = `the next attempt with ${record.id} begins with it, and holds what followed it`;
  if (next.seen[0]?.id !== batch.seen[place]?.id)
    return {
      expected,
      observed: `it begins with ${next.records[0]?.id ?? next.seen[0]?.id}`,
      entries: [next.started, batch.started],
    };
  if (!mustHoldAll) return;
  const ids = new Set(next.seen.map(({ id }) => id));
  const missing = batch.seen.slice(place).find(({ id }) => !ids.has(id));
  if (missing === undefined) return;
  return {
    expected,
    observed: `${missing.record ?? missing.id} is not in it`,
    entries: [next.started, batch.started],
  };
}

export const bis05 = defineRule({
  id: 'STR-BIS-05',
  level: 'MUST',
  invariant:
    'With both, a partial response splits at the reported sequence number, and only the rest is tried again.',
  sources: [RESPONSES],
  subjects: (view) => partial(view).filter(({ mapping }) => mapping.steady?.bisects === true),
  check: (batch) => fromCheckpointOn(batch, false),
});

export const bis06 = defineRule({
  id: 'STR-BIS-06',
  level: 'SHOULD',
  invariant: 'A batch of one record is not split: it follows the retries.',
  sources: [CREATE],
  subjects: (view) =>
    failed(view).filter(
      ({ seen, mapping: { steady } }) =>
        seen.length === 1 &&
        steady?.bisects === true &&
        steady.maximumRetryAttempts >= 0 &&
        !steady.reportsItemFailures,
    ),
  check: (batch, _view, tolerances) => {
    const record = firstKnown(batch);
    if (record === undefined) return;
    const alone = batchesWith(record, batch.mapping).filter(({ seen }) => seen.length === 1);
    const most = 1 + (batch.mapping.steady?.maximumRetryAttempts ?? 0);
    const beyond = alone[most + tolerances.duplicateBudget];
    if (beyond === undefined) return;
    return {
      expected: `at most ${most} attempts with ${record.id} alone`,
      observed: `${alone.length}`,
      entries: [beyond.started],
    };
  },
});

const isYoung = ({ mapping }: Batch): boolean => (mapping.steady?.maximumRecordAgeSeconds ?? -1) <= 0;

export const pbr01 = defineRule({
  id: 'STR-PBR-01',
  level: 'MUST',
  invariant:
    'The lowest reported sequence number is the checkpoint: the next attempt begins there, and holds all from there on.',
  sources: [RESPONSES],
  subjects: (view) => partial(view).filter(isYoung),
  check: (batch) => fromCheckpointOn(batch, batch.mapping.steady?.bisects !== true),
});

export const pbr02 = defineRule({
  id: 'STR-PBR-02',
  level: 'SHOULD',
  invariant: 'Records before the checkpoint are not delivered again.',
  sources: [RESPONSES],
  note: 'The page warns that they may be: the duplicate budget of a target says how often.',
  subjects: (view) => partial(view).filter((batch) => checkpointOf(batch) > 0),
  check: (batch, _view, tolerances) => {
    const place = checkpointOf(batch);
    for (const record of batch.records.slice(0, place)) {
      if (record === undefined) continue;
      const later = batchesWith(record, batch.mapping).slice(
        batchesWith(record, batch.mapping).indexOf(batch) + 1,
      );
      const again = later[tolerances.duplicateBudget];
      if (again === undefined) continue;
      return {
        expected: `${record.id}, before the checkpoint, not delivered again`,
        observed: `in attempt ${again.attempt.id}`,
        entries: [again.started, batch.started],
      };
    }
    return;
  },
});

export const pbr03 = defineRule({
  id: 'STR-PBR-03',
  level: 'MUST',
  invariant: 'Complete success moves the checkpoint past the last record of the batch.',
  sources: [RESPONSES],
  subjects: (view) =>
    streamBatches(view).filter((batch) => responseOf(batch).kind === 'success' && !isWindowed(batch.mapping)),
  check: noneComesAgain,
});

export const pbr04 = defineRule({
  id: 'STR-PBR-04',
  level: 'SHOULD',
  invariant:
    'Where the checkpoint has moved, what remains has retries of its own; where it has not, the count goes on.',
  sources: [RESPONSES],
  isSilent: true,
  note: 'On no page; recorded from AWS: with 3 retries the last record of a batch of 3 was delivered 1 + 4 times.',
  subjects: (view) =>
    partial(view).filter(
      (batch) => checkpointOf(batch) > 0 && (batch.mapping.steady?.maximumRetryAttempts ?? -1) >= 0,
    ),
  observe: (batch) => {
    const record = batch.records[checkpointOf(batch)];
    if (record === undefined) return 'its records cannot be told';
    const all = batchesWith(record, batch.mapping);
    const later = all.slice(all.indexOf(batch) + 1);
    if (later.some((one) => responseOf(one).kind === 'success')) return 'it succeeded later';
    const retries = batch.mapping.steady?.maximumRetryAttempts ?? 0;
    return later.length > retries ? 'the count begins anew' : 'the count goes on';
  },
});
