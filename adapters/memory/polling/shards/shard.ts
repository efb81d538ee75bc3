/** A shard: its records in order, and which keys are its own. AWS, Kinesis API_PutRecord.html: by the MD5 of the key. */
import { hash } from 'node:crypto';
import type { StreamRecord } from './record.ts';

/** Keys are hashed to so many places. AWS's hashes have 128 bits; the first 32 tell shards apart as well. */
const PLACES = 2 ** 32;

export class Shard {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly parents: readonly Shard[];
  readonly records: StreamRecord[] = [];
  /** The sequence number of its last record or, of what came of others, of theirs: where each shard has its own. */
  sequence: number;
  /** It was split or merged: nothing comes any more. */
  isClosed = false;

  constructor(id: string, from: number, to: number, parents: readonly Shard[]) {
    this.id = id;
    this.from = from;
    this.to = to;
    this.parents = parents;
    this.sequence = Math.max(0, ...parents.map(({ sequence }) => sequence));
  }

  /** The index of the first record that arrived at `milliseconds` of the clock or later. */
  indexAt(milliseconds: number): number {
    const { records } = this;
    let low = 0;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((records[middle]?.arrivedAt ?? 0) < milliseconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** So many shards with equal shares of the keys. */
export function shardsOf(count: number): Shard[] {
  return Array.from(
    { length: count },
    (_, index) =>
      new Shard(
        shardId(index),
        Math.floor((PLACES * index) / count),
        Math.floor((PLACES * (index + 1)) / count),
        [],
      ),
  );
}

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

/** The same few keys are hashed over and over. */
const known = new Map<string, number>();
const MOST_KNOWN = 4_096;

/** The place of a key: the first 32 bits of its MD5. */
export function placeOf(key: string): number {
  const before = known.get(key);
  if (before !== undefined) return before;
  const place = Number.parseInt(hash('md5', key).slice(0, 8), 16);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, place);
  return place;
}

/** The shard that has the key, of open ones in the order of their places. */
export function shardFor(open: readonly Shard[], key: string): Shard {
  const last = open[open.length - 1] as Shard;
  if (open.length === 1) return last;
  const place = placeOf(key);
  for (const shard of open) if (place < shard.to) return shard;
  return last;
}
