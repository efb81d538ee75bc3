/**
 * The suite tested by itself: each mutant of the reference model must be noticed by the rules it breaks, and no
 * rule may accuse a neighbour, an oddity that AWS's pages allow.
 */
import { breachIn, breachOf } from './deciding.ts';
import type { History } from './history.ts';
import type { Judge, Rule } from './rule.ts';
import type { Scenario } from './scenario.ts';
import { targetSeed } from './seeds.ts';
import type { ScenarioSource } from './source.ts';
import type { Tolerances } from './tolerances.ts';
import { viewOf } from './viewOf.ts';

/** A variant of the reference model, ready to run. */
export interface Variant {
  readonly name: string;
  readonly simulate: (scenario: Scenario, seed: number) => History;
  readonly tolerances: Tolerances;
}

export interface MutantVariant extends Variant {
  /** Ids of the rules that must notice. */
  readonly breaks: readonly string[];
}

/** What became of one mutant under one rule: the number of the scenario that showed it, or undefined. */
export interface Kill {
  readonly mutant: string;
  readonly rule: string;
  readonly scenario: number | undefined;
}

/** A rule that accused a neighbour. */
export interface FalseAlarm {
  readonly neighbour: string;
  readonly rule: string;
  readonly scenario: number;
  readonly expected: string;
  readonly observed: string;
}

/**
 * Runs each mutant on the same scenarios, until the rules it breaks have noticed or `scenarios` are used up. A rule
 * that only observes notices by a label that the reference model never shows on the same scenario.
 */
export function* killMutants(
  mutants: Iterable<MutantVariant>,
  reference: Variant,
  rules: readonly Rule[],
  source: ScenarioSource,
  scenarios: number,
): Generator<Kill> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const drawn: Scenario[] = [];
  const scenarioAt = (index: number) => {
    drawn[index] ??= source.draw(index).scenario;
    return drawn[index];
  };
  for (const mutant of mutants) {
    const open = new Set(mutant.breaks);
    for (let index = 0; index < scenarios && open.size > 0; index++) {
      const scenario = scenarioAt(index);
      const seed = targetSeed(source.seed, index);
      const history = mutant.simulate(scenario, seed);
      for (const id of open) {
        const rule = byId.get(id);
        if (rule === undefined) continue;
        const isNoticed = rule.judges
          ? breachOf(rule, history, mutant.tolerances) !== undefined
          : showsOther(
              rule,
              history,
              mutant.tolerances,
              reference.simulate(scenario, seed),
              reference.tolerances,
            );
        if (!isNoticed) continue;
        open.delete(id);
        yield { mutant: mutant.name, rule: id, scenario: index };
      }
    }
    for (const id of open) yield { mutant: mutant.name, rule: id, scenario: undefined };
  }
}

function showsOther(
  rule: Rule,
  one: History,
  oneTolerances: Tolerances,
  other: History,
  otherTolerances: Tolerances,
) {
  const known = labelsOf(rule, other, otherTolerances);
  for (const label of labelsOf(rule, one, oneTolerances)) if (!known.has(label)) return true;
  return false;
}

function labelsOf(rule: Rule, history: History, tolerances: Tolerances): Set<string> {
  const labels = new Set<string>();
  const judge: Judge = {
    kept: () => {},
    broken: () => {},
    unknown: () => {},
    observed: (label) => {
      labels.add(label);
    },
  };
  rule.decide(viewOf(history, tolerances), judge);
  return labels;
}

/** Runs every rule on each neighbour for `scenarios` scenarios and tells each accusation, once a rule. */
export function* accusations(
  neighbours: Iterable<Variant>,
  rules: readonly Rule[],
  source: ScenarioSource,
  scenarios: number,
): Generator<FalseAlarm> {
  for (const neighbour of neighbours) {
    const accused = new Set<string>();
    for (let index = 0; index < scenarios; index++) {
      const history = neighbour.simulate(source.draw(index).scenario, targetSeed(source.seed, index));
      const view = viewOf(history, neighbour.tolerances);
      for (const rule of rules) {
        if (accused.has(rule.id)) continue;
        const breach = breachIn(rule, view);
        if (breach === undefined) continue;
        accused.add(rule.id);
        const { expected, observed } = breach;
        yield { neighbour: neighbour.name, rule: rule.id, scenario: index, expected, observed };
      }
    }
  }
}
