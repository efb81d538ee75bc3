/** AWS, the sections "Errors" of the API reference: which name and status a refusal has. */
import type { Rejected } from '../../engine/history.ts';
import { api, defineRule } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isInvalidName, isJudgeable } from './answers.ts';
import { configsBefore } from './configs.ts';
import { faultOf } from './faults.ts';
import { namesNothing } from './naming.ts';

const MISSING = new Set(['ResourceNotFoundException', 'ProvisionedConcurrencyConfigNotFoundException']);

interface Refusal {
  readonly rejected: Rejected;
  readonly isInvalid: boolean;
  readonly isMissing: boolean;
}

/** Refused requests of which it is known why: something out of range, something not there, or too many of them. */
const explained = (view: View): readonly Refusal[] => {
  if (view.requests.length === 0) return NOTHING;
  const refusals: Refusal[] = [];
  for (const request of view.requests) {
    const { rejected } = request;
    if (rejected === undefined || !isJudgeable(request)) continue;
    const isInvalid = faultOf(request, view) !== undefined;
    const isMissing = isForNothing(request, view);
    if (isInvalid || isMissing || rejected.status === 429) refusals.push({ rejected, isInvalid, isMissing });
  }
  return refusals;
};

const NOTHING: readonly Refusal[] = [];

/** Whether what the request is for is not there: its function, its qualifier, or its configuration. */
function isForNothing(request: ControlRequest, view: View): boolean {
  if (namesNothing(request, view)) return true;
  switch (request.step.operation) {
    case 'GetFunctionEventInvokeConfig':
    case 'UpdateFunctionEventInvokeConfig':
    case 'DeleteFunctionEventInvokeConfig': {
      const before = configsBefore(request, view);
      return before?.length === 1 && before[0] === null;
    }
    default:
      return false;
  }
}

export const err01 = defineRule({
  id: 'LIM-ERR-01',
  level: 'MUST',
  invariant:
    'What is invalid is refused as InvalidParameterValueException (400), what is missing as ResourceNotFoundException (404), too many requests as TooManyRequestsException (429).',
  sources: [
    // AWS was seen to answer ValidationException, status 400, where a constraint of the API's model is broken: both pass.
    api('PutFunctionEventInvokeConfig'),
    api('CreateEventSourceMapping'),
  ],
  needs: ['controlPlane'],
  subjects: explained,
  check: ({ rejected, isInvalid, isMissing }) => {
    const { status, error } = rejected;
    const observed = `${status} ${error}`;
    if (status === 429) {
      if (error === 'TooManyRequestsException') return;
      return { expected: '429 TooManyRequestsException', observed, entries: [rejected] };
    }
    // Documented for any request, and no word on the input: a conflict, no permission, a service that is down.
    if (status === 409 || status === 403 || status === 503)
      return { unknown: `refused for another reason: ${error}` };
    if (isInvalid && status === 400 && isInvalidName(error)) return;
    if (isMissing && status === 404 && MISSING.has(error)) return;
    const expected = isMissing
      ? isInvalid
        ? '400 InvalidParameterValueException or 404 ResourceNotFoundException'
        : '404 ResourceNotFoundException'
      : '400 InvalidParameterValueException';
    return { expected, observed, entries: [rejected] };
  },
});
