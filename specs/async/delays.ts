/** AWS, invocation-async-error-handling.html: how long Lambda waits between attempts. */
import { mayLackCapacity, retryDelaySeconds } from '../../engine/horizon.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { AsyncEvent, View } from '../../engine/view.ts';
import { latestEnd } from './attempts.ts';
import { retryDueBy } from './due.ts';
import { CONFIG_UNCLEAR } from './fate.ts';
import { mayBeLongQueue, notItsOwn, repeated } from './subjects.ts';

const seconds = (value: number): string => `${Math.round(value * 100) / 100} s`;

export const delay01 = defineRule({
  id: 'ASYNC-DELAY-01',
  level: 'SHOULD',
  invariant:
    'Lambda waits about 1 minute before the second attempt of an event, and about 2 before the third.',
  sources: [guide('invocation-async-error-handling')],
  needs: ['async'],
  note:
    'The page does not say whether the wait counts from the start or the end of the attempt before: not shorter ' +
    'than from its start, not longer than twice as long from its end, and that only where nothing else waits.',
  subjects: repeated,
  check: (event, view, tolerances) => {
    let short = 0;
    for (let index = 1; index < event.attempts.length; index++) {
      const before = event.attempts[index - 1];
      const next = event.attempts[index];
      if (before === undefined || next === undefined) break;
      // With duplicates granted, what looks like the third attempt may be the second.
      const ordinal = Math.max(1, index - tolerances.duplicateBudget);
      const wait = retryDelaySeconds(ordinal, tolerances);
      const waited = next.startedAt - before.startedAt;
      const least = wait * (1 - tolerances.retryDelayShortfall) - tolerances.clockSkewSeconds;
      if (waited < least) short++;
      const isLate =
        next.startedAt > retryDueBy(before, tolerances) + tolerances.clockSkewSeconds &&
        latestEnd(before, tolerances) < Number.POSITIVE_INFINITY;
      if (short <= tolerances.duplicateBudget && !(isLate && isAtLeisure(event, view))) continue;
      const another = notItsOwn(event, view);
      if (another !== undefined) return { unknown: another };
      // One that was to wait for its age limit only, which was then raised, comes sooner.
      if (event.config === undefined) return { unknown: CONFIG_UNCLEAR };
      return {
        expected: `about ${seconds(wait)} between attempts ${index} and ${index + 1} of ${event.id}`,
        observed: `${seconds(waited)} from start to start`,
        entries: [next.started],
      };
    }
    return;
  },
});

/** Whether nothing can have kept the queue from retrying the event in time. */
const isAtLeisure = (event: AsyncEvent, view: View): boolean =>
  event.throttledAt.length === 0 &&
  !mayLackCapacity(event.function, view) &&
  !mayBeLongQueue(view) &&
  // A destination is also invoked by nobody's call.
  !event.function.attempts.some(({ started }) => started.about !== undefined);
