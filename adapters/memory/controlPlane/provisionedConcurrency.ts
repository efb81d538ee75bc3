/** AWS, API_PutProvisionedConcurrencyConfig.html: environments kept ready for a version or an alias. */
import type { JsonObject } from '../../../engine/record.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState, FunctionState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { conflict, invalid, isRefused, missing, type Refused, type Reply } from './answers.ts';
import { Constraints } from './constraints.ts';
import { functionNamed, hasQualifier, namedBy, number } from './named.ts';

interface Place {
  readonly owner: FunctionState;
  readonly qualifier: string;
}

export function putProvisionedConcurrency(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const asked = step.input['ProvisionedConcurrentExecutions'];
  const constraints = new Constraints()
    .required(asked, 'provisionedConcurrentExecutions')
    .range(asked, 'provisionedConcurrentExecutions', policy.provisionedLeast);
  if (policy.provisionedNeedsQualifier) constraints.required(namedBy(step.input).qualifier, 'qualifier');
  const refusal = constraints.refusal(policy.constraintError);
  if (refusal !== undefined) return refusal;
  const place = placeOf(account, step.input, policy);
  if (isRefused(place)) return place;
  const { owner, qualifier } = place;
  const count = number(asked) ?? 1;
  const refused = overlapping(owner, qualifier) ?? tooMany(account, owner, qualifier, count, policy);
  if (refused !== undefined) return refused;
  owner.provisioned.set(qualifier, count);
  return {
    status: 202,
    output: {
      RequestedProvisionedConcurrentExecutions: count,
      AvailableProvisionedConcurrentExecutions: 0,
      AllocatedProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
    },
  };
}

export function getProvisionedConcurrency(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const place = placeOf(account, step.input, policy);
  if (isRefused(place)) return place;
  const count = place.owner.provisioned.get(place.qualifier);
  if (count === undefined) {
    return missing(
      'No Provisioned Concurrency Config found for this function',
      'ProvisionedConcurrencyConfigNotFoundException',
    );
  }
  return {
    status: 200,
    output: {
      RequestedProvisionedConcurrentExecutions: count,
      AvailableProvisionedConcurrentExecutions: count,
      AllocatedProvisionedConcurrentExecutions: count,
      Status: 'READY',
    },
  };
}

export function deleteProvisionedConcurrency(
  account: AccountState,
  step: RequestStep,
  policy: Policy,
): Reply {
  const place = placeOf(account, step.input, policy);
  if (isRefused(place)) return place;
  place.owner.provisioned.delete(place.qualifier);
  return { status: 204 };
}

/** Provisioned concurrency of a function, over all its versions and aliases. */
export function provisionedTotal(owner: FunctionState): number {
  let sum = 0;
  for (const count of owner.provisioned.values()) sum += count;
  return sum;
}

function placeOf(account: AccountState, input: JsonObject, policy: Policy): Place | Refused {
  const { name, qualifier = '$LATEST' } = namedBy(input);
  if (qualifier === '$LATEST' && !policy.provisionsLatest)
    return invalid('Provisioned Concurrency Configs cannot be applied to unpublished function versions.');
  const owner = functionNamed(account, name);
  if (owner === undefined || !hasQualifier(owner, qualifier))
    return missing(`Function not found: ${functionArn(name, qualifier)}`);
  return { owner, qualifier };
}

/** Recorded from AWS: not for an alias and for its version at the same time. */
function overlapping(owner: FunctionState, qualifier: string): Refused | undefined {
  const target = owner.aliases.get(qualifier)?.version;
  if (target !== undefined) {
    return owner.provisioned.has(target)
      ? conflict(
          "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
        )
      : undefined;
  }
  for (const [alias, { version }] of owner.aliases)
    if (version === qualifier && owner.provisioned.has(alias))
      return conflict('Version is pointed by a Provisioned Concurrency alias');
  return undefined;
}

function tooMany(
  account: AccountState,
  owner: FunctionState,
  qualifier: string,
  count: number,
  policy: Policy,
): Refused | undefined {
  const total = provisionedTotal(owner) - (owner.provisioned.get(qualifier) ?? 0) + count;
  if (owner.reserved !== null) {
    return policy.provisionedWithinReserve && total > owner.reserved
      ? invalid(
          'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
        )
      : undefined;
  }
  let unreserved = account.concurrencyLimit;
  for (const other of account.functions.values())
    if (other !== owner) unreserved -= other.reserved ?? provisionedTotal(other);
  if (total > unreserved)
    return invalid(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${unreserved}].`,
    );
  return policy.keepsUnreservedMinimum && unreserved - total < account.unreservedMinimum
    ? invalid(
        `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${account.unreservedMinimum}].`,
      )
    : undefined;
}
