/** What may keep a mapping of a stream from acting as it is configured, told once for a mapping. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import type { Unknown } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import { pickupSeconds, STREAM_RETENTION_SECONDS } from '../mappings/records.ts';

interface Condition {
  readonly change: string | undefined;
  readonly mayBeThrottled: boolean;
}

const known = new WeakMap<MappingView, Condition>();

function conditionOf(mapping: MappingView, view: View): Condition {
  let condition = known.get(mapping);
  if (condition === undefined) {
    condition = {
      change: changeIn(mapping, view),
      mayBeThrottled: mayLackCapacity(mapping.function, view),
    };
    known.set(mapping, condition);
  }
  return condition;
}

/** What changed about the mapping, its source, its function or its rights: in words; undefined where nothing did. */
export const changeOf = (mapping: MappingView, view: View): string | undefined =>
  conditionOf(mapping, view).change;

/** Whether attempts of it may have been throttled. */
export const mayBeThrottled = (mapping: MappingView, view: View): boolean =>
  conditionOf(mapping, view).mayBeThrottled;

function changeIn(mapping: MappingView, view: View): string | undefined {
  const { source, function: owner, steady } = mapping;
  if (steady === undefined) return 'the mapping was changed';
  if (!steady.isEnabled) return 'the mapping is disabled';
  if (mapping.settings.at(-1)?.value === null) return 'the mapping was deleted';
  if (source.removedAt !== Number.POSITIVE_INFINITY) return 'the source was deleted';
  if (view.removed.has(`function:${owner.name}`)) return 'the function was deleted';
  for (const { resource, function: name } of view.permissions)
    if (resource === source.ref && name === owner.name) return 'the right to the source changed';
  if (owner.timeoutSeconds.length > 1) return 'the timeout was changed';
  return undefined;
}

/** Why the mapping may not do in time what it should; undefined where nothing excuses it. */
export function excuseOf(mapping: MappingView, view: View): string | undefined {
  const change = changeOf(mapping, view);
  if (change !== undefined) return change;
  return mayBeThrottled(mapping, view) ? 'the function may have lacked capacity' : undefined;
}

/** The time by which what failed by then has been tried again. */
export const retryDueBy = (mapping: MappingView, failedAt: number, tolerances: Tolerances): number =>
  failedAt + tolerances.pollingRetrySeconds + pickupSeconds(mapping, tolerances);

/** A time at which the record was in no stream yet. */
export const bornAt = ({ sent, step }: RecordView): number => sent?.requestedAt ?? step.atSeconds;

/** Whether at that time a record may have been too old, for the mapping or for the stream. */
export function mayBeTooOld(
  record: RecordView | undefined,
  mapping: MappingView,
  at: number,
  tolerances: Tolerances,
): boolean {
  if (record === undefined) return mapping.steady === undefined || mapping.steady.maximumRecordAgeSeconds > 0;
  const { clockSkewSeconds, schedulingSlackSeconds } = tolerances;
  const oldest = at - bornAt(record) + clockSkewSeconds + schedulingSlackSeconds;
  if (oldest >= STREAM_RETENTION_SECONDS) return true;
  const limit = mapping.steady?.maximumRecordAgeSeconds ?? 0;
  return limit === 0 || (limit > 0 && oldest >= limit);
}

/**
 * For something that should have come by `dueAt`, of a record that should have lived until then: why it may rightly
 * be missing; undefined where nothing excuses it.
 */
export function whyMissing(
  record: RecordView | undefined,
  mapping: MappingView,
  dueAt: number,
  view: View,
): Unknown | undefined {
  const excuse = excuseOf(mapping, view);
  if (excuse !== undefined) return { unknown: excuse };
  if (mayBeTooOld(record, mapping, dueAt, view.tolerances)) return { unknown: 'it may have been too old' };
  if (view.watchedUntil < dueAt) return { unknown: 'the observer left before it was due' };
  return undefined;
}
