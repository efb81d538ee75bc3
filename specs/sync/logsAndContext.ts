/** AWS, API_Invoke.html: LogType and ClientContext. */
import { jsonEqual } from '../../engine/json.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { isOwn, TWIN } from './ownership.ts';
import { those } from './subjects.ts';

/** AWS, API_Invoke.html: "the last 4 KB of the execution log". */
const LOG_TAIL_BYTES = 4_096;

/** Calls of other types that asked for a log, or got one: of a response stream AWS says nothing. */
const concernsLog = ({ type, answered, step }: Call): boolean =>
  type !== 'RequestResponse' &&
  answered !== undefined &&
  (answered.logTail !== undefined || step.logType !== undefined);

/** Answered synchronous calls, and those others that have to do with a log. */
const answeredCalls = once((view: View): readonly Call[] => {
  if (view.syncAnswered.length === view.calls.length) return view.syncAnswered;
  const others = those(view.calls, concernsLog);
  return others.length === 0 ? view.syncAnswered : [...view.syncAnswered, ...others];
});

export const log01 = defineRule({
  id: 'SYNC-LOG-01',
  level: 'MUST',
  invariant:
    'LogResult is given for a synchronous call with LogType Tail, for no other, and holds at most 4 KB.',
  sources: [
    api('Invoke'),
    guide('invocation-sync'),
    { page: 'lambda/latest/operatorguide/log-structure.html', evidence: 'archived' },
  ],
  note:
    'That it is given where it was asked for is the meaning of LogType on the same page. No log is empty: Lambda ' +
    'writes START, END and REPORT for each invocation, whether or not the handler writes anything.',
  subjects: answeredCalls,
  check: (call) => {
    const { answered, step } = call;
    if (answered === undefined) return;
    const { logTail } = answered;
    const isDue = step.logType === 'Tail' && call.type === 'RequestResponse';
    if (logTail === undefined) {
      if (!isDue) return;
      return {
        expected: `LogResult in answer to ${call.event}, which asked for it`,
        observed: 'none',
        entries: [answered],
      };
    }
    if (!isDue) {
      return {
        expected: `no LogResult for ${call.event} (${call.type}, LogType ${step.logType ?? 'not given'})`,
        observed: 'a log',
        entries: [answered],
      };
    }
    const bytes = Buffer.byteLength(logTail);
    if (bytes <= LOG_TAIL_BYTES) return;
    // A tail may begin within a character, which decoding turns into up to three signs of three bytes each.
    if (Buffer.byteLength(logTail.replace(/^\uFFFD{1,3}/, '')) <= LOG_TAIL_BYTES) return;
    return {
      expected: `at most ${LOG_TAIL_BYTES} bytes of log for ${call.event}`,
      observed: `${bytes} bytes`,
      entries: [answered],
    };
  },
});

const carriesContext = (call: Call): boolean =>
  call.step.clientContext !== undefined && call.step.clientContext !== null && call.attempts.length > 0;

export const ctx01 = defineRule({
  id: 'SYNC-CTX-01',
  level: 'SHOULD',
  invariant: 'ClientContext reaches the handler of a synchronous call, and not that of an asynchronous one.',
  sources: [api('Invoke')],
  subjects: (view) => those(view.calls, carriesContext),
  check: (call, view) => {
    const isSync = call.type !== 'Event';
    for (const attempt of call.attempts) {
      const reached = attempt.started.clientContext ?? null;
      if (jsonEqual(reached, isSync ? call.step.clientContext : null)) continue;
      if (!isOwn(call, attempt, view)) return { unknown: TWIN };
      return {
        expected: isSync
          ? `the ClientContext of ${call.event}`
          : `no ClientContext for ${call.event}, an Event call`,
        observed: reached === null ? 'none' : JSON.stringify(reached),
        entries: [attempt.started],
      };
    }
    return;
  },
});
