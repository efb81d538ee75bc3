/** Deciding all rules on histories, and counting what came of it. */
import { type Capability, isMet } from './capabilities.ts';
import type { History } from './history.ts';
import { MeasureCount } from './measuring.ts';
import { type Breach, type Judge, needsOf, type Rule } from './rule.ts';
import type { RunChunk } from './runFile.ts';
import type { Target } from './target.ts';
import type { Tolerances } from './tolerances.ts';
import { emptyTally, lesser, type Tally } from './verdict.ts';
import type { View } from './view.ts';
import { viewOf } from './viewOf.ts';

/** The rules that can be decided on a target, by what it can do and what is its own doing. */
export const decidable = (
  rules: readonly Rule[],
  { capabilities, notJudged = {} }: Pick<Target, 'capabilities' | 'notJudged'>,
): Rule[] =>
  rules.filter(
    (rule) => !Object.hasOwn(notJudged, rule.id) && needsOf(rule).every((need) => isMet(need, capabilities)),
  );

/** The first breach of one rule in a history; undefined where there is none. */
export function breachOf(rule: Rule, history: History, tolerances: Tolerances): Breach | undefined {
  return breachIn(rule, viewOf(history, tolerances));
}

/** The first breach of one rule in a history that is indexed already. */
export function breachIn(rule: Rule, view: View): Breach | undefined {
  const collector = new FirstBreach();
  rule.decide(view, collector);
  return collector.breach;
}

class FirstBreach implements Judge {
  breach: Breach | undefined;
  kept(): void {}
  unknown(): void {}
  observed(): void {}
  broken(breach: Breach): void {
    this.breach ??= breach;
  }
}

/** Rules that speak of the same subjects, with their positions among all. */
interface RuleGroup {
  readonly subjects: Rule['subjects'];
  readonly rules: Rule[];
  readonly positions: number[];
}

function groupsOf(rules: readonly Rule[]): readonly RuleGroup[] {
  const groups = new Map<Rule['subjects'], RuleGroup>();
  rules.forEach((rule, position) => {
    let group = groups.get(rule.subjects);
    if (group === undefined) {
      group = { subjects: rule.subjects, rules: [], positions: [] };
      groups.set(rule.subjects, group);
    }
    group.rules.push(rule);
    group.positions.push(position);
  });
  return [...groups.values()];
}

/** Counts for a run of scenarios, filled history by history, written as one chunk of the run file. */
export class ChunkCount implements Judge {
  private readonly rules: readonly Rule[];
  private readonly groups: readonly RuleGroup[];
  private readonly kepts: Int32Array;
  private readonly tallies: (Tally | undefined)[];
  private readonly firstBroken: Record<string, number> = {};
  private readonly reasons: Record<string, string> = {};
  private readonly declined: Partial<Record<Capability, string>> = {};
  private readonly errors: { scenario: number; message: string }[] = [];
  private readonly measures = new MeasureCount();
  private scenarios = 0;
  private events = 0;
  private attempts = 0;
  private observations = 0;
  /** What is being decided at the moment. */
  private position = 0;
  private scenario = 0;

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.groups = groupsOf(rules);
    this.kepts = new Int32Array(rules.length);
    this.tallies = new Array<Tally | undefined>(rules.length).fill(undefined);
  }

  /** Decides all rules on the history of scenario number `scenario`. */
  take(scenario: number, history: History, tolerances: Tolerances): void {
    const view = viewOf(history, tolerances);
    this.scenario = scenario;
    this.scenarios++;
    this.events += view.calls.length + view.records.size;
    this.attempts += view.attempts.length;
    this.observations += history.entries.length;
    this.measures.take(view);
    for (const { capability, error } of view.declined)
      if (capability !== undefined) this.declined[capability] = lesser(this.declined[capability], error);
    for (let i = 0; i < this.groups.length; i++) {
      const group = this.groups[i];
      if (group !== undefined) this.decide(group, view);
    }
  }

  /** Most rules have nothing to speak of in most histories: that is asked once for all of a group. */
  private decide(group: RuleGroup, view: View): void {
    let selected: readonly unknown[] | undefined;
    for (let k = 0; k < group.rules.length; k++) {
      this.position = group.positions[k] ?? 0;
      try {
        selected ??= group.subjects(view);
        if (selected.length === 0) return;
        group.rules[k]?.decide(view, this, selected);
      } catch (error) {
        // A rule that fails is our defect, and must not take the other rules with it.
        const message = error instanceof Error ? error.message : String(error);
        this.failed(this.scenario, `rule ${group.rules[k]?.id} failed: ${message}`);
      }
    }
  }

  /** The harness or the target failed on a scenario. */
  failed(scenario: number, message: string): void {
    this.errors.push({ scenario, message });
  }

  kept(): void {
    this.kepts[this.position] = (this.kepts[this.position] ?? 0) + 1;
  }

  broken(): void {
    const tally = this.tally();
    tally.subjects++;
    tally.broken++;
    const id = this.rules[this.position]?.id;
    if (id !== undefined) this.firstBroken[id] ??= this.scenario;
  }

  unknown(reason: string): void {
    this.tally().unknown++;
    const id = this.rules[this.position]?.id;
    if (id !== undefined) this.reasons[id] = lesser(this.reasons[id], reason);
  }

  observed(label: string): void {
    const tally = this.tally();
    tally.subjects++;
    tally.observed[label] = (tally.observed[label] ?? 0) + 1;
  }

  private tally(): Tally {
    let tally = this.tallies[this.position];
    if (tally === undefined) {
      tally = emptyTally();
      this.tallies[this.position] = tally;
    }
    return tally;
  }

  /** The chunk for the scenarios from number `from` up to, not including, `to`. */
  chunk(from: number, to: number): RunChunk {
    const measures = this.measures.measured();
    const rules: Record<string, Tally> = {};
    for (let i = 0; i < this.rules.length; i++) {
      const kept = this.kepts[i] ?? 0;
      const tally = this.tallies[i];
      const id = this.rules[i]?.id;
      if (id === undefined || (kept === 0 && tally === undefined)) continue;
      const sum = tally ?? emptyTally();
      rules[id] = { ...sum, subjects: sum.subjects + kept };
    }
    return {
      line: 'chunk',
      from,
      to,
      rules,
      firstBroken: this.firstBroken,
      unknown: this.reasons,
      declined: this.declined,
      errors: this.errors,
      scenarios: this.scenarios,
      events: this.events,
      attempts: this.attempts,
      observations: this.observations,
      ...(measures === undefined ? {} : { measures }),
    };
  }
}
