/** AWS, invocation-recursion.html: loops between functions are detected, and cut. */
import { settled } from '../../engine/configuration.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { refusal, startedAnyway } from './rejections.ts';

/** AWS, invocation-recursion.html: "approximately 16 times in the same chain of requests". */
const ABOUT = 16;
/** How often a function has certainly been invoked too often in one chain. */
const SURELY_TOO_OFTEN = 2 * ABOUT;

/** A synchronous call by a handler, and how often its function had been invoked in the chain before it. */
interface Link {
  readonly call: Call;
  readonly before: number;
  /** The length of the chain before it, as far as it was seen. */
  readonly length: number;
}

const NONE: readonly Link[] = [];

const links = once((view: View): readonly Link[] => {
  if (view.chained.length === 0) return NONE;
  const callOf = new Map<string, Call>();
  for (const call of view.calls) callOf.set(call.event, call);
  for (const call of view.chained) callOf.set(call.event, call);
  const eventOf = new Map<string, string | undefined>();
  for (const attempt of view.attempts) eventOf.set(attempt.id, attempt.started.event);
  const found: Link[] = [];
  for (const call of view.chained) {
    if (call.type !== 'RequestResponse') continue;
    const link = linkOf(call, callOf, eventOf);
    if (call.rejected !== undefined || link.before >= SURELY_TOO_OFTEN) found.push(link);
  }
  return found;
});

/** Walks up the chain, at most as far as it has to. */
function linkOf(
  call: Call,
  callOf: ReadonlyMap<string, Call>,
  eventOf: ReadonlyMap<string, string | undefined>,
): Link {
  let before = 0;
  let length = 0;
  let link: Call = call;
  while (before < SURELY_TOO_OFTEN && length < 8 * SURELY_TOO_OFTEN) {
    const from: string | undefined = link.requested.chainedFrom;
    const event: string | undefined = from === undefined ? undefined : eventOf.get(from);
    const above: Call | undefined = event === undefined ? undefined : callOf.get(event);
    if (above === undefined || above === link) break;
    link = above;
    length++;
    if (link.function === call.function) before++;
  }
  return { call, before, length };
}

const RECURSIVE = 'RecursiveInvocationException';

export const recur01 = defineRule({
  id: 'SYNC-RECUR-01',
  level: 'SHOULD',
  invariant:
    'With loop detection, a synchronous call that goes on with a loop is refused with RecursiveInvocationException (400).',
  sources: [api('Invoke'), guide('invocation-recursion')],
  needs: ['recursion'],
  note: 'The page says "approximately 16 times": judged are cuts before the 8th call and loops beyond the 32nd.',
  subjects: links,
  check: ({ call, length }, view, { schedulingSlackSeconds }) => {
    const owner = call.function;
    if (owner === undefined) return { unknown: 'no such function' };
    const { at } = call.requested;
    const loop = settled(owner.recursiveLoop, at - schedulingSlackSeconds, at + schedulingSlackSeconds);
    if (loop === undefined) return { unknown: 'loop detection was being changed' };
    if (call.rejected?.error === RECURSIVE) {
      if (loop === 'Terminate' && length >= ABOUT / 2) return refusal(call, view, 400, RECURSIVE);
      const why =
        loop === 'Allow' ? `loops of ${owner.name} are allowed` : `only ${length} calls in the chain before`;
      return {
        expected: `${call.event} not refused: ${why}`,
        observed: RECURSIVE,
        entries: [call.rejected],
      };
    }
    if (loop === 'Allow') return { unknown: 'loops of the function are allowed' };
    if (call.rejected !== undefined) {
      return startedAnyway(call, view) ?? { unknown: `refused: ${call.rejected.error}` };
    }
    return refusal(call, view, 400, RECURSIVE);
  },
});
