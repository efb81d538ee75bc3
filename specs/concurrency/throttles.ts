/** AWS, monitoring-metrics-types.html: what is throttled is counted as that, and as nothing else. */
import { defineRule, guide } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { excessOver } from '../sync/metrics.ts';
import { startedAnyway } from '../sync/rejections.ts';
import { throttledCalls } from '../sync/subjects.ts';

/** How many requests of each function were refused for want of concurrency or rate of its own. */
const throttlesOf = once((view: View): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const call of throttledCalls(view)) {
    // The caller's own rate is no limit of the function's.
    if (call.function === undefined || call.rejected?.reason === 'CallerRateLimitExceeded') continue;
    counts.set(call.function.name, (counts.get(call.function.name) ?? 0) + 1);
  }
  return counts;
});

export const thr01 = defineRule({
  id: 'CONC-THR-01',
  level: 'MUST',
  invariant:
    'A throttled request is no attempt; it counts in Throttles and in neither Invocations nor Errors.',
  sources: [guide('monitoring-metrics-types')],
  note: 'The metrics are judged where the target shows them.',
  subjects: throttledCalls,
  check: (call, view) =>
    startedAnyway(call, view) ?? excessOver(call.function, call.rejected, view) ?? missing(call, view),
});

function missing(call: Call, view: View) {
  if (view.metrics.size === 0 || call.function === undefined || call.rejected === undefined) return;
  const counted = view.metrics.get(call.function.name)?.get('Throttles');
  const least = throttlesOf(view).get(call.function.name) ?? 0;
  if (counted === undefined || counted >= least) return;
  return {
    expected: `Throttles of ${call.function.name} at least ${least}`,
    observed: `${counted}`,
    entries: [call.rejected],
  };
}
