/** AWS, API_PutFunctionRecursionConfig.html: what happens to a detected loop. */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { missing, type Reply } from './answers.ts';
import { Constraints } from './constraints.ts';
import { functionNamed, namedBy } from './named.ts';

export function putFunctionRecursionConfig(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const asked = step.input['RecursiveLoop'];
  const refusal = new Constraints()
    .required(asked, 'recursiveLoop')
    .oneOf(asked, 'recursiveLoop', ['Allow', 'Terminate'])
    .refusal(policy.constraintError);
  if (refusal !== undefined) return refusal;
  const { name } = namedBy(step.input);
  const owner = functionNamed(account, name);
  if (owner === undefined) return missing(`Function not found: ${functionArn(name)}`);
  owner.recursiveLoop = asked === 'Allow' ? 'Allow' : 'Terminate';
  return { status: 200, output: { RecursiveLoop: owner.recursiveLoop } };
}
