/** AWS, invocation-async-retain-records.html: destinations and dead-letter targets are written to with the role. */
import { OUTLETS } from '../../engine/capabilities.ts';
import { deliveryDueBy } from '../../engine/horizon.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { View } from '../../engine/view.ts';
import { type Aftermath, aftermaths, forCertain, isDiscarded, isSucceeded } from '../async/aftermath.ts';
import { isWatched } from '../async/arrival.ts';
import { furtherAttempt } from '../async/destinations.ts';
import { type Denial, denials } from './denials.ts';

/** An event about which something was due at a resource that the role certainly could not write to. */
interface Undeliverable {
  readonly aftermath: Aftermath;
  readonly resource: string;
  readonly metric: 'DestinationDeliveryFailures' | 'DeadLetterErrors';
}

const NONE: readonly Undeliverable[] = [];

const undeliverable = (view: View): readonly Undeliverable[] => {
  if (view.permissions.length === 0 || view.events.length === 0) return NONE;
  const found: Undeliverable[] = [];
  for (const aftermath of aftermaths(view)) {
    const { event, onSuccess, onFailure, deadLetter } = aftermath;
    for (const denial of denials(view)) {
      if (denial.functionName !== event.function.name || !coversLife(denial, aftermath, view)) continue;
      const { resource } = denial;
      if (isSucceeded(aftermath) ? resource === onSuccess : isDiscarded(aftermath) && resource === onFailure)
        found.push({ aftermath, resource, metric: 'DestinationDeliveryFailures' });
      if (isDiscarded(aftermath) && resource === deadLetter)
        found.push({ aftermath, resource, metric: 'DeadLetterErrors' });
    }
  }
  return found;
};

/** Whether the right was missing from the event's request until all about it was due. */
function coversLife({ from, to }: Denial, { event, fate }: Aftermath, { tolerances }: View): boolean {
  const skew = tolerances.clockSkewSeconds;
  return from < event.call.requested.at - skew && to > deliveryDueBy(fate.latest, tolerances) + skew;
}

export const dest01 = defineRule({
  id: 'PERM-DEST-01',
  level: 'MUST',
  invariant:
    'A destination or dead-letter target that the role may not write to gets nothing, and the event is not tried again for it.',
  sources: [guide('invocation-async-retain-records'), guide('monitoring-metrics-types')],
  needs: ['roles', OUTLETS, 'async'],
  note: 'That the failure shows in DestinationDeliveryFailures or DeadLetterErrors is judged where metrics are seen.',
  subjects: undeliverable,
  check: (subject, view, tolerances) => judge(subject)(subject.aftermath, view, tolerances),
});

const judge = ({ resource, metric }: Undeliverable) =>
  forCertain((aftermath, view): Finding => {
    const { event, records } = aftermath;
    const arrived = [...records, ...event.deadLetters].find((delivery) => delivery.resource === resource);
    if (arrived !== undefined) {
      return {
        expected: `nothing about ${event.id} at ${resource}, which the role of ${event.function.name} may not write to`,
        observed: 'it arrived',
        entries: [arrived.entry],
      };
    }
    const again = furtherAttempt(aftermath, `${resource} could not be written to`, view);
    return again ?? uncounted(aftermath, metric, view);
  });

/** No count of failed deliveries, where metrics are seen. */
function uncounted(aftermath: Aftermath, metric: Undeliverable['metric'], view: View): Finding {
  const { event } = aftermath;
  const metrics = view.metrics.get(event.function.name);
  if (metrics === undefined || !isWatched(aftermath, view) || (metrics.get(metric) ?? 0) > 0) return;
  return {
    expected: `${metric} of ${event.function.name} counts the delivery about ${event.id}, which the role could not make`,
    observed: 'none counted',
    entries: [event.attempts.at(-1)?.started ?? event.answered],
  };
}
