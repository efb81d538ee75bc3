/** AWS, services-kinesis-windows.html and services-ddb-windows.html: tumbling windows from their first attempt to the last. */
import { STREAMS } from '../../engine/capabilities.ts';
import { CLOSING_SECONDS } from '../../engine/horizon.ts';
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { firstWith, NO_BATCHES } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { excuseOf, retryDueBy } from './calm.ts';
import { isBefore } from './sequence.ts';
import { streamBatches } from './subjects.ts';
import { toldIn } from './windowed.ts';
import { isFailure, isSuccess, mayBeGivenUp, type Step, type WindowRun, windowRuns } from './windowRuns.ts';

const PAGE = guide('services-kinesis-windows');

/** A window of a shard: all attempts in it, up to its final invocation. */
interface Window {
  readonly run: WindowRun;
  readonly steps: readonly Step[];
  /** The first attempt of the shard after it. */
  readonly next: Step | undefined;
}

const NO_WINDOWS: readonly Window[] = [];

/** The windows of each shard, one after the other: a new one begins with another time, or after a final invocation. */
const windows = once((view: View): readonly Window[] => {
  const runs = windowRuns(view);
  if (runs.length === 0) return NO_WINDOWS;
  const found: Window[] = [];
  for (const run of runs) {
    let steps: Step[] = [];
    let isOver = false;
    for (const step of run.steps) {
      const last = steps.at(-1);
      if (last !== undefined && (isOver || last.told.start !== step.told.start)) {
        found.push({ run, steps, next: step });
        steps = [];
      }
      steps.push(step);
      isOver = step.told.isFinal && isSuccess(step);
    }
    if (steps.length > 0) found.push({ run, steps, next: undefined });
  }
  return found;
});

export const win03 = defineRule({
  id: 'STR-WIN-03',
  level: 'MUST',
  invariant:
    'Each window of a shard ends with one final invocation that succeeds; nothing of the shard goes on before.',
  sources: [PAGE],
  needs: [STREAMS],
  subjects: windows,
  check: (window, view) => {
    const { run, steps, next } = window;
    const last = steps.at(-1);
    if (last === undefined || (last.told.isFinal && isSuccess(last))) return endsOnce(window);
    // Of a window in which nothing succeeded, and of one whose final invocation was given up, the pages say nothing.
    if (!steps.some(isSuccess)) return { unknown: 'nothing in the window succeeded' };
    if (mayBeGivenUp(steps, run.mapping)) return { unknown: 'the final invocation may have been given up' };
    if (steps.some(({ batch }) => batch.attempt.mayHaveBeenKilled))
      return { unknown: 'an attempt may have timed out' };
    if (next === undefined) return isClosed(window, view);
    return {
      expected: `a final invocation of the window from ${last.told.start} before anything else of ${run.shard}`,
      observed: next.told.start === last.told.start ? 'none' : `the window from ${next.told.start}`,
      entries: [next.batch.started, last.batch.started],
    };
  },
});

/** After the final invocation no further attempt is in the same window, but where it was ended early. */
function endsOnce({ steps, next }: Window): Finding {
  const last = steps.at(-1);
  if (last === undefined || next === undefined || last.told.isTerminatedEarly) return;
  if (next.told.start !== last.told.start) return;
  return {
    expected: `nothing in the window from ${last.told.start} after its final invocation succeeded`,
    observed: next.told.isFinal ? 'another final invocation' : 'another attempt',
    entries: [next.batch.started, last.batch.started],
  };
}

/** Nothing followed: its end was due, and the observer was there. */
function isClosed({ run, steps }: Window, view: View): Finding {
  const last = steps.at(-1);
  const excuse = excuseOf(run.mapping, view);
  if (excuse !== undefined || last === undefined) return { unknown: excuse ?? 'nothing was seen' };
  const length = run.mapping.steady?.tumblingWindowSeconds ?? 0;
  const over = last.batch.attempt.endedLatest + length + CLOSING_SECONDS;
  if (view.watchedUntil < retryDueBy(run.mapping, over, view.tolerances))
    return { unknown: 'the observer left before the window was over' };
  return {
    expected: `a final invocation of the window from ${last.told.start}`,
    observed: 'none',
    entries: [last.batch.started],
  };
}

/** The time at which the record arrived, as its event tells it, and how finely: seconds since 1970. */
function arrivalIn(record: Json): { readonly at: number; readonly slack: number } | undefined {
  const whole = asObject(record);
  const exact = asObject(whole?.['kinesis'])?.['approximateArrivalTimestamp'];
  if (typeof exact === 'number') return { at: exact, slack: 0.001 };
  // Of changes of a table the time is told in whole seconds.
  const rounded = asObject(whole?.['dynamodb'])?.['ApproximateCreationDateTime'];
  return typeof rounded === 'number' ? { at: rounded, slack: 1 } : undefined;
}

const recordsIn = ({ started }: Batch): readonly Json[] => {
  const records = asObject(started.payload)?.['Records'];
  return Array.isArray(records) ? (records as readonly Json[]) : [];
};

/** Attempts in tumbling windows with records. */
const inWindows = once((view: View): readonly Batch[] => {
  const all = streamBatches(view);
  if (all.length === 0) return all;
  const found = all.filter(
    (batch) =>
      (batch.mapping.steady?.tumblingWindowSeconds ?? 0) > 0 &&
      batch.seen.length > 0 &&
      toldIn(batch) !== undefined,
  );
  return found.length === 0 ? NO_BATCHES : found;
});

export const win04 = defineRule({
  id: 'STR-WIN-04',
  level: 'MUST',
  invariant: 'A record is delivered in the window that contains its arrival.',
  sources: [PAGE],
  needs: [STREAMS],
  subjects: inWindows,
  check: (batch) => {
    const told = toldIn(batch);
    if (told === undefined) return;
    for (const record of recordsIn(batch)) {
      const arrival = arrivalIn(record);
      if (arrival === undefined) continue;
      const { at, slack } = arrival;
      if (at + slack >= told.startsAt && at - slack < told.endsAt) continue;
      return {
        expected: `records that arrived from ${told.start} on, within the window`,
        observed: `one that arrived at ${new Date(at * 1_000).toISOString()}`,
        entries: [batch.started],
      };
    }
    return;
  },
});

/** Windows that ended with a final invocation, after attempts with records. */
const closed = (view: View): readonly Window[] => {
  const all = windows(view);
  if (all.length === 0) return all;
  return all.filter(({ steps }) => steps.some(({ told }) => told.isFinal) && steps.some(isWithRecords));
};

const isWithRecords = ({ batch }: Step): boolean => batch.seen.length > 0;

export const win07 = defineRule({
  id: 'STR-WIN-07',
  level: 'SHOULD',
  invariant: 'Without new records the final invocation comes up to two minutes after the end of the window.',
  sources: [PAGE],
  needs: ['kinesis'],
  note: 'Stated on the page of Kinesis only.',
  subjects: closed,
  check: ({ run, steps }, view, tolerances) => {
    const excuse = excuseOf(run.mapping, view);
    if (excuse !== undefined) return { unknown: excuse };
    if (run.mapping.source.kind !== 'kinesis') return { unknown: 'the page of tables does not say' };
    const last = steps.findIndex(({ told }) => told.isFinal);
    const final = steps[last];
    const before = steps[last - 1];
    const endsAt = endOf(steps);
    if (final === undefined || before === undefined || endsAt === undefined)
      return { unknown: 'the end of the window is not known' };
    // What fails is tried again before the window can end.
    if (steps.slice(0, last).some(isFailure)) return { unknown: 'attempts of the window failed' };
    const from = Math.max(endsAt, before.batch.attempt.endedLatest);
    const due = from + CLOSING_SECONDS + tolerances.pollSeconds + 2 * tolerances.schedulingSlackSeconds;
    if (final.batch.attempt.startedAt <= due) return;
    return {
      expected: 'the final invocation up to two minutes after the end of the window',
      observed: `${(final.batch.attempt.startedAt - from).toFixed(0)} s after`,
      entries: [final.batch.started, before.batch.started],
    };
  },
});

/** When the window ends, in seconds of the scenario: told by a record of which both times are known. */
function endOf(steps: readonly Step[]): number | undefined {
  for (const { batch, told } of steps) {
    const [record] = recordsIn(batch);
    const arrival = record === undefined ? undefined : arrivalIn(record);
    const sentAt = batch.records[0]?.sent?.at;
    if (arrival !== undefined && sentAt !== undefined) return sentAt + told.endsAt - arrival.at;
  }
  return undefined;
}

export const win08 = defineRule({
  id: 'STR-WIN-08',
  level: 'MAY',
  invariant: 'In a tumbling window records that are tried again may be processed out of order.',
  sources: [PAGE],
  needs: [STREAMS],
  isContradictory: true,
  note: 'The page on windows promises order for the first processing only; other pages promise it for a shard.',
  subjects: (view) => {
    const runs = windowRuns(view);
    return runs.length === 0 ? runs : runs.filter(({ steps }) => steps.some(isFailure));
  },
  observe: ({ mapping, steps }) => {
    let highest = '';
    for (const { batch } of steps) {
      for (let place = 0; place < batch.seen.length; place++) {
        const id = batch.seen[place]?.id ?? '';
        const record = batch.records[place];
        const isAgain = record !== undefined && firstWith(record, mapping) !== batch;
        if (isAgain && highest !== '' && isBefore(id, highest) && place === 0) {
          const before = previousWith(batch, place);
          // Something behind it was tried in between.
          if (before !== undefined && isBefore(before.seen.at(-1)?.id ?? '', highest)) return 'out of order';
        }
        if (highest === '' || isBefore(highest, id)) highest = id;
      }
    }
    return 'in order';
  },
});

/** The attempt before this one with the record at this place. */
function previousWith(batch: Batch, place: number): Batch | undefined {
  let before: Batch | undefined;
  for (const one of batch.records[place]?.batches ?? []) {
    if (one === batch) return before;
    if (one.mapping === batch.mapping) before = one;
  }
  return before;
}
