/** AWS, lambda-concurrency.html, scaling-behavior.html: what an account and a function can have, and how fast. */

import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Attempt, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { accountLimit, admissionLag, demandOn, mayOverlap, OVERLAP, overflow } from './occupancy.ts';

const NONE: readonly never[] = [];

export const acc01 = defineRule({
  id: 'CONC-ACC-01',
  level: 'MUST',
  invariant: 'The attempts in flight in a Region are never more than the concurrency limit of the account.',
  sources: [guide('lambda-concurrency'), api('Invoke')],
  needs: ['accountLimit', 'overlap'],
  note: 'The Reason of what is throttled is judged by SYNC-THR-02.',
  // One subject a history that asks for more than the limit.
  subjects: (view) => (view.calls.length + view.chained.length > accountLimit(view) ? [view] : NONE),
  check: (_history, view, tolerances) => {
    const limit = accountLimit(view);
    const found = overflow(view.attempts, () => limit, tolerances);
    if (found === undefined) return;
    if (mayOverlap(found.attempt.function, view)) return { unknown: OVERLAP };
    return {
      expected: `at most ${limit} attempts in flight`,
      observed: `${found.inFlight + 1}`,
      entries: [found.attempt.started],
    };
  },
});

/** AWS, scaling-behavior.html: each function gets at most so many new environments in any ten seconds. */
const NEW_ENVIRONMENTS = 1_000;
const SCALING_WINDOW_SECONDS = 10;

export const rate01 = defineRule({
  id: 'CONC-RATE-01',
  level: 'SHOULD',
  invariant: 'A function gets at most 1,000 new execution environments in any 10 seconds.',
  sources: [guide('scaling-behavior'), guide('lambda-concurrency')],
  needs: ['environments', 'lastingLoad'],
  isContradictory: true,
  note: 'An example of the concurrency page still says 500 in 10 seconds; the larger number is granted.',
  // With fewer calls than that it cannot be broken.
  subjects: (view) => {
    if (view.calls.length + view.chained.length <= NEW_ENVIRONMENTS) return NONE;
    return [...view.functions.values()].filter((owner) => demandOn(owner, view) > NEW_ENVIRONMENTS);
  },
  check: (owner, _view, tolerances) => {
    const firsts = firstAttempts(owner);
    // An environment may be older than its first start was seen by the lag of admission.
    const window = SCALING_WINDOW_SECONDS - admissionLag(owner, tolerances);
    for (let index = NEW_ENVIRONMENTS; index < firsts.length; index++) {
      const last = firsts[index];
      const first = firsts[index - NEW_ENVIRONMENTS];
      if (first === undefined || last === undefined || last.startedAt - first.startedAt > window) continue;
      return {
        expected: `at most ${NEW_ENVIRONMENTS} new environments of ${owner.name} in ${SCALING_WINDOW_SECONDS} s`,
        observed: `${NEW_ENVIRONMENTS + 1} from ${first.startedAt} s to ${last.startedAt} s`,
        entries: [last.started],
      };
    }
    return;
  },
});

/** The first attempt in each environment of a function, in order. */
function firstAttempts(owner: FunctionView): Attempt[] {
  const seen = new Set<string>();
  const firsts: Attempt[] = [];
  for (const attempt of owner.attempts) {
    const { environment } = attempt.started;
    if (environment === undefined || seen.has(environment)) continue;
    seen.add(environment);
    firsts.push(attempt);
  }
  return firsts;
}

/** AWS, lambda-concurrency.html: synchronous requests a second for each unit of concurrency. */
const REQUESTS_PER_CONCURRENCY = 10;

/** Synchronous requests that share one limit. */
interface Shared {
  readonly name: string;
  readonly concurrency: number;
  readonly lagSeconds: number;
  /** Their attempts, in order of start. */
  readonly attempts: readonly Attempt[];
}

const sharing = once((view: View): readonly Shared[] => {
  const requests = view.sync.length + view.streams.length;
  if (requests <= REQUESTS_PER_CONCURRENCY) return NONE;
  let found: Shared[] | undefined;
  for (const owner of view.functions.values()) {
    const reserve = owner.reserved.length === 1 ? owner.reserved[0]?.value : undefined;
    // A changing reserve has a changing limit; without one it is the account's.
    if (reserve === undefined || reserve === 0) continue;
    const concurrency = reserve ?? accountLimit(view);
    const lagSeconds = admissionLag(owner, view.tolerances);
    // What is within its first seconds of grace cannot break the limit.
    if (requests <= allowance(concurrency, lagSeconds)) continue;
    const attempts: Attempt[] = [];
    for (const calls of [view.sync, view.streams]) {
      for (const call of calls) if (call.function === owner) attempts.push(...call.attempts);
    }
    if (attempts.length === 0) continue;
    attempts.sort((a, b) => a.startedAt - b.startedAt);
    found ??= [];
    found.push({ name: owner.name, concurrency, lagSeconds, attempts });
  }
  return found ?? NONE;
});

/** Requests that may be admitted at one time: a second's worth, another for a counter that starts anew, and the lag's. */
const allowance = (concurrency: number, lagSeconds: number): number =>
  REQUESTS_PER_CONCURRENCY * concurrency * (2 + lagSeconds);

export const rps01 = defineRule({
  id: 'CONC-RPS-01',
  level: 'SHOULD',
  invariant:
    'Synchronous requests are admitted at up to 10 a second for each unit of concurrency that applies.',
  sources: [guide('lambda-concurrency'), guide('gettingstarted-limits')],
  note:
    'A black box shows when handlers start, not when requests are admitted: broken where more of them start ' +
    'within any span of time than the rate allows in that span, a second on either side, and the lag.',
  subjects: sharing,
  check: ({ name, concurrency, lagSeconds, attempts }) => {
    const perSecond = REQUESTS_PER_CONCURRENCY * concurrency;
    const most = allowance(concurrency, lagSeconds);
    // From i to j: j - i + 1 > perSecond * (tj - ti) + most, that is, level(j) - level(i) + 1 > most.
    let lowest = Number.POSITIVE_INFINITY;
    for (const [index, attempt] of attempts.entries()) {
      const level = index - perSecond * attempt.startedAt;
      if (level < lowest) lowest = level;
      if (level - lowest + 1 <= most) continue;
      return {
        expected: `at most ${perSecond} requests a second admitted to ${name}`,
        observed: `attempt ${index + 1} already at ${attempt.startedAt} s`,
        entries: [attempt.started],
      };
    }
    return;
  },
});
