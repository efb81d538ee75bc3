import type { Capability } from './capabilities.ts';
import type { History } from './history.ts';
import type { Scenario } from './scenario.ts';
import type { Tolerances } from './tolerances.ts';

/** A scenario with its number in the campaign, from which a target may draw what AWS leaves open. */
export interface NumberedScenario {
  readonly scenario: Scenario;
  /** Seed for all that a simulated target leaves to chance; a real target ignores it. */
  readonly seed: number;
}

/**
 * Something that runs scenarios: the reference model, an emulator, AWS. It records and never judges.
 */
export interface Target {
  readonly name: string;
  /** Version of what was measured, for reports; the empty string where it cannot be told. */
  readonly version: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly tolerances: Tolerances;
  /**
   * Ids of rules that say nothing of this target, each with the reason: what they look at is not its own doing, but
   * that of what the suite has put in the place of a part of it. They are UNSUPPORTED there.
   */
  readonly notJudged?: Readonly<Record<string, string>>;
  /** Whether seconds pass while it runs; a simulated clock repeats exactly, a real one is asked k times. */
  readonly isRealTime: boolean;
  /** How many scenarios it bears side by side. */
  readonly jobs: number;
  /**
   * Runs one scenario to the end of its observation.
   * @throws ScenarioError where this scenario cannot be run there.
   * @throws TargetError where the target died or cannot be reached: never a verdict.
   */
  run(scenario: NumberedScenario, signal: AbortSignal): Promise<History> | History;
  /** Removes what it made and releases what it holds. */
  close(): Promise<void>;
}

/** This scenario could not be run, and told for itself; others can: a sentence for the user. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/** The harness or the target failed: a sentence for the user, with what to do. Exit code 3. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/** The target has ended, or answers no more: whatever ran on it has no result, and nothing more can run there. */
export class TargetGone extends TargetError {}
