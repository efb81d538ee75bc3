/** The report for programs. Versioned: within a version fields are added, never renamed or removed. */
import { z } from 'zod';
import { CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import type { RuleResult } from '../engine/result.ts';
import { sourceUrl } from '../engine/rule.ts';
import { scenarioSchema } from '../engine/scenario.ts';
import { VERDICTS, type Verdict } from '../engine/verdict.ts';
import type { KnownDivergence, Standing } from './baseline.ts';
import { entriesSchema } from './counterexampleFile.ts';
import { ENDINGS, listedAs, type Summary, withVerdict } from './summary.ts';

export const REPORT_VERSION = 1;

const count = z.int().min(0);

const ruleSchema = z.strictObject({
  id: z.string(),
  group: z.string(),
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  invariant: z.string(),
  pages: z.array(z.url()),
  verdict: z.enum(VERDICTS),
  /** Why, for UNKNOWN and UNSUPPORTED. */
  reason: z.string().exactOptional(),
  subjects: count,
  broken: count,
  unknown: count,
  /** For a rule that the baseline lists: what that says, and how the run stands to it. */
  baseline: z
    .strictObject({
      standing: z.enum(['known', 'expired', 'fixed', 'open']),
      reason: z.string(),
      link: z.string().exactOptional(),
      expires: z.string().exactOptional(),
      isIntermittent: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  /** For a rule that only observes: how often each behaviour was seen. */
  observed: z.record(z.string(), count),
  /** For VIOLATED and WARNED: the smallest scenario that was found, and what was seen of it. */
  counterexample: z
    .strictObject({
      path: z.string(),
      targetSeed: z.int(),
      scenario: scenarioSchema,
      entries: entriesSchema,
      expected: z.string(),
      observed: z.string(),
      marks: z.array(z.int()),
      broke: count,
      runs: count,
    })
    .exactOptional(),
});

export const reportSchema = z.strictObject({
  report: z.literal(REPORT_VERSION),
  suite: z.string(),
  target: z.strictObject({ name: z.string(), version: z.string(), isRealTime: z.boolean() }),
  capabilities: z.array(z.enum(Object.keys(CAPABILITIES) as [Capability, ...Capability[]])),
  seed: z.int(),
  shard: z.strictObject({ index: z.int(), of: z.int() }).exactOptional(),
  /** Of so many shards it was merged. */
  merged: count.exactOptional(),
  startedAt: z.string(),
  /** False: the run was interrupted or cut off, and says less than it would have. */
  isComplete: z.boolean(),
  /** How it ended: `time up` is complete, for no more was asked of it. */
  ending: z.enum(ENDINGS),
  /** Absent where the run was cut off. */
  elapsedSeconds: z.number().exactOptional(),
  scenarios: count,
  /** Of the shard's share; null: as many as the time allowed. */
  scenariosAsked: count.nullable(),
  events: count,
  attempts: count,
  observations: count,
  subjects: count,
  /** What the baseline accepts counts as VIOLATED or WARNED here as well. */
  verdicts: z.record(z.enum(VERDICTS), count),
  /** Where the run was held against a baseline: ids of rules. New are the violations that it does not accept. */
  baseline: z
    .strictObject({
      path: z.string(),
      known: z.array(z.string()),
      new: z.array(z.string()),
      expired: z.array(z.string()),
      fixed: z.array(z.string()),
    })
    .exactOptional(),
  rules: z.array(ruleSchema),
  errors: z.array(z.strictObject({ scenario: z.int(), message: z.string() })),
  /** What the target declined, and the error it gave. */
  declined: z.record(z.string(), z.string()),
});
export type JsonReport = z.output<typeof reportSchema>;

/** A run as one JSON value. */
export function jsonReport(summary: Summary): JsonReport {
  const { result, groups, subjects, asked, ending, isComplete, listed } = summary;
  const { header, footer } = result;
  const { name, version, isRealTime } = header.target;
  return {
    report: REPORT_VERSION,
    suite: header.suite,
    target: { name, version, isRealTime },
    capabilities: header.capabilities,
    seed: header.seed,
    ...(header.shard === undefined ? {} : { shard: header.shard }),
    ...(header.merged === undefined ? {} : { merged: header.merged }),
    startedAt: header.startedAt,
    isComplete,
    ending,
    ...(footer === undefined ? {} : { elapsedSeconds: footer.elapsedSeconds }),
    scenarios: result.scenarios,
    scenariosAsked: asked,
    events: result.events,
    attempts: result.attempts,
    observations: result.observations,
    subjects,
    verdicts: verdictsOf(result.rules),
    ...(summary.baseline === undefined ? {} : { baseline: held(summary, summary.baseline.path) }),
    rules: groups.flatMap(({ id: group, results }) =>
      results.map(({ rule, verdict, reason, tally, counterexample }) => {
        const { line: _line, rule: _rule, ...shown } = counterexample ?? {};
        const entry = listed.get(rule.id);
        const { rule: _id, ...accepted } = entry?.divergence ?? {};
        return {
          id: rule.id,
          group,
          level: rule.level,
          invariant: rule.invariant,
          pages: rule.sources.map(sourceUrl),
          verdict,
          ...(reason === undefined ? {} : { reason }),
          ...(entry === undefined
            ? {}
            : { baseline: { standing: entry.standing, ...(accepted as JsonDivergence) } }),
          ...tally,
          ...(counterexample === undefined ? {} : { counterexample: shown as JsonCounterexample }),
        };
      }),
    ),
    errors: [...result.errors],
    declined: Object.fromEntries(result.declined),
  };
}

function verdictsOf(results: readonly RuleResult[]): Record<Verdict, number> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

function held(summary: Summary, path: string): NonNullable<JsonReport['baseline']> {
  const rules = (standing: Standing) => listedAs(summary, standing).map(({ divergence }) => divergence.rule);
  return {
    path,
    known: rules('known'),
    new: withVerdict(summary, 'VIOLATED').map(({ rule }) => rule.id),
    expired: rules('expired'),
    fixed: rules('fixed'),
  };
}

type JsonDivergence = Omit<KnownDivergence, 'rule'>;
type JsonCounterexample = NonNullable<z.output<typeof ruleSchema>['counterexample']>;
