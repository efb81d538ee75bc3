/** How many attempts of one mapping were in flight at once. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import type { Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, MappingView, View } from '../../engine/view.ts';
import { admissionLag, overflow } from '../concurrency/occupancy.ts';

/** In order of their start. */
export const attemptsOf = ({ batches }: MappingView): readonly Attempt[] =>
  batches.map(({ attempt }) => attempt);

/** A breach where an attempt of the mapping starts while as many as the limit certainly run already. */
export function withinLimit(
  mapping: MappingView,
  limitAt: (attempt: Attempt) => number,
  tolerances: Tolerances,
): Finding {
  if (mapping.batches.length < 2) return;
  const over = overflow(attemptsOf(mapping), limitAt, tolerances);
  if (over === undefined) return;
  return {
    expected: `at most ${over.limit} attempts of the mapping ${mapping.name} at once`,
    observed: `${over.inFlight + 1}`,
    entries: [over.attempt.started],
  };
}

/**
 * A limit that grows from `first` on, by so many a minute: as soon as that can be, for no page says whether it grows by
 * the minute or by the second.
 */
export function growing(
  mapping: MappingView,
  first: number,
  perMinute: number,
  view: View,
): (attempt: Attempt) => number {
  const began = beganAt(mapping, view) - admissionLag(mapping.function, view.tolerances);
  return ({ startedAt }) => first + Math.floor((perMinute * (startedAt - began)) / 60);
}

/** When it can have begun to grow: with its first batch; where that may have been throttled, with the first message. */
function beganAt({ batches, function: owner, source }: MappingView, view: View): number {
  let earliest = batches[0]?.attempt.startedAt ?? 0;
  if (!mayLackCapacity(owner, view)) return earliest;
  for (const { sent } of source.records)
    if (sent !== undefined) earliest = Math.min(earliest, sent.requestedAt);
  return earliest;
}

/** The largest number of attempts that were certainly in flight together. */
export function mostAtOnce(attempts: readonly Attempt[]): number {
  if (attempts.length < 2) return attempts.length;
  const ends = Float64Array.from(attempts.map(({ endedEarliest }) => endedEarliest)).sort();
  let ended = 0;
  let most = 0;
  for (let index = 0; index < attempts.length; index++) {
    const startedAt = attempts[index]?.startedAt ?? 0;
    while (ended < ends.length && (ends[ended] ?? 0) <= startedAt) ended++;
    most = Math.max(most, index + 1 - ended);
  }
  return most;
}
