/** What a mapping did on one shard. */
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { mayBeWindowed } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { activeMappings } from './subjects.ts';
import { shardTold } from './windowed.ts';

export interface ShardRun {
  readonly mapping: MappingView;
  readonly shard: string;
  /** In order of their start. */
  readonly batches: readonly Batch[];
}

export const NO_RUNS: readonly ShardRun[] = [];

/** The shard of a batch. Records of tables do not show it; in a tumbling window each attempt is told. */
const shardOf = (batch: Batch, isWindowed: boolean): string | undefined =>
  batch.shard ?? (isWindowed ? shardTold(batch) : undefined);

/** All that mappings did, shard by shard, where the shard is told. */
export const shardRuns = once((view: View): readonly ShardRun[] => {
  const mappings = activeMappings(view);
  if (mappings.length === 0) return NO_RUNS;
  const runs: ShardRun[] = [];
  for (const mapping of mappings) {
    const isWindowed = mayBeWindowed(mapping);
    if (mapping.source.kind === 'dynamodb' && !isWindowed) continue;
    const byShard = new Map<string, Batch[]>();
    for (const batch of mapping.batches) {
      const shard = shardOf(batch, isWindowed);
      if (shard === undefined) continue;
      const batches = byShard.get(shard);
      if (batches !== undefined) {
        batches.push(batch);
        continue;
      }
      const first = [batch];
      byShard.set(shard, first);
      runs.push({ mapping, shard, batches: first });
    }
  }
  return runs;
});

/** The next batch of the same mapping and shard. */
export function nextOfShard({ mapping: { batches }, index, shard }: Batch): Batch | undefined {
  for (let at = index + 1; at < batches.length; at++) {
    const batch = batches[at];
    if (batch?.shard === shard) return batch;
  }
  return undefined;
}
