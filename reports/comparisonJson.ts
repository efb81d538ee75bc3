/** A comparison for programs. Versioned: within a version fields are added, never renamed or removed. */
import { z } from 'zod';
import { VERDICTS } from '../engine/verdict.ts';
import type { Comparison, RulePair } from './comparison.ts';

export const COMPARISON_VERSION = 1;

const count = z.int().min(0);

const side = z.strictObject({
  target: z.strictObject({ name: z.string(), version: z.string(), isRealTime: z.boolean() }),
  /** Real seconds for one second of Lambda's asynchronous waits. */
  retryTimeScale: z.number(),
  suite: z.string(),
  seed: z.int(),
  scenarios: count,
  startedAt: z.string(),
});

const verdict = z.strictObject({
  verdict: z.enum(VERDICTS),
  subjects: count,
  broken: count,
  observed: z.record(z.string(), count),
});
const rulePair = z.strictObject({
  rule: z.string(),
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  a: verdict,
  b: verdict,
});

const outline = z.strictObject({ count, min: z.number(), median: z.number(), max: z.number() });
const share = z.strictObject({ present: count, of: count });

export const comparisonSchema = z.strictObject({
  comparison: z.literal(COMPARISON_VERSION),
  a: side,
  b: side,
  /** Rules on which both say something of their target, and not the same. */
  verdicts: z.array(rulePair),
  /** Rules on which both say the same. */
  same: count,
  /** Rules on which only one of them says something. */
  told: z.array(rulePair),
  /** Rules that only observe, where the two did not do the same things. */
  observed: z.array(rulePair),
  measures: z.array(
    z.strictObject({
      name: z.string(),
      words: z.string(),
      unit: z.string(),
      /** Absent where that run did not measure it. */
      a: outline.exactOptional(),
      b: outline.exactOptional(),
      /** Nothing that the one showed lies within what the other showed. */
      isApart: z.boolean(),
    }),
  ),
  fields: z.array(
    z.strictObject({
      of: z.string(),
      field: z.string(),
      a: share.exactOptional(),
      b: share.exactOptional(),
    }),
  ),
});
export type JsonComparison = z.output<typeof comparisonSchema>;

/** A comparison as one JSON value. */
export function comparisonJson(comparison: Comparison): JsonComparison {
  const sideOf = (key: 'a' | 'b') => {
    const { target, suite, seed, startedAt } = comparison.headers[key];
    const { name, version, isRealTime, retryTimeScale = 1 } = target;
    const scenarios = comparison.scenarios[key];
    return { target: { name, version, isRealTime }, retryTimeScale, suite, seed, scenarios, startedAt };
  };
  return {
    comparison: COMPARISON_VERSION,
    a: sideOf('a'),
    b: sideOf('b'),
    verdicts: comparison.verdicts.map(pairOf),
    same: comparison.same,
    told: comparison.told.map(pairOf),
    observed: comparison.observed.map(pairOf),
    measures: comparison.measures.map(({ a, b, ...measure }) => ({
      ...measure,
      ...(a === undefined ? {} : { a }),
      ...(b === undefined ? {} : { b }),
    })),
    fields: comparison.fields.map(({ name, field, a, b }) => ({
      ...{ of: name, field },
      ...(a === undefined ? {} : { a }),
      ...(b === undefined ? {} : { b }),
    })),
  };
}

function pairOf({ rule, a, b }: RulePair): JsonComparison['verdicts'][number] {
  const of = ({ verdict, tally: { subjects, broken, observed } }: RulePair['a']) => ({
    ...{ verdict, subjects, broken, observed },
  });
  return { rule: rule.id, level: rule.level, a: of(a), b: of(b) };
}
