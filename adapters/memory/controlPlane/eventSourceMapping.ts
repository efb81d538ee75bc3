/** AWS, API_CreateEventSourceMapping.html and its sisters. */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { missing, type Reply } from './answers.ts';

/** Create, Get, Update and DeleteEventSourceMapping. What is accepted takes effect later: polling/lifecycle.ts. */
export function mappingRequest(_account: AccountState, _step: RequestStep, _policy: Policy): Reply {
  return missing('The resource you requested does not exist.');
}
