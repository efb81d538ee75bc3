/** AWS, services-kinesis-windows.html, services-ddb-windows.html: tumbling windows. */
import { isFiller, type Json, jsonEqual } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { disturbance } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { allComeAgain } from '../mappings/subjects.ts';
import { once } from '../memo.ts';
import { isBefore, isFirstDelivery, isWindowed, type Run, runs } from './subjects.ts';

const WINDOWS = guide('services-kinesis-windows');

const NO_RUNS: readonly Run[] = [];

/** Shards that are read in tumbling windows, one batch at a time. */
const windowed = once((view: View): readonly Run[] => {
  const all = runs(view);
  if (all.length === 0) return NO_RUNS;
  return all.filter(
    ({ mapping }) =>
      mapping.steady !== undefined && isWindowed(mapping) && mapping.steady.parallelizationFactor === 1,
  );
});

const windowedBatches = (view: View): readonly Batch[] => windowed(view).flatMap(({ batches }) => batches);

const eventOf = ({ started }: Batch): JsonObject | undefined => asObject(started.payload);
const windowOf = (batch: Batch): string => JSON.stringify(eventOf(batch)?.['window']);
const isFinal = (batch: Batch): boolean => eventOf(batch)?.['isFinalInvokeForWindow'] === true;

const stateIn = ({ attempt }: Batch): Json | undefined => asObject(attempt.ended?.result)?.['state'];

/** Whether the attempt is a success, as a window counts it: its result has a state. */
function hasSucceeded(batch: Batch): boolean {
  if (!batch.attempt.succeeded || responseOf(batch).kind === 'failure') return false;
  return isFinal(batch) || stateIn(batch) !== undefined;
}

export const win01 = defineRule({
  id: 'STR-WIN-01',
  level: 'MUST',
  invariant:
    'An attempt in a tumbling window has window, state, shardId and both flags; its state is what the one before returned.',
  sources: [WINDOWS],
  isSilent: true,
  note: 'What the first state is the pages do not say: it is {} in practice, and any is taken here.',
  subjects: windowed,
  check: ({ batches }) => {
    let before: Batch | undefined;
    for (const batch of batches) {
      const event = eventOf(batch);
      const flaw = flawOf(event);
      if (flaw !== undefined)
        return { expected: 'the event of a tumbling window', observed: flaw, entries: [batch.started] };
      if (
        before !== undefined &&
        windowOf(before) === windowOf(batch) &&
        !jsonEqual(stateIn(before), event?.['state'])
      ) {
        return {
          expected: 'the state that the attempt before returned',
          observed: JSON.stringify(event?.['state']),
          entries: [batch.started, before.started],
        };
      }
      if (isFinal(batch) && hasSucceeded(batch)) before = undefined;
      else if (hasSucceeded(batch)) before = responseOf(batch).kind === 'success' ? batch : undefined;
    }
    return;
  },
});

function flawOf(event: JsonObject | undefined): string | undefined {
  const window = asObject(event?.['window']);
  if (typeof window?.['start'] !== 'string' || typeof window['end'] !== 'string')
    return `window ${JSON.stringify(event?.['window'])}`;
  if (event?.['state'] === undefined) return 'no state';
  if (typeof event['shardId'] !== 'string') return 'no shardId';
  for (const flag of ['isFinalInvokeForWindow', 'isWindowTerminatedEarly'])
    if (typeof event[flag] !== 'boolean') return `${flag} ${JSON.stringify(event[flag])}`;
  return undefined;
}

export const win02 = defineRule({
  id: 'STR-WIN-02',
  level: 'MUST',
  invariant: 'A result without a state is a failed attempt.',
  sources: [WINDOWS],
  subjects: (view) =>
    windowedBatches(view).filter(
      (batch) =>
        batch.attempt.succeeded &&
        batch.attempt.ended !== undefined &&
        !isFinal(batch) &&
        stateIn(batch) === undefined,
    ),
  check: allComeAgain,
});

/** Windows that ended: the batches of each, in order. */
export const win03 = defineRule({
  id: 'STR-WIN-03',
  level: 'MUST',
  invariant:
    'Each window of a shard ends with one successful last invocation; nothing of the shard goes on before.',
  sources: [WINDOWS],
  subjects: windowed,
  check: (run, view) => {
    const { mapping, batches } = run;
    let open: string | undefined;
    for (const batch of batches) {
      const window = windowOf(batch);
      if (open !== undefined && window !== open) {
        // A last invocation that keeps failing is given up when its retries are.
        if (mapping.steady?.maximumRetryAttempts !== -1)
          return { unknown: 'the last invocation may have been given up' };
        return {
          expected: `a last invocation of the window ${open}`,
          observed: 'the next window before it',
          entries: [batch.started],
        };
      }
      open = isFinal(batch) && hasSucceeded(batch) ? undefined : window;
    }
    if (open === undefined) return;
    const why = disturbance(mapping, view);
    if (why !== undefined) return { unknown: why };
    if (mapping.steady?.maximumRetryAttempts !== -1)
      return { unknown: 'the last invocation may have been given up' };
    if (view.watchedUntil !== Number.POSITIVE_INFINITY)
      return { unknown: 'the observer left before the window was over' };
    const last = batches.at(-1);
    return {
      expected: `a last invocation of the window ${open}`,
      observed: 'none',
      entries: last === undefined ? [] : [last.started],
    };
  },
});

/** The arrival of a record as its event tells it, and its slack: seconds since 1970. */
function arrivalIn(record: Json): { readonly at: number; readonly slack: number } | undefined {
  const kinesis = asObject(asObject(record)?.['kinesis'])?.['approximateArrivalTimestamp'];
  if (typeof kinesis === 'number') return { at: kinesis, slack: 0.001 };
  const table = asObject(asObject(record)?.['dynamodb'])?.['ApproximateCreationDateTime'];
  // Of changes the time is told in whole seconds.
  return typeof table === 'number' ? { at: table, slack: 1 } : undefined;
}

const spanOf = (batch: Batch): readonly [number, number] => {
  const window = asObject(eventOf(batch)?.['window']);
  return [Date.parse(String(window?.['start'])) / 1_000, Date.parse(String(window?.['end'])) / 1_000];
};

export const win04 = defineRule({
  id: 'STR-WIN-04',
  level: 'MUST',
  invariant: 'A record is delivered in the window that contains its arrival.',
  sources: [WINDOWS],
  subjects: windowedBatches,
  check: (batch) => {
    const [start, end] = spanOf(batch);
    const records = eventOf(batch)?.['Records'];
    if (!Array.isArray(records) || Number.isNaN(start)) return;
    for (const record of records as readonly Json[]) {
      const arrival = arrivalIn(record);
      if (arrival === undefined || (arrival.at + arrival.slack >= start && arrival.at - arrival.slack < end))
        continue;
      return {
        expected: `records that arrived from ${start} to ${end}`,
        observed: `one that arrived at ${arrival.at}`,
        entries: [batch.started],
      };
    }
    return;
  },
});

/** AWS: one megabyte of state a shard. */
const STATE_BYTES = 1_048_576;

function stateBytes(batch: Batch): number {
  const filler = asObject(stateIn(batch))?.['filler'];
  return isFiller(filler) ? filler.$filler : 0;
}

export const win05 = defineRule({
  id: 'STR-WIN-05',
  level: 'MUST',
  invariant: 'A state of more than 1 MB ends the window early.',
  sources: [WINDOWS],
  subjects: (view) =>
    windowed(view).filter(({ batches }) => batches.some((batch) => stateBytes(batch) > STATE_BYTES)),
  check: ({ batches }) => {
    for (let at = 0; at < batches.length - 1; at++) {
      const batch = batches[at];
      const next = batches[at + 1];
      if (
        batch === undefined ||
        next === undefined ||
        !hasSucceeded(batch) ||
        stateBytes(batch) <= STATE_BYTES ||
        isFinal(batch)
      )
        continue;
      // After a partial response the rest of the batch comes first.
      if (responseOf(batch).kind !== 'success') continue;
      if (isFinal(next) && eventOf(next)?.['isWindowTerminatedEarly'] === true) continue;
      return {
        expected: 'the window ended early after a state of more than 1 MB',
        observed: 'it went on',
        entries: [next.started, batch.started],
      };
    }
    return;
  },
});

export const win06 = defineRule({
  id: 'STR-WIN-06',
  level: 'MUST',
  invariant: 'When a shard ends its window closes; its children start with a fresh state.',
  sources: [WINDOWS],
  needs: ['reshard'],
  subjects: (view) =>
    windowed(view).filter(
      ({ mapping, shard }) =>
        shard !== undefined && mapping.source.resharded.some(({ children }) => children.includes(shard)),
    ),
  check: ({ batches }): Finding => {
    const [first] = batches;
    if (first === undefined) return;
    const state = asObject(eventOf(first)?.['state']);
    if (state === undefined || Object.keys(state).length === 0) return;
    return {
      expected: 'a fresh state in a child shard',
      observed: JSON.stringify(state),
      entries: [first.started],
    };
  },
});

export const win07 = defineRule({
  id: 'STR-WIN-07',
  level: 'SHOULD',
  invariant: 'Without new records the last invocation comes up to two minutes after the end of the window.',
  sources: [WINDOWS],
  subjects: windowed,
  check: (run, view, tolerances) => {
    const why = disturbance(run.mapping, view);
    if (why !== undefined) return { unknown: why };
    let offset: number | undefined;
    let freeAt = 0;
    for (const batch of run.batches) {
      offset ??= offsetOf(batch);
      if (isFinal(batch) && offset !== undefined && isFirstFinal(run, batch)) {
        const end = spanOf(batch)[1] - offset;
        const due =
          Math.max(end, freeAt) +
          120 +
          tolerances.pollSeconds +
          tolerances.pollingRetrySeconds +
          2 * tolerances.schedulingSlackSeconds;
        if (batch.attempt.startedAt > due)
          return {
            expected: 'the last invocation within two minutes',
            observed: `${(batch.attempt.startedAt - end).toFixed(0)} s after the end of the window`,
            entries: [batch.started],
          };
      }
      freeAt = Math.max(freeAt, batch.attempt.endedLatest);
    }
    return;
  },
});

/** How much the clock of the events is ahead of the scenario's, seconds: by a record's arrival and its sending. */
function offsetOf(batch: Batch): number | undefined {
  const records = eventOf(batch)?.['Records'];
  const arrival =
    Array.isArray(records) && records.length > 0
      ? arrivalIn((records as readonly Json[])[0] ?? null)
      : undefined;
  const sentAt = batch.records[0]?.sent?.at;
  return arrival === undefined || sentAt === undefined ? undefined : arrival.at - sentAt;
}

const isFirstFinal = ({ batches }: Run, batch: Batch): boolean =>
  batches.find((other) => isFinal(other) && windowOf(other) === windowOf(batch)) === batch;

export const win08 = defineRule({
  id: 'STR-WIN-08',
  level: 'MAY',
  invariant: 'Records that are tried again may be processed out of order.',
  sources: [WINDOWS],
  isContradictory: true,
  note: 'The page on windows promises order for the first processing only; others promise it for a shard.',
  subjects: (view) =>
    windowed(view).filter(({ batches }) => batches.some(({ attempt }) => !attempt.succeeded)),
  observe: ({ batches }) => {
    let last = '';
    for (const batch of batches) {
      for (const [place, record] of batch.records.entries()) {
        const id = batch.seen[place]?.id ?? '';
        if (record !== undefined && isFirstDelivery(record, batch)) {
          if (last !== '' && isBefore(id, last)) return 'out of order';
          last = id;
        }
      }
    }
    return 'in order';
  },
});
