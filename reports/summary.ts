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

/** How a run ended. A run whose time was up is whole: nothing more was asked of it. */
export const ENDINGS = ['whole', 'time up', 'interrupted', 'cut off'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface Summary {
  readonly result: RunResult;
  /** Groups of which at least one rule was decided. */
  readonly groups: readonly GroupResult[];
  readonly counts: Counts;
  /** Subjects decided, over all rules. */
  readonly subjects: number;
  /** Scenarios that were asked for, of its share in a shard; null: as many as the time allowed. */
  readonly asked: number | null;
  readonly ending: Ending;
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
  const asked = askedOf(result);
  const ending = endingOf(result, asked);
  return {
    result,
    groups: grouped,
    counts: countsOf(result.rules),
    subjects: result.rules.reduce((sum, { tally }) => sum + tally.subjects, 0),
    asked,
    ending,
    isComplete: ending === 'whole' || ending === 'time up',
  };
}

function askedOf({ header: { scenarios, shard } }: RunResult): number | null {
  if (scenarios === null || shard === undefined) return scenarios;
  return Math.max(0, Math.ceil((scenarios - shard.index + 1) / shard.of));
}

/** A run that ended by itself with less than was asked for had no more time: nothing else ends it early. */
function endingOf({ footer, scenarios, errors }: RunResult, asked: number | null): Ending {
  if (footer === undefined) return 'cut off';
  if (footer.interrupted === true) return 'interrupted';
  const failed = new Set(errors.map(({ scenario }) => scenario)).size;
  return asked === null || scenarios + failed < asked ? 'time up' : 'whole';
}

/** The results of one verdict, in the catalogue's order. */
export const withVerdict = ({ result }: Summary, verdict: Verdict): RuleResult[] =>
  result.rules.filter((found) => found.verdict === verdict);

function countsOf(results: readonly RuleResult[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}
