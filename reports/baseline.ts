/**
 * A baseline: the divergences of a target that are known and accepted, each with its reason. A run that is held
 * against it fails only on what is new.
 */
import { z } from 'zod';
import type { RuleResult } from '../engine/result.ts';
import type { RunHeader } from '../engine/runFile.ts';

export const BASELINE_VERSION = 1;

const divergence = z.strictObject({
  /** Id of the rule that the target breaks. */
  rule: z.string().min(1),
  /** Why that is accepted, or what the target does instead. */
  reason: z.string().min(1),
  /** Where more of it is to be read: an issue. */
  link: z.url({ protocol: /^https?$/ }).exactOptional(),
  /** The last day on which it is accepted (UTC); absent: until somebody takes it out. */
  expires: z.iso.date().exactOptional(),
  /** It does not show in every run: a run that keeps the rule does not mean that it is fixed. */
  isIntermittent: z.literal(true).exactOptional(),
});
export type KnownDivergence = z.output<typeof divergence>;

export const baselineSchema = z
  .strictObject({
    baseline: z.literal(BASELINE_VERSION),
    /** What the divergences were last accepted on, for the reader. */
    target: z.strictObject({ name: z.string(), version: z.string() }).exactOptional(),
    divergences: z.array(divergence),
  })
  .superRefine(({ divergences }, context) => {
    const seen = new Set<string>();
    divergences.forEach(({ rule }, at) => {
      if (seen.has(rule))
        context.addIssue({
          code: 'custom',
          path: ['divergences', at, 'rule'],
          message: `${rule} is listed twice`,
        });
      seen.add(rule);
    });
  });
export type Baseline = z.output<typeof baselineSchema>;

/** The file's text: entries in the order of their ids, keys in that of the schema, so that a change is a small one. */
export function baselineText({ baseline, target, divergences }: Baseline): string {
  const sorted = [...divergences]
    .sort((a, b) => (a.rule < b.rule ? -1 : 1))
    .map(({ rule, reason, link, expires, isIntermittent }) => ({
      ...{ rule, reason, link, expires, isIntermittent },
    }));
  return `${JSON.stringify({ baseline, target, divergences: sorted }, null, 2)}\n`;
}

/**
 * What a run says of an entry. `known`: broken, and accepted. `expired`: broken, and accepted only until a day that
 * is over, so that it counts as new. `fixed`: kept. `open`: the run does not tell.
 */
export type Standing = 'known' | 'expired' | 'fixed' | 'open';

/** An entry, and how the run stands to it. */
export interface Listed {
  readonly divergence: KnownDivergence;
  readonly standing: Standing;
  /** Subjects that the run decided: of few, `fixed` says little. */
  readonly subjects: number;
}

/** Whether the day until which an entry is accepted is over. `today` is a date as in the file: `2026-11-24`. */
const hasExpired = ({ expires }: KnownDivergence, today: string): boolean =>
  expires !== undefined && expires < today;

/** Ids of the rules that are accepted as broken on that day. */
export const acceptedOn = (divergences: readonly KnownDivergence[], today: string): Set<string> =>
  new Set(divergences.filter((one) => !hasExpired(one, today)).map(({ rule }) => rule));

/** How a rule's result stands to its entry. */
export function standingOf(
  { verdict }: Pick<RuleResult, 'verdict'>,
  entry: KnownDivergence,
  today: string,
): Standing {
  if (isBroken(verdict)) return hasExpired(entry, today) ? 'expired' : 'known';
  return verdict === 'KEPT' && entry.isIntermittent !== true ? 'fixed' : 'open';
}

const isBroken = (verdict: RuleResult['verdict']): boolean => verdict === 'VIOLATED' || verdict === 'WARNED';

export interface Acceptance {
  readonly header: RunHeader;
  readonly results: readonly RuleResult[];
  readonly today: string;
  /** What is written into new entries. */
  readonly reason?: string;
  readonly link?: string;
  /** For new entries, and for expired ones that are accepted anew. */
  readonly expires?: string;
  /** Takes out what is fixed. */
  readonly prunes: boolean;
}

/** A baseline after a run was accepted, and what that changed, by rule ids. */
export interface Accepted {
  readonly baseline: Baseline;
  readonly added: readonly string[];
  /** Expired entries that are accepted for longer. */
  readonly renewed: readonly string[];
  readonly pruned: readonly string[];
  /** Fixed, but still listed. */
  readonly fixed: readonly string[];
  /** Still broken, still expired. */
  readonly expired: readonly string[];
}

/** Accepts what a run found broken. What is written of entries that are there already stays. */
export function accept(earlier: Baseline | undefined, acceptance: Acceptance): Accepted {
  const { header, results, today, expires } = acceptance;
  const byRule = new Map(results.map((found) => [found.rule.id, found]));
  const changes = {
    added: [] as string[],
    renewed: [] as string[],
    pruned: [] as string[],
    fixed: [] as string[],
    expired: [] as string[],
  };
  const divergences: KnownDivergence[] = [];
  for (const entry of earlier?.divergences ?? []) {
    const found = byRule.get(entry.rule);
    const standing = found === undefined ? 'open' : standingOf(found, entry, today);
    if (standing === 'fixed') {
      changes[acceptance.prunes ? 'pruned' : 'fixed'].push(entry.rule);
      if (acceptance.prunes) continue;
    }
    if (standing === 'expired') changes[expires === undefined ? 'expired' : 'renewed'].push(entry.rule);
    divergences.push(standing === 'expired' && expires !== undefined ? { ...entry, expires } : entry);
  }
  const listed = new Set(divergences.map(({ rule }) => rule));
  for (const found of results) {
    if (!isBroken(found.verdict) || listed.has(found.rule.id)) continue;
    changes.added.push(found.rule.id);
    divergences.push({
      rule: found.rule.id,
      reason: acceptance.reason ?? seenIn(found),
      ...(acceptance.link === undefined ? {} : { link: acceptance.link }),
      ...(expires === undefined ? {} : { expires }),
    });
  }
  const { name, version } = header.target;
  return { baseline: { baseline: BASELINE_VERSION, target: { name, version }, divergences }, ...changes };
}

/** What was seen, for an entry without a reason of somebody's own. */
function seenIn({ counterexample, tally }: RuleResult): string {
  if (counterexample === undefined || counterexample.observed === '') {
    return `Broken by ${tally.broken} of ${tally.subjects} subjects.`;
  }
  return `Expected ${shortened(counterexample.expected)}; observed ${shortened(counterexample.observed)}.`;
}

const LONGEST = 120;

/** What was observed may be a whole document. */
const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
