/** A run's result counted: what every report says at its top. */
import type { RuleResult, RunResult } from '../engine/result.ts';
import type { Rule } from '../engine/rule.ts';
import { VERDICTS, type Verdict } from '../engine/verdict.ts';

/** The rules of one invocation model, under a title. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

export type Counts = Readonly<Record<Verdict, number>>;

export interface GroupResult {
  readonly id: string;
  readonly title: string;
  readonly counts: Counts;
  readonly results: readonly RuleResult[];
}

export interface Summary {
  readonly result: RunResult;
  /** Groups of which at least one rule was decided. */
  readonly groups: readonly GroupResult[];
  readonly counts: Counts;
  /** Subjects decided, over all rules. */
  readonly subjects: number;
  /** The run came to its end by itself. */
  readonly isComplete: boolean;
}

/** Counts verdicts by group. */
export function summaryOf(result: RunResult, groups: readonly Group[]): Summary {
  const byId = new Map(result.rules.map((found) => [found.rule.id, found]));
  const grouped: GroupResult[] = [];
  for (const { id, title, rules } of groups) {
    const results = rules.map((rule) => byId.get(rule.id)).filter((found) => found !== undefined);
    if (results.length > 0) grouped.push({ id, title, results, counts: countsOf(results) });
  }
  return {
    result,
    groups: grouped,
    counts: countsOf(result.rules),
    subjects: result.rules.reduce((sum, { tally }) => sum + tally.subjects, 0),
    isComplete: result.footer !== undefined && result.footer.interrupted !== true,
  };
}

/** The results of one verdict, in the catalogue's order. */
export const withVerdict = ({ result }: Summary, verdict: Verdict): RuleResult[] =>
  result.rules.filter((found) => found.verdict === verdict);

function countsOf(results: readonly RuleResult[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}
