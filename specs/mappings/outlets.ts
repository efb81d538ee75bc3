/** Where a function's own events go, and whether something of a mapping arrived there. */
import { asObject } from '../../engine/record.ts';
import type { Delivery, MappingView } from '../../engine/view.ts';

/** The queues, topics and functions to which the function's own events would go. */
export function outletsOf({ function: owner }: MappingView): ReadonlySet<string> {
  const outlets = new Set<string>();
  for (const { value } of owner.deadLetter) if (value !== null) outlets.add(value);
  for (const timeline of owner.eventInvoke.values()) {
    for (const { value } of timeline) {
      if (value?.onFailure !== undefined) outlets.add(value.onFailure);
      if (value?.onSuccess !== undefined) outlets.add(value.onSuccess);
    }
  }
  return outlets;
}

/** Whether a delivery is about a batch: what arrived is, or wraps, an event with Records. */
export function isAboutBatch({ entry, event }: Delivery): boolean {
  if (event !== undefined) return false;
  const body = asObject(entry.kind === 'delivered' ? entry.body : entry.payload);
  const whole = asObject(body?.['detail']) ?? body;
  return [whole, asObject(whole?.['requestPayload'])].some(
    (one) => one?.['Records'] !== undefined || one?.['records'] !== undefined,
  );
}
