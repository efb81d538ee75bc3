/** A call's draft with its function, its event's id, and a payload that no other event has. */
import { type Json, jsonEqual } from '../engine/json.ts';
import { type Behaviour, type FunctionSpec, type InvokeStep, NOBODY } from '../engine/scenario.ts';
import { hasQualifier } from './assembledFunction.ts';
import { CHAIN_TO_SELF } from './behaviour.ts';
import {
  type Extra,
  type InvokeDraft,
  type Mode,
  NOBODY_INDEX,
  TIMES_THROUGH_WEIGHTS,
  UNKNOWN_QUALIFIERS,
} from './invokeStep.ts';
import { countedPayload, eventName, isCounted } from './names.ts';
import { isBig, NO_PAYLOAD, type PayloadDraft } from './payload.ts';

const OK_PLAN: Behaviour[] = ['ok'];
const EMPTY: Json = {};

export class CallAssembly {
  private readonly functions: readonly FunctionSpec[];
  private readonly payloads: Json[] = [];
  private events = 0;

  constructor(functions: readonly FunctionSpec[]) {
    this.functions = functions;
  }

  step([
    ,
    atSeconds,
    functionIndex,
    drawnQualifier,
    mode,
    payload,
    plan,
    drawnExtra,
  ]: InvokeDraft): InvokeStep {
    const position = functionIndex === NOBODY_INDEX ? NOBODY_INDEX : functionIndex % this.functions.length;
    const spec = this.functions[position];
    const qualifier = usableQualifier(spec, drawnQualifier);
    const isUnknown =
      spec === undefined || (qualifier !== undefined && UNKNOWN_QUALIFIERS.includes(qualifier));
    const isPlain = isUnknown || mode.type === 'DryRun';
    const isChain = !isPlain && mode.stream !== true && hasChain(plan);
    const extra =
      isPlain || drawnExtra === undefined
        ? undefined
        : usableExtra(drawnExtra, mode, payload, isChain, isWeighted(spec, qualifier));
    const isRefused = isPlain || extra?.body !== undefined || isOther(extra?.contentType);

    const step = { atSeconds, do: 'invoke', function: spec?.name ?? NOBODY } as InvokeStep;
    if (qualifier !== undefined) step.qualifier = qualifier;
    if (mode.type !== undefined) step.type = mode.type;
    if (mode.stream !== undefined) step.stream = mode.stream;
    step.event = eventName(++this.events);
    if (extra?.body === undefined) this.addPayload(step, isPlain && isBig(payload) ? undefined : payload);
    if (extra !== undefined) Object.assign(step, extra);
    if (isRefused) step.plan = OK_PLAN;
    else if (isChain) step.plan = this.chain(plan, position);
    else step.plan = usablePlan(plan, mode);
    return step;
  }

  /** Payloads of a scenario differ, for they tell attempts apart; a call without a body is seen as `{}`. */
  private addPayload(step: InvokeStep, draft: PayloadDraft | undefined): void {
    const counted = countedPayload(this.events);
    const isAbsent = draft !== undefined && 'mark' in draft && draft.mark === NO_PAYLOAD;
    const wanted = draft === undefined ? counted : 'json' in draft ? draft.json : isAbsent ? EMPTY : counted;
    const isKnown =
      wanted !== counted && (this.payloads.some((known) => jsonEqual(known, wanted)) || isCounted(wanted));
    const payload = isKnown ? counted : wanted;
    if (payload !== counted) this.payloads.push(payload);
    if (!isAbsent || isKnown) step.payload = payload;
  }

  /** The links of a chain name the function they go to. */
  private chain(plan: readonly Behaviour[], position: number): Behaviour[] {
    return plan.map((link) => {
      if (typeof link === 'string' || link.chainTo === undefined) return link;
      const next = link.chainTo === CHAIN_TO_SELF ? position : (position + 1) % this.functions.length;
      return { ...link, chainTo: this.functions[next]?.name ?? NOBODY };
    });
  }
}

const isOther = (contentType: string | undefined): boolean =>
  contentType !== undefined && contentType !== 'application/json';

/** What the function has, or what no function has; anything else is left out. */
function usableQualifier(spec: FunctionSpec | undefined, qualifier: string | undefined): string | undefined {
  if (qualifier === undefined || spec === undefined) return undefined;
  if (hasQualifier(spec, qualifier) || UNKNOWN_QUALIFIERS.includes(qualifier)) return qualifier;
  return undefined;
}

/** A call has one reason at most to be refused, and nothing that its way of calling does not have. */
function usableExtra(
  extra: Extra,
  mode: Mode,
  payload: PayloadDraft,
  isChain: boolean,
  hasWeights: boolean,
): Extra | undefined {
  const isSync = mode.stream !== true && (mode.type === undefined || mode.type === 'RequestResponse');
  if (extra.times === TIMES_THROUGH_WEIGHTS && !hasWeights) return undefined;
  if (extra.times !== undefined) return isChain || isBig(payload) ? undefined : extra;
  if (mode.stream === true) return undefined;
  if (extra.hangUpAfterSeconds !== undefined) return isSync ? extra : undefined;
  if (extra.contentType !== undefined) {
    return isBig(payload) || ('mark' in payload && payload.mark === NO_PAYLOAD) ? undefined : extra;
  }
  return extra;
}

function isWeighted(spec: FunctionSpec | undefined, qualifier: string | undefined): boolean {
  for (const { name, additional } of spec?.aliases ?? []) {
    if (name === qualifier) return additional !== undefined;
  }
  return false;
}

/** Only events have a second attempt. A handler that streams does not invoke functions. */
function usablePlan(plan: readonly Behaviour[], mode: Mode): Behaviour[] {
  const [first = 'ok'] = plan;
  if (mode.stream === true && typeof first !== 'string' && first.chainTo !== undefined) return OK_PLAN;
  if (mode.type === 'Event') return plan as Behaviour[];
  return plan.length === 1 ? (plan as Behaviour[]) : [first];
}

function hasChain(plan: readonly Behaviour[]): boolean {
  for (const behaviour of plan)
    if (typeof behaviour !== 'string' && behaviour.chainTo !== undefined) return true;
  return false;
}
