/** Whether an attempt of an event was due for certain, so that its absence says something. */
import { firstAttemptDueBy, mayLackCapacity, retryDelaySeconds } from '../../engine/horizon.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { AsyncEvent, Attempt, FunctionView, View } from '../../engine/view.ts';
import { accountLimit } from '../concurrency/occupancy.ts';
import { once } from '../memo.ts';
import { latestEnd, mayBeReservedToZero, mayFailUnseen } from './attempts.ts';
import { CONFIG_UNCLEAR, earliestExpiry, longestWaitSeconds } from './fate.ts';
import { notAllSeen } from './subjects.ts';

/** `late`: the next attempt would come after the age limit, so that there need not be one (ASYNC-AGE-03). */
export type Due = { readonly by: number } | 'late' | { readonly unknown: string };

/**
 * The time by which the attempt after `last` (without one: the first) must have started, on a function that has
 * capacity or gets it back. For events all of whose attempts failed and that have retries left.
 */
export function nextAttemptDue(event: AsyncEvent, last: Attempt | undefined, view: View): Due {
  const { tolerances } = view;
  const { config, function: owner } = event;
  if (config === undefined) return { unknown: CONFIG_UNCLEAR };
  if (view.removed.size > 0 && view.removed.has(`function:${owner.name}`)) {
    return { unknown: 'its function was deleted' };
  }
  if (mayBeReservedToZero(owner, event.call.requested.at, Number.POSITIVE_INFINITY)) {
    return { unknown: 'the reserved concurrency was 0 for a while' };
  }
  if (mayFailUnseen(owner, tolerances)) {
    return { unknown: 'attempts may have failed before their handler was entered' };
  }
  let by =
    last === undefined
      ? firstAttemptDueBy(event, tolerances) + readySeconds(owner)
      : retryDueBy(last, tolerances);
  if (event.throttledAt.length > 0 || mayLackCapacity(owner, view)) {
    if (mayStarve(owner, view)) return { unknown: 'others may have had all the capacity' };
    const slack = 2 * tolerances.schedulingSlackSeconds + readySeconds(owner);
    by = Math.max(by, quietSince(event, view) + longestWaitSeconds(tolerances) + slack);
  }
  if (by > earliestExpiry(event, config.maximumEventAgeSeconds, tolerances)) return 'late';
  if (view.watchedUntil < by) return { unknown: 'the observer left before the next attempt was due' };
  const elsewhere = notAllSeen(event, view);
  return elsewhere === undefined ? { by } : { unknown: elsewhere };
}

/**
 * The time by which the retry after `last` has started, on a function that has capacity. The page says "about":
 * twice the documented wait is granted, and the target's slack.
 */
export function retryDueBy(last: Attempt, tolerances: Tolerances): number {
  const wait = 2 * retryDelaySeconds(last.ordinal, tolerances);
  return latestEnd(last, tolerances) + wait + tolerances.schedulingSlackSeconds + readySeconds(last.function);
}

/** A handler is seen to start once its environment is ready; an initialisation may be done twice. */
export const readySeconds = (owner: FunctionView): number => 2 * (owner.spec.initSeconds ?? 0);

interface Quiet {
  /** The latest time at which anything else was running or changing, and the event that ran then. */
  latest: number;
  event: string | undefined;
  /** The same without that event. */
  latestOfOthers: number;
}

const quiet = once((view: View): Quiet => {
  const found: Quiet = { latest: changesUntil(view), event: undefined, latestOfOthers: changesUntil(view) };
  for (const attempt of view.attempts) {
    const end = latestEnd(attempt, view.tolerances);
    const { event } = attempt.started;
    if (event !== undefined && event === found.event) {
      found.latest = Math.max(found.latest, end);
    } else if (end > found.latest) {
      found.latestOfOthers = found.latest;
      found.latest = end;
      found.event = event;
    } else {
      found.latestOfOthers = Math.max(found.latestOfOthers, end);
    }
  }
  return found;
});

function changesUntil(view: View): number {
  let latest = 0;
  if (view.requests.length === 0) return latest;
  for (const { reserved } of view.functions.values()) {
    for (const { bindsAt } of reserved) latest = Math.max(latest, bindsAt);
  }
  return latest;
}

/** From this time on nothing but `event` runs, and no reserve changes: it has all the capacity there is. */
function quietSince(event: AsyncEvent, view: View): number {
  const { latest, latestOfOthers, event: busiest } = quiet(view);
  return busiest === event.id ? latestOfOthers : latest;
}

/** Whether reserves and provisioned concurrency may leave the function nothing, even where nothing else runs. */
function mayStarve(owner: FunctionView, view: View): boolean {
  if (owner.spec.provisioned !== undefined) return true;
  for (const { step } of view.requests) if (step.operation === 'PutProvisionedConcurrencyConfig') return true;
  let sharesAccount = false;
  for (const { value } of owner.reserved) if (value === null) sharesAccount = true;
  return sharesAccount && reservedByOthers(owner, view) >= accountLimit(view);
}

function reservedByOthers(owner: FunctionView, view: View): number {
  let sum = 0;
  for (const other of view.functions.values()) {
    if (other === owner) continue;
    let most = 0;
    for (const { value } of other.reserved) most = Math.max(most, value ?? 0);
    for (const { concurrency } of other.spec.provisioned ?? []) most += concurrency;
    sum += most;
  }
  return sum;
}
