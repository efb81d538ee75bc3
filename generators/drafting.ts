/** From a scenario back to drafts, so that a scenario that was saved, or written by hand, shrinks as a drawn one. */
import type {
  Behaviour,
  EventInvokeSpec,
  FunctionSpec,
  InvokeStep,
  RequestStep,
  Scenario,
} from '../engine/scenario.ts';
import { refsIn, templateOf } from './assembledRequest.ts';
import type { ScenarioDraft, StepDraft } from './assembly.ts';
import { CHAIN_TO_OTHER, CHAIN_TO_SELF } from './behaviour.ts';
import { type EventInvokeDraft, NEXT_FUNCTION, NO_EVENT_INVOKE } from './eventInvoke.ts';
import type { FunctionDraft } from './function.ts';
import { type Extra, type InvokeDraft, type Mode, NOBODY_INDEX } from './invokeStep.ts';
import { isCounted } from './names.ts';
import { COUNTED_PAYLOAD, NO_PAYLOAD_AT_ALL, type PayloadDraft } from './payload.ts';
import { Resources } from './resources.ts';

/**
 * The draft of which `assemble` makes this scenario, up to names. Whether each of its parts can be drawn is for the
 * arbitraries to say.
 */
export function draftOf(scenario: Scenario): ScenarioDraft {
  const names = scenario.functions.map(({ name }) => name);
  const resources = usedIn(scenario);
  const steps = scenario.steps.flatMap((step): StepDraft[] => {
    if (step.do === 'invoke') return [invokeDraft(step, names)];
    if (step.do === 'remove') return [['remove', step.atSeconds, resources.indexOf(step.resource)]];
    return step.do === 'request' ? [requestDraft(step, names)] : [];
  });
  return [
    steps,
    scenario.functions.map((spec, index) => functionDraft(spec, names[index + 1])),
    scenario.account,
  ];
}

/** The resources in the order in which `assemble` meets them. */
function usedIn(scenario: Scenario): Resources {
  const resources = new Resources();
  for (const { deadLetter, eventInvoke = [] } of scenario.functions) {
    resources.use(deadLetter);
    for (const { onSuccess, onFailure } of eventInvoke) {
      resources.use(onSuccess);
      resources.use(onFailure);
    }
  }
  for (const step of scenario.steps) {
    if (step.do === 'request') for (const ref of refsIn(step.input)) resources.use(ref);
  }
  return resources;
}

function functionDraft(spec: FunctionSpec, next: string | undefined): FunctionDraft {
  const { versions, aliases, eventInvoke = [] } = spec;
  const own = eventInvoke.find(({ qualifier }) => qualifier === '$LATEST');
  const qualified = eventInvoke.find(({ qualifier }) => qualifier !== '$LATEST');
  return [
    spec.timeoutSeconds,
    { ...(versions === undefined ? {} : { versions }), ...(aliases === undefined ? {} : { aliases }) },
    configDraft(own, next),
    qualified?.qualifier,
    configDraft(qualified, next),
    spec.deadLetter,
    spec.reservedConcurrency,
    spec.provisioned?.[0],
    spec.recursiveLoop,
    spec.initSeconds,
    spec.fresh,
  ];
}

function configDraft(config: EventInvokeSpec | undefined, next: string | undefined): EventInvokeDraft {
  if (config === undefined) return NO_EVENT_INVOKE;
  const target = (ref: string | undefined) =>
    next !== undefined && ref === `function:${next}` ? NEXT_FUNCTION : ref;
  return [
    config.maximumRetryAttempts,
    config.maximumEventAgeSeconds,
    target(config.onSuccess),
    target(config.onFailure),
  ];
}

function invokeDraft(step: InvokeStep, names: readonly string[]): InvokeDraft {
  const { atSeconds, do: _, function: name, qualifier, type, stream, event, payload, plan, ...extra } = step;
  const mode: Mode = { ...(type === undefined ? {} : { type }), ...(stream === undefined ? {} : { stream }) };
  return [
    'invoke',
    atSeconds,
    names.indexOf(name) === -1 ? NOBODY_INDEX : names.indexOf(name),
    qualifier,
    mode,
    payloadDraft(step),
    plan.map((behaviour) => linkDraft(behaviour, name)),
    Object.keys(extra).length === 0 ? undefined : (extra satisfies Extra),
  ];
}

function payloadDraft({ payload, body }: InvokeStep): PayloadDraft {
  if (body !== undefined) return COUNTED_PAYLOAD;
  if (payload === undefined) return NO_PAYLOAD_AT_ALL;
  return isCounted(payload) ? COUNTED_PAYLOAD : { json: payload };
}

function linkDraft(behaviour: Behaviour, self: string): Behaviour {
  if (typeof behaviour === 'string' || behaviour.chainTo === undefined) return behaviour;
  return { ...behaviour, chainTo: behaviour.chainTo === self ? CHAIN_TO_SELF : CHAIN_TO_OTHER };
}

function requestDraft(step: RequestStep, names: readonly string[]): StepDraft {
  const name = step.input['FunctionName'];
  const index = typeof name === 'string' ? names.indexOf(name) : -1;
  return ['request', step.atSeconds, Math.max(0, index), templateOf(step, names[index] ?? '')];
}
