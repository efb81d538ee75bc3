/** When a message that failed must have come again, or gone to the dead-letter queue. */
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { disturbance, fateOf, isLetThrough, lastEndOf, pickupSeconds } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { attempted, isChanged, isFifo, retentionSeconds } from './subjects.ts';

/** The old guide of 2022 adds so much where window and timeout exceed the visibility timeout (SQS-VIS-06). */
const EXTRA_SECONDS = 30;

/**
 * Why it cannot be told that a message that failed in `last` must have been received again; undefined where it must
 * have been, for somebody watched until then.
 */
export function doubtAbout(
  record: RecordView,
  last: Batch,
  view: View,
  tolerances: Tolerances,
): string | undefined {
  const { source, sent } = record;
  const { mapping } = last;
  if (source.mappings.length > 1) return 'several mappings read the queue';
  const disturbed = disturbance(mapping, view);
  if (disturbed !== undefined) return disturbed;
  if (isChanged(source, view)) return 'the queue was changed';
  if (isLetThrough(record, mapping) !== true) return 'a filter may leave it out';
  if (isFifo(source, view) && isHeldUp(record, view)) return 'its group may be held up';
  const visibility = source.visibilityTimeoutSeconds[0]?.value ?? 0;
  const windowSeconds = mapping.steady?.windowSeconds ?? 0;
  const longest = Math.max(visibility, windowSeconds + mapping.function.spec.timeoutSeconds + EXTRA_SECONDS);
  const due = lastEndOf(mapping) + longest + pickupSeconds(mapping, tolerances);
  if (due > (sent?.requestedAt ?? 0) + retentionSeconds(source, view)) return 'it may have been too old';
  return view.watchedUntil < due ? 'the observer left before it was due' : undefined;
}

/** Messages that failed in the last attempt that was seen of them. */
export const failedLast = once((view: View): readonly RecordView[] => {
  const all = attempted(view);
  if (all.length === 0) return all;
  return all.filter((record) => {
    const last = record.batches.at(-1);
    return last !== undefined && record.redriven.length === 0 && fateOf(last, record) === 'failed';
  });
});

/** How many of them each group has. */
const failuresByGroup = once((view: View): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { source, spec } of failedLast(view)) {
    const group = `${source.ref} ${spec.group}`;
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
});

/** Whether another message of the same group is still on its way. */
const isHeldUp = ({ source, spec }: RecordView, view: View): boolean =>
  (failuresByGroup(view).get(`${source.ref} ${spec.group}`) ?? 0) > 1;
