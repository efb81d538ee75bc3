/** Scenarios that use nothing but the given features. */
import { isDeepStrictEqual } from 'node:util';
import { ALL_CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import type { Scenario } from '../engine/scenario.ts';
import { accountArbitrary } from './account.ts';
import { assemble, type ScenarioDraft, type StepDraft } from './assembly.ts';
import { boldFirst } from './boldFirst.ts';
import { draftOf } from './drafting.ts';
import { withPartsDropped } from './dropping.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, hasCalls } from './features.ts';
import { functionArbitrary } from './function.ts';
import { invokeArbitrary } from './invokeStep.ts';
import { FUNCTION_NAMES } from './names.ts';
import { removeArbitrary } from './removeStep.ts';
import { requestArbitrary, requestWeight } from './requestStep.ts';

/**
 * An arbitrary of scenarios; each of them is valid (engine/scenario.ts), and so is whatever it shrinks to. It shrinks
 * whole parts first, then values.
 * @param capabilities what the target offers: the features say only what of it a scenario uses
 */
export function scenarioArbitrary(
  features: ReadonlySet<Feature>,
  capabilities: ReadonlySet<Capability> = ALL_CAPABILITIES,
): Arbitrary<Scenario> {
  const drafts: Arbitrary<ScenarioDraft> = fc.tuple(
    stepsArbitrary(features, capabilities),
    fc.array(functionArbitrary(features), {
      minLength: 1,
      maxLength: features.has('functions') ? FUNCTION_NAMES.length : 1,
    }),
    accountArbitrary(features),
  );
  return boldFirst(
    drafts.map(assemble, (scenario) => draftOf(scenario as Scenario) as ScenarioDraft),
    bolder,
  );
}

/** Parts dropped, and the rest numbered anew; a scenario with names of its own keeps them. */
function* bolder(scenario: Scenario): Generator<Scenario> {
  const renumbered = (other: Scenario) => assemble(draftOf(other));
  const isOurs = isDeepStrictEqual(renumbered(scenario), scenario);
  for (const candidate of withPartsDropped(scenario)) yield isOurs ? renumbered(candidate) : candidate;
}

function stepsArbitrary(
  features: ReadonlySet<Feature>,
  capabilities: ReadonlySet<Capability>,
): Arbitrary<StepDraft[]> {
  const step = stepArbitrary(features, capabilities);
  const few = fc.array(step, { minLength: 1, maxLength: longest(features), size: 'max' });
  const dozens = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });
  const pairs = fc.array(step, { minLength: 2, maxLength: 3, size: 'max' });
  if (features.has('patter'))
    return fc.oneof({ weight: 1, arbitrary: few }, { weight: 3, arbitrary: dozens });
  return features.has('crowds')
    ? fc.oneof({ weight: 1, arbitrary: few }, { weight: 9, arbitrary: pairs })
    : few;
}

function longest(features: ReadonlySet<Feature>): number {
  if (features.has('crowded')) return 14;
  return features.has('brief') || features.has('crowds') ? 2 : 7;
}

function stepArbitrary(
  features: ReadonlySet<Feature>,
  capabilities: ReadonlySet<Capability>,
): Arbitrary<StepDraft> {
  const arms: { arbitrary: Arbitrary<StepDraft>; weight: number }[] = [];
  if (hasCalls(features)) arms.push({ arbitrary: invokeArbitrary(features), weight: 10 });
  const requests = requestWeight(features);
  if (requests > 0) arms.push({ arbitrary: requestArbitrary(features, capabilities), weight: requests });
  if (features.has('removals')) arms.push({ arbitrary: removeArbitrary(features), weight: 2 });
  const [only, ...others] = arms;
  if (only !== undefined && others.length === 0) return only.arbitrary;
  return fc.oneof(...arms);
}
