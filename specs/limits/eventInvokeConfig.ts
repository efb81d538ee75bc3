/** AWS, API_PutFunctionEventInvokeConfig.html: the bounds of an event-invoke configuration. */
import { api, defineRule } from '../../engine/rule.ts';
import { isBesideThePoint } from './answers.ts';
import { asking } from './asking.ts';
import { configsBefore } from './configs.ts';
import { destinationText, eventAge, putSetsSomething, retryAttempts } from './constraints.ts';
import { constrained, faultOf } from './faults.ts';
import { namesNothing, ownerOf } from './naming.ts';

export const eic01 = defineRule({
  id: 'LIM-EIC-01',
  level: 'MUST',
  invariant: 'MaximumRetryAttempts is 0, 1 or 2; any other value is refused.',
  sources: [api('PutFunctionEventInvokeConfig')],
  needs: ['eventInvokeConfig'],
  isOfRequests: true,
  ...constrained(retryAttempts),
});

export const eic02 = defineRule({
  id: 'LIM-EIC-02',
  level: 'MUST',
  invariant: 'MaximumEventAgeInSeconds is between 60 and 21,600; any other value is refused.',
  sources: [api('PutFunctionEventInvokeConfig')],
  needs: ['eventInvokeConfig'],
  isOfRequests: true,
  ...constrained(eventAge),
});

export const eic03 = defineRule({
  id: 'LIM-EIC-03',
  level: 'MUST',
  invariant: 'A destination is an ARN of up to 350 characters, and a Put that sets nothing is refused.',
  sources: [api('PutFunctionEventInvokeConfig')],
  needs: ['eventInvokeConfig'],
  isOfRequests: true,
  note: 'That a Put must set something was seen on AWS; the page does not spell it out.',
  ...constrained(destinationText, putSetsSomething),
});

/** Updates of a declared function or qualifier that had no configuration for certain, with nothing else wrong. */
const updatesOfNothing = asking(['UpdateFunctionEventInvokeConfig'], (request, view) => {
  if (ownerOf(request, view) === undefined || namesNothing(request, view)) return false;
  const before = configsBefore(request, view);
  if (before === undefined || before.length !== 1 || before[0] !== null) return false;
  return faultOf(request, view) === undefined;
});

export const eic04 = defineRule({
  id: 'LIM-EIC-04',
  level: 'MUST',
  invariant:
    'UpdateFunctionEventInvokeConfig without a configuration to update fails with ResourceNotFoundException.',
  sources: [api('UpdateFunctionEventInvokeConfig')],
  needs: ['eventInvokeConfig'],
  isOfRequests: true,
  note: 'The page lists the error; that it is for this case was seen on AWS.',
  subjects: updatesOfNothing,
  check: ({ answered, rejected }) => {
    const expected = '404 ResourceNotFoundException: there is no configuration to update';
    if (answered !== undefined)
      return { expected, observed: `accepted with ${answered.status}`, entries: [answered] };
    if (rejected === undefined) return;
    // The function is there: a target that looks for it in vain has no such operation, or another defect.
    if (rejected.status === 404 && /function not found|function doesn.t exist/i.test(rejected.message ?? ''))
      return { unknown: `refused for another reason: ${rejected.message}` };
    if (rejected.status === 404) return;
    if (isBesideThePoint(rejected)) return { unknown: `refused for another reason: ${rejected.error}` };
    return { expected, observed: `${rejected.status} ${rejected.error}`, entries: [rejected] };
  },
});
