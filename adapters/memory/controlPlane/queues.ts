/** AWS, SQS API_CreateQueue.html and API_SetQueueAttributes.html. */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { missing, type Reply } from './answers.ts';

export function queueRequest(_account: AccountState, _step: RequestStep, _policy: Policy): Reply {
  return missing('The specified queue does not exist.', 'QueueDoesNotExist');
}
