/** AWS, gettingstarted-limits.html#function-configuration-deployment-and-execution: the payloads of Invoke. */
import { isFiller } from '../../engine/json.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Call, View } from '../../engine/view.ts';
import { isBesideThePoint } from './answers.ts';

const NONE: readonly Call[] = [];

/** Calls that were answered and whose request or response has a size that tells something. */
const sized = (view: View): readonly Call[] => {
  let found: Call[] | undefined;
  for (const call of view.calls) {
    if (call.answered === undefined && call.rejected === undefined) continue;
    // Only fillers reach the limits: no other payload is measured here.
    if (!isFiller(call.step.payload) && !isOversizeAnswer(call)) continue;
    if (isOversizeAnswer(call) || sizeOf(call, view.tolerances) !== 'near') {
      found ??= [];
      found.push(call);
    }
  }
  return found ?? NONE;
};

/** Answers to a handler that returned more than a response may hold; streams have a limit of their own. */
const isOversizeAnswer = (call: Call): boolean =>
  call.answered !== undefined &&
  call.type === 'RequestResponse' &&
  call.step.stream !== true &&
  call.attempts[0]?.outcome === 'oversize';

function sizeOf(call: Call, tolerances: Tolerances): 'fits' | 'near' | 'tooLarge' {
  const { payload } = call.step;
  // Whether the payload of a dry run counts is not said.
  if (!isFiller(payload) || call.type === 'DryRun') return 'near';
  const most = call.type === 'Event' ? tolerances.asyncPayloadBytes : tolerances.syncPayloadBytes;
  if (payload.$filler <= most) return 'fits';
  return payload.$filler > most + tolerances.payloadMarginBytes ? 'tooLarge' : 'near';
}

export const inv03 = defineRule({
  id: 'LIM-INV-03',
  level: 'MUST',
  invariant:
    'A payload has up to 6 MB in a synchronous request, up to 6 MB in its response, and up to 1 MB in an event.',
  sources: [guide('gettingstarted-limits'), api('Invoke')],
  note: 'The limit of 1 MB on headers and request line is not judged: no call of the SDK reaches it.',
  subjects: sized,
  check: (call, _view, tolerances) => {
    const size = sizeOf(call, tolerances);
    if (size === 'tooLarge') return tooLarge(call);
    if (size === 'fits' && call.rejected !== undefined) return refusedThough(call);
    if (!isOversizeAnswer(call) || call.answered?.functionError !== undefined) return;
    const entries = call.answered === undefined ? [] : [call.answered];
    return { expected: 'a response above 6 MB told as FunctionError', observed: 'no FunctionError', entries };
  },
});

function tooLarge({ step, type, answered, rejected }: Call): Finding {
  const bytes = isFiller(step.payload) ? step.payload.$filler : 0;
  const expected = `refused with 413: ${type} with a payload of ${bytes} bytes`;
  if (answered !== undefined)
    return { expected, observed: `accepted with ${answered.status}`, entries: [answered] };
  if (rejected === undefined || rejected.status === 413) return;
  // Which status it is is SYNC-REJ's affair; here any refusal of the caller's input will do.
  if (isBesideThePoint(rejected) || rejected.status === 404)
    return { unknown: `refused for another reason: ${rejected.error}` };
  if (rejected.status < 500) return;
  return { expected, observed: `${rejected.status} ${rejected.error}`, entries: [rejected] };
}

function refusedThough({ step, type, rejected }: Call): Finding {
  if (rejected === undefined) return;
  if (rejected.status !== 413) return { unknown: `refused for another reason: ${rejected.error}` };
  const bytes = isFiller(step.payload) ? step.payload.$filler : 0;
  return {
    expected: `taken: ${type} with a payload of ${bytes} bytes`,
    observed: `413 ${rejected.error}`,
    entries: [rejected],
  };
}
