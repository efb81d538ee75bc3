/**
 * Sequence numbers are decimal numbers too long for a computer's own: the longer one is the greater, then by text. AWS,
 * Kinesis API_PutRecord.html: they are specific to a shard, so that records of two shards may have the same.
 */

/** A place in a source: the sequence number, and the shard where that is told. */
export interface Numbered {
  readonly id?: string;
  readonly shard?: string;
}

/** The same for all that is told of one record, and for no other one of its source. */
export const placeInSource = ({ id, shard }: Numbered): string => `${shard ?? ''}:${id ?? ''}`;

/** Whether the sequence number comes before the other one. */
export const isBefore = (one: string, other: string): boolean =>
  one.length === other.length ? one < other : one.length < other.length;
