/** What should have arrived and did not: a breach, unless there may be an innocent reason. */

import { deliveryDueBy, mayLackCapacity } from '../../engine/horizon.ts';
import { type Json, jsonBytes } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import type { Finding } from '../../engine/rule.ts';
import type { AsyncEvent, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import type { Aftermath } from './aftermath.ts';
import { mayFailUnseen } from './attempts.ts';
import { mayBeLongQueue } from './subjects.ts';

/**
 * What to say of an event about which `what` should have come to `resource`, and did not: broken where it was due
 * and nothing excuses it, else unknown.
 */
export function missing(aftermath: Aftermath, resource: string, what: string, view: View): Finding {
  if (!isWatched(aftermath, view)) return { unknown: `the observer left before the ${what} was due` };
  const { event, fate } = aftermath;
  const excuse = excuseOf(event, resource, deliveryDueBy(fate.latest, view.tolerances), what, view);
  if (excuse !== undefined) return { unknown: excuse };
  if (what === 'dead letter' && unnamedLetters(view).has(letterKey(resource, event.call.step.payload)))
    return { unknown: `a ${what} with this payload came to ${resource}, and names no event` };
  const last = event.attempts.at(-1);
  return {
    expected: `a ${what} about ${event.id} at ${resource}`,
    observed: 'none',
    entries: [last?.ended ?? last?.started ?? event.answered],
  };
}

const letterKey = (resource: string, body: Json | undefined) => `${resource} ${JSON.stringify(body)}`;

/** Of events with the same payload nobody can tell which one a dead letter is about, where its RequestID is another one. */
const unnamedLetters = once((view) => {
  const keys = new Set<string>();
  for (const { entry, event, role, resource } of view.deliveries) {
    if (role === 'deadLetter' && event === undefined && entry.kind === 'delivered')
      keys.add(letterKey(resource, entry.body));
  }
  return keys;
});

/** Why a delivery to `resource` may have failed without anybody's fault; undefined where it may not. */
export function excuseOf(
  event: AsyncEvent,
  resource: string,
  dueBy: number,
  what: string,
  view: View,
): string | undefined {
  // AWS, invocation-async-error-handling.html: where a function cannot keep up, events may be deleted without a trace.
  if (mayBeLongQueue(view)) return 'the queue may have been too long';
  if (mayBeRemoved(resource, dueBy, view)) return `${resource} was deleted`;
  if (mayBeDenied(event.function.name, resource, view))
    return `the function's role may have had no right to ${resource}`;
  if (isFifo(resource, view)) return `${resource} is of the kind FIFO, which takes no ${what}`;
  if (mayBeTooLarge(event, resource)) return `the ${what} may have been too large for ${resource}`;
  if (resource.startsWith('bucket:') && event.config?.onSuccess === resource)
    return 'a bucket takes no records of successes';
  if (resource.startsWith('function:')) return excuseOfFunction(event, resource.slice(9), view);
  return undefined;
}

/** Whether the observer watched until all about the event was due. */
export const isWatched = ({ fate }: Aftermath, view: View): boolean =>
  view.watchedUntil >= deliveryDueBy(fate.latest, view.tolerances) + view.tolerances.clockSkewSeconds;

/** Whether the resource may have been gone by `dueBy`. */
export function mayBeRemoved(resource: string, dueBy: number, view: View): boolean {
  const at = view.removed.get(resource);
  if (at !== undefined) return at <= dueBy + view.tolerances.clockSkewSeconds;
  // A deletion whose end was not seen may have happened all the same.
  for (const step of view.history.scenario.steps) {
    if (step.do === 'remove' && step.resource === resource) return true;
  }
  return false;
}

/** Whether the role of the function lacked the right to the resource at some time. */
export function mayBeDenied(functionName: string, resource: string, view: View): boolean {
  for (const right of view.permissions)
    if (right.resource === resource && right.function === functionName) return true;
  return false;
}

/** Whether the resource was certainly gone at `from`. */
export function isRemoved(resource: string, from: number, view: View): boolean {
  const at = view.removed.size === 0 ? undefined : view.removed.get(resource);
  return at !== undefined && at + view.tolerances.clockSkewSeconds < from;
}

export function isFifo(resource: string, view: View): boolean {
  const { queues, topics } = view.history.scenario;
  const colon = resource.indexOf(':');
  const places = resource.startsWith('queue:') ? queues : resource.startsWith('topic:') ? topics : undefined;
  const name = resource.slice(colon + 1);
  return places?.some((place) => place.fifo === true && place.name === name) ?? false;
}

/** A destination function is invoked like any other: its event may wait for capacity, or fail before it is seen. */
function excuseOfFunction(event: AsyncEvent, name: string, view: View): string | undefined {
  const destination = view.functions.get(name);
  if (destination === undefined || destination === event.function)
    return 'a function cannot be its own destination';
  const isFree =
    destination.reserved.length === 1 &&
    destination.reserved[0]?.value === null &&
    destination.spec.fresh !== true &&
    !mayFailUnseen(destination, view.tolerances) &&
    !mayLackCapacity(destination, view);
  return isFree ? undefined : `function ${name} may have lacked the capacity to take the record`;
}

/**
 * AWS, invocation-async-retain-records.html: SNS takes 256 KB. Queues and buses took as much for long, and for others
 * the pages name no limit; this is what is certain to fit, less what a record needs beside its two payloads.
 */
const FITS_BYTES = 262_144 - 24_576;

/** Whether a record or dead letter about the event may be more than the resource takes. S3 takes all. */
export function mayBeTooLarge(event: AsyncEvent, resource: string): boolean {
  return !resource.startsWith('bucket:') && largestBytes(event) > FITS_BYTES;
}

/** Bytes of the event and of the largest result of its attempts. */
export function largestBytes({ call, attempts }: AsyncEvent): number {
  let result = 0;
  for (const { ended, outcome } of attempts) {
    if (ended?.result !== undefined) result = Math.max(result, jsonBytes(ended.result));
    else if (outcome === 'oversize') result = Number.POSITIVE_INFINITY;
  }
  return payloadBytes(call.step.payload) + result;
}

const payloadBytes = (payload: AsyncEvent['call']['step']['payload']): number =>
  payload === undefined ? 2 : jsonBytes(payload);

/** A quick look at the payload, before its bytes are counted: whether it can be large at all. */
export function isLargeFiller({ call }: AsyncEvent, bytes: number): boolean {
  const size = asObject(call.step.payload)?.['$filler'];
  return typeof size === 'number' && size >= bytes;
}
