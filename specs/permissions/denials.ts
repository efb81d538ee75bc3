/** When the role of a function certainly lacked the right to a resource. */
import type { PermissionSet } from '../../engine/history.ts';
import type { View } from '../../engine/view.ts';
import { once } from '../memo.ts';

export interface Denial {
  readonly functionName: string;
  readonly resource: string;
  /** It binds for certain from then on. */
  readonly from: number;
  /** Until then; Infinity where the right never came back. */
  readonly to: number;
  readonly entry: PermissionSet;
}

const NONE: readonly Denial[] = [];

/** All times for which a right was certainly missing, in order of their beginning. */
export const denials = once((view: View): readonly Denial[] => {
  const { permissions, tolerances } = view;
  if (permissions.length === 0) return NONE;
  const found: Denial[] = [];
  permissions.forEach((entry, place) => {
    if (entry.isAllowed) return;
    const next = permissions.find(
      (other, at) => at > place && other.function === entry.function && other.resource === entry.resource,
    );
    const from = entry.at + tolerances.permissionSettleSeconds;
    // It was told when it was done: it may have been so a little before.
    const to = next === undefined ? Number.POSITIVE_INFINITY : next.at - tolerances.schedulingSlackSeconds;
    if (to > from) found.push({ functionName: entry.function, resource: entry.resource, from, to, entry });
  });
  return found;
});
