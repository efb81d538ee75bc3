/** AWS, configuration-concurrency.html: reserved concurrency is the most, and the least, a function can have. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { those } from '../sync/subjects.ts';
import {
  accountLimit,
  admissionLag,
  largestReserve,
  mayOverlap,
  OVERLAP,
  overflow,
  smallestEver,
  smallestReserve,
} from './occupancy.ts';

const NONE: readonly never[] = [];

/** Functions that have, or at some time had, a reserve. */
const withReserve = once((view: View): readonly FunctionView[] => {
  let found: FunctionView[] | undefined;
  for (const owner of view.functions.values()) {
    if (owner.reserved.length === 1 && owner.reserved[0]?.value === null) continue;
    found ??= [];
    found.push(owner);
  }
  return found ?? NONE;
});

export const res01 = defineRule({
  id: 'CONC-RES-01',
  level: 'MUST',
  invariant:
    'The attempts of a function in flight, over all its qualifiers, are never more than its reserve.',
  sources: [guide('configuration-concurrency'), api('PutFunctionConcurrency')],
  needs: ['reserved'],
  note: 'Judged when an attempt starts: what runs when the reserve is lowered may go on.',
  // A function that was never asked for more than its reserve cannot break it.
  subjects: (view) =>
    those(withReserve(view), (owner) => {
      const least = smallestEver(owner);
      if (least === 0 || owner.attempts.length === 0) return false;
      return owner.attempts.length > least || view.calls.length + view.chained.length > least;
    }),
  check: (owner, view, tolerances) => {
    const lag = admissionLag(owner, tolerances);
    const found = overflow(
      owner.attempts,
      ({ startedAt }) =>
        largestReserve(owner.reserved, startedAt - lag, startedAt + tolerances.clockSkewSeconds),
      tolerances,
    );
    if (found === undefined) return;
    if (mayOverlap(owner, view)) return { unknown: OVERLAP };
    return {
      expected: `at most ${found.limit} attempts of ${owner.name} in flight`,
      observed: `${found.inFlight + 1}`,
      entries: [found.attempt.started],
    };
  },
});

/** The functions with a reserve, where the others are asked for more than what that leaves of the account. */
const withIdleReserve = once((view: View): readonly (readonly FunctionView[])[] => {
  const reserving = withReserve(view);
  if (reserving.length === 0 || reserving.length === view.functions.size) return NONE;
  let left = accountLimit(view);
  for (const owner of reserving) left -= smallestReserve(owner.reserved, -1, Number.POSITIVE_INFINITY);
  let demand = 0;
  for (const calls of [view.calls, view.chained])
    for (const call of calls) if (call.function !== undefined && !reserving.includes(call.function)) demand++;
  return demand > left ? [reserving] : NONE;
});

export const res02 = defineRule({
  id: 'CONC-RES-02',
  level: 'MUST',
  invariant: 'Functions without a reserve share what all reserves leave of the account, used or idle.',
  sources: [guide('configuration-concurrency'), guide('lambda-concurrency')],
  needs: ['reserved', 'accountLimit', 'overlap', 'names'],
  subjects: withIdleReserve,
  check: (reserving, view, tolerances) => {
    const shared = view.attempts.filter((attempt) => !reserving.includes(attempt.function));
    const limit = accountLimit(view);
    const found = overflow(
      shared,
      (attempt) => {
        let left = limit;
        const from = attempt.startedAt - admissionLag(attempt.function, tolerances);
        const to = attempt.startedAt + tolerances.clockSkewSeconds;
        for (const owner of reserving) left -= smallestReserve(owner.reserved, from, to);
        return left;
      },
      tolerances,
    );
    if (found === undefined) return;
    if (mayOverlap(found.attempt.function, view)) return { unknown: OVERLAP };
    return {
      expected: `at most ${found.limit} attempts in flight on functions without a reserve`,
      observed: `${found.inFlight + 1}`,
      entries: [found.attempt.started],
    };
  },
});

export const res03 = defineRule({
  id: 'CONC-RES-03',
  level: 'MUST',
  invariant: 'While the reserve of a function is 0, no attempt of it starts, from whatever source.',
  sources: [guide('configuration-concurrency')],
  needs: ['reserved'],
  subjects: (view) => {
    const reserving = withReserve(view);
    return reserving.length === 0
      ? reserving
      : those(reserving, (owner) => smallestEver(owner) === 0 && isAskedFor(owner, view));
  },
  check: (owner, _view, tolerances) => {
    const lag = admissionLag(owner, tolerances);
    for (const attempt of owner.attempts) {
      const { startedAt } = attempt;
      if (largestReserve(owner.reserved, startedAt - lag, startedAt + tolerances.clockSkewSeconds) > 0)
        continue;
      return {
        expected: `no attempt of ${owner.name} while its reserve is 0`,
        observed: 'an attempt',
        entries: [attempt.started],
      };
    }
    return;
  },
});

/** Whether something would have it run: a call, or a record of a source that a mapping of it reads. */
function isAskedFor(owner: FunctionView, view: View): boolean {
  const isOfOwner = ({ function: asked }: { readonly function: FunctionView | undefined }) => asked === owner;
  if (view.calls.some(isOfOwner) || view.chained.some(isOfOwner)) return true;
  for (const mapping of view.mappings.values())
    if (mapping.function === owner && mapping.source.records.some(({ sent }) => sent !== undefined))
      return true;
  return false;
}

const changesReserve = ({ step, answered }: ControlRequest): boolean =>
  step.operation === 'PutFunctionConcurrency' && answered !== undefined;

export const res05 = defineRule({
  id: 'CONC-RES-05',
  level: 'MAY',
  invariant: 'AWS does not say how soon a changed reserve binds.',
  sources: [api('PutFunctionConcurrency')],
  needs: ['reserved', 'controlPlane'],
  isSilent: true,
  note: 'The other rules grant a settling interval after the answer. Reported: whether it was needed.',
  subjects: (view) => (view.requests.length === 0 ? view.requests : those(view.requests, changesReserve)),
  observe: (request, view, tolerances) => {
    const name = request.step.input['FunctionName'];
    const owner = typeof name === 'string' ? view.functions.get(name) : undefined;
    const reserve = request.step.input['ReservedConcurrentExecutions'];
    const { answered } = request;
    if (owner === undefined || typeof reserve !== 'number' || answered === undefined) return 'not to be seen';
    const bindsAt = answered.at + tolerances.settleSeconds;
    // Until the next change of it only: afterwards another value is in force.
    const next =
      owner.reserved.find(({ from }) => from > request.requested.at)?.from ?? Number.POSITIVE_INFINITY;
    const after = (at: number): boolean =>
      at > answered.at + tolerances.clockSkewSeconds && at < Math.min(bindsAt, next);
    const late = overflow(
      owner.attempts,
      ({ startedAt }) => (after(startedAt) ? reserve : Number.POSITIVE_INFINITY),
      tolerances,
    );
    const startedAnyway = reserve === 0 && owner.attempts.some(({ startedAt }) => after(startedAt));
    if (late !== undefined || startedAnyway) return 'some time after the answer';
    const isHeeded = view.rejected.some(
      (call) => call.function === owner && call.rejected?.status === 429 && after(call.requested.at),
    );
    return isHeeded ? 'with the answer' : 'not to be seen';
  },
});
