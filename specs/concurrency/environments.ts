/** AWS, lambda-concurrency.html: an execution environment is busy with one request at a time. */
import { defineRule, guide } from '../../engine/rule.ts';
import type { Attempt, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { earliestEnd } from '../sync/ends.ts';

/** Two attempts in one environment, one after the other. */
interface Pair {
  readonly before: Attempt;
  readonly after: Attempt;
}

const NONE: readonly Pair[] = [];

const pairs = once((view: View): readonly Pair[] => {
  if (view.attempts.length < 2) return NONE;
  const last = new Map<string, Attempt>();
  let found: Pair[] | undefined;
  for (const after of view.attempts) {
    const { environment } = after.started;
    if (environment === undefined) continue;
    const before = last.get(environment);
    if (before !== undefined && before.function === after.function) {
      found ??= [];
      found.push({ before, after });
      // Of two that overlap, the one that lasts longer is what the next has to wait for.
      if (earliestEnd(before) > earliestEnd(after)) continue;
    }
    last.set(environment, after);
  }
  return found ?? NONE;
});

export const env01 = defineRule({
  id: 'CONC-ENV-01',
  level: 'SHOULD',
  invariant: 'An execution environment handles one attempt at a time.',
  sources: [guide('lambda-concurrency'), guide('gettingstarted-limits')],
  needs: ['environments'],
  note: 'Except on Lambda Managed Instances, which no scenario asks for.',
  subjects: pairs,
  check: ({ before, after }, _view, tolerances) => {
    const endedAt = earliestEnd(before);
    if (after.startedAt + tolerances.clockSkewSeconds >= endedAt) return;
    return {
      expected: `environment ${after.started.environment} to start nothing before ${endedAt} s`,
      observed: `an attempt at ${after.startedAt} s`,
      entries: [after.started, before.started],
    };
  },
});
