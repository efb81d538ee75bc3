/** AWS, gettingstarted-limits.html#api-requests: how many requests of the control plane a second takes. */
import { defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isJudgeable } from './answers.ts';

const PER_SECOND = 15;
const GET_FUNCTION_PER_SECOND = 100;

interface Paced {
  readonly request: ControlRequest;
  /** Whether the scenario sent no more around that time than the quota allows in a second. */
  readonly isWithin: boolean;
}

const NOTHING: readonly Paced[] = [];

const paced = (view: View): readonly Paced[] => {
  if (view.requests.length === 0) return NOTHING;
  const others: ControlRequest[] = [];
  const getFunction: ControlRequest[] = [];
  for (const request of view.requests) {
    const { operation } = request.step;
    if (operation === 'Invoke' || !isJudgeable(request)) continue;
    (operation === 'GetFunction' ? getFunction : others).push(request);
  }
  const slack = view.tolerances.schedulingSlackSeconds;
  return [...pacedBy(others, PER_SECOND, slack), ...pacedBy(getFunction, GET_FUNCTION_PER_SECOND, slack)];
};

/**
 * Requests that arrive within a second of each other were sent within a second and what the way took: all that were
 * sent from a second and `slack` before a request to its answer may be counted with it.
 */
function pacedBy(requests: readonly ControlRequest[], most: number, slack: number): Paced[] {
  const paces: Paced[] = [];
  let first = 0;
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i];
    if (request === undefined) continue;
    const endedAt = (request.answered ?? request.rejected)?.at ?? request.requested.at;
    while ((requests[first]?.requested.at ?? 0) < request.requested.at - 1 - slack) first++;
    let last = i;
    // No further than the quota: more does not change the answer.
    while (last - first < most && (requests[last + 1]?.requested.at ?? Number.POSITIVE_INFINITY) <= endedAt)
      last++;
    paces.push({ request, isWithin: last - first + 1 <= most });
  }
  return paces;
}

export const api01 = defineRule({
  id: 'LIM-API-01',
  level: 'SHOULD',
  invariant: 'The control plane takes 15 requests a second over all operations, and 100 of GetFunction.',
  sources: [guide('gettingstarted-limits')],
  needs: ['controlPlane'],
  isOfRequests: true,
  note: 'Reported, not judged: the quota is the account’s, and a black box sees only its own part of the traffic.',
  subjects: paced,
  observe: ({ request, isWithin }) => {
    const pace = isWithin ? 'within the quota' : 'above the quota';
    return `${pace}: ${request.rejected?.status === 429 ? 'throttled' : 'served'}`;
  },
});
