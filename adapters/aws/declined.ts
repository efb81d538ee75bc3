import type { Capability } from '../../engine/capabilities.ts';
import type { History } from '../../engine/history.ts';
import type { Scenario } from '../../engine/scenario.ts';

/**
 * Nothing was run: the target, or the driver, does not offer what the scenario needs.
 * @param capability absent where one setting alone is not taken
 */
export function declinedHistory(
  scenario: Scenario,
  capability: Capability | undefined,
  error: string,
): History {
  const what = capability === undefined ? {} : { capability };
  return {
    scenario,
    entries: [
      { kind: 'declined', at: 0, ...what, error },
      { kind: 'closed', at: 0 },
    ],
  };
}
