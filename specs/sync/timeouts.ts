/** AWS, configuration-timeout.html, lambda-runtime-environment.html: how long an attempt may take. */
import { settled } from '../../engine/configuration.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { answeredAttempt, isOwn, TWIN } from './ownership.ts';
import { those, timeouts } from './subjects.ts';

export const timeout01 = defineRule({
  id: 'SYNC-TIMEOUT-01',
  level: 'MUST',
  invariant:
    'An attempt not finished after the function timeout is ended then, and its caller gets a function error.',
  sources: [guide('configuration-timeout'), guide('invocation-retries'), guide('monitoring-metrics-types')],
  subjects: timeouts,
  check: (attempt, view, tolerances) => {
    const { started, ended, startedAt, function: owner } = attempt;
    const slack = tolerances.schedulingSlackSeconds;
    const timeoutSeconds = settled(owner.timeoutSeconds, startedAt - slack, startedAt + slack);
    // The handler was told to outlive the declared timeout: of another one it may keep clear.
    if (timeoutSeconds === undefined || timeoutSeconds !== owner.spec.timeoutSeconds) {
      return { unknown: 'the timeout of the function was changed' };
    }
    const endsBy = startedAt + timeoutSeconds + slack;
    if (ended !== undefined && attempt.outcome !== 'timeout' && attempt.endedEarliest > endsBy) {
      return {
        expected: `the handler of ${started.event ?? started.attempt} stopped after ${timeoutSeconds} s`,
        observed: `it went on for ${round(attempt.endedEarliest - startedAt)} s`,
        entries: [ended, started],
      };
    }
    const call = callOf(attempt.started.event, view);
    if (call?.answered === undefined) return;
    if (answeredAttempt(call) !== attempt) return { unknown: 'several attempts' };
    const { answered } = call;
    const isLate = answered.at > endsBy + slack + tolerances.clockSkewSeconds;
    if (answered.functionError !== undefined && !isLate) return;
    if (!isOwn(call, attempt, view)) return { unknown: TWIN };
    return {
      expected: `a function error in answer to ${call.event} by ${round(endsBy)} s`,
      observed: `${answered.functionError ?? 'no FunctionError'} at ${round(answered.at)} s`,
      entries: [answered, started],
    };
  },
});

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** The RequestResponse call of an event. */
function callOf(event: string | undefined, view: View): Call | undefined {
  return event === undefined ? undefined : syncByEvent(view).get(event);
}

const syncByEvent = once((view: View): ReadonlyMap<string, Call> => {
  const byEvent = new Map<string, Call>();
  for (const call of view.sync) byEvent.set(call.event, call);
  return byEvent;
});

const isHungUp = (call: Call): boolean => call.hungUp !== undefined;

export const timeout02 = defineRule({
  id: 'SYNC-TIMEOUT-02',
  level: 'MAY',
  invariant: 'A caller that hung up may have no response although an attempt started, and even succeeded.',
  sources: [guide('invocation-sync'), api('Invoke')],
  needs: ['overlap'],
  subjects: (view) => those(view.sync, isHungUp),
  observe: ({ attempts }) => {
    if (attempts.length === 0) return 'no attempt was seen';
    if (attempts.some(({ ended }) => ended === undefined)) return 'an attempt started, its end was not seen';
    return attempts.some(({ succeeded }) => succeeded)
      ? 'the attempt succeeded all the same'
      : 'the attempt failed';
  },
});

/** AWS, lambda-runtime-environment.html: initialisation is limited to 10 seconds. */
const INIT_LIMIT_SECONDS = 10;

const hasSlowInit = (call: Call): boolean =>
  (call.function?.spec.initSeconds ?? 0) > INIT_LIMIT_SECONDS && call.answered !== undefined;

export const init01 = defineRule({
  id: 'SYNC-INIT-01',
  level: 'MAY',
  invariant:
    'Initialisation longer than 10 s is done again within the function timeout, so that a cold attempt may time out.',
  sources: [guide('lambda-runtime-environment'), guide('troubleshooting-invocation')],
  needs: ['slowInit'],
  subjects: (view) => those(view.syncAnswered, hasSlowInit),
  observe: ({ attempts, answered }) => {
    if (answered?.functionError === undefined) return 'the handler ran to its end';
    return attempts.length === 0
      ? 'a function error before the handler was entered'
      : 'the handler was entered, then a function error';
  },
});
