/** Where a function's own events go, and whether something of a mapping arrived there. */
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { Finding } from '../../engine/rule.ts';
import type { Delivery, MappingView, View } from '../../engine/view.ts';

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

/** Nothing about a batch of the mapping is where its function's own events go. */
export function nothingArrives(mapping: MappingView, view: View): Finding {
  const outlets = outletsOf(mapping);
  for (const delivery of view.deliveries) {
    if (!outlets.has(delivery.resource) || !isAboutBatch(delivery)) continue;
    return {
      expected: `nothing of the mapping ${mapping.name} at ${delivery.resource}, which is for events of the function`,
      observed: 'a batch arrived there',
      entries: [delivery.entry],
    };
  }
  return;
}

/** What sources that Lambda polls call themselves in an event. Topics and buckets, too, send lists of Records. */
const POLLED: readonly unknown[] = ['aws:sqs', 'aws:kinesis', 'aws:dynamodb'];

/** Whether a delivery is about a batch: what arrived is, or wraps, the event of a source that Lambda polls. */
function isAboutBatch({ entry, event }: Delivery): boolean {
  if (event !== undefined) return false;
  const body = asObject(entry.kind === 'delivered' ? entry.body : entry.payload);
  const whole = asObject(body?.['detail']) ?? body;
  return isEventOfBatch(whole) || isEventOfBatch(asObject(whole?.['requestPayload']));
}

function isEventOfBatch(event: JsonObject | undefined): boolean {
  const records = event?.['Records'];
  if (Array.isArray(records)) return POLLED.includes(asObject(records[0])?.['eventSource']);
  // Kafka lists its records by partition; brokers have their own names for them.
  return ['records', 'messages', 'rmqMessagesByQueue'].some((key) => event?.[key] !== undefined);
}
