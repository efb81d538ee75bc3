/** The control plane of the model: validates a request as AWS does and, when it accepts, changes the account. */
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { isRefused, type Reply, throttled } from './answers.ts';
import {
  deleteEventInvokeConfig,
  getEventInvokeConfig,
  putEventInvokeConfig,
  updateEventInvokeConfig,
} from './eventInvokeConfig.ts';
import { mappingRequest } from './eventSourceMapping.ts';
import {
  deleteFunctionConcurrency,
  getFunctionConcurrency,
  putFunctionConcurrency,
} from './functionConcurrency.ts';
import { createFunction, getFunction, updateFunctionConfiguration } from './functionConfiguration.ts';
import { invokeRequest } from './invokeRequest.ts';
import {
  deleteProvisionedConcurrency,
  getProvisionedConcurrency,
  putProvisionedConcurrency,
} from './provisionedConcurrency.ts';
import { queueRequest } from './queues.ts';
import { putFunctionRecursionConfig } from './recursionConfig.ts';
import { isTooFrequent } from './requestRate.ts';

export type { Accepted, Refused, Reply } from './answers.ts';

/** Answers one request of the control plane at `step.atSeconds`; `account` is changed in place. */
export function handleRequest(account: AccountState, step: RequestStep, policy: Policy): Reply {
  if (isTooFrequent(account, step, policy)) return throttled;
  const reply = answer(account, step, policy);
  if (!isRefused(reply)) return reply;
  if (reply.status === 400) return { ...reply, status: policy.invalidStatus };
  if (reply.status === 404) return { ...reply, status: policy.missingStatus };
  return reply;
}

function answer(account: AccountState, step: RequestStep, policy: Policy): Reply {
  switch (step.operation) {
    case 'Invoke':
      return invokeRequest(account, step, policy);
    case 'CreateFunction':
      return createFunction(account, step, policy);
    case 'GetFunction':
      return getFunction(account, step);
    case 'UpdateFunctionConfiguration':
      return updateFunctionConfiguration(account, step, policy);
    case 'PutFunctionEventInvokeConfig':
      return putEventInvokeConfig(account, step, policy);
    case 'UpdateFunctionEventInvokeConfig':
      return updateEventInvokeConfig(account, step, policy);
    case 'GetFunctionEventInvokeConfig':
      return getEventInvokeConfig(account, step);
    case 'DeleteFunctionEventInvokeConfig':
      return deleteEventInvokeConfig(account, step);
    case 'PutFunctionConcurrency':
      return putFunctionConcurrency(account, step, policy);
    case 'GetFunctionConcurrency':
      return getFunctionConcurrency(account, step, policy);
    case 'DeleteFunctionConcurrency':
      return deleteFunctionConcurrency(account, step, policy);
    case 'PutProvisionedConcurrencyConfig':
      return putProvisionedConcurrency(account, step, policy);
    case 'GetProvisionedConcurrencyConfig':
      return getProvisionedConcurrency(account, step, policy);
    case 'DeleteProvisionedConcurrencyConfig':
      return deleteProvisionedConcurrency(account, step, policy);
    case 'PutFunctionRecursionConfig':
      return putFunctionRecursionConfig(account, step, policy);
    case 'CreateEventSourceMapping':
    case 'GetEventSourceMapping':
    case 'UpdateEventSourceMapping':
    case 'DeleteEventSourceMapping':
      return mappingRequest(account, step, policy);
    case 'CreateQueue':
    case 'SetQueueAttributes':
      return queueRequest(account, step, policy);
  }
}
