/** What the control plane answers, in AWS's names, statuses and words. */
import type { Json } from '../../../engine/json.ts';

export interface Accepted {
  readonly status: number;
  readonly output?: Json;
}

export interface Refused {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly reason?: string;
}

export type Reply = Accepted | Refused;

export const isRefused = (reply: object): reply is Refused => 'error' in reply;

/** 400: a value that the service itself does not take. AWS, API_PutFunctionEventInvokeConfig.html#errors. */
export const invalid = (message: string): Refused => ({
  status: 400,
  error: 'InvalidParameterValueException',
  message,
});

/** 404: there is no such thing. */
export const missing = (message: string, error = 'ResourceNotFoundException'): Refused => ({
  status: 404,
  error,
  message,
});

/** 409: it is there already, or another operation is in its way. */
export const conflict = (message: string): Refused => ({
  status: 409,
  error: 'ResourceConflictException',
  message,
});

/** 429: too many requests of the control plane in a second. */
export const throttled: Refused = {
  status: 429,
  error: 'TooManyRequestsException',
  message: 'Rate exceeded',
};
