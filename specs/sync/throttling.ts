/** AWS, lambda-concurrency.html, API_Invoke.html (TooManyRequestsException): requests beyond what is available. */
import { possible, settled } from '../../engine/configuration.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { type Crowded, crowded } from '../concurrency/occupancy.ts';
import { once } from '../memo.ts';
import { flawOf } from './flaws.ts';
import { refusal, startedAnyway } from './rejections.ts';
import { resolvedAt, those, throttledCalls } from './subjects.ts';

const TOO_MANY = 'TooManyRequestsException';

/** A call that was throttled, or that came while there was certainly no capacity left. */
interface Excessive {
  readonly call: Call;
  /** What was exhausted when it came, where that is certain. */
  readonly exhausted: string | undefined;
}

const isThrottled = ({ rejected }: Call): boolean => rejected?.status === 429 || rejected?.error === TOO_MANY;

/** Those that were throttled, and those that should have been. */
const excessive = once((view: View): readonly Excessive[] => {
  const served: readonly Excessive[] = those(crowded(view), ({ call }: Crowded) => !isThrottled(call));
  if (view.rejected.length === 0) return served;
  const throttled = those(view.sync, isThrottled);
  return throttled.length === 0
    ? served
    : [...throttled.map((call) => ({ call, exhausted: undefined })), ...served];
});

export const thr01 = defineRule({
  id: 'SYNC-THR-01',
  level: 'MUST',
  invariant:
    'A request beyond the concurrency available is refused with TooManyRequestsException (429) and starts no attempt.',
  sources: [api('Invoke'), guide('monitoring-metrics-types'), guide('scaling-behavior')],
  subjects: excessive,
  check: ({ call, exhausted }, view, tolerances) => {
    const { answered } = call;
    if (isThrottled(call)) return refusal(call, view, 429, TOO_MANY);
    if (flawOf(call, tolerances) !== 'none') return { unknown: 'the call is refused for another reason' };
    if (answered !== undefined) {
      return {
        expected: `${call.event} refused with 429: ${exhausted}`,
        observed: `status ${answered.status}`,
        entries: [answered, call.requested],
      };
    }
    return (
      startedAnyway(call, view) ?? { unknown: 'the caller did not wait for the answer, or met another error' }
    );
  },
});

/** AWS, API_Invoke.html: the values of Reason, and which limit each of them names. */
const REASONS: Readonly<Record<string, 'reserve' | 'account' | 'other'>> = {
  ReservedFunctionConcurrentInvocationLimitExceeded: 'reserve',
  ReservedFunctionInvocationRateLimitExceeded: 'reserve',
  ConcurrentInvocationLimitExceeded: 'account',
  FunctionInvocationRateLimitExceeded: 'account',
  CallerRateLimitExceeded: 'other',
  ConcurrentSnapshotCreateLimitExceeded: 'other',
};

export const thr02 = defineRule({
  id: 'SYNC-THR-02',
  level: 'MUST',
  invariant: 'The Reason of a 429 is one of the six documented ones and names the limit that is exhausted.',
  sources: [api('Invoke')],
  subjects: throttledCalls,
  check: (call, _view, tolerances) => {
    const { rejected } = call;
    if (rejected === undefined) return;
    const limit = rejected.reason === undefined ? undefined : REASONS[rejected.reason];
    if (limit === undefined) {
      return {
        expected: `a documented Reason for the 429 of ${call.event}`,
        observed: rejected.reason ?? 'none',
        entries: [rejected],
      };
    }
    if (limit === 'other' || call.function === undefined) return;
    // A function with a reserve can exhaust that only, one without cannot exhaust it.
    const reserves = possible(
      call.function.reserved,
      call.requested.at - tolerances.clockSkewSeconds,
      rejected.at + tolerances.clockSkewSeconds,
    );
    if (reserves.some((reserve) => (reserve === null) === (limit === 'account'))) return;
    return {
      expected: `a Reason that names ${limit === 'account' ? `the reserve of ${call.function.name}` : "the account's limit"} for ${call.event}`,
      observed: rejected.reason ?? 'none',
      entries: [rejected],
    };
  },
});

/** Sound calls that came, and were over, while the reserve of their function was certainly 0. */
const onZeroReserve = once((view: View): readonly Call[] =>
  those(view.sync, (call) => {
    const reserved = call.function?.reserved;
    if (reserved === undefined || (reserved.length === 1 && reserved[0]?.value !== 0)) return false;
    const skew = view.tolerances.clockSkewSeconds;
    if (settled(reserved, call.requested.at - skew, resolvedAt(call) + skew) !== 0) return false;
    return flawOf(call, view.tolerances) === 'none';
  }),
);

export const thr03 = defineRule({
  id: 'SYNC-THR-03',
  level: 'MUST',
  invariant: 'While its reserved concurrency is 0, a function refuses each RequestResponse call with 429.',
  sources: [guide('configuration-concurrency'), guide('lambda-concurrency')],
  needs: ['reserved'],
  subjects: onZeroReserve,
  check: (call, view) => {
    if (call.rejected?.status === 409) return { unknown: `refused: ${call.rejected.error}` };
    return refusal(call, view, 429, TOO_MANY);
  },
});
