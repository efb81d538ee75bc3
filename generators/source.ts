/** Where the scenarios of a campaign come from. */
import type { Capability } from '../engine/capabilities.ts';
import type { Scenario } from '../engine/scenario.ts';
import type { Drawn, ScenarioSource } from '../engine/source.ts';
import { type Arbitrary, biasOf, randomOf } from './fc.ts';
import { ALL_FEATURES, featuresFor } from './features.ts';
import { scenarioArbitrary } from './scenario.ts';
import { featureSets } from './swarm.ts';

export interface SourceOptions {
  /** Decides all scenarios of the campaign. */
  readonly seed: number;
  /** Nothing is drawn that needs more. */
  readonly capabilities: ReadonlySet<Capability>;
  /** Scenarios that wait for minutes are left out. */
  readonly isRealTime: boolean;
}

/** The scenarios of a campaign: number i depends on the options and i alone. */
export function scenarioSource({ seed, capabilities, isRealTime }: SourceOptions): ScenarioSource {
  const sets = featureSets(seed, featuresFor(capabilities, isRealTime));
  const arbitraries = new Map<number, Arbitrary<Scenario>>();
  return {
    seed,
    draw(index) {
      const turn = index % sets.length;
      let arbitrary = arbitraries.get(turn);
      if (arbitrary === undefined) {
        arbitrary = scenarioArbitrary(sets[turn] ?? new Set());
        arbitraries.set(turn, arbitrary);
      }
      const drawn = arbitrary.generate(randomOf(seed, index), biasOf(index));
      return drawnFrom(arbitrary, drawn.value, drawn.context);
    },
  };
}

/** A scenario from outside, saved or written by hand, which shrinks as far as it resembles what is drawn. */
export const savedScenario = (scenario: Scenario): Drawn =>
  drawnFrom(scenarioArbitrary(ALL_FEATURES), scenario, undefined);

function drawnFrom(arbitrary: Arbitrary<Scenario>, scenario: Scenario, context: unknown): Drawn {
  return {
    scenario,
    *shrinks() {
      for (const { value, context: next } of arbitrary.shrink(scenario, context))
        yield drawnFrom(arbitrary, value, next);
    },
  };
}
