/** The file of a broken rule: its smallest scenario and all it takes to run and to show it again. */
import { z } from 'zod';
import type { Entry } from '../engine/history.ts';
import type { RuleResult } from '../engine/result.ts';
import { sourceUrl } from '../engine/rule.ts';
import { type RunHeader, targetFlagsSchema } from '../engine/runFile.ts';
import { scenarioSchema } from '../engine/scenario.ts';

export const COUNTEREXAMPLE_VERSION = 1;

export const entriesSchema = z.array(
  z.custom<Entry>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'kind' in value &&
      'at' in value &&
      Number.isFinite(value.at),
    'an observation has a kind and a time `at`',
  ),
);

export const counterexampleFileSchema = z.strictObject({
  counterexample: z.literal(COUNTEREXAMPLE_VERSION),
  rule: z.string(),
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  invariant: z.string(),
  pages: z.array(z.string()),
  expected: z.string(),
  observed: z.string(),
  /** So many of so many runs broke it. */
  broke: z.int(),
  runs: z.int(),
  target: z.strictObject({
    name: z.string(),
    version: z.string(),
    flags: targetFlagsSchema.exactOptional(),
  }),
  /** Version of lambda-conformance, seed of its campaign, and the way from there to the scenario. */
  suite: z.string(),
  seed: z.int(),
  path: z.string(),
  targetSeed: z.int(),
  scenario: scenarioSchema,
  /** What was observed, and the positions of what shows it. */
  entries: entriesSchema,
  marks: z.array(z.int()),
});
export type CounterexampleFile = z.output<typeof counterexampleFileSchema>;

/** The file's content for a broken rule; undefined where no smallest scenario was found. */
export function counterexampleFile(header: RunHeader, found: RuleResult): CounterexampleFile | undefined {
  const { rule, counterexample } = found;
  if (counterexample === undefined) return undefined;
  const { line: _, rule: id, ...rest } = counterexample;
  const { name, version, flags } = header.target;
  return {
    counterexample: COUNTEREXAMPLE_VERSION,
    rule: id,
    level: rule.level,
    invariant: rule.invariant,
    pages: rule.sources.map(sourceUrl),
    target: { name, version, ...(flags === undefined ? {} : { flags }) },
    suite: header.suite,
    seed: header.seed,
    ...rest,
  };
}
