/** AWS, invocation-async-configuring.html: how long Lambda keeps an event in the queue. */
import { api, defineRule, guide, isUnknown } from '../../engine/rule.ts';
import type { AsyncEvent, Delivery, View } from '../../engine/view.ts';
import { those } from '../sync/subjects.ts';
import { type Aftermath, aftermaths } from './aftermath.ts';
import { missing } from './arrival.ts';
import { earliestEnd, latestEnd } from './attempts.ts';
import { readySeconds, retryDueBy } from './due.ts';
import { CONFIG_UNCLEAR, earliestExpiry, latestExpiry } from './fate.ts';
import { attempted, failing, notAllSeen, notItsOwn } from './subjects.ts';

const PAGE = guide('invocation-async-configuring');

export const age01 = defineRule({
  id: 'ASYNC-AGE-01',
  level: 'MUST',
  invariant: 'No attempt of an event starts later than MaximumEventAgeInSeconds after it was accepted.',
  sources: [PAGE, api('PutFunctionEventInvokeConfig')],
  needs: ['async'],
  subjects: attempted,
  check: (event, view, tolerances) => {
    if (event.config === undefined) return { unknown: CONFIG_UNCLEAR };
    const { maximumEventAgeSeconds } = event.config;
    const slack =
      tolerances.schedulingSlackSeconds + tolerances.clockSkewSeconds + readySeconds(event.function);
    const latest = latestExpiry(event, maximumEventAgeSeconds, tolerances) + slack;
    if (view.watchedUntil < latest) return { unknown: 'the observer left before its age limit' };
    let late = 0;
    for (const attempt of event.attempts) {
      if (attempt.startedAt <= latest) continue;
      late++;
      if (late <= tolerances.duplicateBudget) continue;
      const another = notItsOwn(event, view);
      if (another !== undefined) return { unknown: another };
      return {
        expected: `no attempt of ${event.id} more than ${maximumEventAgeSeconds} s after it was accepted`,
        observed: `one after ${Math.round(attempt.startedAt - event.acceptedAt)} s`,
        entries: [attempt.started],
      };
    }
    return;
  },
});

const isTooOld = ({ fate, onFailure, deadLetter }: Aftermath): boolean =>
  fate.cause === 'expired' && (onFailure !== undefined || deadLetter !== undefined);

export const age02 = defineRule({
  id: 'ASYNC-AGE-02',
  level: 'MUST',
  invariant:
    'An event that is too old is discarded, and sent to the on-failure destination and the dead-letter queue.',
  sources: [guide('invocation-async-retain-records'), PAGE, guide('monitoring-metrics-types')],
  needs: ['eventInvokeConfig', 'async'],
  subjects: (view) => those(aftermaths(view), isTooOld),
  check: (aftermath, view) => {
    const { event, onFailure, deadLetter } = aftermath;
    const lacksRecord = onFailure !== undefined && !isAt(onFailure, event.records);
    const lacksLetter = deadLetter !== undefined && !isAt(deadLetter, event.deadLetters);
    if (!lacksRecord && !lacksLetter) return;
    const unseen = notAllSeen(event, view);
    if (unseen !== undefined) return { unknown: unseen };
    const record = lacksRecord ? missing(aftermath, onFailure, 'failure record', view) : undefined;
    // One that may be missing innocently does not excuse the other.
    if (record !== undefined && !isUnknown(record)) return record;
    const letter = lacksLetter ? missing(aftermath, deadLetter, 'dead letter', view) : undefined;
    return letter ?? record;
  },
});

function isAt(resource: string, deliveries: readonly Delivery[]): boolean {
  for (const delivery of deliveries) if (delivery.resource === resource) return true;
  return false;
}

/** Failing events with retries left, the next of which would have come after their age limit. */
function overtaken(view: View): readonly AsyncEvent[] {
  return those(failing(view), (event) => {
    const { config, attempts } = event;
    const last = attempts.at(-1);
    if (config === undefined || last === undefined) return false;
    if (config.maximumEventAgeSeconds >= DEFAULT_AGE_SECONDS) return false;
    if (attempts.length > config.maximumRetryAttempts) return false;
    return (
      retryDueBy(last, view.tolerances) >
      earliestExpiry(event, config.maximumEventAgeSeconds, view.tolerances)
    );
  });
}

/** Six hours: longer than all retries take, so that only throttles reach it. */
const DEFAULT_AGE_SECONDS = 21_600;

export const age03 = defineRule({
  id: 'ASYNC-AGE-03',
  level: 'MAY',
  invariant: 'An event whose next retry would come after its age limit may be discarded before.',
  // Seen on AWS: with a limit of 60 s a failed event is discarded at once, with 90 s after one retry.
  sources: [PAGE],
  needs: ['eventInvokeConfig', 'async'],
  isSilent: true,
  subjects: overtaken,
  observe: (event, _view, tolerances) => {
    const last = event.attempts.at(-1);
    const told = event.records[0] ?? event.deadLetters[0];
    if (event.config === undefined || last === undefined || told === undefined)
      return 'not told when discarded';
    const slack = 2 * tolerances.schedulingSlackSeconds;
    if (told.at < earliestEnd(last, tolerances)) return 'told of before its attempt ended';
    if (told.at <= latestEnd(last, tolerances) + slack) return 'discarded as soon as the attempt failed';
    const expiry = earliestExpiry(event, event.config.maximumEventAgeSeconds, tolerances);
    return told.at < expiry ? 'discarded before its age limit' : 'discarded at its age limit or later';
  },
});
