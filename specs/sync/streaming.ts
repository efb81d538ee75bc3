/** AWS, API_InvokeWithResponseStream.html: the response as a stream of events. */
import type { Streamed } from '../../engine/history.ts';
import { api, type Breach, defineRule } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { certainOutcome } from './ends.ts';
import { answeredAttempt, isOwn, TWIN } from './ownership.ts';
import { those } from './subjects.ts';

/** The events of each response stream, by call. */
const streamedBy = once((view: View): ReadonlyMap<string, readonly Streamed[]> => {
  const byCall = new Map<string, Streamed[]>();
  for (const entry of view.history.entries) {
    if (entry.kind !== 'streamed') continue;
    const events = byCall.get(entry.call);
    if (events === undefined) byCall.set(entry.call, [entry]);
    else events.push(entry);
  }
  return byCall;
});

const isAttempted = (call: Call): boolean => call.attempts.length > 0;

export const stream01 = defineRule({
  id: 'SYNC-STREAM-01',
  level: 'SHOULD',
  invariant:
    'A response stream has status 200, chunks before one InvokeComplete, and tells a failure in InvokeComplete.',
  sources: [api('InvokeWithResponseStream')],
  needs: ['stream'],
  subjects: (view) => (view.streams.length === 0 ? view.streams : those(view.streams, isAttempted)),
  check: (call, view, tolerances) => {
    const { answered, rejected } = call;
    const attempt = answeredAttempt(call);
    if (attempt === undefined) return { unknown: 'several attempts' };
    if (answered === undefined || answered.status !== 200) {
      const answer = answered ?? rejected;
      if (answer === undefined) return { unknown: 'the caller did not wait for the answer' };
      if (!isOwn(call, attempt, view)) return { unknown: TWIN };
      return {
        expected: `status 200 for the stream of ${call.event}, which ran`,
        observed: `status ${answer.status}`,
        entries: [answer, attempt.started],
      };
    }
    const events = streamedBy(view).get(call.id) ?? [];
    const outOfOrder = disorder(call, events);
    if (outOfOrder !== undefined || call.hungUp !== undefined) return outOfOrder;
    const complete = events.at(-1);
    if (complete === undefined) {
      return { expected: `InvokeComplete for ${call.event}`, observed: 'none', entries: [answered] };
    }
    const outcome = certainOutcome(attempt, undefined, tolerances);
    if (outcome === undefined) return { unknown: 'how the attempt ended is not certain' };
    if ((complete.errorCode !== undefined) === (outcome === 'failure')) return;
    if (!isOwn(call, attempt, view)) return { unknown: TWIN };
    if (attempt.mayHaveBeenKilled) return { unknown: 'the attempt may have timed out' };
    return {
      expected: `InvokeComplete of ${call.event} ${outcome === 'failure' ? 'with' : 'without'} ErrorCode: its attempt ended in "${attempt.outcome}"`,
      observed: complete.errorCode ?? 'no ErrorCode',
      entries: [complete, attempt.ended ?? attempt.started],
    };
  },
});

/** A stream whose InvokeComplete is not its one last event. */
function disorder(call: Call, events: readonly Streamed[]): Breach | undefined {
  for (const [index, entry] of events.entries()) {
    const isLast = index === events.length - 1;
    if ((entry.event === 'InvokeComplete') === isLast) continue;
    // A caller that hung up has not heard the end.
    if (isLast && call.hungUp !== undefined) continue;
    return {
      expected: `chunks of ${call.event}, then one InvokeComplete`,
      observed: events.map(({ event }) => event).join(', '),
      entries: [entry],
    };
  }
  return;
}

export const mode01 = defineRule({
  id: 'SYNC-MODE-01',
  level: 'MAY',
  invariant:
    'A function restricted to one invocation mode refuses the other with ModeNotSupportedException (400).',
  sources: [api('Invoke')],
  isSilent: true,
  note: 'No page says how a function comes to be restricted: what is reported is how streamed calls are met.',
  needs: ['stream'],
  subjects: (view) => view.streams,
  observe: ({ answered, rejected }) => {
    if (answered !== undefined) return 'a streamed call is served';
    if (rejected === undefined) return 'a streamed call has no answer';
    return rejected.error === 'ModeNotSupportedException'
      ? `a streamed call is refused with ModeNotSupportedException (${rejected.status})`
      : 'a streamed call is refused for another reason';
  },
});
