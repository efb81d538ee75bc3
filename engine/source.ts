import type { Scenario } from './scenario.ts';

/** A drawn scenario and the smaller ones to try in its place. */
export interface Drawn {
  readonly scenario: Scenario;
  /** Smaller scenarios, the boldest first, made as they are asked for. */
  shrinks(): Iterable<Drawn>;
}

/** Where a campaign's scenarios come from: the same seed and number give the same scenario, in any order. */
export interface ScenarioSource {
  readonly seed: number;
  draw(index: number): Drawn;
}
