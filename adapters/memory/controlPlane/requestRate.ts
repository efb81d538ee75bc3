/** AWS, gettingstarted-limits.html#api-requests: how many requests of the control plane a second takes. */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';

interface Sent {
  readonly others: number[];
  readonly getFunction: number[];
}

const sent = new WeakMap<AccountState, Sent>();

/** Counts the request, and says whether it is one too many in the second before it. */
export function isTooFrequent(account: AccountState, step: RequestStep, policy: Policy): boolean {
  // Invocations have limits of their own.
  if (step.operation === 'Invoke') return false;
  let times = sent.get(account);
  if (times === undefined) {
    times = { others: [], getFunction: [] };
    sent.set(account, times);
  }
  const isGet = step.operation === 'GetFunction';
  const mine = isGet ? times.getFunction : times.others;
  while (mine[0] !== undefined && mine[0] <= step.atSeconds - 1) mine.shift();
  mine.push(step.atSeconds);
  return mine.length > (isGet ? policy.getFunctionPerSecond : policy.requestsPerSecond);
}
