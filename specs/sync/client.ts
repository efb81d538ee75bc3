/** The harness itself: what it records counts only if it sends each call once and waits for its answer. */
import { type Breach, defineRule, guide } from '../../engine/rule.ts';
import type { Call } from '../../engine/view.ts';
import { isOwn, TWIN } from './ownership.ts';
import { those } from './subjects.ts';

const mayShowMore = (call: Call): boolean => call.attempts.length > 0 || call.hungUp !== undefined;

export const client01 = defineRule({
  id: 'SYNC-CLIENT-01',
  level: 'MUST',
  invariant:
    'The harness sends each call in one HTTP request, and waits for its answer as long as the function may run.',
  sources: [
    { page: 'sdkref/latest/guide/feature-retry-behavior.html', evidence: 'excerpt' },
    guide('invocation-sync'),
    guide('invocation-retries'),
  ],
  note:
    'About the client, not the target: each HTTP request has a request id of its own, so that attempts of one call ' +
    'under two of them mean a client that retried, or a target that gives its own re-runs new ids.',
  subjects: (view) => those(view.sync, mayShowMore),
  check: (call, view) => gaveUp(call) ?? sentTwice(call, (attempt) => isOwn(call, attempt, view)),
});

function sentTwice(call: Call, isItsOwn: (attempt: Call['attempts'][number]) => boolean) {
  const [first] = call.attempts;
  for (const attempt of call.attempts) {
    if (first === undefined || attempt.started.requestId === first.started.requestId) continue;
    // One of the two is under the id of the answer; the other must be told from the attempts of a twin.
    if (!isItsOwn(attempt) || !isItsOwn(first)) return { unknown: TWIN };
    return {
      expected: `${call.event} sent once: attempts under one request id`,
      observed: 'attempts under different request ids',
      entries: [attempt.started, first.started],
    };
  }
  return;
}

/** A client that hung up of its own accord, before the function's timeout. */
function gaveUp(call: Call): Breach | undefined {
  const { hungUp, function: owner, step } = call;
  if (hungUp === undefined || owner === undefined || step.hangUpAfterSeconds !== undefined) return;
  const waitedSeconds = hungUp.at - call.requested.at;
  if (waitedSeconds >= owner.spec.timeoutSeconds) return;
  return {
    expected: `the client to wait for ${call.event} for the ${owner.spec.timeoutSeconds} s of its timeout`,
    observed: `it hung up after ${waitedSeconds} s`,
    entries: [hungUp],
  };
}
