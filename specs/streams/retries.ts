/** AWS, kinesis-on-failure-destination.html and services-dynamodb-errors.html: retries of a failed batch. */
import { STREAMS } from '../../engine/capabilities.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { hadSucceeded, NO_BATCHES, nextWith } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { checkpointIn, hasFailed } from './answer.ts';
import { changeOf, excuseOf, mayBeTooOld, retryDueBy, whyMissing } from './calm.ts';
import { type Chain, chains, failedThroughout } from './chains.ts';
import { activeMappings } from './subjects.ts';

const PAGE = guide('kinesis-on-failure-destination');
const TABLES = guide('services-dynamodb-errors');
const MAPPINGS = guide('invocation-eventsourcemapping');

/** Batches that failed, of mappings that bound neither the retries nor the age. */
const unbounded = once((view: View): readonly Batch[] => {
  let found: Batch[] | undefined;
  for (const { steady, batches } of activeMappings(view)) {
    if (steady?.maximumRetryAttempts !== -1 || steady.maximumRecordAgeSeconds !== -1) continue;
    for (const batch of batches) {
      if (batch.seen.length === 0 || !hasFailed(batch)) continue;
      found ??= [];
      found.push(batch);
    }
  }
  return found ?? NO_BATCHES;
});

/** The first record of those that failed. */
function firstFailed(batch: Batch): RecordView | undefined {
  const checkpoint = checkpointIn(batch);
  return checkpoint === undefined ? undefined : batch.records[checkpoint];
}

/** A failed record that must come again, and does not. */
export function comesAgain(record: RecordView | undefined, batch: Batch, view: View): Finding {
  if (record === undefined) return { unknown: 'the record cannot be told' };
  if (nextWith(record, batch) !== undefined) return;
  if (hadSucceeded(record, batch)) return { unknown: 'it had succeeded before' };
  const due = retryDueBy(batch.mapping, batch.attempt.endedLatest, view.tolerances);
  const why = whyMissing(record, batch.mapping, due, view);
  if (why !== undefined) return why;
  return {
    expected: `${record.id} again: attempt ${batch.attempt.id} failed`,
    observed: 'no further attempt with it',
    entries: [batch.started],
  };
}

export const ret01 = defineRule({
  id: 'STR-RET-01',
  level: 'MUST',
  invariant: 'Without bounds a failing batch is tried again until it succeeds or its records expire.',
  sources: [MAPPINGS, PAGE, TABLES],
  needs: [STREAMS],
  note: 'Judged on the first record that failed: those behind it may have to wait for it.',
  subjects: unbounded,
  check: (batch, view) => comesAgain(firstFailed(batch), batch, view),
});

/** Chains of mappings that bound retries and do not bisect, which failed as a whole each time. */
const bounded = once((view: View): readonly Chain[] => {
  const all = chains(view);
  if (all.length === 0) return all;
  return all.filter((chain) => {
    const { steady } = chain.mapping;
    if (steady === undefined || steady.maximumRetryAttempts < 0 || steady.bisects) return false;
    return failedThroughout(chain);
  });
});

const grantedTo = ({ mapping }: Chain): number => 1 + (mapping.steady?.maximumRetryAttempts ?? 0);

/** More attempts of the same records than the mapping grants. */
export function tooMany(chain: Chain, { duplicateBudget }: Tolerances): Finding {
  const most = grantedTo(chain) + duplicateBudget;
  if (chain.attempts.length <= most) return;
  const beyond = chain.attempts[most] ?? chain.last;
  return {
    expected: `at most ${most} attempts of the batch`,
    observed: `${chain.attempts.length}`,
    entries: [beyond.started, chain.first.started],
  };
}

/** Whether other attempts held the first record before: which retries are left is then not said. */
export function wasDeliveredBefore({ first, mapping }: Chain): boolean {
  const record = first.records[0];
  if (record === undefined) return true;
  return record.batches.some((batch) => batch.mapping === mapping && batch.index < first.index);
}

export const ret02 = defineRule({
  id: 'STR-RET-02',
  level: 'MUST',
  invariant:
    'With MaximumRetryAttempts n a batch that keeps failing has n + 1 attempts, and is discarded then.',
  sources: [PAGE, TABLES, api('CreateEventSourceMapping')],
  needs: [STREAMS],
  note: 'Where a batch is bisected, or fails in part, how attempts count is not said: STR-BIS-02 and STR-PBR-04.',
  subjects: bounded,
  check: (chain, view, tolerances) => {
    const change = changeOf(chain.mapping, view);
    if (change !== undefined) return { unknown: change };
    return tooMany(chain, tolerances) ?? tooFew(chain, view, tolerances);
  },
});

function tooFew(chain: Chain, view: View, tolerances: Tolerances): Finding {
  const { mapping, attempts, last, next, first } = chain;
  const granted = grantedTo(chain);
  if (attempts.length >= granted || wasDeliveredBefore(chain)) return;
  const due = retryDueBy(mapping, last.attempt.endedLatest, tolerances);
  for (const record of last.records)
    if (mayBeTooOld(record, mapping, due, tolerances)) return { unknown: 'records may have been too old' };
  if (next !== undefined) return { unknown: 'the batch was put together anew' };
  const why = whyMissing(last.records[0], mapping, due, view);
  if (why !== undefined) return why;
  return {
    expected: `${granted} attempts of a batch that keeps failing`,
    observed: `${attempts.length}`,
    entries: [last.started, first.started],
  };
}

interface Pair {
  readonly before: Batch;
  readonly after: Batch;
}

const NO_PAIRS: readonly Pair[] = [];

/** Attempts of the same records that follow one another, where nothing else stood between them. */
const pairs = (view: View): readonly Pair[] => {
  const all = chains(view);
  if (all.length === 0) return NO_PAIRS;
  const found: Pair[] = [];
  for (const { attempts, mapping } of all) {
    if (excuseOf(mapping, view) !== undefined) continue;
    for (let at = 1; at < attempts.length; at++) {
      const before = attempts[at - 1];
      const after = attempts[at];
      if (before !== undefined && after !== undefined) found.push({ before, after });
    }
  }
  return found;
};

export const ret05 = defineRule({
  id: 'STR-RET-05',
  level: 'MAY',
  invariant: 'The wait between the attempts of a batch.',
  // No page gives a schedule; recorded from AWS were 8 attempts in about a minute.
  sources: [PAGE],
  needs: [STREAMS],
  isSilent: true,
  subjects: pairs,
  observe: ({ before, after }) => {
    const seconds = after.attempt.startedAt - before.attempt.endedEarliest;
    if (seconds < 0.5) return 'less than half a second';
    if (seconds < 10) return 'up to ten seconds';
    return seconds < 60 ? 'up to a minute' : 'a minute or more';
  },
});
