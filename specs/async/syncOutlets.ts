/** Synchronous calls to functions that have destinations or a dead-letter target, and what arrived about them. */
import { jsonEqual } from '../../engine/json.ts';
import type { Call, Delivery, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { requestContextOf } from './aftermath.ts';

const NONE: readonly never[] = [];

/** RequestResponse calls of which an attempt was seen, to functions with somewhere to send something. */
export function attemptedSyncWithOutlets(view: View): readonly Call[] {
  let some: Call[] | undefined;
  for (const call of view.sync) {
    if (call.attempts.length === 0 || call.function === undefined || !hasOutlet(call.function)) continue;
    some ??= [];
    some.push(call);
  }
  return some ?? NONE;
}

function hasOutlet({ deadLetter, eventInvoke }: FunctionView): boolean {
  return eventInvoke.size > 0 || deadLetter.length > 1 || typeof deadLetter[0]?.value === 'string';
}

/** The first delivery about each event. */
export const deliveriesByEvent = once((view: View): ReadonlyMap<string, Delivery> => {
  if (view.deliveries.length === 0) return NOTHING;
  const first = new Map<string, Delivery>();
  for (const delivery of view.deliveries) {
    if (delivery.event !== undefined && !first.has(delivery.event)) first.set(delivery.event, delivery);
  }
  return first;
});

const NOTHING: ReadonlyMap<string, Delivery> = new Map();

/** Whether the delivery has the request id of the call, or of one of its attempts. */
export function bearsIdOf(delivery: Delivery, call: Call): boolean {
  const { entry } = delivery;
  const attribute = entry.kind === 'delivered' ? entry.attributes?.['RequestID']?.value : undefined;
  const id = requestContextOf(delivery)?.['requestId'] ?? attribute;
  if (id === undefined) return false;
  return (
    id === call.answered?.requestId || call.attempts.some(({ started: { requestId } }) => requestId === id)
  );
}

/** Whether an event with the payload of the call was sent too, so that one may be taken for the other. */
export const isSentAsEventToo = (call: Call, view: View): boolean =>
  view.calls.some((other) => other.type === 'Event' && jsonEqual(other.step.payload, call.step.payload));
