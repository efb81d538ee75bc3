/** AWS, invocation-async-error-handling.html, gettingstarted-limits.html: events are accepted whatever the load. */
import { defineRule, guide } from '../../engine/rule.ts';
import type { Call, FunctionView, View } from '../../engine/view.ts';
import { accountLimit, largestReserve } from '../concurrency/occupancy.ts';
import { those } from '../sync/subjects.ts';
import { fullWhen } from './fullness.ts';

const TOO_MANY = 429;

/** An event that came while there was certainly no capacity. */
interface Excess {
  readonly call: Call;
  readonly exhausted: string;
}

const NO_EXCESS: readonly Excess[] = [];

function withoutCapacity(view: View): readonly Excess[] {
  let found: Excess[] | undefined;
  for (const call of view.calls) {
    if (call.type !== 'Event') continue;
    if (call.answered === undefined && call.rejected?.status !== TOO_MANY) continue;
    const exhausted = fullWhen(call, view);
    if (exhausted === undefined) continue;
    found ??= [];
    found.push({ call, exhausted });
  }
  return found ?? NO_EXCESS;
}

export const acc04 = defineRule({
  id: 'ASYNC-ACC-04',
  level: 'SHOULD',
  invariant:
    'Events are accepted while no concurrency is available, and while the reserved concurrency is 0.',
  // Implied by what the pages say of the queue; seen on AWS with a reserve of 0.
  sources: [guide('invocation-async-error-handling'), guide('invocation-async-retain-records')],
  needs: ['reserved', 'async'],
  subjects: withoutCapacity,
  check: ({ call, exhausted }) => {
    const { rejected } = call;
    if (rejected === undefined) return;
    return {
      expected: `${call.event} accepted although ${exhausted}`,
      observed: `${rejected.status} ${rejected.error}`,
      entries: [rejected],
    };
  },
});

/** Events to one function that came within a second, more than ten times its concurrency. */
interface Burst {
  readonly owner: FunctionView;
  readonly calls: readonly Call[];
  readonly concurrency: number;
}

/** AWS, gettingstarted-limits.html: synchronous requests per second and concurrent execution. */
const SYNC_REQUESTS_PER_CONCURRENCY = 10;

const NO_BURST: readonly Burst[] = [];

function bursts(view: View): readonly Burst[] {
  if (view.calls.length <= SYNC_REQUESTS_PER_CONCURRENCY) return NO_BURST;
  let found: Burst[] | undefined;
  for (const owner of view.functions.values()) {
    const events = those(view.calls, (call) => call.type === 'Event' && call.function === owner);
    const calls = densestSecond(events);
    const [first] = calls;
    const last = calls.at(-1);
    if (first === undefined || last === undefined) continue;
    const reserve = largestReserve(owner.reserved, first.requested.at, last.requested.at);
    const concurrency = Math.min(reserve, accountLimit(view));
    // With a reserve of 0 it is ASYNC-ACC-04's affair.
    if (concurrency === 0 || calls.length <= SYNC_REQUESTS_PER_CONCURRENCY * concurrency) continue;
    found ??= [];
    found.push({ owner, calls, concurrency });
  }
  return found ?? NO_BURST;
}

/** The most calls, in order of request, that were requested within one second. */
function densestSecond(calls: readonly Call[]): readonly Call[] {
  let from = 0;
  let bestFrom = 0;
  let best = 0;
  for (let index = 0; index < calls.length; index++) {
    const at = calls[index]?.requested.at ?? 0;
    while (at - (calls[from]?.requested.at ?? at) >= 1) from++;
    if (index + 1 - from <= best) continue;
    best = index + 1 - from;
    bestFrom = from;
  }
  return calls.slice(bestFrom, bestFrom + best);
}

export const rate01 = defineRule({
  id: 'ASYNC-RATE-01',
  level: 'SHOULD',
  invariant:
    'Events are accepted at more than ten times the concurrency a second; only attempts are limited.',
  sources: [guide('gettingstarted-limits')],
  needs: ['async'],
  subjects: bursts,
  check: ({ owner, calls, concurrency }) => {
    for (const { event, rejected } of calls) {
      if (rejected?.status !== TOO_MANY) continue;
      return {
        expected: `${event} accepted, one of ${calls.length} in a second for ${owner.name} with its concurrency of ${concurrency}`,
        observed: `${rejected.status} ${rejected.error}`,
        entries: [rejected],
      };
    }
    return;
  },
});
