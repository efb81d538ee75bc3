/** Sequence numbers are decimal numbers too long for a computer's own: the longer one is the greater, then by text. */

/** Whether the sequence number comes before the other one. */
export const isBefore = (one: string, other: string): boolean =>
  one.length === other.length ? one < other : one.length < other.length;
