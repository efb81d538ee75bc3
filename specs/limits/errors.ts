/** AWS, the sections "Errors" of the API reference: which name and status a refusal has. */
import type { Rejected } from '../../engine/history.ts';
import { api, defineRule } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isBesideThePoint, isInvalidName, isJudgeable, isTheAccounts } from './answers.ts';
import { configsBefore } from './configs.ts';
import { faultOf } from './faults.ts';
import { mayBeDeleted, namesNothing } from './naming.ts';

const MISSING = new Set(['ResourceNotFoundException', 'ProvisionedConcurrencyConfigNotFoundException']);

interface Refusal {
  readonly rejected: Rejected;
  readonly isInvalid: boolean;
  readonly missing: Missing;
}

/** Whether what the request is for is not there: its function, its qualifier, or its configuration. */
type Missing = 'no' | 'maybe' | 'yes';

const NOTHING: readonly Refusal[] = [];

/** Refused requests of which it is known why: something out of range, something not there, or too many of them. */
const explained = (view: View): readonly Refusal[] => {
  if (view.requests.length === 0) return NOTHING;
  const refusals: Refusal[] = [];
  for (const request of view.requests) {
    const { rejected } = request;
    if (rejected === undefined || !isJudgeable(request) || isOfSqs(request)) continue;
    const isInvalid = faultOf(request, view) !== undefined;
    const missing = missingFor(request, view);
    if (isInvalid || missing === 'yes' || rejected.status === 429)
      refusals.push({ rejected, isInvalid, missing });
  }
  return refusals;
};

/** SQS has error names of its own. */
const isOfSqs = ({ step }: ControlRequest): boolean =>
  step.operation === 'CreateQueue' || step.operation === 'SetQueueAttributes';

function missingFor(request: ControlRequest, view: View): Missing {
  if (namesNothing(request, view)) return 'yes';
  switch (request.step.operation) {
    case 'GetFunctionEventInvokeConfig':
    case 'UpdateFunctionEventInvokeConfig':
    case 'DeleteFunctionEventInvokeConfig': {
      const before = configsBefore(request, view);
      if (before === undefined) return 'maybe';
      if (!before.includes(null)) return 'no';
      return before.length === 1 ? 'yes' : 'maybe';
    }
    default:
      return mayBeDeleted(request, view) ? 'maybe' : 'no';
  }
}

export const err01 = defineRule({
  id: 'LIM-ERR-01',
  level: 'MUST',
  invariant:
    'Invalid values are refused with InvalidParameterValueException, missing resources with ResourceNotFoundException.',
  note: 'The statuses are 400 and 404; too many requests are refused with TooManyRequestsException, 429.',
  sources: [
    // AWS was seen to answer ValidationException, status 400, where a constraint of the API's model is broken: both pass.
    api('PutFunctionEventInvokeConfig'),
    api('CreateEventSourceMapping'),
  ],
  needs: ['controlPlane'],
  isOfRequests: true,
  subjects: explained,
  check: ({ rejected, isInvalid, missing }) => {
    const { status, error } = rejected;
    const observed = `${status} ${error}`;
    if (status === 429) {
      if (error === 'TooManyRequestsException') return;
      return { expected: '429 TooManyRequestsException', observed, entries: [rejected] };
    }
    if (isBesideThePoint(rejected)) return { unknown: `refused for another reason: ${error}` };
    if (status === 400 && isInvalidName(error)) {
      if (isInvalid) return;
      if (isTheAccounts(rejected)) return { unknown: `refused for another reason: ${rejected.message}` };
    }
    if (missing !== 'no' && status === 404 && MISSING.has(error)) return;
    return { expected: allowed(isInvalid, missing), observed, entries: [rejected] };
  },
});

function allowed(isInvalid: boolean, missing: Missing): string {
  const invalid = '400 InvalidParameterValueException';
  const notFound = '404 ResourceNotFoundException';
  if (!isInvalid) return notFound;
  return missing === 'no' ? invalid : `${invalid} or ${notFound}`;
}
