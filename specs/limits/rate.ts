/** AWS, gettingstarted-limits.html#api-requests: how many requests of the control plane a second takes. */
import { defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isJudgeable } from './answers.ts';

const PER_SECOND = 15;
const GET_FUNCTION_PER_SECOND = 100;

interface Paced {
  readonly request: ControlRequest;
  /** Whether the scenario had sent no more in the second before than the quota allows. */
  readonly isWithin: boolean;
}

const NOTHING: readonly Paced[] = [];

const paced = (view: View): readonly Paced[] => {
  if (view.requests.length === 0) return NOTHING;
  const result: Paced[] = [];
  const others: number[] = [];
  const getFunction: number[] = [];
  for (const request of view.requests) {
    const { operation } = request.step;
    if (operation === 'Invoke' || !isJudgeable(request)) continue;
    const times = operation === 'GetFunction' ? getFunction : others;
    const most = operation === 'GetFunction' ? GET_FUNCTION_PER_SECOND : PER_SECOND;
    times.push(request.requested.at);
    // The request that came `most` before this one: within the quota where it is more than a second ago.
    const before = times[times.length - 1 - most];
    result.push({ request, isWithin: before === undefined || before <= request.requested.at - 1 });
  }
  return result;
};

export const api01 = defineRule({
  id: 'LIM-API-01',
  level: 'SHOULD',
  invariant: 'The control plane takes 15 requests a second over all operations, and 100 of GetFunction.',
  sources: [guide('gettingstarted-limits')],
  needs: ['controlPlane'],
  note: 'Reported, not judged: the quota is the account’s, and a black box sees only its own part of the traffic.',
  subjects: paced,
  observe: ({ request, isWithin }) => {
    const pace = isWithin ? 'within the quota' : 'above the quota';
    return `${pace}: ${request.rejected?.status === 429 ? 'throttled' : 'served'}`;
  },
});
