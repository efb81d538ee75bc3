/** AWS, API_PutFunctionConcurrency.html: reserving capacity for a whole function. */
import type { JsonObject } from '../../../engine/record.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState, FunctionState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { invalid, isRefused, missing, type Refused, type Reply } from './answers.ts';
import { Constraints } from './constraints.ts';
import { functionNamed, namedBy, number } from './named.ts';
import { provisionedTotal } from './provisionedConcurrency.ts';

export function putFunctionConcurrency(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const asked = step.input['ReservedConcurrentExecutions'];
  const refusal = new Constraints()
    .required(asked, 'reservedConcurrentExecutions')
    .range(asked, 'reservedConcurrentExecutions', policy.reservedLeast)
    .refusal(policy.constraintError);
  if (refusal !== undefined) return refusal;
  const owner = ownerOf(account, step.input, policy);
  if (isRefused(owner)) return owner;
  const reserve = number(asked) ?? 0;
  const provisioned = provisionedTotal(owner);
  if (policy.provisionedWithinReserve && provisioned > 0 && reserve < provisioned) {
    // Recorded from AWS, blanks included.
    return invalid(
      ` ReservedConcurrentExecutions  ${reserve} should not be lower than function's total provisioned concurrency [${provisioned}].`,
    );
  }
  const unreserved = account.concurrencyLimit - reservedByOthers(account, owner) - reserve;
  if (policy.keepsUnreservedMinimum && reserve > 0 && unreserved < account.unreservedMinimum) {
    return invalid(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${account.unreservedMinimum}].`,
    );
  }
  owner.reserved = reserve;
  return { status: 200, output: { ReservedConcurrentExecutions: reserve } };
}

export function getFunctionConcurrency(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const owner = ownerOf(account, step.input, policy);
  if (isRefused(owner)) return owner;
  const { reserved } = owner;
  return { status: 200, output: reserved === null ? {} : { ReservedConcurrentExecutions: reserved } };
}

export function deleteFunctionConcurrency(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const owner = ownerOf(account, step.input, policy);
  if (isRefused(owner)) return owner;
  owner.reserved = null;
  return { status: 204 };
}

/** What all other functions have reserved. */
export function reservedByOthers(account: AccountState, owner: FunctionState): number {
  let sum = 0;
  for (const other of account.functions.values()) if (other !== owner) sum += other.reserved ?? 0;
  return sum;
}

function ownerOf(account: AccountState, input: JsonObject, policy: Policy): FunctionState | Refused {
  const { name, isQualified } = namedBy(input);
  if (isQualified && !policy.reservesForQualifiers) {
    return invalid(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    );
  }
  return functionNamed(account, name) ?? missing(`Function not found: ${functionArn(name, '$LATEST')}`);
}
