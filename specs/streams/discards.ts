/** AWS, kinesis-on-failure-destination.html: what is told of discarded batches, and of which. */
import { STREAMS } from '../../engine/capabilities.ts';
import { deliveryDueBy } from '../../engine/horizon.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import { firstWith, isLetThrough, NO_RECORDS } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { firstThat } from '../ordered.ts';
import { checkpointIn } from './answer.ts';
import { changeOf, mayBeTooOld, retryDueBy, whyMissing } from './calm.ts';
import { type Chain, chains, failedThroughout } from './chains.ts';
import { type Failure, failures, failuresFrom, isRightChanged, whyUntold } from './failures.ts';
import { isBefore } from './sequence.ts';
import { inWords } from './splits.ts';
import { isCertainlyInStream, keyOf, steadyFactor } from './subjects.ts';

const PAGE = guide('kinesis-on-failure-destination');
const TABLES = guide('services-dynamodb-errors');

/** Chains that used up all their retries. */
const exhausted = once((view: View): readonly Chain[] => {
  const all = chains(view);
  if (all.length === 0) return all;
  return all.filter((chain) => {
    const { steady } = chain.mapping;
    if (steady === undefined || steady.maximumRetryAttempts < 0 || steady.onFailure === undefined)
      return false;
    if (steady.bisects && chain.first.seen.length > 1) return false;
    return chain.attempts.length > steady.maximumRetryAttempts && failedThroughout(chain);
  });
});

type Subject = Chain | Failure;

const NO_SUBJECTS: readonly Subject[] = [];

export const dst01 = defineRule<Subject>({
  id: 'STR-DST-01',
  level: 'MUST',
  invariant:
    'Each discarded batch yields one failure record; none tells of a batch that succeeded in the end.',
  sources: [PAGE, TABLES],
  needs: [STREAMS, 'destinations'],
  subjects: (view) => {
    const discarded = exhausted(view);
    const told = failures(view);
    if (discarded.length === 0 && told.length === 0) return NO_SUBJECTS;
    return [...discarded, ...told];
  },
  check: (subject, view) => ('delivery' in subject ? isOfFailure(subject, view) : isToldOnce(subject, view)),
});

function isToldOnce(chain: Chain, view: View): Finding {
  const { mapping, last, next } = chain;
  const { tolerances } = view;
  const told = failuresFrom(mapping, last.seen[0], view);
  const [first] = told;
  if (told.length > 1 + tolerances.duplicateBudget && first !== undefined)
    return {
      expected: `one failure record of ${inWords(last)}`,
      observed: `${told.length}`,
      entries: [...told.slice(1).map(({ delivery }) => delivery.entry), first.delivery.entry],
    };
  if (first !== undefined) return;
  const why = changeOf(mapping, view) ?? whyUntold(mapping, view);
  if (why !== undefined) return { unknown: why };
  // It was not given up, and STR-RET-02 says so.
  if (next !== undefined) return { unknown: 'it was tried again' };
  const due = deliveryDueBy(last.attempt.endedLatest, tolerances) + tolerances.pollSeconds;
  for (const record of last.records)
    if (mayBeTooOld(record, mapping, last.attempt.endedLatest, tolerances))
      return { unknown: 'records may have been too old' };
  if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
  return {
    expected: `a failure record of ${inWords(last)} at ${mapping.steady?.onFailure}`,
    observed: 'none',
    entries: [last.started],
  };
}

function isOfFailure({ first, mapping, delivery }: Failure, view: View): Finding {
  if (first === undefined) return { unknown: 'the discarded records cannot be told' };
  if (mapping.steady === undefined || view.tolerances.duplicateBudget > 0)
    return { unknown: 'they may have come again after a success' };
  for (const batch of first.batches) {
    if (batch.mapping !== mapping) continue;
    const checkpoint = checkpointIn(batch);
    if (checkpoint === undefined || batch.records.indexOf(first) >= checkpoint) continue;
    return {
      expected: `no failure record of ${first.id}: attempt ${batch.attempt.id} succeeded for it`,
      observed: 'one',
      entries: [delivery.entry, batch.started],
    };
  }
  return;
}

/** Chains that used up their retries, whose destination is gone or out of reach. */
const untold = (view: View): readonly Chain[] => {
  const all = exhausted(view);
  if (all.length === 0) return all;
  return all.filter(({ mapping, last }) => {
    const to = mapping.steady?.onFailure ?? '';
    const goneAt = view.removed.get(to) ?? Number.POSITIVE_INFINITY;
    return goneAt < last.attempt.startedAt || isRightChanged(mapping, to, view);
  });
};

export const dst08 = defineRule({
  id: 'STR-DST-08',
  level: 'MUST',
  invariant:
    'Where the failure record cannot be delivered, processing goes on with the next batch all the same.',
  sources: [guide('monitoring-metrics-types')],
  needs: [STREAMS, 'destinations'],
  note: 'Judged by the next record of the shard or, with a higher factor and of tables, of the key.',
  subjects: untold,
  check: ({ mapping, attempts, last }, view, tolerances) => {
    const exhausted = attempts[mapping.steady?.maximumRetryAttempts ?? 0];
    const next = nextAfter(last.records.at(-1), mapping);
    if (exhausted === undefined || next?.sent === undefined) return;
    const from = Math.max(exhausted.attempt.endedLatest, next.sent.at);
    const due = retryDueBy(mapping, from, tolerances);
    const batch = firstWith(next, mapping);
    if (batch !== undefined && batch.attempt.startedAt <= due) return;
    const why = whyMissing(next, mapping, due, view);
    if (why !== undefined) return why;
    return {
      expected: `${next.id} in an attempt after ${inWords(last)} was discarded`,
      observed:
        batch === undefined ? 'in none' : `in one ${(batch.attempt.startedAt - from).toFixed(0)} s later`,
      entries: [(batch ?? last).started, next.sent],
    };
  },
});

/** The next record in the same line that the filters let through. */
function nextAfter(last: RecordView | undefined, mapping: MappingView): RecordView | undefined {
  const { sent } = last ?? {};
  if (last === undefined || sent === undefined) return undefined;
  const line = linesOf(mapping).get(lineOf(last, mapping)) ?? NO_RECORDS;
  return firstThat(line, (record) => isAfter(record, last));
}

/** What is worked off in order: a shard or, with a higher factor and of tables, the records of a key in it. */
function lineOf(record: RecordView, mapping: MappingView): string {
  const isByKey = mapping.source.kind === 'dynamodb' || steadyFactor(mapping) !== 1;
  return `${record.sent?.shard} ${isByKey ? keyOf(record) : ''}`;
}

/** Of tables by the time at which they were written: their numbers are told with attempts only. */
function isAfter({ sent: one, source }: RecordView, { sent: other }: RecordView): boolean {
  if (one === undefined || other === undefined) return false;
  if (source.kind === 'dynamodb') return one.requestedAt > other.at;
  return other.id !== undefined && one.id !== undefined && isBefore(other.id, one.id);
}

const lines = new WeakMap<MappingView, ReadonlyMap<string, readonly RecordView[]>>();

/** The records that the filters let through, line by line and in order. */
function linesOf(mapping: MappingView): ReadonlyMap<string, readonly RecordView[]> {
  const known = lines.get(mapping);
  if (known !== undefined) return known;
  const found = new Map<string, RecordView[]>();
  for (const record of mapping.source.records) {
    if (!isCertainlyInStream(record) || isLetThrough(record, mapping) !== true) continue;
    if (record.source.kind === 'kinesis' && record.sent?.id === undefined) continue;
    const line = lineOf(record, mapping);
    const records = found.get(line);
    if (records === undefined) found.set(line, [record]);
    else records.push(record);
  }
  for (const records of found.values())
    records.sort((one, other) =>
      one.source.kind === 'dynamodb'
        ? (one.sent?.requestedAt ?? 0) - (other.sent?.requestedAt ?? 0)
        : isBefore(one.sent?.id ?? '', other.sent?.id ?? '')
          ? -1
          : 1,
    );
  lines.set(mapping, found);
  return found;
}
