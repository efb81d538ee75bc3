/** How a batch ends without success. AWS, services-kinesis-errors.html: its retries are used up, or its records too old. */
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { StreamBatch } from './batch.ts';
import { isTaken, reportFailure } from './failure.ts';
import type { StreamRecord } from './record.ts';

/** Milliseconds of the clock at which the record leaves its stream. */
const leavesAt = ({ policy }: World, { arrivedAt }: StreamRecord): number =>
  arrivedAt + 1_000 * policy.streamRetentionSeconds;

/** Milliseconds of the clock from which on the mapping does not want the record. */
function agedAt({ policy }: World, { settings }: MappingRuntime, { arrivedAt }: StreamRecord): number {
  const { maximumRecordAgeSeconds } = settings;
  if (maximumRecordAgeSeconds < 0 || !policy.honoursRecordAge) return Number.POSITIVE_INFINITY;
  return arrivedAt + 1_000 * maximumRecordAgeSeconds;
}

/** Milliseconds of the clock at which the record is in no further attempt. */
export const tooOldAt = (world: World, mapping: MappingRuntime, record: StreamRecord): number =>
  Math.min(leavesAt(world, record), agedAt(world, mapping, record));

/**
 * Records that left the stream are skipped; those that are too old for the mapping are discarded; the younger ones go
 * on. They stand in order of their arrival. False: nothing is left.
 */
export function dropOld(world: World, batch: StreamBatch): boolean {
  const { records, mapping } = batch;
  const { policy } = world;
  const { now } = world.clock;
  const gone = countWhile(records, (record) => leavesAt(world, record) <= now);
  let old = gone + countWhile(records.slice(gone), (record) => agedAt(world, mapping, record) <= now);
  if (old === 0) return records.length > 0;
  // It was handled before: nothing is discarded.
  if (batch.isRepeated) return false;
  if (old > gone && policy.discardsWholeBatchByAge) old = records.length;
  if (policy.reportsExpiredRecords)
    reportFailure(world, batch, records.slice(0, gone), policy.agedCondition, false);
  reportFailure(world, batch, records.slice(gone, old), policy.agedCondition, policy.agedRecordsHaveResponse);
  batch.keep(records.slice(old));
  return old < records.length;
}

function countWhile(records: readonly StreamRecord[], holds: (record: StreamRecord) => boolean): number {
  let count = 0;
  for (const record of records) {
    if (!holds(record)) return count;
    count++;
  }
  return count;
}

/** The batch is given up: the next one goes on. */
export function discard(world: World, batch: StreamBatch, hasResponse: boolean): void {
  const { policy } = world;
  if (
    policy.undeliveredBlocks &&
    batch.mapping.settings.onFailure !== undefined &&
    !isTaken(world, batch.mapping)
  ) {
    batch.wait(world);
    return;
  }
  batch.lane.remove(batch);
  reportFailure(world, batch, batch.records, policy.exhaustedBatchCondition, hasResponse);
}
