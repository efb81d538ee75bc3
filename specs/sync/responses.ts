/** AWS, invocation-sync.html: the caller waits for the attempt and gets its response. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Attempt, Call } from '../../engine/view.ts';
import { earliestEnd } from './ends.ts';
import { flawOf } from './flaws.ts';
import { answeredAttempt, hasTwin, isOwn, TWIN } from './ownership.ts';
import { isExcused } from './rejections.ts';
import { answeredAndAttempted, attempted, those } from './subjects.ts';

const isNotRefused = (call: Call): boolean => call.rejected === undefined;
const isUntyped = (call: Call): boolean => call.step.type === undefined;

export const resp01 = defineRule({
  id: 'SYNC-RESP-01',
  level: 'MUST',
  invariant: 'A RequestResponse call of which an attempt ran is answered with status 200, however it ended.',
  sources: [api('Invoke'), guide('invocation-sync')],
  subjects: attempted,
  check: (call, view) => {
    if (call.answered?.status === 200) return;
    const answer = call.answered ?? call.rejected;
    if (answer === undefined) return { unknown: 'the caller did not wait for the answer' };
    for (const attempt of call.attempts) {
      // One that began and was never heard of again may have died with its host: a 5xx then is honest.
      if (attempt.ended === undefined && attempt.outcome !== 'timeout' && answer.status >= 500) continue;
      if (!isOwn(call, attempt, view)) return { unknown: TWIN };
      const told = answer.kind === 'rejected' ? `${answer.status} ${answer.error}` : `${answer.status}`;
      return {
        expected: `status 200 for ${call.event}, whose attempt ended in "${attempt.outcome}"`,
        observed: told,
        entries: [answer, attempt.started],
      };
    }
    return { unknown: 'the attempt was not seen to end' };
  },
});

export const resp02 = defineRule({
  id: 'SYNC-RESP-02',
  level: 'MUST',
  invariant: 'A RequestResponse call is not answered before its attempt has ended.',
  sources: [guide('invocation-sync'), api('Invoke')],
  note: 'External extensions may go on running after the response; they are no part of the attempt.',
  subjects: answeredAndAttempted,
  check: (call, view, tolerances) => {
    const attempt = answeredAttempt(call);
    if (attempt === undefined || call.answered === undefined) {
      return { unknown: 'several attempts, and none under the request id of the answer' };
    }
    const endedAt = earliestEnd(attempt);
    if (call.answered.at + tolerances.clockSkewSeconds >= endedAt) return;
    if (!isOwn(call, attempt, view)) return { unknown: TWIN };
    // The answer is the timeout's, and a handler that is about to be stopped may still come to its end.
    if (attempt.mayHaveBeenKilled && call.answered.functionError !== undefined)
      return { unknown: 'the attempt may have timed out' };
    return {
      expected: `an answer to ${call.event} after its attempt ended at ${endedAt} s`,
      observed: `${call.answered.at} s`,
      entries: [call.answered, attempt.ended ?? attempt.started],
    };
  },
});

export const retry01 = defineRule({
  id: 'SYNC-RETRY-01',
  level: 'MUST',
  invariant:
    'Lambda starts exactly one attempt for an accepted RequestResponse call and never runs it again.',
  sources: [guide('invocation-retries')],
  note: 'Attempts under different request ids are separate requests of the client: SYNC-CLIENT-01 speaks of those.',
  subjects: (view) => those(view.sync, isNotRefused),
  check: (call, view) => {
    const { attempts, answered } = call;
    if (attempts.length === 1) return;
    if (attempts.length === 0) {
      if (answered === undefined) return { unknown: 'the caller did not wait for the answer' };
      if (answered.functionError !== undefined) {
        return { unknown: 'the environment may have failed before the handler was entered' };
      }
      // An attempt that cannot be attributed, or that was taken for a twin's, may be the missing one.
      const isLost = (attempt: Attempt) =>
        attempt.started.event === undefined && attempt.function === call.function;
      if (view.attempts.some(isLost) || hasTwin(call, view)) return { unknown: TWIN };
      return { expected: `one attempt of ${call.event}`, observed: 'none', entries: [answered] };
    }
    for (const [index, attempt] of attempts.entries()) {
      const requestId = attempt.started.requestId;
      if (!attempts.slice(0, index).some(({ started }) => started.requestId === requestId)) continue;
      if (!isOwn(call, attempt, view)) return { unknown: TWIN };
      return {
        expected: `one attempt of ${call.event}`,
        observed: `${attempts.length}`,
        entries: [attempt.started],
      };
    }
    return { unknown: 'several attempts under different request ids: the client may have sent it twice' };
  },
});

export const type01 = defineRule({
  id: 'SYNC-TYPE-01',
  level: 'MUST',
  invariant: 'A call that names no InvocationType is a RequestResponse call: it is answered with status 200.',
  sources: [api('Invoke')],
  note: 'That the answer waits for the attempt is SYNC-RESP-02, which holds for these calls as well.',
  subjects: (view) => those(view.syncAnswered, isUntyped),
  check: ({ answered, event }) => {
    if (answered === undefined || answered.status === 200) return;
    return { expected: `status 200 for ${event}`, observed: `${answered.status}`, entries: [answered] };
  },
});

export const dryrun01 = defineRule({
  id: 'SYNC-DRYRUN-01',
  level: 'MUST',
  invariant: 'A DryRun call is answered with status 204 and starts no attempt.',
  sources: [api('Invoke')],
  needs: ['dryRun'],
  subjects: (view) =>
    view.dryRuns.length === 0 ? view.dryRuns : those(view.dryRuns, ({ step }) => step.asStranger !== true),
  check: (call, view, tolerances) => {
    const { attempts, answered, rejected } = call;
    const [attempt] = attempts;
    if (attempt !== undefined) {
      if (!isOwn(call, attempt, view)) return { unknown: TWIN };
      return {
        expected: `no attempt of the dry run ${call.event}`,
        observed: 'an attempt',
        entries: [attempt.started],
      };
    }
    if (answered !== undefined && answered.status !== 204) {
      return {
        expected: `status 204 for ${call.event}`,
        observed: `${answered.status}`,
        entries: [answered],
      };
    }
    if (rejected !== undefined) {
      // Validating is what a dry run is for; and the function may not be ready.
      if (isExcused(rejected.status) || rejected.status === 409 || flawOf(call, tolerances) !== 'none')
        return { unknown: `refused: ${rejected.error}` };
      return {
        expected: `status 204 for ${call.event}`,
        observed: `${rejected.status} ${rejected.error}`,
        entries: [rejected],
      };
    }
    if (answered === undefined) return { unknown: 'the caller did not wait for the answer' };
    if (view.watchedUntil < answered.at + tolerances.schedulingSlackSeconds) {
      return { unknown: 'the observer left before an attempt would have shown' };
    }
    return;
  },
});
