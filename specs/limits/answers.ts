/** How the answer to a control-plane request is read, so that all rules judge alike. */
import type { Rejected } from '../../engine/history.ts';
import type { Finding } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import type { Refusal } from './constraints.ts';
import { mayBeDeleted, namesNothing } from './naming.ts';

/**
 * The names of a value that is not taken. The pages name the first one for all operations; for the constraints of
 * the API's model AWS was recorded to answer with the second one, and both have the status 400. The third is for
 * the body of Invoke, the fourth SQS's.
 */
const INVALID = new Set([
  'InvalidParameterValueException',
  'ValidationException',
  'InvalidRequestContentException',
  'InvalidAttributeValue',
]);

export const isInvalidName = (error: string): boolean => INVALID.has(error);

/** Whether an answer was seen, and one that is to the point: not "this operation is not offered here". */
export const isJudgeable = ({ answered, rejected }: ControlRequest): boolean =>
  answered !== undefined || (rejected !== undefined && !isDeclined(rejected));

function isDeclined({ status, error }: Rejected): boolean {
  if (status === 501 || status === 405) return true;
  return (
    error.startsWith('NotImplemented') ||
    error.startsWith('UnknownOperation') ||
    error.startsWith('UnsupportedOperation') ||
    error.startsWith('InvalidAction')
  );
}

/**
 * Refusals that say nothing about the input. AWS documents each of them for any request: too many requests, another
 * operation in progress, no permission, a service that is down.
 */
export function isBesideThePoint({ status, error }: Rejected): boolean {
  // AWS, API_UpdateEventSourceMapping.html: a mapping that is being made, updated or deleted; its status is 400.
  if (error === 'ResourceInUseException') return true;
  return status === 429 || status === 409 || status === 403 || status === 503;
}

/** An input that is out of range: the request must be refused, with 400 if `refusal` does not say otherwise. */
export function mustBeRefused(
  request: ControlRequest,
  view: View,
  fault: string,
  refusal?: Refusal,
): Finding {
  const { answered, rejected } = request;
  const expected = `${request.step.operation} refused with 400: ${fault}`;
  if (answered !== undefined)
    return { expected, observed: `accepted with ${answered.status}`, entries: [answered] };
  if (rejected === undefined || rejected.status === 400) return;
  if (isBesideThePoint(rejected)) return { unknown: `refused for another reason: ${rejected.error}` };
  // Which is looked at first is not said: the input, or whether there is anything to change.
  const mayBeForNothing =
    request.step.operation === 'UpdateFunctionEventInvokeConfig' ||
    namesNothing(request, view) ||
    mayBeDeleted(request, view);
  if (rejected.status === 404 && mayBeForNothing && refusal !== 'as400') return;
  if (refusal === 'any' && rejected.status < 500) return;
  return { expected, observed: `${rejected.status} ${rejected.error}`, entries: [rejected] };
}

/** An input with nothing wrong in it: the request must not be refused as invalid. */
export function mustNotBeRefused(request: ControlRequest): Finding {
  const { rejected } = request;
  if (rejected === undefined) return;
  if (rejected.status !== 400 || !isInvalidName(rejected.error) || isTheAccounts(rejected))
    return { unknown: `refused for another reason: ${rejected.error}` };
  return {
    expected: `${request.step.operation} not refused: its input is in range`,
    observed: `400 ${rejected.error}: ${rejected.message ?? ''}`,
    entries: [rejected],
  };
}

/**
 * What else is told by the names of an invalid value: the account's unreserved concurrency, of which other scenarios
 * and other functions take their part, and the rights of the function's role.
 */
export const isTheAccounts = ({ message }: Rejected): boolean =>
  message === undefined || /unreserved|account|role|permission|polic/i.test(message);

/** Whether two requests were under way at the same time; one without an answer may be so for ever. */
export const areTogether = (one: ControlRequest, other: ControlRequest): boolean =>
  one.requested.at <= endOf(other) && other.requested.at <= endOf(one);

const endOf = ({ answered, rejected }: ControlRequest): number =>
  (answered ?? rejected)?.at ?? Number.POSITIVE_INFINITY;
