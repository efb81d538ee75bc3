/** AWS, invocation-async.html, API_Invoke.html: Lambda queues the event, and the caller does not wait. */
import { isFiller } from '../../engine/json.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { AsyncEvent, Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { flawOf } from '../sync/flaws.ts';
import { hasTwin, TWIN } from '../sync/ownership.ts';
import { refusal, startedAnyway } from '../sync/rejections.ts';
import { those } from '../sync/subjects.ts';
import { earliestEnd } from './attempts.ts';
import { refusedEvents } from './subjects.ts';

const ACCEPTED = 202;
const TOO_LARGE = 413;

export const acc01 = defineRule({
  id: 'ASYNC-ACC-01',
  level: 'MUST',
  invariant: 'An accepted event is answered with 202 and nothing else: no payload, function error or log.',
  sources: [api('Invoke'), guide('invocation-async')],
  needs: ['async'],
  subjects: (view) => view.events,
  check: ({ id, answered }) => {
    if (answered.status !== ACCEPTED) return instead(id, answered, `status ${answered.status}`);
    if (answered.functionError !== undefined) return instead(id, answered, 'a function error');
    if (answered.logTail !== undefined) return instead(id, answered, 'a log');
    if (answered.payload !== undefined) return instead(id, answered, 'a payload');
    if (answered.body !== undefined && answered.body !== '') return instead(id, answered, 'a body');
    return;
  },
});

const instead = (event: string, answered: AsyncEvent['answered'], observed: string) => ({
  expected: `202 and an empty payload for ${event}`,
  observed,
  entries: [answered],
});

/** Events whose first attempt lasted so long that an answer which waited for it is told from a slow one. */
const long = (view: View): readonly AsyncEvent[] => {
  const leastSeconds = view.tolerances.schedulingSlackSeconds + 2 * view.tolerances.clockSkewSeconds;
  return those(view.events, ({ attempts: [first] }) => {
    return first !== undefined && earliestEnd(first, view.tolerances) - first.startedAt > leastSeconds;
  });
};

export const acc02 = defineRule({
  id: 'ASYNC-ACC-02',
  level: 'MUST',
  invariant: 'The answer to an event does not wait for an attempt of it, however long that lasts.',
  sources: [guide('invocation-async'), guide('lambda-services')],
  needs: ['async'],
  note: 'That the answer does not depend on the outcome is ASYNC-ACC-01: it says nothing of it.',
  subjects: long,
  check: ({ id, answered, attempts: [first] }, _view, tolerances) => {
    if (first === undefined) return;
    if (answered.at < earliestEnd(first, tolerances) - tolerances.clockSkewSeconds) return;
    return {
      expected: `the answer to ${id} before its attempt ended`,
      observed: 'afterwards',
      entries: [answered, first.started],
    };
  },
});

const deliveredEvents = once((view: View): ReadonlySet<string> => {
  const events = new Set<string>();
  for (const { event } of view.deliveries) if (event !== undefined) events.add(event);
  return events;
});

export const acc03 = defineRule({
  id: 'ASYNC-ACC-03',
  level: 'MUST',
  invariant: 'A refused event leads to no attempt, no invocation record and no dead letter.',
  sources: [guide('invocation-async'), guide('troubleshooting-invocation')],
  needs: ['async'],
  subjects: refusedEvents,
  check: (call, view, tolerances) => {
    const { rejected } = call;
    if (rejected === undefined) return;
    // The pages speak of trouble with the request. What a 5xx broke off may have been queued already.
    if (rejected.status >= 500)
      return { unknown: `refused with ${rejected.status}: it may have been queued` };
    const ran = startedAnyway(call, view);
    if (ran !== undefined) return ran;
    if (view.deliveries.length > 0 && deliveredEvents(view).has(call.event)) {
      if (hasTwin(call, view)) return { unknown: TWIN };
      const about = view.deliveries.find(({ event }) => event === call.event);
      return {
        expected: `nothing delivered about ${call.event}`,
        observed: about?.role === 'deadLetter' ? 'a dead letter' : 'an invocation record',
        entries: about === undefined ? [rejected] : [about.entry, rejected],
      };
    }
    if (view.watchedUntil < rejected.at + 2 * tolerances.schedulingSlackSeconds) {
      return { unknown: 'the observer left before an attempt would have shown' };
    }
    return;
  },
});

// Payloads of this size are written as fillers; the few bytes of any other are no news, but for a target that
// refuses them.
const isSized = (call: Call): boolean =>
  call.type === 'Event' && (isFiller(call.step.payload) || call.rejected?.status === TOO_LARGE);

export const size01 = defineRule({
  id: 'ASYNC-SIZE-01',
  level: 'MUST',
  invariant:
    'A payload over the asynchronous limit (1 MB) is refused with RequestTooLargeException (413) and starts nothing, one below it is not.',
  sources: [
    api('Invoke'),
    guide('gettingstarted-limits'),
    {
      page: 'https://aws.amazon.com/blogs/compute/more-room-to-build-serverless-services-now-support-payloads-up-to-1-mb',
      evidence: 'excerpt',
    },
  ],
  needs: ['async'],
  note: 'The limit was 256 KB until October 2025: a target says which one it has. Payloads near to it are not judged.',
  subjects: (view) => those(view.calls, isSized),
  check: (call, view, tolerances) => {
    const flaw = flawOf(call, tolerances);
    if (flaw === 'size') return refusal(call, view, TOO_LARGE, 'RequestTooLargeException');
    if (flaw !== 'none') return { unknown: 'too near to the limit, or refused for another reason' };
    const { rejected } = call;
    if (rejected === undefined) return;
    if (rejected.status !== TOO_LARGE) return { unknown: `refused: ${rejected.error}` };
    return {
      expected: `${call.event} not refused for its size`,
      observed: `${rejected.status} ${rejected.error}`,
      entries: [rejected],
    };
  },
});
