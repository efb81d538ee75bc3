import type { Capability } from '../../engine/capabilities.ts';
import type { History } from '../../engine/history.ts';
import type { Scenario } from '../../engine/scenario.ts';

/** Nothing was run: the target, or the driver, does not offer what the scenario needs. */
export function declinedHistory(scenario: Scenario, capability: Capability, error: string): History {
  return {
    scenario,
    entries: [
      { kind: 'declined', at: 0, capability, error },
      { kind: 'closed', at: 0 },
    ],
  };
}
