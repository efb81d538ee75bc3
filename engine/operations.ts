import type { Capability } from './capabilities.ts';
import type { Operation } from './scenario.ts';

/** Which capability an operation is of, where that is a setting of functions which not all targets have. */
export const SETTING_OF: Readonly<Partial<Record<Operation, Capability>>> = {
  PutFunctionEventInvokeConfig: 'eventInvokeConfig',
  UpdateFunctionEventInvokeConfig: 'eventInvokeConfig',
  GetFunctionEventInvokeConfig: 'eventInvokeConfig',
  DeleteFunctionEventInvokeConfig: 'eventInvokeConfig',
  PutFunctionConcurrency: 'reserved',
  GetFunctionConcurrency: 'reserved',
  DeleteFunctionConcurrency: 'reserved',
  PutProvisionedConcurrencyConfig: 'provisioned',
  GetProvisionedConcurrencyConfig: 'provisioned',
  DeleteProvisionedConcurrencyConfig: 'provisioned',
};
