/** AWS, kinesis-on-failure-destination.html: BisectBatchOnFunctionError. */
import { STREAMS } from '../../engine/capabilities.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, View } from '../../engine/view.ts';
import { lastEndOf, NO_BATCHES } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { answerTo, checkpointIn } from './answer.ts';
import { changeOf, mayBeTooOld, retryDueBy, whyMissing } from './calm.ts';
import { type Chain, chains, failedThroughout } from './chains.ts';
import { failuresFrom } from './failures.ts';
import { tooMany } from './retries.ts';
import { attemptsFrom, inWords, nameAt, nextAt, nextFrom, partOf } from './splits.ts';
import { activeMappings, attemptsWith, steadyFactor } from './subjects.ts';

const PAGE = guide('kinesis-on-failure-destination');
const TABLES = guide('services-dynamodb-errors');
const PARTIAL = guide('services-kinesis-batchfailurereporting');

/** Batches of several records that ended with an error, of mappings that bisect. */
const failed = once((view: View): readonly Batch[] => {
  let found: Batch[] | undefined;
  for (const { steady, batches } of activeMappings(view)) {
    if (steady?.bisects !== true) continue;
    for (const batch of batches) {
      if (batch.seen.length < 2 || batch.attempt.succeeded) continue;
      found ??= [];
      found.push(batch);
    }
  }
  return found ?? NO_BATCHES;
});

/** Whether a record of the batch may have been dropped for its age, so that what follows tells nothing of a split. */
function mayBeThinned(batch: Batch, view: View): boolean {
  const due = retryDueBy(batch.mapping, batch.attempt.endedLatest, view.tolerances);
  return batch.records.some((record) => mayBeTooOld(record, batch.mapping, due, view.tolerances));
}

/** Why what follows the batch may not tell how it was cut. */
function obstacle(batch: Batch, view: View): string | undefined {
  const change = changeOf(batch.mapping, view);
  if (change !== undefined) return change;
  if (view.tolerances.duplicateBudget > 0) return 'batches may come again';
  return mayBeThinned(batch, view) ? 'records may have been too old' : undefined;
}

const notSplit = (batch: Batch, next: Batch, what: string): Finding => ({
  expected: `two smaller parts of ${inWords(batch)}, in order: attempt ${batch.attempt.id} failed`,
  observed: `${what}: ${inWords(next)}`,
  entries: [next.started, batch.started],
});

const isGivenUp = (batch: Batch): Finding => ({
  expected: `${inWords(batch)} in two smaller parts: attempt ${batch.attempt.id} failed`,
  observed: 'no further attempt with any of them',
  entries: [batch.started],
});

/** No attempt followed: that is known only where one was due. */
function nothingFollows(batch: Batch, view: View): Finding {
  const due = retryDueBy(batch.mapping, batch.attempt.endedLatest, view.tolerances);
  return whyMissing(batch.records[0], batch.mapping, due, view) ?? isGivenUp(batch);
}

/** What follows a failed batch: a smaller part from its beginning, then one that begins where the first ended. */
function isSplit(batch: Batch, view: View): Finding {
  const why = obstacle(batch, view);
  if (why !== undefined) return { unknown: why };
  const next = nextFrom(batch, 0);
  if (next === undefined) return nothingFollows(batch, view);
  const first = partOf(batch, next);
  if (first === undefined || first.from !== 0) return notSplit(batch, next, 'something else');
  if (first.to === batch.seen.length) return notSplit(batch, next, 'the same again');
  const rest = nextAt(batch, first.to);
  // It waits for the first part, maybe longer than anybody watched.
  if (rest === undefined) return isRestMissing(batch, next, first.to, view);
  return partOf(batch, rest)?.from === first.to ? undefined : notSplit(batch, rest, 'after the first part');
}

/** The second part never came: a fault where the first part is over, and nothing else was in the way. */
function isRestMissing(batch: Batch, first: Batch, from: number, view: View): Finding {
  const { mapping } = batch;
  const due = retryDueBy(mapping, lastEndOf(mapping), view.tolerances);
  const why = whyMissing(batch.records[from], mapping, due, view);
  if (why !== undefined) return why;
  return {
    expected: `${nameAt(batch, from)} in the second part of ${inWords(batch)}`,
    observed: 'no further attempt with it',
    entries: [first.started, batch.started],
  };
}

export const bis01 = defineRule({
  id: 'STR-BIS-01',
  level: 'MUST',
  invariant:
    'After an error a batch of several records comes as two smaller ones, in order, with nothing lost or twice.',
  sources: [PAGE, api('CreateEventSourceMapping')],
  needs: [STREAMS],
  subjects: failed,
  check: isSplit,
});

/** Of these: those of which the number of retries is bounded. */
const boundedFailed = once((view: View): readonly Batch[] => {
  const all = failed(view);
  if (all.length === 0) return all;
  return all.filter(({ mapping }) => (mapping.steady?.maximumRetryAttempts ?? -1) >= 0);
});

export const bis02 = defineRule({
  id: 'STR-BIS-02',
  level: 'MUST',
  invariant:
    'Splitting uses up no retries: no batch is discarded as a whole before it was cut to single records.',
  sources: [PAGE, TABLES],
  needs: [STREAMS],
  note: 'How the attempts of the parts count is not said, nor how many there may be in all.',
  subjects: boundedFailed,
  check: (batch, view) => {
    const change = changeOf(batch.mapping, view);
    if (change !== undefined) return { unknown: change };
    if (nextFrom(batch, 0) !== undefined) return;
    return mayBeThinned(batch, view)
      ? { unknown: 'records may have been too old' }
      : nothingFollows(batch, view);
  },
});

/** Failed batches of shards that go on one by one, where nothing but errors fails batches. */
const inOrder = once((view: View): readonly Batch[] => {
  const all = failed(view);
  if (all.length === 0) return all;
  return all.filter(
    ({ mapping }) => steadyFactor(mapping) === 1 && mapping.steady?.reportsItemFailures === false,
  );
});

export const bis03 = defineRule({
  id: 'STR-BIS-03',
  level: 'SHOULD',
  invariant:
    'The first part is over before the second one starts, and only records that fail alone are discarded.',
  sources: [PAGE, guide('invocation-eventsourcemapping')],
  needs: [STREAMS],
  note: 'Follows from the order of a shard.',
  subjects: inOrder,
  check: (batch, view) => {
    const why = obstacle(batch, view);
    if (why !== undefined) return { unknown: why };
    return isDiscardedWhole(batch, view) ?? isFirstOver(batch, view.tolerances);
  },
});

function isDiscardedWhole(batch: Batch, view: View): Finding {
  const end = batch.seen.at(-1)?.id;
  const told = failuresFrom(batch.mapping, batch.seen[0], view).find((failure) => failure.end === end);
  if (told === undefined) return;
  return {
    expected: `${inWords(batch)} cut to single records before any is discarded`,
    observed: 'a failure record of all of them',
    entries: [told.delivery.entry, batch.started],
  };
}

/** Each record of the first part has succeeded, or had all its attempts, before the second part starts. */
function isFirstOver(batch: Batch, tolerances: Tolerances): Finding {
  const first = nextAt(batch, 0);
  const part = first === undefined ? undefined : partOf(batch, first);
  const second = part?.from === 0 ? nextAt(batch, part.to) : undefined;
  if (part === undefined || second === undefined) return;
  const granted = 1 + (batch.mapping.steady?.maximumRetryAttempts ?? -1);
  for (let place = 0; place < part.to; place++) {
    const record = batch.records[place];
    if (record === undefined) continue;
    const before = attemptsFrom(record, batch).filter(({ index }) => index < second.index);
    const isDone = before.some((one) => {
      const checkpoint = checkpointIn(one);
      return checkpoint === undefined || one.records.indexOf(record) < checkpoint;
    });
    if (isDone || (granted > 0 && before.length >= granted)) continue;
    if (mayBeTooOld(record, batch.mapping, second.attempt.startedAt, tolerances)) continue;
    return {
      expected: `${record.id} done or discarded before ${nameAt(second, 0)} is tried again`,
      observed: `${before.length} attempts with it, and none succeeded`,
      entries: [second.started, batch.started],
    };
  }
  return;
}

export const bis04 = defineRule({
  id: 'STR-BIS-04',
  level: 'MUST',
  invariant: 'Batches are bisected after an error also where partial responses are asked for.',
  sources: [PARTIAL, guide('services-dynamodb-eventsourcemapping')],
  needs: [STREAMS],
  note: 'That BatchSize stays as it is for later batches is not judged: a batch may be smaller for other reasons.',
  subjects: (view) => {
    const all = failed(view);
    return all.length === 0 ? all : all.filter(({ mapping }) => mapping.steady?.reportsItemFailures === true);
  },
  check: isSplit,
});

/** Batches that failed in part, of mappings that bisect. */
const partly = once((view: View): readonly Batch[] => {
  let found: Batch[] | undefined;
  for (const { steady, batches } of activeMappings(view)) {
    if (steady?.bisects !== true || !steady.reportsItemFailures) continue;
    for (const batch of batches) {
      if (answerTo(batch).kind !== 'partial') continue;
      found ??= [];
      found.push(batch);
    }
  }
  return found ?? NO_BATCHES;
});

export const bis05 = defineRule({
  id: 'STR-BIS-05',
  level: 'MUST',
  invariant:
    'With both, a partial response splits at the lowest number that is reported, and the rest alone is retried.',
  sources: [PARTIAL, guide('services-ddb-batchfailurereporting', 'archived')],
  needs: [STREAMS],
  subjects: partly,
  check: (batch, view) => {
    const why = obstacle(batch, view);
    if (why !== undefined) return { unknown: why };
    const checkpoint = checkpointIn(batch) ?? 0;
    const next = nextFrom(batch, 0);
    // Which retries are left is not said (STR-PBR-04).
    if (next === undefined) return;
    if (partOf(batch, next)?.from === checkpoint) return;
    return {
      expected: `a part of ${inWords(batch)} from ${nameAt(batch, checkpoint)} on`,
      observed: inWords(next),
      entries: [next.started, batch.started],
    };
  },
});

/** Single records that failed each time, of mappings that bisect, with bounded retries. */
const singles = once((view: View): readonly Chain[] => {
  const all = chains(view);
  if (all.length === 0) return all;
  return all.filter((chain) => {
    const { steady } = chain.mapping;
    if (chain.first.seen.length !== 1 || steady?.bisects !== true) return false;
    return steady.maximumRetryAttempts >= 0 && failedThroughout(chain);
  });
});

export const bis06 = defineRule({
  id: 'STR-BIS-06',
  level: 'SHOULD',
  invariant: 'A batch of one record is not split: it has the retries that the mapping grants.',
  sources: [PAGE],
  needs: [STREAMS],
  note: 'Its attempts within larger batches count where that favours the target.',
  subjects: singles,
  check: (chain, view, tolerances) => {
    const { mapping, last } = chain;
    const change = changeOf(mapping, view);
    if (change !== undefined) return { unknown: change };
    const excess = tooMany(chain, tolerances);
    if (excess !== undefined) return excess;
    const record = last.records[0];
    const granted = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
    if (record === undefined || chain.next !== undefined) return;
    const had = attemptsWith(record, mapping);
    if (had >= granted) return;
    const due = retryDueBy(mapping, last.attempt.endedLatest, tolerances);
    const why = whyMissing(record, mapping, due, view);
    if (why !== undefined) return why;
    return {
      expected: `${granted} attempts with ${record.id}`,
      observed: `${had}`,
      entries: [last.started],
    };
  },
});
