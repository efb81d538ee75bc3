import type { Capability } from '../../engine/capabilities.ts';
import type { Scenario } from '../../engine/scenario.ts';

/** What the scenario asks for that no target can be asked for through this driver. */
export function beyondDriver(scenario: Scenario): { capability: Capability; error: string } | undefined {
  if (scenario.account !== undefined) {
    return { capability: 'accountLimit', error: 'the AWS API has no operation that sets an account limit' };
  }
  for (const spec of scenario.functions) {
    if (spec.initSeconds !== undefined) {
      return { capability: 'slowInit', error: 'the probe has no initialisation of a given length' };
    }
    if (spec.recursiveLoop !== undefined) {
      return { capability: 'recursion', error: 'the probe does not invoke functions' };
    }
  }
  if (scenario.mappings !== undefined) {
    return { capability: 'sqs', error: 'this driver makes no event source mappings' };
  }
  for (const step of scenario.steps) {
    if (step.do !== 'invoke') continue;
    if (step.plan.some((behaviour) => typeof behaviour === 'object' && behaviour.chainTo !== undefined)) {
      return { capability: 'recursion', error: 'the probe does not invoke functions' };
    }
  }
  return undefined;
}
