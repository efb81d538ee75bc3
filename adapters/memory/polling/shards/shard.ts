/** A shard: its records in order, and which keys are its own. */
import type { StreamRecord } from './record.ts';

/** Keys are hashed to so many places. */
const PLACES = 4_294_967_296;

export class Shard {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly parents: readonly Shard[];
  readonly records: StreamRecord[] = [];
  /** It was split or merged: nothing comes any more. */
  isClosed = false;

  constructor(id: string, from: number, to: number, parents: readonly Shard[]) {
    this.id = id;
    this.from = from;
    this.to = to;
    this.parents = parents;
  }
}

/** So many shards with equal shares of the keys. */
export function shardsOf(count: number): Shard[] {
  return Array.from(
    { length: count },
    (_, index) => new Shard(shardId(index), (PLACES * index) / count, (PLACES * (index + 1)) / count, []),
  );
}

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

/**
 * The place of a key. AWS takes MD5; here a cheap stable hash (FNV-1a) serves: which shard a key is on is nobody's
 * promise, and a target tells it with each record.
 */
export function placeOf(key: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 16_777_619);
  hash ^= hash >>> 15;
  return Math.imul(hash, 2_246_822_507) >>> 0;
}

/** The open shard that has the key. */
export function shardFor(shards: readonly Shard[], key: string): Shard | undefined {
  const place = placeOf(key);
  return shards.find((shard) => !shard.isClosed && place >= shard.from && place < shard.to);
}
