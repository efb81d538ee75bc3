/** AWS, with-kinesis.html and with-ddb.html: ParallelizationFactor. */
import { STREAMS } from '../../engine/capabilities.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Batch } from '../../engine/view.ts';
import { shardRuns } from './shards.ts';
import { activeMappings, keyOf } from './subjects.ts';

const KINESIS = guide('with-kinesis');
const TABLES = guide('with-ddb');

export const conc01 = defineRule({
  id: 'STR-CONC-01',
  level: 'MUST',
  invariant: 'At most ParallelizationFactor attempts of a shard are in flight at once, by default 1.',
  sources: [KINESIS, TABLES, api('CreateEventSourceMapping')],
  needs: [STREAMS],
  note: 'Judged where the shard is told, on Kinesis and in tumbling windows. An attempt counts while its handler is known to run (POLL-EXT-01).',
  subjects: shardRuns,
  check: ({ mapping, batches, shard }, _view, tolerances) => {
    const { steady } = mapping;
    if (steady === undefined) return { unknown: 'the mapping was changed' };
    const most = steady.parallelizationFactor + tolerances.duplicateBudget;
    let running: Batch[] = [];
    for (const batch of batches) {
      const now = batch.attempt.startedAt + tolerances.clockSkewSeconds;
      if (running.length > 0) running = running.filter(({ attempt }) => attempt.endedEarliest > now);
      running.push(batch);
      if (running.length <= most) continue;
      return {
        expected: `at most ${most} attempts of ${shard} at once`,
        observed: `${running.length}`,
        entries: [batch.started, ...running.slice(0, -1).map(({ started }) => started)],
      };
    }
    return;
  },
});

export const conc02 = defineRule({
  id: 'STR-CONC-02',
  level: 'MUST',
  invariant: 'No two attempts in flight hold records of the same partition key, or of the same item.',
  sources: [KINESIS, TABLES],
  needs: [STREAMS],
  note: 'Follows from the order of each key (STR-ORD-02).',
  subjects: activeMappings,
  check: ({ steady, batches }, _view, tolerances) => {
    if (batches.length < 2) return;
    if (steady === undefined) return { unknown: 'the mapping was changed' };
    if (tolerances.duplicateBudget > 0) return { unknown: 'a record may come twice at once' };
    let running: Batch[] = [];
    for (const batch of batches) {
      const now = batch.attempt.startedAt + tolerances.clockSkewSeconds;
      if (running.length > 0) running = running.filter(({ attempt }) => attempt.endedEarliest > now);
      const shared = running.length === 0 ? undefined : sharedKey(batch, running);
      if (shared !== undefined)
        return {
          expected: `no two attempts at once with records of the key ${shared.key}`,
          observed: 'two',
          entries: [batch.started, shared.other.started],
        };
      running.push(batch);
    }
    return;
  },
});

/** A key of which the batch has records, and one of the others as well. */
function sharedKey(
  batch: Batch,
  others: readonly Batch[],
): { readonly key: string; readonly other: Batch } | undefined {
  const keys = new Set<string>();
  for (const record of batch.records) if (record !== undefined) keys.add(keyOf(record));
  for (const other of others)
    for (const record of other.records)
      if (record !== undefined && keys.has(keyOf(record))) return { key: keyOf(record), other };
  return undefined;
}
