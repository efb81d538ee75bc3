/** AWS, invocation-async-error-handling.html: events for which there is no concurrency wait in the queue. */
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { AsyncEvent, View } from '../../engine/view.ts';
import { those } from '../sync/subjects.ts';
import { nextAttemptDue } from './due.ts';
import { CONFIG_UNCLEAR, earliestExpiry, LONGEST_BACKOFF_SECONDS, longestWaitSeconds } from './fate.ts';
import { allAttemptsMade } from './retries.ts';
import { mayBeLongQueue, throttled } from './subjects.ts';

const PAGE = guide('invocation-async-error-handling');

export const thr01 = defineRule({
  id: 'ASYNC-THR-01',
  level: 'MUST',
  invariant: 'Throttles do not use up MaximumRetryAttempts: an event still has all its attempts afterwards.',
  sources: [PAGE],
  note: 'The page says the same of system errors (5xx), which are not seen from outside.',
  needs: ['reserved', 'async'],
  subjects: (view) => those(throttled(view), ({ succeeded }) => !succeeded),
  check: (event, view) => (mayBeLongQueue(view) ? { unknown: LONG_QUEUE } : allAttemptsMade(event, view)),
});

const LONG_QUEUE = 'from a long queue events may be deleted without being sent to the function';

export const thr02 = defineRule({
  id: 'ASYNC-THR-02',
  level: 'MUST',
  invariant: 'A throttled event stays in the queue and is tried again until it runs or is too old.',
  sources: [PAGE],
  needs: ['reserved', 'async'],
  subjects: throttled,
  check: (event, view, tolerances) => {
    const lastThrottle = event.throttledAt.at(-1) ?? event.acceptedAt;
    const lastStart = event.attempts.at(-1)?.startedAt ?? Number.NEGATIVE_INFINITY;
    if (lastStart > lastThrottle - tolerances.clockSkewSeconds) return;
    if (event.config === undefined) return { unknown: CONFIG_UNCLEAR };
    if (mayBeLongQueue(view)) return { unknown: LONG_QUEUE };
    const wait = longestWaitSeconds(tolerances);
    const expiry = earliestExpiry(event, event.config.maximumEventAgeSeconds, tolerances);
    const dropped = firstDelivery(event);
    if (dropped !== undefined) {
      // Lambda looks ahead (ASYNC-AGE-03): an event whose next try would come too late may go before.
      if (dropped.at >= expiry - wait) return;
      return {
        expected: `${event.id} tried again until it runs, or for ${event.config.maximumEventAgeSeconds} s`,
        observed: `given up ${Math.round(dropped.at - event.acceptedAt)} s after it was accepted`,
        entries: [dropped.entry],
      };
    }
    return triedAgain(event, lastThrottle + wait + 2 * tolerances.schedulingSlackSeconds, expiry, view);
  },
});

const firstDelivery = ({ records, deadLetters }: AsyncEvent) => records[0] ?? deadLetters[0];

/** Judges whether an event whose throttles are shown was tried again in time. */
function triedAgain(event: AsyncEvent, by: number, expiry: number, view: View): Finding {
  if (event.throttledAt.length === 0) return { unknown: 'whether it was tried again is not shown' };
  if (by > expiry) return;
  if (view.watchedUntil < by) return { unknown: 'the observer left before the next try was due' };
  if (view.removed.has(`function:${event.function.name}`)) return { unknown: 'its function was deleted' };
  return {
    expected: `${event.id} tried again within ${round(by - event.acceptedAt)} s`,
    observed: 'neither tried again nor too old',
    entries: [event.answered],
  };
}

/** Gaps between tries that follow one another without an attempt between them, seconds. */
function* series({ throttledAt, attempts }: AsyncEvent): Generator<readonly number[]> {
  let gaps: number[] = [];
  let next = 0;
  for (let index = 1; index < throttledAt.length; index++) {
    const from = throttledAt[index - 1] ?? 0;
    const to = throttledAt[index] ?? 0;
    let isBroken = false;
    for (let start = attempts[next]; start !== undefined && start.startedAt <= to; start = attempts[++next]) {
      if (start.startedAt >= from) isBroken = true;
    }
    if (isBroken) {
      yield gaps;
      gaps = [];
    } else {
      gaps.push(to - from);
    }
  }
  yield gaps;
}

export const thr03 = defineRule({
  id: 'ASYNC-THR-03',
  level: 'SHOULD',
  invariant:
    'The waits between tries of a throttled event grow exponentially from 1 second to at most 5 minutes.',
  sources: [PAGE],
  note:
    'The page gives no factor: of four waits in a row the last must be at least a fifth longer than the first, but ' +
    'for those near to 5 minutes. Tries that meet a system error are not seen: a wait may be three. A long queue waits longer.',
  needs: ['throttles', 'async'],
  subjects: (view) => those(throttled(view), ({ throttledAt }) => throttledAt.length > 1),
  check: (event, view, tolerances) => {
    const scale = tolerances.throttleTimeScale;
    const shortest = scale * (1 - tolerances.retryDelayShortfall) - tolerances.clockSkewSeconds;
    const longest = LONGEST_BACKOFF_SECONDS * scale;
    const latest =
      longestWaitSeconds(tolerances) * (1 + tolerances.retryDelayShortfall) +
      tolerances.schedulingSlackSeconds;
    if (tolerances.duplicateBudget > 0) return { unknown: 'tries of a duplicate cannot be told apart' };
    for (const gaps of series(event)) {
      for (let index = 0; index < gaps.length; index++) {
        const gap = gaps[index] ?? 0;
        const before = gaps[index - 3];
        const isStuck = before !== undefined && gap < 1.2 * before && gap < 0.8 * longest;
        if (gap >= shortest && (gap <= latest || mayBeLongQueue(view)) && !isStuck) continue;
        return {
          expected: `waits between tries of ${event.id} that grow from ${round(scale)} s to ${round(longest)} s`,
          observed: gaps
            .slice(Math.max(0, index - 3), index + 1)
            .map((wait) => `${round(wait)} s`)
            .join(', '),
          entries: [event.answered],
        };
      }
    }
    return;
  },
});

const round = (value: number): number => Math.round(value * 100) / 100;

export const thr04 = defineRule({
  id: 'ASYNC-THR-04',
  level: 'SHOULD',
  invariant: 'Once there is capacity, well before its age limit, a throttled event gets an attempt.',
  sources: [PAGE],
  needs: ['reserved', 'async'],
  subjects: throttled,
  check: (event, view) => {
    if (event.attempts.length > 0) return;
    if (mayBeLongQueue(view)) return { unknown: LONG_QUEUE };
    const next = nextAttemptDue(event, undefined, view);
    if (next === 'late') return { unknown: 'there was no capacity well before its age limit' };
    if ('unknown' in next) return next;
    return {
      expected: `an attempt of ${event.id} by ${round(next.by)} s, when nothing else needs the capacity`,
      observed: 'none',
      entries: [event.answered],
    };
  },
});
