/** AWS, API_Invoke.html, "Errors": what is refused, and how. */
import { jsonBytes } from '../../engine/json.ts';
import { api, type Breach, defineRule, type Finding, guide, type Unknown } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { flawedCalls, flawOf } from './flaws.ts';
import { excessOver } from './metrics.ts';
import { isOwn, TWIN } from './ownership.ts';
import { those } from './subjects.ts';

/** Judges a call that has to be refused with a certain status and error, and to start nothing. */
export function refusal(call: Call, view: View, status: number, error: string): Finding {
  const ran = startedAnyway(call, view);
  const { answered, rejected } = call;
  const expected = `${status} ${error} for ${call.event}`;
  if (answered !== undefined) {
    return { expected, observed: `status ${answered.status}`, entries: [answered] };
  }
  if (ran !== undefined) return ran;
  if (rejected === undefined) return { unknown: 'the caller did not wait for the answer' };
  if (rejected.status === status && rejected.error === error) return;
  if (isExcused(rejected.status) && rejected.status !== status)
    return { unknown: `refused: ${rejected.error}` };
  return { expected, observed: `${rejected.status} ${rejected.error}`, entries: [rejected] };
}

/**
 * Whether a refusal has a reason that no call can know of: a limit (429), an operation that the target says not to
 * have (501), a service that is not there just now (503, 504). A plain 500 is no answer to a flawed request; one
 * that was bad luck does not recur, and a violation has to.
 */
export const isExcused = (status: number): boolean =>
  status === 429 || status === 501 || status === 503 || status === 504;

/** An attempt of a call that was not to have one. */
export function startedAnyway(call: Call, view: View): Breach | Unknown | undefined {
  const [attempt] = call.attempts;
  if (attempt === undefined) return;
  if (!isOwn(call, attempt, view)) return { unknown: TWIN };
  return { expected: `no attempt of ${call.event}`, observed: 'an attempt', entries: [attempt.started] };
}

export const rej01 = defineRule({
  id: 'SYNC-REJ-01',
  level: 'MUST',
  invariant:
    'A body that is not JSON is refused with InvalidRequestContentException (400) and starts no attempt.',
  sources: [api('Invoke'), guide('invocation-sync')],
  subjects: (view) => flawedCalls(view).body,
  check: (call, view) => refusal(call, view, 400, 'InvalidRequestContentException'),
});

export const rej02 = defineRule({
  id: 'SYNC-REJ-02',
  level: 'MUST',
  invariant:
    'A call to a missing function, version or alias is refused with ResourceNotFoundException (404) and starts no attempt.',
  sources: [api('Invoke')],
  needs: ['names'],
  subjects: (view) => flawedCalls(view).missing,
  check: (call, view) => refusal(call, view, 404, 'ResourceNotFoundException'),
});

const TOO_LARGE = 413;

const isRefusedAsTooLarge = (call: Call): boolean =>
  call.rejected?.status === TOO_LARGE && call.type === 'RequestResponse' && call.step.stream !== true;

export const rej03 = defineRule({
  id: 'SYNC-REJ-03',
  level: 'MUST',
  invariant:
    'A RequestResponse payload over 6 MB is refused with RequestTooLargeException (413), one below it is not.',
  sources: [api('Invoke'), guide('gettingstarted-limits')],
  note: 'The bound to the byte is not documented (6 MB is 6,291,456 bytes there): payloads near to it are not judged.',
  subjects: (view) => {
    const over = flawedCalls(view).size;
    if (view.rejected.length === 0) return over;
    const refused = those(view.rejected, isRefusedAsTooLarge);
    if (refused.length === 0) return over;
    return [...over, ...refused.filter((call) => flawOf(call, view.tolerances) !== 'size')];
  },
  check: (call, view, tolerances) => {
    const flaw = flawOf(call, tolerances);
    if (flaw === 'size') return refusal(call, view, TOO_LARGE, 'RequestTooLargeException');
    const bytes = jsonBytes(call.step.payload ?? call.step.body ?? {});
    if (call.rejected === undefined || flaw === 'several' || flaw === 'unclear')
      return { unknown: 'near the limit' };
    if (bytes > tolerances.syncPayloadBytes - tolerances.payloadMarginBytes)
      return { unknown: 'near the limit' };
    return {
      expected: `${call.event} with its ${bytes} bytes not refused for its size`,
      observed: `${call.rejected.status} ${call.rejected.error}`,
      entries: [call.rejected],
    };
  },
});

export const rej04 = defineRule({
  id: 'SYNC-REJ-04',
  level: 'SHOULD',
  invariant:
    'A content type other than JSON is refused with UnsupportedMediaTypeException (415) and starts no attempt.',
  sources: [api('Invoke')],
  subjects: (view) => flawedCalls(view).contentType,
  check: (call, view) => refusal(call, view, 415, 'UnsupportedMediaTypeException'),
});

// The page speaks of trouble with the request, the caller or the account. Of a 5xx it says nothing of the kind.
const isInvocationError = (call: Call): boolean => (call.rejected?.status ?? 500) < 500;

export const rej05 = defineRule({
  id: 'SYNC-REJ-05',
  level: 'MUST',
  invariant: 'A refused call starts no attempt and counts neither in Invocations nor in Errors.',
  sources: [guide('monitoring-metrics-types'), guide('troubleshooting-invocation')],
  note: 'The metrics are judged where the target shows them.',
  subjects: (view) => (view.rejected.length === 0 ? view.rejected : those(view.rejected, isInvocationError)),
  check: (call, view) => startedAnyway(call, view) ?? excessOver(call.function, call.rejected, view),
});
