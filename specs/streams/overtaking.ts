/**
 * What starts after an attempt that failed, although it must wait. AWS, with-kinesis.html: a shard, or with a higher
 * factor a key, goes on when the failed batch has succeeded or is discarded.
 */
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView } from '../../engine/view.ts';
import { attemptsUpTo, hadSucceeded } from '../mappings/records.ts';
import { answerTo, checkpointIn } from './answer.ts';
import { mayBeTooOld } from './calm.ts';
import { isBefore } from './sequence.ts';

/** A record that failed, and has neither succeeded nor been discarded since. */
interface Pending {
  readonly id: string;
  readonly failedIn: Batch;
  attempts: number;
  /** From when on nothing may overtake it. */
  since: number;
}

/** The records of one shard, or of one key, that failed: in order of their first failure. */
type Waiting = Map<RecordView, Pending>;

export interface Overtaking {
  readonly by: Batch;
  readonly failed: Batch;
  readonly record: RecordView;
}

/**
 * The first attempt that starts with a later record of the same line, while an earlier one that failed still waits;
 * and how many attempts failed at all. Linear in the records of the batches.
 * @param lineOf what must be processed in order: a shard, or a key
 */
export function overtakingIn(
  mapping: MappingView,
  batches: readonly Batch[],
  lineOf: (record: RecordView) => string,
  tolerances: Tolerances,
): Overtaking | undefined {
  const lines = new Map<string, Waiting>();
  let waitingCount = 0;
  for (const batch of batches) {
    if (waitingCount > 0) {
      const found = overtakenBy(batch, mapping, lines, lineOf, tolerances);
      if (found !== undefined) return found;
    }
    const kind = answerTo(batch).kind;
    if (kind === 'success' && waitingCount === 0) continue;
    waitingCount += settle(batch, lines, lineOf, tolerances);
  }
  return undefined;
}

/** Takes what the attempt means for its records; tells by how many more or fewer wait. */
function settle(
  batch: Batch,
  lines: Map<string, Waiting>,
  lineOf: (record: RecordView) => string,
  { duplicateBudget }: Tolerances,
): number {
  const checkpoint = checkpointIn(batch);
  let change = 0;
  for (let place = 0; place < batch.records.length; place++) {
    const record = batch.records[place];
    const id = batch.seen[place]?.id;
    if (record === undefined || id === undefined) continue;
    const line = lineOf(record);
    const waiting = lines.get(line);
    const pending = waiting?.get(record);
    if (checkpoint === undefined || place < checkpoint) {
      // Done, or not known.
      if (pending !== undefined) {
        waiting?.delete(record);
        change--;
      }
      continue;
    }
    if (pending !== undefined) {
      pending.attempts++;
      pending.since = batch.attempt.endedEarliest;
      continue;
    }
    // What comes again although it succeeded is nothing that others wait for.
    if (duplicateBudget > 0 || hadSucceeded(record, batch)) continue;
    const own: Waiting = waiting ?? new Map();
    if (waiting === undefined) lines.set(line, own);
    own.set(record, {
      id,
      failedIn: batch,
      attempts: attemptsUpTo(record, batch),
      since: batch.attempt.endedEarliest,
    });
    change++;
  }
  return change;
}

function overtakenBy(
  batch: Batch,
  mapping: MappingView,
  lines: ReadonlyMap<string, Waiting>,
  lineOf: (record: RecordView) => string,
  tolerances: Tolerances,
): Overtaking | undefined {
  const highest = highestOf(batch, lines, lineOf);
  const held = new Set(batch.records);
  for (const [line, id] of highest) {
    const waiting = lines.get(line);
    if (waiting === undefined) continue;
    for (const [record, pending] of waiting) {
      // They wait in order: all that follow are higher still.
      if (!isBefore(pending.id, id)) break;
      if (batch.attempt.startedAt < pending.since || held.has(record)) continue;
      if (mayBeDiscarded(record, pending, mapping, batch, tolerances)) continue;
      return { by: batch, failed: pending.failedIn, record };
    }
  }
  return undefined;
}

/** The highest sequence number of the batch, for each line in which something waits. */
function highestOf(
  batch: Batch,
  lines: ReadonlyMap<string, Waiting>,
  lineOf: (record: RecordView) => string,
): ReadonlyMap<string, string> {
  const highest = new Map<string, string>();
  for (let place = 0; place < batch.records.length; place++) {
    const record = batch.records[place];
    const id = batch.seen[place]?.id;
    if (record === undefined || id === undefined) continue;
    const line = lineOf(record);
    if ((lines.get(line)?.size ?? 0) === 0) continue;
    const known = highest.get(line);
    if (known === undefined || isBefore(known, id)) highest.set(line, id);
  }
  return highest;
}

/** Whether it may have been given up: all retries are used up, or it may have been too old. */
function mayBeDiscarded(
  record: RecordView,
  { attempts }: Pending,
  mapping: MappingView,
  { attempt }: Batch,
  tolerances: Tolerances,
): boolean {
  const { steady } = mapping;
  if (steady === undefined) return true;
  if (steady.maximumRetryAttempts >= 0 && attempts > steady.maximumRetryAttempts) return true;
  return mayBeTooOld(record, mapping, attempt.startedAt, tolerances);
}
