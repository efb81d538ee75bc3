import type { Scenario } from '../../engine/scenario.ts';

/** One setting that AWS takes and a target is known to refuse. */
export interface KnownRefusal {
  /** In a few words, for whoever reads why a scenario was passed over. */
  readonly setting: string;
  /** Whether a scenario declares it: the same answer to anything else is an error. */
  readonly isIn: (scenario: Scenario) => boolean;
  /** Words of the answer: another answer to the same setting is an error. */
  readonly words: string;
}

/** What of the scenario is refused with this answer, and is known to be. */
export const knownRefusal = (
  refusals: readonly KnownRefusal[],
  scenario: Scenario,
  answer: string,
): KnownRefusal | undefined => refusals.find(({ isIn, words }) => answer.includes(words) && isIn(scenario));
