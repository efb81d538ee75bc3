/** What a run file says, folded: one result a rule. Every report reads this and nothing else. */
import { alternatives, type Capability, isMet } from './capabilities.ts';
import { addMeasured, type Measured, nothingMeasured } from './measures.ts';
import { needsOf, type Rule } from './rule.ts';
import type { Counterexample, RunFooter, RunHeader, RunLine } from './runFile.ts';
import { addTally, emptyTally, lesser, type Tally, type Verdict } from './verdict.ts';

export interface RuleResult {
  readonly rule: Rule;
  readonly verdict: Verdict;
  readonly tally: Tally;
  /** For VIOLATED and WARNED: the smallest scenario that was found. */
  readonly counterexample: Counterexample | undefined;
  /** For UNSUPPORTED, UNKNOWN and ERROR: why. */
  readonly reason: string | undefined;
}

export interface RunResult {
  readonly header: RunHeader;
  /** Absent: the run was cut off. */
  readonly footer: RunFooter | undefined;
  readonly rules: readonly RuleResult[];
  readonly scenarios: number;
  readonly events: number;
  readonly attempts: number;
  readonly observations: number;
  /** Scenarios on which the harness or the target failed. */
  readonly errors: readonly { readonly scenario: number; readonly message: string }[];
  readonly declined: ReadonlyMap<Capability, string>;
  /** What it did, in numbers. */
  readonly measured: Measured;
}

/** Folds the lines of one run. Rules that the file does not know are left out. */
export function foldRun(lines: Iterable<RunLine>, rules: readonly Rule[]): RunResult | undefined {
  let header: RunHeader | undefined;
  let footer: RunFooter | undefined;
  const tallies = new Map<string, Tally>();
  const reasons = new Map<string, string>();
  const counterexamples = new Map<string, Counterexample>();
  const declined = new Map<Capability, string>();
  const errors: { scenario: number; message: string }[] = [];
  const measured = nothingMeasured();
  const sums = { scenarios: 0, events: 0, attempts: 0, observations: 0 };
  for (const line of lines) {
    switch (line.line) {
      case 'header':
        header = line;
        break;
      case 'chunk':
        sums.scenarios += line.scenarios;
        sums.events += line.events;
        sums.attempts += line.attempts;
        sums.observations += line.observations;
        errors.push(...line.errors);
        for (const [id, part] of Object.entries(line.rules)) {
          const sum = tallies.get(id) ?? emptyTally();
          addTally(sum, part);
          tallies.set(id, sum);
        }
        for (const [id, reason] of Object.entries(line.unknown))
          reasons.set(id, lesser(reasons.get(id), reason));
        for (const [name, error] of Object.entries(line.declined))
          declined.set(name as Capability, lesser(declined.get(name as Capability), error));
        if (line.measures !== undefined) addMeasured(measured, line.measures);
        break;
      case 'counterexample':
        counterexamples.set(line.rule, line);
        break;
      case 'footer':
        footer = line;
        break;
    }
  }
  if (header === undefined) return undefined;
  const decidedRules = new Set(header.rules);
  const capabilities = new Set(header.capabilities);
  const notJudged = new Map(Object.entries(header.notJudged ?? {}));
  return {
    header,
    footer,
    ...sums,
    errors,
    declined,
    measured,
    rules: rules
      .filter((rule) => decidedRules.has(rule.id))
      .map((rule) => {
        const tally = tallies.get(rule.id) ?? emptyTally();
        const counterexample = counterexamples.get(rule.id);
        const reason = notJudged.get(rule.id);
        if (reason !== undefined) return { rule, tally, counterexample, verdict: 'UNSUPPORTED', reason };
        return {
          rule,
          tally,
          counterexample,
          ...verdictOf(rule, tally, counterexample, capabilities, declined, reasons.get(rule.id)),
        };
      }),
  };
}

function verdictOf(
  rule: Rule,
  tally: Tally,
  counterexample: Counterexample | undefined,
  capabilities: ReadonlySet<Capability>,
  declined: ReadonlyMap<Capability, string>,
  unknownReason: string | undefined,
): { readonly verdict: Verdict; readonly reason: string | undefined } {
  // Broken once and never again is told apart: a verdict needs a violation that recurs.
  if (tally.broken > 0 && counterexample !== undefined && counterexample.broke === 0) {
    const { runs, expected, observed } = counterexample;
    const what = observed === '' ? '' : `: expected ${expected}, observed ${observed}`;
    return { verdict: 'UNKNOWN', reason: `broken once, and in none of ${runs} further runs${what}` };
  }
  if (tally.broken > 0) return { verdict: rule.level === 'MUST' ? 'VIOLATED' : 'WARNED', reason: undefined };
  for (const need of needsOf(rule)) {
    if (!isMet(need, capabilities))
      return {
        verdict: 'UNSUPPORTED',
        reason: `the target does not have: ${alternatives(need).join(' or ')}`,
      };
  }
  if (tally.subjects > 0) return { verdict: rule.judges ? 'KEPT' : 'OBSERVED', reason: undefined };
  if (tally.unknown > 0) return { verdict: 'UNKNOWN', reason: unknownReason };
  for (const need of needsOf(rule)) {
    const had = alternatives(need).filter((one) => capabilities.has(one));
    const [error] = had.map((one) => declined.get(one));
    if (error !== undefined && had.every((one) => declined.has(one)))
      return { verdict: 'UNSUPPORTED', reason: `declined: ${error}` };
  }
  return { verdict: 'VACUOUS', reason: undefined };
}
