/** Reserved and provisioned concurrency against each other and against the account: what depends on the state. */
import { possible } from '../../engine/configuration.ts';
import type { ControlRequest, FunctionView, View } from '../../engine/view.ts';
import { areTogether } from './answers.ts';
import type { Constraint } from './constraints.ts';
import { ownerOf } from './naming.ts';

/** AWS, API_PutFunctionConcurrency.html: at least 100 concurrent executions stay unreserved. */
const UNRESERVED_MINIMUM = 100;

/** A reserve must leave the account's minimum unreserved. */
export const leavesUnreserved: Constraint = {
  operations: ['PutFunctionConcurrency'],
  isGiven: (input) => typeof input['ReservedConcurrentExecutions'] === 'number',
  read: (request, view) => {
    const owner = ownerOf(request, view);
    const reserve = request.step.input['ReservedConcurrentExecutions'];
    if (owner === undefined || typeof reserve !== 'number') return 'open';
    // A reserve of 0 takes nothing from the account.
    if (reserve <= 0) return 'aside';
    const { account } = view.history.scenario;
    const limit = account?.concurrency ?? view.tolerances.accountConcurrency;
    const minimum = account?.unreservedMinimum ?? UNRESERVED_MINIMUM;
    let least = 0;
    let most = 0;
    for (const other of view.functions.values()) {
      if (other === owner) continue;
      const reserves = reservesAt(other, request);
      least += Math.min(...reserves.map((value) => value ?? 0));
      most += Math.max(...reserves.map((value) => value ?? 0));
    }
    if (limit - least - reserve < minimum)
      return { fault: `${reserve} of ${limit} reserved leaves fewer than ${minimum}` };
    return limit - most - reserve < minimum ? 'open' : 'inRange';
  },
};

/** Provisioned concurrency may not exceed the function's reserve, whichever of the two is set last. */
export const withinReserve: Constraint = {
  operations: ['PutFunctionConcurrency', 'PutProvisionedConcurrencyConfig'],
  isGiven: () => true,
  read: (request, view) => {
    const owner = ownerOf(request, view);
    if (owner === undefined) return 'open';
    const { input, operation } = request.step;
    if (operation === 'PutFunctionConcurrency') {
      const reserve = input['ReservedConcurrentExecutions'];
      const total = provisionedBefore(request, owner, view);
      if (typeof reserve !== 'number' || total === undefined) return 'open';
      if (total > 0 && total > reserve)
        return { fault: `a reserve of ${reserve} below ${total} provisioned` };
      return total > 0 ? 'inRange' : 'aside';
    }
    const count = input['ProvisionedConcurrentExecutions'];
    const others = provisionedBefore(request, owner, view, input['Qualifier']);
    if (typeof count !== 'number' || others === undefined) return 'open';
    const reserves = reservesAt(owner, request);
    if (reserves.length === 1 && reserves[0] === null) return 'aside';
    const exceeded = reserves.filter((reserve) => reserve !== null && others + count > reserve).length;
    if (exceeded === 0) return 'inRange';
    return exceeded === reserves.length
      ? { fault: `${others + count} provisioned of a smaller reserve` }
      : 'open';
  },
};

/** The reserves that the function may have had while the request was under way. */
function reservesAt(owner: FunctionView, request: ControlRequest): (number | null)[] {
  const endedAt = (request.answered ?? request.rejected)?.at ?? request.requested.at;
  return possible(owner.reserved, request.requested.at, endedAt);
}

/**
 * Provisioned concurrency of the function when the request came, over all qualifiers but `except`; undefined where
 * another change of it was under way at the same time: nobody knows which of two requests arrives first.
 */
function provisionedBefore(
  request: ControlRequest,
  owner: FunctionView,
  view: View,
  except?: unknown,
): number | undefined {
  let counts: Map<string, number> | undefined;
  for (const { qualifier, concurrency } of owner.spec.provisioned ?? []) {
    counts ??= new Map();
    counts.set(qualifier, concurrency);
  }
  let isEarlier = true;
  for (const other of view.requests) {
    if (other === request) {
      isEarlier = false;
      continue;
    }
    const { operation, input } = other.step;
    const isPut = operation === 'PutProvisionedConcurrencyConfig';
    if (!isPut && operation !== 'DeleteProvisionedConcurrencyConfig') continue;
    if (other.rejected !== undefined || ownerOf(other, view) !== owner) continue;
    if (areTogether(request, other)) return undefined;
    if (!isEarlier) continue;
    const qualifier = String(input['Qualifier']);
    counts ??= new Map();
    if (isPut) counts.set(qualifier, Number(input['ProvisionedConcurrentExecutions']));
    else counts.delete(qualifier);
  }
  let sum = 0;
  for (const [qualifier, count] of counts ?? []) if (qualifier !== except) sum += count;
  return sum;
}
