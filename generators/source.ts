/** Where the scenarios of a campaign come from. */
import type { Capability } from '../engine/capabilities.ts';
import type { Scenario } from '../engine/scenario.ts';
import type { Drawn, ScenarioSource } from '../engine/source.ts';
import { type Arbitrary, biasOf, randomOf } from './fc.ts';
import { ALL_FEATURES, type Feature, featuresFor } from './features.ts';
import { scenarioArbitrary } from './scenario.ts';
import { swarmOf } from './swarm.ts';

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
  const swarm = swarmOf(seed, featuresFor(capabilities, isRealTime));
  const arbitraries = new Map<ReadonlySet<Feature>, Arbitrary<Scenario>>();
  return {
    seed,
    draw(index) {
      const features = swarm.setOf(index);
      let arbitrary = arbitraries.get(features);
      if (arbitrary === undefined) {
        arbitrary = scenarioArbitrary(features);
        arbitraries.set(features, arbitrary);
      }
      const { value } = arbitrary.generate(randomOf(seed, index), biasOf(index));
      return drawnFrom(arbitrary, value, NOTHING_TRIED);
    },
  };
}

/** A scenario from outside, saved or written by hand: it shrinks as if it had been drawn. */
export const savedScenario = (scenario: Scenario): Drawn =>
  drawnFrom(scenarioArbitrary(ALL_FEATURES), scenario, NOTHING_TRIED);

const NOTHING_TRIED: ReadonlySet<string> = new Set();

/**
 * @param tried scenarios, as JSON, that were offered and passed over on the way here: they are not offered again
 */
function drawnFrom(arbitrary: Arbitrary<Scenario>, scenario: Scenario, tried: ReadonlySet<string>): Drawn {
  return {
    scenario,
    *shrinks() {
      const passed = new Set(tried).add(JSON.stringify(scenario));
      for (const { value } of arbitrary.shrink(scenario, undefined)) {
        const text = JSON.stringify(value);
        if (passed.has(text)) continue;
        // A copy is made only where this one is taken, of what came before it: the same path for any number of jobs.
        yield new Candidate(arbitrary, value, passed, passed.size);
        passed.add(text);
      }
    },
  };
}

class Candidate implements Drawn {
  readonly scenario: Scenario;
  private readonly arbitrary: Arbitrary<Scenario>;
  private readonly passed: ReadonlySet<string>;
  private readonly passedBefore: number;

  constructor(
    arbitrary: Arbitrary<Scenario>,
    scenario: Scenario,
    passed: ReadonlySet<string>,
    passedBefore: number,
  ) {
    this.arbitrary = arbitrary;
    this.scenario = scenario;
    this.passed = passed;
    this.passedBefore = passedBefore;
  }

  shrinks(): Iterable<Drawn> {
    const tried = new Set([...this.passed].slice(0, this.passedBefore));
    return drawnFrom(this.arbitrary, this.scenario, tried).shrinks();
  }
}
