/** AWS, services-kinesis-windows.html and services-ddb-windows.html: the state of a tumbling window. */
import { STREAMS } from '../../engine/capabilities.ts';
import { isFiller, type Json, jsonEqual } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { NO_BATCHES } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { answerTo } from './answer.ts';
import { comesAgain } from './retries.ts';
import { attemptsWith, streamBatches } from './subjects.ts';
import { isFinal, toldIn } from './windowed.ts';
import { isSuccess, mayBeGivenUp, type Step, type WindowRun, windowRuns } from './windowRuns.ts';

const PAGE = guide('services-kinesis-windows');
const TABLES = guide('services-ddb-windows');

const stateIn = ({ attempt }: Batch): Json | undefined => asObject(attempt.ended?.result)?.['state'];

/** Mappings that have a tumbling window all the time, shard by shard or, where no shard is told, as a whole. */
interface Told {
  readonly batches: readonly Batch[];
  readonly run: WindowRun | undefined;
}

const NOTHING: readonly Told[] = [];

const inWindows = once((view: View): readonly Told[] => {
  const all = streamBatches(view);
  if (all.length === 0) return NOTHING;
  const isWindowed = ({ mapping }: Batch) => (mapping.steady?.tumblingWindowSeconds ?? 0) > 0;
  const untold = all.filter((batch) => isWindowed(batch) && toldIn(batch) === undefined);
  const runs = windowRuns(view);
  if (untold.length === 0 && runs.length === 0) return NOTHING;
  const found: Told[] = runs.map((run) => ({ run, batches: NO_BATCHES }));
  if (untold.length > 0) found.push({ run: undefined, batches: untold });
  return found;
});

export const win01 = defineRule({
  id: 'STR-WIN-01',
  level: 'MUST',
  invariant:
    'An attempt in a tumbling window has window, state, shardId and both flags; the state is what the last success returned.',
  sources: [PAGE, TABLES],
  needs: [STREAMS],
  note: 'The first state of a window is not said ({} in practice), nor what becomes of the one of a partial response.',
  subjects: inWindows,
  check: ({ run, batches }) => {
    const [untold] = batches;
    if (untold !== undefined)
      return {
        expected: 'window, shardId, isFinalInvokeForWindow and isWindowTerminatedEarly in the event',
        observed: 'not all of them',
        entries: [untold.started],
      };
    return run === undefined ? undefined : isHandedOn(run);
  },
});

function isHandedOn({ steps }: WindowRun): Finding {
  /** The last success in the window; undefined where the state is not known. */
  let before: Step | undefined;
  let start: string | undefined;
  for (const step of steps) {
    const { batch, told } = step;
    if (told.start !== start) before = undefined;
    start = told.start;
    const state = before === undefined ? undefined : stateIn(before.batch);
    if (before !== undefined && !jsonEqual(state, told.state))
      return {
        expected: `the state that attempt ${before.batch.attempt.id} returned`,
        observed: told.state === undefined ? 'none' : inShort(told.state),
        entries: [batch.started, before.batch.started],
      };
    const { kind } = answerTo(batch);
    if (kind === 'failure') continue;
    before = kind === 'success' && !told.isFinal ? step : undefined;
  }
  return;
}

const inShort = (state: Json): string => JSON.stringify(state).slice(0, 60);

/** Attempts in tumbling windows that returned something without a state. */
const stateless = once((view: View): readonly Batch[] => {
  const all = streamBatches(view);
  if (all.length === 0) return all;
  return all.filter(
    (batch) =>
      (batch.mapping.steady?.tumblingWindowSeconds ?? 0) > 0 &&
      batch.attempt.succeeded &&
      batch.attempt.ended !== undefined &&
      batch.seen.length > 0 &&
      !isFinal(batch) &&
      stateIn(batch) === undefined &&
      answerTo(batch).kind === 'failure',
  );
});

export const win02 = defineRule({
  id: 'STR-WIN-02',
  level: 'MUST',
  invariant: 'A result without state is a failed attempt: its records come again.',
  sources: [PAGE],
  needs: [STREAMS],
  subjects: stateless,
  check: (batch, view) => {
    const { steady } = batch.mapping;
    const [record] = batch.records;
    const retries = steady?.maximumRetryAttempts ?? 0;
    if (record !== undefined && retries >= 0 && attemptsWith(record, batch.mapping) > retries) return;
    return comesAgain(record, batch, view);
  },
});

/** AWS, services-kinesis-windows.html: 1 MB for each shard. */
const STATE_BYTES = 1_048_576;

/** Bytes of a state, what fillers in it stand for included. */
function bytesOf(state: Json | undefined): number {
  const object = asObject(state);
  if (object === undefined) return 0;
  let bytes = 2;
  for (const [key, value] of Object.entries(object))
    bytes += key.length + 4 + (isFiller(value) ? value.$filler : JSON.stringify(value).length);
  return bytes;
}

interface Large {
  readonly step: Step;
  readonly next: Step | undefined;
}

const NONE_LARGE: readonly Large[] = [];

/** Attempts that returned a state which is too large for certain, with what followed on the shard. */
const tooLarge = (view: View): readonly Large[] => {
  let found: Large[] | undefined;
  for (const { steps } of windowRuns(view)) {
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at];
      if (step === undefined || step.told.isFinal || !isSuccess(step)) continue;
      if (bytesOf(stateIn(step.batch)) <= STATE_BYTES + view.tolerances.payloadMarginBytes / 2) continue;
      found ??= [];
      found.push({ step, next: steps[at + 1] });
    }
  }
  return found ?? NONE_LARGE;
};

export const win05 = defineRule({
  id: 'STR-WIN-05',
  level: 'MUST',
  invariant: 'A state of more than 1 MB ends the window early: its final invocation comes next, and says so.',
  sources: [PAGE],
  needs: [STREAMS],
  subjects: tooLarge,
  check: ({ step, next }) => {
    if (next === undefined) return { unknown: 'nothing came after it' };
    if (next.told.isFinal && next.told.isTerminatedEarly) return;
    return {
      expected: 'a final invocation with isWindowTerminatedEarly after a state of more than 1 MB',
      observed: next.told.isFinal ? 'one without it' : 'another attempt',
      entries: [next.batch.started, step.batch.started],
    };
  },
});

interface Child {
  readonly child: WindowRun;
  readonly parents: readonly WindowRun[];
}

const NO_CHILDREN: readonly Child[] = [];

/** Shards that came of others, with those. */
const children = (view: View): readonly Child[] => {
  const runs = windowRuns(view);
  if (runs.length === 0) return NO_CHILDREN;
  const found: Child[] = [];
  for (const child of runs) {
    for (const { parents, children: born } of child.mapping.source.resharded) {
      if (!born.includes(child.shard)) continue;
      const own = runs.filter(({ mapping, shard }) => mapping === child.mapping && parents.includes(shard));
      found.push({ child, parents: own });
    }
  }
  return found;
};

export const win06 = defineRule({
  id: 'STR-WIN-06',
  level: 'MUST',
  invariant: 'When a shard ends its window closes; its children start with a fresh state.',
  sources: [PAGE, TABLES],
  needs: ['reshard'],
  subjects: children,
  check: ({ child, parents }) => {
    const [first] = child.steps;
    if (first === undefined) return;
    return isFresh(first, parents) ?? areClosed(first, parents);
  },
});

/** The first state of a child is none that a parent returned. */
function isFresh({ batch, told }: Step, parents: readonly WindowRun[]): Finding {
  const state = asObject(told.state);
  if (state === undefined || Object.keys(state).length === 0) return;
  for (const { steps } of parents) {
    for (const step of steps) {
      if (!jsonEqual(stateIn(step.batch), told.state)) continue;
      return {
        expected: 'a fresh state in a child shard',
        observed: `the one that attempt ${step.batch.attempt.id} of its parent returned`,
        entries: [batch.started, step.batch.started],
      };
    }
  }
  return;
}

/** Each parent ended its last window before the child began. */
function areClosed({ batch }: Step, parents: readonly WindowRun[]): Finding {
  for (const { steps, mapping, shard } of parents) {
    const last = steps.at(-1);
    if (last === undefined || (last.told.isFinal && isSuccess(last) && last.batch.index < batch.index))
      continue;
    if (!steps.some(isSuccess)) return { unknown: 'nothing on the parent succeeded' };
    if (mayBeGivenUp(steps, mapping)) return { unknown: 'the final invocation may have been given up' };
    return {
      expected: `the last window of ${shard} closed before its children begin`,
      observed: 'it was not',
      entries: [batch.started, last.batch.started],
    };
  }
  return;
}
