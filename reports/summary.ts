/** A run's result counted: what every report says at its top. */
import type { RuleResult, RunResult } from '../engine/result.ts';
import type { Rule } from '../engine/rule.ts';
import { VERDICTS, type Verdict } from '../engine/verdict.ts';
import { type Baseline, type Listed, standingOf } from './baseline.ts';

/** The rules of one invocation model, under a title. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** What results are counted under: their verdict or, where a baseline accepts that the rule is broken, `KNOWN`. */
export const HEADINGS = VERDICTS.flatMap((verdict): (Verdict | 'KNOWN')[] =>
  verdict === 'WARNED' ? ['WARNED', 'KNOWN'] : [verdict],
);
export type Heading = (typeof HEADINGS)[number];

export type Counts = Readonly<Record<Heading, number>>;

/** A baseline that a run is held against. */
export interface BaselineFile {
  readonly path: string;
  readonly baseline: Baseline;
  /** By rule, the line of the file on which its entry begins, from 1. */
  readonly lines: ReadonlyMap<string, number>;
  /** The day on which it is held against it, as `2026-11-24`. */
  readonly today: string;
}

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
  /** What the run was held against; absent: nothing is known. */
  readonly baseline: BaselineFile | undefined;
  /** The entries of the baseline that are about rules of this run, by rule id. */
  readonly listed: ReadonlyMap<string, Listed>;
  /** Subjects decided, over all rules. */
  readonly subjects: number;
  /** Scenarios that were asked for, of its share in a shard; null: as many as the time allowed. */
  readonly asked: number | null;
  readonly ending: Ending;
  /** The run came to its end by itself. */
  readonly isComplete: boolean;
}

/** Counts verdicts by group. */
export function summaryOf(result: RunResult, groups: readonly Group[], baseline?: BaselineFile): Summary {
  const listed = listedIn(result, baseline);
  const countsOf = (results: readonly RuleResult[]) => countsUnder(results, listed);
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
    baseline,
    listed,
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

/** The results under one heading, in the catalogue's order. */
export const withVerdict = ({ result, listed }: Summary, heading: Heading): RuleResult[] =>
  result.rules.filter((found) => headingOf(found, listed) === heading);

/** What a result is counted under. */
export const headingOf = ({ rule, verdict }: RuleResult, listed: Summary['listed']): Heading =>
  listed.get(rule.id)?.standing === 'known' ? 'KNOWN' : verdict;

/** The entries of the baseline to which the run stands so, in the order of the file. */
export const listedAs = ({ listed }: Summary, standing: Listed['standing']): Listed[] =>
  [...listed.values()].filter((entry) => entry.standing === standing);

function listedIn({ rules }: RunResult, file: BaselineFile | undefined): Map<string, Listed> {
  const byId = new Map(rules.map((found) => [found.rule.id, found]));
  const listed = new Map<string, Listed>();
  for (const divergence of file?.baseline.divergences ?? []) {
    const found = byId.get(divergence.rule);
    if (found === undefined) continue;
    const standing = standingOf(found, divergence, file?.today ?? '');
    listed.set(divergence.rule, { divergence, standing, subjects: found.tally.subjects });
  }
  return listed;
}

function countsUnder(results: readonly RuleResult[], listed: Summary['listed']): Counts {
  const counts = Object.fromEntries(HEADINGS.map((heading) => [heading, 0])) as Record<Heading, number>;
  for (const found of results) counts[headingOf(found, listed)]++;
  return counts;
}
