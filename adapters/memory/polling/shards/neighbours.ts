/** Oddities of streams, and of the pollers that read them, that AWS's pages allow. */
import type { Neighbour } from '../../mutant.ts';

export const streamNeighbours: readonly Neighbour[] = [
  {
    name: 'slow pollers of streams',
    because: 'No page says how soon a record is read; what a target needs is in its profile.',
    policy: { kinesisPollMostSeconds: 4.8, tablePollMostSeconds: 4.8 },
  },
  {
    name: 'long waits between attempts on streams',
    because: 'No page says how long a failed batch waits before it is tried again (STR-RET-05).',
    policy: { streamRetrySeconds: 100, streamRetryMostSeconds: 290 },
  },
  {
    name: 'short waits between attempts on streams',
    because: 'No page says how long a failed batch waits before it is tried again (STR-RET-05).',
    policy: { streamRetrySeconds: 0.1, streamRetryFactor: 1.5 },
  },
  {
    name: 'sequence numbers that each shard counts for itself',
    because: 'Sequence numbers are specific to a shard within a stream (Kinesis API_PutRecord.html).',
    policy: { numbersEachShard: true },
  },
  {
    name: 'batches of streams that are not full',
    because: 'A batch has up to BatchSize records: no page promises that it is full.',
    policy: { cutsStreamBatchesShare: 1 },
  },
  {
    name: 'batches of streams delivered twice within budget',
    because:
      'Records are processed at least once: they may come again after they were handled (POLL-DUP-01).',
    policy: { streamDuplicateShare: 0.3 },
    tolerances: { duplicateBudget: 1 },
  },
  {
    name: 'late records of failed batches',
    because: 'No page says how soon a record arrives.',
    policy: { batchRecordMostSeconds: 1.9 },
  },
  {
    name: 'batches that a malformed response splits',
    because:
      'The page speaks of errors; what a complete failure by a response splits is not said (STR-BIS-04).',
    policy: { bisectsMalformedShare: 1 },
  },
  {
    name: 'batches that only an error splits',
    because:
      'The page speaks of errors; what a complete failure by a response splits is not said (STR-BIS-04).',
    policy: { bisectsMalformedShare: 0 },
  },
  {
    name: 'LATEST that misses nothing',
    because: 'LATEST may miss what is written while a mapping is made, and need not (STR-POS-02).',
    policy: { latestMayMiss: false },
  },
  {
    name: 'tumbling windows that end late',
    because: 'The final invocation comes up to two minutes after the end of its window (STR-WIN-07).',
    policy: { finalMostSeconds: 119 },
  },
  {
    name: 'tumbling windows that end at once',
    because: 'The final invocation comes up to two minutes after the end of its window (STR-WIN-07).',
    policy: { finalMostSeconds: 0 },
  },
  {
    name: 'a state that outlasts a partial failure',
    because: 'Whether the state that comes with a partial response is handed on is not said.',
    policy: { partialKeepsStateShare: 1 },
  },
  {
    name: 'a state that a partial failure loses',
    because: 'Whether the state that comes with a partial response is handed on is not said.',
    policy: { partialKeepsStateShare: 0 },
  },
];
