/** From drafts to a scenario: names, numbers and what is used get declared; what contradicts itself is left out. */
import { SCENARIO_VERSION, type Scenario, type Step } from '../engine/scenario.ts';
import type { AccountDraft } from './account.ts';
import { functionSpec, unreservable } from './assembledFunction.ts';
import { CallAssembly } from './assembledInvoke.ts';
import { requestStep } from './assembledRequest.ts';
import type { FunctionDraft } from './function.ts';
import type { InvokeDraft } from './invokeStep.ts';
import type { RemoveDraft } from './removeStep.ts';
import type { RequestDraft } from './requestStep.ts';
import { Resources } from './resources.ts';

export type StepDraft = InvokeDraft | RequestDraft | RemoveDraft;

export type ScenarioDraft = readonly [
  steps: readonly StepDraft[],
  functions: readonly FunctionDraft[],
  account: AccountDraft | undefined,
];

/** The scenario of a draft. Its inverse is `draftOf`: drafting a drawn scenario and assembling it changes nothing. */
export function assemble([stepDrafts, functionDrafts, account]: ScenarioDraft): Scenario {
  const resources = new Resources();
  const functions: Scenario['functions'] = [];
  for (let i = 0; i < functionDrafts.length; i++) {
    const draft = functionDrafts[i];
    if (draft !== undefined) functions.push(functionSpec(draft, i, functionDrafts.length, resources));
  }
  const scenario: Scenario = { scenario: SCENARIO_VERSION, functions, steps: [] };
  if (account !== undefined) {
    // AWS, configuration-concurrency.html: reserving must leave some unreserved, or the set-up is refused.
    const { concurrency, unreservedMinimum } = account;
    const least = unreservable(functions) + Math.max(1, unreservedMinimum);
    scenario.account = { concurrency: Math.max(concurrency, least), unreservedMinimum };
  }
  const ordered = inOrder(stepDrafts);
  const calls = new CallAssembly(functions);
  const steps: (Step | RemoveDraft)[] = [];
  for (const draft of ordered) {
    if (draft[0] === 'invoke') steps.push(calls.step(draft));
    else if (draft[0] === 'request') steps.push(requestStep(draft, functions, resources));
    else steps.push(draft);
  }
  for (const step of steps) {
    // Only now is it known what there is to remove.
    const complete = 'do' in step ? step : removal(step, resources);
    if (complete !== undefined) scenario.steps.push(complete);
  }
  resources.declareIn(scenario);
  return scenario;
}

function removal([, atSeconds, index]: RemoveDraft, resources: Resources): Step | undefined {
  const resource = resources.at(index);
  return resource === undefined ? undefined : { atSeconds, do: 'remove', resource };
}

/** By time; steps of the same time stay in order. An insertion sort: there are a dozen at most. */
function inOrder(steps: readonly StepDraft[]): readonly StepDraft[] {
  const ordered = steps.slice();
  for (let i = 1; i < ordered.length; i++) {
    const step = ordered[i];
    if (step === undefined) continue;
    let k = i;
    for (; k > 0; k--) {
      const before = ordered[k - 1];
      if (before === undefined || before[1] <= step[1]) break;
      ordered[k] = before;
    }
    ordered[k] = step;
  }
  return ordered;
}
