/** AWS, invocation-async-error-handling.html: what Lambda does when an attempt of a queued event fails. */
import { mayLackCapacity, nextAttemptDueBy } from '../../engine/horizon.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import { failing } from './subjects.ts';

export const retry01 = defineRule({
  id: 'ASYNC-RETRY-01',
  level: 'MUST',
  invariant: 'An event whose attempts all fail has at most 1 + MaximumRetryAttempts attempts.',
  sources: [guide('invocation-async-error-handling'), api('PutFunctionEventInvokeConfig')],
  subjects: failing,
  check: (event, _view, { duplicateBudget }) => {
    if (event.config === undefined)
      return { unknown: 'its event-invoke configuration changed while it lived' };
    const most = 1 + event.config.maximumRetryAttempts + duplicateBudget;
    const beyond = event.attempts[most];
    if (beyond === undefined) return;
    return {
      expected: `at most ${most} attempts of ${event.id}`,
      observed: `${event.attempts.length}`,
      entries: [beyond.started],
    };
  },
});

export const retry02 = defineRule({
  id: 'ASYNC-RETRY-02',
  level: 'MUST',
  invariant:
    'If age allows, an event that keeps failing has 1 + MaximumRetryAttempts attempts before it is discarded.',
  sources: [guide('invocation-async-error-handling'), guide('invocation-async-configuring')],
  subjects: failing,
  check: (event, view, tolerances) => {
    if (event.config === undefined)
      return { unknown: 'its event-invoke configuration changed while it lived' };
    const last = event.attempts.at(-1);
    const due = 1 + event.config.maximumRetryAttempts;
    if (last === undefined || event.attempts.length >= due) return;
    const dueBy = nextAttemptDueBy(last, tolerances);
    // Lambda looks ahead: a retry that would come after the age limit is not waited for (ASYNC-AGE-03).
    if (dueBy > event.acceptedAt + event.config.maximumEventAgeSeconds) return;
    if (view.watchedUntil < dueBy) return { unknown: 'the observer left before the next attempt was due' };
    if (mayLackCapacity(event.function, view) && view.watchedUntil !== Number.POSITIVE_INFINITY) {
      return { unknown: 'the next attempt may have been throttled' };
    }
    return {
      expected: `${due} attempts of ${event.id}`,
      observed: `${event.attempts.length}, then nothing`,
      entries: [last.ended ?? last.started],
    };
  },
});
