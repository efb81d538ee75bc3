/** AWS, functions-states.html: a function is Pending until it can be invoked. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { flawOf } from './flaws.ts';
import { refusal } from './rejections.ts';
import { resolvedAt } from './subjects.ts';

const CONFLICT = 'ResourceConflictException';
const NONE: readonly Call[] = [];

/** Calls that were over while their function was still Pending, for it was seen to be so afterwards. */
const whilePending = once((view: View): readonly Call[] => {
  let found: Call[] | undefined;
  for (const owner of view.functions.values()) {
    let pendingUntil = Number.NEGATIVE_INFINITY;
    for (const { at, state } of owner.states) {
      // Only the first stretch counts: from Active a function may go back to Pending when it is woken up.
      if (state !== 'Pending') break;
      pendingUntil = at;
    }
    if (pendingUntil === Number.NEGATIVE_INFINITY) continue;
    for (const call of view.sync) {
      if (call.function !== owner) continue;
      const isRefused = call.rejected?.error === CONFLICT;
      // What GetFunction tells was so a little before its answer came.
      if (!isRefused && resolvedAt(call) > pendingUntil - view.tolerances.schedulingSlackSeconds) continue;
      found ??= [];
      found.push(call);
    }
  }
  return found ?? NONE;
});

export const state01 = defineRule({
  id: 'SYNC-STATE-01',
  level: 'SHOULD',
  invariant:
    'A call while its function is Pending is refused with ResourceConflictException (409), without an attempt.',
  sources: [guide('troubleshooting-invocation'), api('Invoke')],
  needs: ['pending'],
  subjects: whilePending,
  check: (call, view, tolerances) => {
    if (flawOf(call, tolerances) !== 'none') return { unknown: 'the call is refused for another reason' };
    return refusal(call, view, 409, CONFLICT);
  },
});
