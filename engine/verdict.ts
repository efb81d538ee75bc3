/**
 * What a rule came to on a target. Only KEPT is a pass: not applicable, not seen, declined and broken harness
 * each have a name of their own, so that none of them is ever printed as one.
 */
export const VERDICTS = [
  'KEPT',
  'VIOLATED',
  'WARNED',
  'OBSERVED',
  'VACUOUS',
  'UNKNOWN',
  'UNSUPPORTED',
  'ERROR',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What one campaign counted for one rule. Counts of parts of a campaign add up. */
export interface Tally {
  /** Subjects decided: kept, broken or observed. */
  subjects: number;
  broken: number;
  /** Subjects that could not be decided from what was seen. */
  unknown: number;
  /** For rules that observe: how often each behaviour was seen. */
  observed: Record<string, number>;
}

export const emptyTally = (): Tally => ({ subjects: 0, broken: 0, unknown: 0, observed: {} });

/** Adds `part` to `sum`. */
export function addTally(sum: Tally, part: Tally): void {
  sum.subjects += part.subjects;
  sum.broken += part.broken;
  sum.unknown += part.unknown;
  for (const [label, count] of Object.entries(part.observed)) {
    sum.observed[label] = (sum.observed[label] ?? 0) + count;
  }
}

/**
 * Of several texts that are as good as each other, one: the one that sorts first, so that it does not depend on what
 * was run first.
 */
export const lesser = (one: string | undefined, other: string): string =>
  one === undefined || other < one ? other : one;
