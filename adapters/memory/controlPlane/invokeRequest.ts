/**
 * AWS, API_Invoke.html: the parameters of Invoke, for requests that are made for their validation alone. What an
 * invocation does is the data plane's affair; such a request runs nothing here.
 */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { missing, type Reply } from './answers.ts';
import { Constraints } from './constraints.ts';
import { functionNamed, hasQualifier, namedBy } from './named.ts';

const STATUS: Readonly<Record<string, number>> = { Event: 202, DryRun: 204 };

export function invokeRequest(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const { input } = step;
  const named = namedBy(input);
  const constraints = new Constraints()
    .length(input['FunctionName'], 'functionName', policy.functionNameMostCharacters)
    .length(input['Qualifier'], 'qualifier', policy.qualifierMostCharacters)
    .oneOf(input['InvocationType'], 'invocationType', policy.invocationTypes)
    .oneOf(input['LogType'], 'logType', policy.logTypes)
    .length(input['ClientContext'], 'clientContext', policy.clientContextMostBytes);
  if (named.isBare) constraints.length(named.name, 'functionName', policy.bareNameMostCharacters);
  const refusal = constraints.refusal(policy.constraintError);
  if (refusal !== undefined) return refusal;
  const owner = functionNamed(account, named.name);
  if (owner === undefined || !hasQualifier(owner, named.qualifier))
    return missing(`Function not found: ${functionArn(named.name, named.qualifier)}`);
  return { status: STATUS[String(input['InvocationType'])] ?? 200 };
}
