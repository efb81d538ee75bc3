/** Where the scenarios of a campaign come from. */
import { ALL_CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import { hasPolling } from '../engine/pollingIndex.ts';
import type { Scenario } from '../engine/scenario.ts';
import type { Drawn, ScenarioSource } from '../engine/source.ts';
import { type Arbitrary, biasOf, randomOf } from './fc.ts';
import { ALL_FEATURES, type Feature, featuresFor } from './features.ts';
import { type AnyFamily, arbitrariesOf, familiesFor, turnsOf } from './polling/families.ts';
import { pollingArbitrary } from './polling/scenario.ts';
import type { Family, Trait } from './polling/traits.ts';
import { scenarioArbitrary } from './scenario.ts';
import { swarmOf } from './swarm.ts';

export interface SourceOptions {
  /** Decides all scenarios of the campaign. */
  readonly seed: number;
  /** Nothing is drawn that needs more. */
  readonly capabilities: ReadonlySet<Capability>;
  /** Scenarios that wait for minutes are left out. */
  readonly isRealTime: boolean;
  /** Only these kinds of scenarios; all that the target can run where it is absent. */
  readonly families?: readonly AnyFamily[];
}

/** The scenarios of a campaign: number i depends on the options and i alone. */
export function scenarioSource(options: SourceOptions): ScenarioSource {
  const { seed, capabilities, isRealTime } = options;
  const turns = turnsOf(options.families ?? familiesFor(capabilities, isRealTime));
  const swarm = swarmOf(seed, featuresFor(capabilities, isRealTime));
  const calls = new Map<ReadonlySet<Feature>, Arbitrary<Scenario>>();
  const polling = new Map<Family, readonly Arbitrary<Scenario>[]>();
  /** Of the scenarios before this one in its round, how many are of the same family. */
  const before = turns.map((family, at) => turns.slice(0, at).filter((other) => other === family).length);
  const inRound = (family: AnyFamily) => turns.filter((other) => other === family).length;
  const perRound = new Map(turns.map((family) => [family, inRound(family)]));

  const ofCalls = (number: number): Arbitrary<Scenario> => {
    const features = swarm.setOf(number);
    let arbitrary = calls.get(features);
    if (arbitrary === undefined) {
      arbitrary = scenarioArbitrary(features, capabilities);
      calls.set(features, arbitrary);
    }
    return arbitrary;
  };
  const ofPolling = (family: Family, number: number): Arbitrary<Scenario> => {
    let arbitraries = polling.get(family);
    if (arbitraries === undefined) {
      arbitraries = arbitrariesOf(family, seed, capabilities, isRealTime);
      polling.set(family, arbitraries);
    }
    return arbitraries[number % arbitraries.length] ?? ofCalls(number);
  };
  return {
    seed,
    draw(index) {
      const turn = index % turns.length;
      const family = turns[turn] ?? 'calls';
      const number = Math.floor(index / turns.length) * (perRound.get(family) ?? 1) + (before[turn] ?? 0);
      const arbitrary = family === 'calls' ? ofCalls(number) : ofPolling(family, number);
      const { value } = arbitrary.generate(randomOf(seed, index), biasOf(index));
      return drawnFrom(arbitrary, value, NOTHING_TRIED);
    },
  };
}

/** A scenario from outside, saved or written by hand: it shrinks as if it had been drawn. */
export function savedScenario(scenario: Scenario): Drawn {
  const arbitrary = hasPolling(scenario)
    ? pollingArbitrary({
        family: 'mixed',
        traits: NO_TRAITS,
        capabilities: ALL_CAPABILITIES,
        isRealTime: false,
      })
    : scenarioArbitrary(ALL_FEATURES);
  return drawnFrom(arbitrary, scenario, NOTHING_TRIED);
}

const NO_TRAITS: ReadonlySet<Trait> = new Set();

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
