/** The report for programs. Versioned: within a version fields are added, never renamed or removed. */
import { z } from 'zod';
import { CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import { sourceUrl } from '../engine/rule.ts';
import { scenarioSchema } from '../engine/scenario.ts';
import { VERDICTS } from '../engine/verdict.ts';
import { entriesSchema } from './counterexampleFile.ts';
import { ENDINGS, type Summary } from './summary.ts';

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
  verdicts: z.record(z.enum(VERDICTS), count),
  rules: z.array(ruleSchema),
  errors: z.array(z.strictObject({ scenario: z.int(), message: z.string() })),
  /** What the target declined, and the error it gave. */
  declined: z.record(z.string(), z.string()),
});
export type JsonReport = z.output<typeof reportSchema>;

/** A run as one JSON value. */
export function jsonReport({
  result,
  groups,
  counts,
  subjects,
  asked,
  ending,
  isComplete,
}: Summary): JsonReport {
  const { header, footer } = result;
  const { name, version, isRealTime } = header.target;
  return {
    report: REPORT_VERSION,
    suite: header.suite,
    target: { name, version, isRealTime },
    capabilities: header.capabilities,
    seed: header.seed,
    ...(header.shard === undefined ? {} : { shard: header.shard }),
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
    verdicts: counts,
    rules: groups.flatMap(({ id: group, results }) =>
      results.map(({ rule, verdict, reason, tally, counterexample }) => {
        const { line: _line, rule: _rule, ...shown } = counterexample ?? {};
        return {
          id: rule.id,
          group,
          level: rule.level,
          invariant: rule.invariant,
          pages: rule.sources.map(sourceUrl),
          verdict,
          ...(reason === undefined ? {} : { reason }),
          ...tally,
          ...(counterexample === undefined ? {} : { counterexample: shown as JsonCounterexample }),
        };
      }),
    ),
    errors: [...result.errors],
    declined: Object.fromEntries(result.declined),
  };
}

type JsonCounterexample = NonNullable<z.output<typeof ruleSchema>['counterexample']>;
