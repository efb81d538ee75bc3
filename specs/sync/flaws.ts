/** What is wrong with a call as its caller made it: each flaw has its documented refusal. */
import { isFiller, type Json, parsedJson } from '../../engine/json.ts';
import { type FunctionSpec, NOBODY } from '../../engine/scenario.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Call, View } from '../../engine/view.ts';
import { once } from '../memo.ts';

/** `caller`: one that may not invoke functions. `several` flaws at once: AWS does not say which one is told. `unclear`: AWS does not say whether it is one. */
export type Flaw = 'none' | 'missing' | 'body' | 'contentType' | 'size' | 'caller' | 'several' | 'unclear';

/** What is wrong with `call`, whatever its type. */
export function flawOf(call: Call, tolerances: Tolerances): Flaw {
  const { step } = call;
  let flaw: Flaw = targetFlaw(call);
  if (step.asStranger === true) flaw = and(flaw, 'caller');
  if (step.body !== undefined) flaw = and(flaw, bodyFlaw(step.body));
  if (step.contentType !== undefined) flaw = and(flaw, contentTypeFlaw(step.contentType));
  if (isFiller(step.payload)) flaw = and(flaw, sizeFlaw(step.payload.$filler, call, tolerances));
  return flaw;
}

function and(one: Flaw, other: Flaw): Flaw {
  if (one === 'none' || one === other) return other;
  if (other === 'none') return one;
  return one === 'unclear' || other === 'unclear' ? 'unclear' : 'several';
}

function targetFlaw(call: Call): Flaw {
  if (call.function === undefined) return call.step.function === NOBODY ? 'missing' : 'unclear';
  return call.qualifier === undefined ? 'none' : qualifierFlaw(call.qualifier, call.function.spec);
}

// AWS, API_Invoke.html: the pattern of Qualifier. What does not match it is invalid rather than missing.
const QUALIFIER = /^[a-zA-Z0-9$_-]{1,128}$/;
const NUMBER = /^[1-9][0-9]*$/;

function qualifierFlaw(qualifier: string, spec: FunctionSpec): Flaw {
  if (qualifier === '$LATEST') return 'none';
  if (spec.aliases !== undefined) for (const { name } of spec.aliases) if (name === qualifier) return 'none';
  if (NUMBER.test(qualifier)) return Number(qualifier) <= (spec.versions ?? 0) ? 'none' : 'missing';
  return QUALIFIER.test(qualifier) && !qualifier.startsWith('$') ? 'missing' : 'unclear';
}

function bodyFlaw(body: string): Flaw {
  // A call without a body is a good one: nothing but blanks may be taken for that.
  if (body.trim() === '') return 'unclear';
  return parsedJson(body) === undefined ? 'body' : 'none';
}

function contentTypeFlaw(contentType: string): Flaw {
  const type = contentType.toLowerCase();
  if (type.startsWith('application/json')) return 'none';
  return type.includes('json') || type.trim() === '' ? 'unclear' : 'contentType';
}

function sizeFlaw(bytes: number, call: Call, tolerances: Tolerances): Flaw {
  const limit = call.type === 'Event' ? tolerances.asyncPayloadBytes : tolerances.syncPayloadBytes;
  if (bytes > limit + tolerances.payloadMarginBytes) return 'size';
  return bytes <= limit - tolerances.payloadMarginBytes ? 'none' : 'unclear';
}

/** A handler's result: does it certainly fit into a response, certainly not, or is it too near to the limit? */
export function fits(
  result: Json,
  bytesOf: (value: Json) => number,
  tolerances: Tolerances,
): boolean | undefined {
  const bytes = bytesOf(result);
  if (bytes <= tolerances.syncPayloadBytes - tolerances.payloadMarginBytes) return true;
  return bytes > tolerances.syncPayloadBytes + tolerances.payloadMarginBytes ? false : undefined;
}

/** Calls with exactly one flaw, by flaw. */
export interface FlawedCalls {
  readonly missing: readonly Call[];
  readonly body: readonly Call[];
  readonly contentType: readonly Call[];
  readonly size: readonly Call[];
}

/** Nearly all calls: nothing about them that could be a flaw. */
function isPlain({ function: owner, qualifier, step: { body, contentType, payload } }: Call): boolean {
  if (owner === undefined || qualifier !== undefined || body !== undefined || contentType !== undefined)
    return false;
  return typeof payload !== 'object' || !isFiller(payload);
}

const NO_FLAWS: FlawedCalls = { missing: [], body: [], contentType: [], size: [] };

/**
 * The flawed calls of a view. A missing function is missing for all kinds of calls; the other flaws are judged on
 * RequestResponse calls, for that is what the pages speak of.
 */
export const flawedCalls = once((view: View): FlawedCalls => {
  let found: { [F in keyof FlawedCalls]: Call[] } | undefined;
  for (const call of view.calls) {
    if (isPlain(call) || call.type === 'DryRun') continue;
    const flaw = flawOf(call, view.tolerances);
    if (flaw === 'none' || flaw === 'caller' || flaw === 'several' || flaw === 'unclear') continue;
    if (flaw !== 'missing' && (call.type === 'Event' || call.step.stream === true)) continue;
    found ??= { missing: [], body: [], contentType: [], size: [] };
    found[flaw].push(call);
  }
  return found ?? NO_FLAWS;
});
