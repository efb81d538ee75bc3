/** What the payload of a function error looks like, for each way to fail. */
import type { Json } from '../../engine/json.ts';
import type { Policy } from './policy.ts';

export interface FunctionError {
  readonly payload: Json;
  readonly message: string;
}

const TRACE: Json = ['    at handler (file:///var/task/index.mjs:1:1)'];

/** The handler threw. Node's runtime tells type, message and trace. */
export const thrown = (message: string): FunctionError => ({
  payload: { errorType: 'Error', errorMessage: message, trace: TRACE },
  message,
});

export const THROWN_MESSAGE = 'planned failure';
const THROWN = thrown(THROWN_MESSAGE);
/** The handler threw: most do so with the same message, and share the payload. */
export const thrownWith = (message: string | undefined): FunctionError =>
  message === undefined ? THROWN : thrown(message);

/** The result cannot be written as JSON. */
export const UNSERIALIZABLE = thrown('Unable to stringify response body');

/** The handler was stopped. Since 2025 with a type; before, only a message. */
export function timedOut(requestId: string, timeoutSeconds: number, policy: Policy): FunctionError {
  const after = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
  if (policy.timeoutErrorType === undefined) {
    const message = `2023-11-24T12:00:00.000Z ${requestId} ${after}`;
    return { payload: { errorMessage: message }, message };
  }
  const message = `RequestId: ${requestId} Error: ${after}`;
  return { payload: { errorType: policy.timeoutErrorType, errorMessage: message }, message };
}

/** The process ended. */
export function exited(requestId: string): FunctionError {
  const message = `RequestId: ${requestId} Error: Runtime exited with error: exit status 1`;
  return { payload: { errorType: 'Runtime.ExitError', errorMessage: message }, message };
}

/** The result is larger than a response may be. */
export function tooLarge(policy: Policy): FunctionError {
  const message = `Response payload size exceeded maximum allowed payload size (${policy.responseBytes} bytes).`;
  return { payload: { errorType: 'Function.ResponseSizeTooLarge', errorMessage: message }, message };
}
