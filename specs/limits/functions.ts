/** AWS, gettingstarted-limits.html and configuration-timeout.html: the settings of a function. */
import { asObject } from '../../engine/record.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import { asking } from './asking.ts';
import { environment, layers, timeout } from './constraints.ts';
import { constrained } from './faults.ts';

const timeouts = constrained(timeout);

/** New functions that were given no timeout. */
const untimed = asking(
  ['CreateFunction'],
  ({ step, answered }) => step.input['Timeout'] === undefined && answered !== undefined,
);

export const fn01 = defineRule({
  id: 'LIM-FN-01',
  level: 'MUST',
  invariant: 'A function has a timeout from 1 to 900 seconds, and of 3 seconds where none is given.',
  sources: [
    guide('configuration-timeout'),
    guide('gettingstarted-limits'),
    // The model bounds Timeout at 5,400 (for kinds of functions that came later): what lies between is not judged.
    api('CreateFunction'),
  ],
  needs: ['controlPlane'],
  isOfRequests: true,
  isContradictory: true,
  subjects: (view) => (view.requests.length === 0 ? [] : [...timeouts.subjects(view), ...untimed(view)]),
  check: (request, view) => {
    const { step, answered } = request;
    if (step.input['Timeout'] !== undefined || answered === undefined) return timeouts.check(request, view);
    const given = asObject(answered.output)?.['Timeout'];
    if (given === 3) return;
    return { expected: 'Timeout 3 by default', observed: `Timeout ${String(given)}`, entries: [answered] };
  },
});

export const fn02 = defineRule({
  id: 'LIM-FN-02',
  level: 'MUST',
  invariant: 'A function has up to 4 KB of environment variables and up to 5 layers.',
  sources: [guide('gettingstarted-limits')],
  needs: ['controlPlane'],
  isOfRequests: true,
  note: 'The 20 KB of the resource policy are not judged: no scenario adds permissions.',
  ...constrained(environment, layers),
});
