/** Where a new mapping begins. AWS, API_CreateEventSourceMapping.html: StartingPosition. */
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Shard } from './shard.ts';

/** Tells for each shard the index of the first record to read. */
export function startIn(world: World, mapping: MappingRuntime): (shard: Shard) => number {
  const { policy, chance, clock } = world;
  const { startingPosition, startingAtSeconds } = mapping.settings;
  const isLatest =
    startingPosition === 'LATEST' || (startingPosition === 'AT_TIMESTAMP' && policy.timestampIsLatest);
  if (isLatest) {
    if (policy.latestReadsAll) return () => 0;
    // AWS: while a mapping is made, LATEST may miss records; those from before are none of its own.
    const from = policy.latestMayMiss ? chance.between(mapping.createdAt, clock.now) : mapping.createdAt;
    return (shard) => shard.indexAt(from);
  }
  if (startingPosition === 'AT_TIMESTAMP') {
    const from = 1_000 * ((startingAtSeconds ?? 0) + policy.timestampLateSeconds);
    return (shard) => shard.indexAt(from);
  }
  return (shard) => Math.min(policy.horizonSkips, shard.records.length);
}
