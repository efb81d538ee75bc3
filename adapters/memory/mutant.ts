import type { Entry } from '../../engine/history.ts';
import type { Scenario } from '../../engine/scenario.ts';
import type { Policy } from './policy.ts';

/**
 * Changes what one run shows, entry by entry: another entry in its place, several, or none. Made anew for each
 * scenario, so that it may count. For wrong shapes and bookkeeping; what the target *does* differently is a policy.
 */
export type Tamper = (entry: Entry) => Entry | readonly Entry[] | null;

/**
 * The reference model with one thing wrong, as an emulator's author might get it. Proves that a rule can fail.
 */
export interface Mutant {
  /** What is wrong, in a few words: `one retry too many`. */
  readonly name: string;
  /** The rules that must notice (other rules may as well). */
  readonly breaks: readonly string[];
  /** Documented choices that it takes otherwise. */
  readonly policy?: Partial<Policy>;
  readonly tamper?: (scenario: Scenario) => Tamper;
}

/**
 * The reference model with an oddity that AWS's pages allow. Proves that no rule accuses the innocent.
 */
export interface Neighbour {
  readonly name: string;
  /** The page's permission, in one sentence. */
  readonly because: string;
  readonly policy?: Partial<Policy>;
  readonly tamper?: (scenario: Scenario) => Tamper;
  /** What a profile of such a target would declare. */
  readonly tolerances?: Partial<import('../../engine/tolerances.ts').Tolerances>;
}
