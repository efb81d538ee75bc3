import type { History } from '../../engine/history.ts';
import type { NumberedScenario, Target } from '../../engine/target.ts';

/** A target that stands for others of one kind, of which the first tells what they offer. */
export abstract class StandIn implements Target {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Target['capabilities'];
  readonly tolerances: Target['tolerances'];
  readonly notJudged: Readonly<Record<string, string>>;
  readonly isRealTime: boolean;
  readonly jobs: number;

  /** @param jobs how many scenarios it bears */
  constructor(first: Target, jobs: number) {
    this.name = first.name;
    this.version = first.version;
    this.capabilities = first.capabilities;
    this.tolerances = first.tolerances;
    this.notJudged = first.notJudged ?? {};
    this.isRealTime = first.isRealTime;
    this.jobs = jobs;
  }

  abstract run(scenario: NumberedScenario, signal: AbortSignal): Promise<History>;
  abstract close(): Promise<void>;
}
