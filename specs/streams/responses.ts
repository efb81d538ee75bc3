/** AWS, services-kinesis-batchfailurereporting.html: partial batch responses of streams. */
import { STREAMS } from '../../engine/capabilities.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { NO_BATCHES, nextWith } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { answerTo, checkpointIn } from './answer.ts';
import { changeOf, mayBeTooOld, retryDueBy, whyMissing } from './calm.ts';
import { type Chain, chains } from './chains.ts';
import { comesAgain } from './retries.ts';
import { inWords, nameAt, nextFrom } from './splits.ts';
import { activeMappings, streamBatches } from './subjects.ts';

const PAGE = guide('services-kinesis-batchfailurereporting');
const TABLES = guide('services-ddb-batchfailurereporting', 'archived');

/** Batches that failed in part. */
const partly = once((view: View): readonly Batch[] => {
  let found: Batch[] | undefined;
  for (const { steady, batches } of activeMappings(view)) {
    if (steady?.reportsItemFailures !== true) continue;
    for (const batch of batches) {
      if (answerTo(batch).kind !== 'partial') continue;
      found ??= [];
      found.push(batch);
    }
  }
  return found ?? NO_BATCHES;
});

export const pbr01 = defineRule({
  id: 'STR-PBR-01',
  level: 'MUST',
  invariant:
    'The lowest sequence number that is reported is the checkpoint: the next attempt has all from there on.',
  sources: [PAGE, TABLES],
  needs: [STREAMS],
  note: 'Where batches are bisected as well, the rest may come in parts: STR-BIS-05.',
  subjects: partly,
  check: (batch, view, tolerances) => {
    const { mapping } = batch;
    const change = changeOf(mapping, view);
    if (change !== undefined) return { unknown: change };
    const checkpoint = checkpointIn(batch) ?? 0;
    const due = retryDueBy(mapping, batch.attempt.endedLatest, tolerances);
    for (let place = checkpoint; place < batch.records.length; place++)
      if (mayBeTooOld(batch.records[place], mapping, due, tolerances))
        return { unknown: 'records may have been too old' };
    const next = nextFrom(batch, checkpoint);
    if (next === undefined) {
      // Which retries are left is not said (STR-PBR-04).
      if ((mapping.steady?.maximumRetryAttempts ?? 0) >= 0) return;
      return comesAgain(batch.records[checkpoint], batch, view);
    }
    return hasTheRest(batch, checkpoint, next);
  },
});

function hasTheRest(batch: Batch, checkpoint: number, next: Batch): Finding {
  const count = batch.mapping.steady?.bisects === true ? 1 : batch.seen.length - checkpoint;
  for (let offset = 0; offset < count; offset++) {
    if (next.seen[offset]?.id === batch.seen[checkpoint + offset]?.id) continue;
    return {
      expected: `an attempt from ${nameAt(batch, checkpoint)} on, with all that follows of ${inWords(batch)}`,
      observed: inWords(next),
      entries: [next.started, batch.started],
    };
  }
  return;
}

export const pbr02 = defineRule({
  id: 'STR-PBR-02',
  level: 'SHOULD',
  invariant: 'Records before the checkpoint are not delivered again.',
  sources: [PAGE],
  needs: [STREAMS],
  note: 'The page warns that records which succeeded may still be retried.',
  subjects: (view) => {
    const all = partly(view);
    return all.length === 0 ? all : all.filter((batch) => (checkpointIn(batch) ?? 0) > 0);
  },
  check: (batch, view) => noneAgain(batch, checkpointIn(batch) ?? 0, view),
});

/** None of the first `count` records comes again after the batch more often than at-least-once delivery may bring. */
function noneAgain(batch: Batch, count: number, view: View): Finding {
  for (let place = 0; place < count; place++) {
    const record = batch.records[place];
    if (record === undefined || record.batches.length === 1) continue;
    const again = beyondBudget(record, batch, view.tolerances);
    if (again === undefined) continue;
    const change = changeOf(batch.mapping, view);
    if (change !== undefined) return { unknown: change };
    return {
      expected: `no attempt with ${record.id} after attempt ${batch.attempt.id}, which succeeded for it`,
      observed: 'one',
      entries: [again.started, batch.started],
    };
  }
  return;
}

/** The first repetition beyond the budget. What follows a repetition that failed is a retry of that. */
function beyondBudget(record: RecordView, batch: Batch, { duplicateBudget }: Tolerances): Batch | undefined {
  let repetitions = 0;
  let isDone = true;
  for (let next = nextWith(record, batch); next !== undefined; next = nextWith(record, next)) {
    if (isDone && ++repetitions > duplicateBudget) return next;
    const checkpoint = checkpointIn(next);
    isDone = checkpoint !== undefined && next.records.indexOf(record) < checkpoint;
  }
  return undefined;
}

/** Batches that succeeded as a whole. */
const successes = once((view: View): readonly Batch[] => {
  const all = streamBatches(view);
  return all.length === 0 ? all : all.filter((batch) => answerTo(batch).kind === 'success');
});

export const pbr03 = defineRule({
  id: 'STR-PBR-03',
  level: 'MUST',
  invariant:
    'A complete success moves the checkpoint past all records of the batch: none of them comes again.',
  sources: [PAGE],
  needs: [STREAMS],
  subjects: successes,
  check: (batch, view) => noneAgain(batch, batch.seen.length, view),
});

/** What was left of batches that failed in part: it begins where the checkpoint moved to. */
const leftovers = (view: View): readonly Chain[] => {
  const all = chains(view);
  if (all.length === 0) return all;
  return all.filter(({ mapping, first }) => {
    const { steady } = mapping;
    if (steady === undefined || !steady.reportsItemFailures || steady.bisects) return false;
    if (steady.maximumRetryAttempts < 0 || steady.maximumRecordAgeSeconds > 0) return false;
    return first.records[0]?.batches.some(
      (batch) => batch.mapping === mapping && batch.index < first.index && (checkpointIn(batch) ?? 0) > 0,
    );
  });
};

export const pbr04 = defineRule({
  id: 'STR-PBR-04',
  level: 'SHOULD',
  invariant:
    'What is left once the checkpoint has moved has retries of its own; while it stays where it is, they go on.',
  // Recorded from AWS in 2025, for Kinesis and DynamoDB alike.
  sources: [PAGE],
  needs: [STREAMS],
  isSilent: true,
  subjects: leftovers,
  observe: ({ mapping, attempts, last }, view) => {
    const granted = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
    if (answerTo(last).kind === 'success') return 'succeeded';
    if (attempts.length === granted) return 'all its retries';
    if (attempts.length > granted) return 'more retries than the mapping grants';
    const due = retryDueBy(mapping, last.attempt.endedLatest, view.tolerances);
    const isKnown = whyMissing(last.records[0], mapping, due, view) === undefined;
    return isKnown ? 'the retries that were left' : 'not watched long enough';
  },
});
