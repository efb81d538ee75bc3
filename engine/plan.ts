/**
 * The distilled plan. Drawing a scenario costs microseconds, running it on a real clock seconds: of many thousand drawn
 * scenarios a few are picked that give every rule its subjects, and show every mutant of the reference model.
 */
import { breachIn } from './deciding.ts';
import { expectedSeconds } from './expectedSeconds.ts';
import type { Judge, Rule } from './rule.ts';
import type { Scenario } from './scenario.ts';
import { targetSeed } from './seeds.ts';
import type { MutantVariant, Variant } from './selftest.ts';
import type { ScenarioSource } from './source.ts';
import type { Tolerances } from './tolerances.ts';
import { viewOf } from './viewOf.ts';

export interface PlanOptions {
  readonly source: ScenarioSource;
  /** The rules that can be decided on the target. */
  readonly rules: readonly Rule[];
  readonly reference: Variant;
  /** What the scenarios should show; of rules that are not among `rules` nothing is asked. */
  readonly mutants: readonly MutantVariant[];
  /** Of the target: how long its scenarios last. */
  readonly tolerances: Tolerances;
  /** Scenarios side by side on the target. */
  readonly jobs: number;
  /** So many scenarios are drawn. */
  readonly drawn: number;
  /** Seconds of real time that the plan may take; absent: as long as it needs. */
  readonly withinSeconds?: number;
}

/** A mutant that a rule notices. */
export interface Showing {
  readonly mutant: string;
  readonly rule: string;
}

export interface PlannedScenario {
  /** Its number in the source. */
  readonly index: number;
  readonly expectedSeconds: number;
}

export interface Plan {
  /** Of so many drawn ones. */
  readonly drawn: number;
  /** The one that adds most for its time first. */
  readonly scenarios: readonly PlannedScenario[];
  /** Rules that are decided in one of them at least, on the reference model. */
  readonly rules: readonly string[];
  /** Rules that none of the drawn scenarios decides, or none for which there is time. */
  readonly rulesLeft: readonly string[];
  readonly shown: readonly Showing[];
  /** What no drawn scenario shows for certain, or the time does not allow. */
  readonly left: readonly Showing[];
  /** Seconds from the first to the last, with as many at once as the target bears. */
  readonly expectedSeconds: number;
}

/** Beside what a scenario waits for: to be set up, and to be watched to its end. */
const OVERHEAD_SECONDS = 2;
/** So many of the shortest scenarios are tried for each mutant before those that others need. */
const FIRST_TRIED = 20;
/** Scenarios that are tried for one mutant at most, of those with a subject of its rule. */
const MOST_TRIED = 1_000;
/** What is left to chance differs from run to run: a mutant counts as shown where it shows with all of these. */
const SEEDS_TRIED = 2;

/** Picks the scenarios of a plan. The same options give the same plan. */
export function planOf(options: PlanOptions): Plan {
  return new Planner(options).plan();
}

/** A mutant under one of the rules that must notice it. */
interface Pair {
  readonly mutant: MutantVariant;
  readonly rule: Rule;
}

/** What a plan should reach: a mutant noticed, or a rule (by its id) decided. */
type Goal = Pair | string;

class Planner {
  private readonly options: PlanOptions;
  private readonly scenarios: Scenario[] = [];
  private readonly seconds: number[] = [];
  /** By rule, the drawn scenarios that it speaks of, and of these the ones in which it decides something. */
  private readonly spokenOf = new Map<string, Set<number>>();
  private readonly decidedIn = new Map<string, Set<number>>();
  /** Which rules notice a mutant in a scenario: asked for many pairs again. */
  private readonly noticed = new Map<MutantVariant, Map<number, ReadonlySet<string>>>();

  constructor(options: PlanOptions) {
    this.options = options;
  }

  plan(): Plan {
    this.survey();
    const pairs = this.pairs();
    const { shown, pool } = this.search(pairs);
    for (const index of this.deciders(pool)) pool.add(index);
    const goals: Goal[] = [...this.decidedIn.keys(), ...shown];
    const chosen = this.cover(goals, pool);
    return this.told(chosen, pairs);
  }

  /** Which rules speak of which scenario. */
  private survey(): void {
    const { source, rules, reference, tolerances, drawn } = this.options;
    const judge = new Deciding();
    for (let index = 0; index < drawn; index++) {
      const { scenario } = source.draw(index);
      this.scenarios.push(scenario);
      this.seconds.push(expectedSeconds(scenario, tolerances) + OVERHEAD_SECONDS);
      if (!this.isShortEnough(index)) continue;
      const history = reference.simulate(scenario, targetSeed(source.seed, index));
      const view = viewOf(history, reference.tolerances);
      for (const rule of rules) {
        judge.begin();
        rule.decide(view, judge);
        if (!judge.hasSubjects) continue;
        put(this.spokenOf, rule.id, index);
        if (judge.hasDecided) put(this.decidedIn, rule.id, index);
      }
    }
  }

  private isShortEnough(index: number): boolean {
    const { withinSeconds = Number.POSITIVE_INFINITY } = this.options;
    return (this.seconds[index] ?? 0) <= withinSeconds;
  }

  /** Those that the fewest scenarios speak of come first: what shows them shows many of the others. */
  private pairs(): readonly Pair[] {
    const byId = new Map(this.options.rules.map((rule) => [rule.id, rule]));
    const pairs: Pair[] = [];
    for (const mutant of this.options.mutants)
      for (const id of mutant.breaks) {
        const rule = byId.get(id);
        if (rule?.judges === true) pairs.push({ mutant, rule });
      }
    const scenariosOf = ({ rule }: Pair) => this.spokenOf.get(rule.id)?.size ?? 0;
    return pairs.sort((a, b) => scenariosOf(a) - scenariosOf(b));
  }

  /**
   * For each mutant a scenario that shows it: one of the shortest; where those do not, one that is there for another
   * mutant; and else whichever does.
   */
  private search(pairs: readonly Pair[]): { readonly shown: Pair[]; readonly pool: Set<number> } {
    const shown: Pair[] = [];
    const pool = new Set<number>();
    for (const pair of pairs) {
      const spoken = this.spokenOf.get(pair.rule.id) ?? NOWHERE;
      const shortest = this.shortestFirst(spoken);
      const isShown = (index: number) => this.shows(pair, index);
      const found =
        shortest.slice(0, FIRST_TRIED).find(isShown) ??
        [...pool].filter((index) => spoken.has(index)).find(isShown) ??
        shortest.slice(FIRST_TRIED).find(isShown);
      if (found === undefined) continue;
      pool.add(found);
      shown.push(pair);
    }
    return { shown, pool };
  }

  private shortestFirst(indexes: Iterable<number>): readonly number[] {
    const secondsOf = (index: number) => this.seconds[index] ?? 0;
    return [...indexes].sort((a, b) => secondsOf(a) - secondsOf(b) || a - b).slice(0, MOST_TRIED);
  }

  private shows({ mutant, rule }: Pair, index: number): boolean {
    let known = this.noticed.get(mutant);
    if (known === undefined) {
      known = new Map();
      this.noticed.set(mutant, known);
    }
    let rules = known.get(index);
    if (rules === undefined) {
      rules = this.noticing(mutant, index);
      known.set(index, rules);
    }
    return rules.has(rule.id);
  }

  /** The rules that notice the mutant in the scenario, whatever chance brings. */
  private noticing(mutant: MutantVariant, index: number): ReadonlySet<string> {
    const { source, rules } = this.options;
    const scenario = this.scenarios[index];
    let noticing = rules.filter(({ id, judges }) => judges && mutant.breaks.includes(id));
    for (let run = 0; run < SEEDS_TRIED && noticing.length > 0 && scenario !== undefined; run++) {
      const history = mutant.simulate(scenario, targetSeed(source.seed + run, index));
      const view = viewOf(history, mutant.tolerances);
      noticing = noticing.filter((rule) => breachIn(rule, view) !== undefined);
    }
    return new Set(noticing.map(({ id }) => id));
  }

  /** For each rule that nothing in the pool decides, the shortest scenario that does. */
  private deciders(pool: ReadonlySet<number>): number[] {
    const found: number[] = [];
    for (const decided of this.decidedIn.values()) {
      if ([...pool].some((index) => decided.has(index)) || found.some((index) => decided.has(index)))
        continue;
      const [shortest] = this.shortestFirst(decided);
      if (shortest !== undefined) found.push(shortest);
    }
    return found;
  }

  /** Greedily the scenario that reaches most of what is still open for its time, until nothing is, or time is up. */
  private cover(goals: readonly Goal[], pool: ReadonlySet<number>): number[] {
    const { withinSeconds = Number.POSITIVE_INFINITY, jobs } = this.options;
    const reached = new Map<number, Set<Goal>>();
    for (const index of pool)
      reached.set(index, new Set(goals.filter((goal) => this.isReached(goal, index))));
    const chosen: number[] = [];
    let seconds = 0;
    for (;;) {
      let best: number | undefined;
      let bestWorth = 0;
      for (const [index, goalsOf] of reached) {
        const own = this.seconds[index] ?? 0;
        if (seconds + own > withinSeconds * jobs) continue;
        const worth = goalsOf.size / own;
        if (worth > bestWorth) {
          best = index;
          bestWorth = worth;
        }
      }
      if (best === undefined) return this.needed(chosen, goals);
      chosen.push(best);
      seconds += this.seconds[best] ?? 0;
      const done = reached.get(best) ?? new Set();
      reached.delete(best);
      for (const others of reached.values()) for (const goal of done) others.delete(goal);
    }
  }

  /** Without those for which what came later made up. */
  private needed(chosen: readonly number[], goals: readonly Goal[]): number[] {
    const reachedBy = new Map(
      goals.map((goal) => [goal, chosen.filter((index) => this.isReached(goal, index))]),
    );
    const needed = new Set(chosen);
    const longestFirst = [...chosen].sort((a, b) => (this.seconds[b] ?? 0) - (this.seconds[a] ?? 0));
    for (const index of longestFirst) {
      const isAlone = (by: readonly number[]) =>
        by.includes(index) && !by.some((other) => other !== index && needed.has(other));
      if (![...reachedBy.values()].some(isAlone)) needed.delete(index);
    }
    return chosen.filter((index) => needed.has(index));
  }

  private isReached(goal: Goal, index: number): boolean {
    if (typeof goal === 'string') return this.decidedIn.get(goal)?.has(index) === true;
    // A rule that does not speak of a scenario on the reference rarely does so on a mutant: it is not asked.
    return this.spokenOf.get(goal.rule.id)?.has(index) === true && this.shows(goal, index);
  }

  private told(chosen: readonly number[], pairs: readonly Pair[]): Plan {
    const isReached = (goal: Goal) => chosen.some((index) => this.isReached(goal, index));
    const tell = ({ mutant, rule }: Pair): Showing => ({ mutant: mutant.name, rule: rule.id });
    const shown = pairs.filter(isReached);
    const isShown = new Set(shown);
    const ids = this.options.rules.map(({ id }) => id);
    const rules = ids.filter(isReached);
    const isDecided = new Set(rules);
    return {
      drawn: this.options.drawn,
      scenarios: chosen.map((index) => ({ index, expectedSeconds: this.seconds[index] ?? 0 })),
      rules,
      rulesLeft: ids.filter((id) => !isDecided.has(id)),
      shown: shown.map(tell),
      left: pairs.filter((pair) => !isShown.has(pair)).map(tell),
      expectedSeconds: wallSeconds(
        chosen.map((index) => this.seconds[index] ?? 0),
        this.options.jobs,
      ),
    };
  }
}

const NOWHERE: ReadonlySet<number> = new Set();

function put(sets: Map<string, Set<number>>, key: string, value: number): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

/** Seconds from the first to the last where so many run at once, and the longest begin first. */
export function wallSeconds(seconds: readonly number[], jobs: number): number {
  const freeAt = new Array<number>(Math.max(1, jobs)).fill(0);
  for (const own of [...seconds].sort((a, b) => b - a)) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    freeAt[first] = (freeAt[first] ?? 0) + own;
  }
  return Math.max(...freeAt);
}

/** Whether a rule speaks of a history, and whether it decides something there. */
class Deciding implements Judge {
  hasSubjects = false;
  hasDecided = false;

  begin(): void {
    this.hasSubjects = false;
    this.hasDecided = false;
  }

  kept(): void {
    this.hasSubjects = true;
    this.hasDecided = true;
  }

  broken(): void {
    this.kept();
  }

  observed(): void {
    this.kept();
  }

  unknown(): void {
    this.hasSubjects = true;
  }
}
