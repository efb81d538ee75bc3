/** AWS, API_Invoke.html: who may invoke a function. */
import { api, defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { flawOf } from '../sync/flaws.ts';
import { refusal, startedAnyway } from '../sync/rejections.ts';
import { those } from '../sync/subjects.ts';

/** Calls by callers that may not invoke functions. */
const byStrangers = once((view: View): readonly Call[] =>
  those(view.calls, ({ step }) => step.asStranger === true),
);

function isRefused(call: Call, view: View, tolerances: Tolerances): Finding {
  const { answered, rejected } = call;
  if (flawOf(call, tolerances) === 'caller') {
    // A function that is not ready is told of before or after: no page says.
    if (rejected?.status === 409)
      return startedAnyway(call, view) ?? { unknown: 'the function was not ready' };
    return refusal(call, view, 403, 'AccessDeniedException');
  }
  // With another flaw beside: which one is told, no page says.
  if (answered === undefined) return startedAnyway(call, view);
  return {
    expected: `${call.event} refused: its caller may not invoke functions`,
    observed: `status ${answered.status}`,
    entries: [answered],
  };
}

export const inv01 = defineRule({
  id: 'PERM-INV-01',
  level: 'MUST',
  invariant:
    'A call without lambda:InvokeFunction is refused with AccessDeniedException (403) and starts no attempt, whatever its type.',
  sources: [api('Invoke')],
  needs: ['callers'],
  subjects: byStrangers,
  check: isRefused,
});

export const inv02 = defineRule({
  id: 'PERM-INV-02',
  level: 'MUST',
  invariant:
    'DryRun is answered with 204 only for a caller who may invoke, and refused like a call for others.',
  sources: [api('Invoke')],
  needs: ['callers', 'dryRun'],
  subjects: (view) => those(byStrangers(view), ({ type }) => type === 'DryRun'),
  check: isRefused,
});
