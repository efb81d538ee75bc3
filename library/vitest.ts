/** The catalogue as a vitest suite: one test a rule, one shared campaign. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openTarget } from '../adapters/index.ts';
import type { RunResult } from '../engine/result.ts';
import type { Rule } from '../engine/rule.ts';
import type { Target } from '../engine/target.ts';
import { acceptedOn, baselineSchema, type KnownDivergence, standingOf } from '../reports/baseline.ts';
import { plainReport } from '../reports/counterexample.ts';
import { divergenceSentence } from '../reports/sentences.ts';
import { rules as allRules } from '../specs/catalogue.ts';
import { campaign } from './campaign.ts';

export type { KnownDivergence };

export interface ConformanceOptions {
  /** What is judged: a target of your own, or the name of a known one. By default the in-memory model. */
  readonly target?: string | (() => Promise<Target> | Target);
  /** The address of an endpoint that speaks the AWS API, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint?: string;
  /** Only these rules. */
  readonly rules?: readonly Rule[];
  readonly seed?: number;
  readonly scenarios?: number;
  /**
   * What the target is known to break: the file that `lambda-conformance baseline` writes, or its entries. They are
   * skipped until they expire, and fail once they are fixed.
   */
  readonly baseline?: string | URL | readonly KnownDivergence[];
  /** Seconds the campaign may take. By default ten minutes. */
  readonly timeoutSeconds?: number;
}

/**
 * Registers one test for each rule. A rule that is kept passes; a broken MUST fails with the smallest scenario; what
 * was not decided (vacuous, unknown, unsupported), only observed or only a SHOULD is skipped with the reason.
 */
export function conformance(options: ConformanceOptions = {}): void {
  const rules = options.rules ?? allRules;
  const today = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const divergences = divergencesIn(options.baseline);
  const known = new Map(divergences.map((entry) => [entry.rule, entry]));
  describe('conformance with AWS Lambda', () => {
    let target: Target | undefined;
    let result: RunResult | undefined;
    beforeAll(
      async () => {
        target = await openedTarget(options);
        result = await campaign({
          target,
          rules,
          known: acceptedOn(divergences, today),
          ...(options.seed === undefined ? {} : { seed: options.seed }),
          ...(options.scenarios === undefined ? {} : { scenarios: options.scenarios }),
        });
      },
      (options.timeoutSeconds ?? 600) * 1_000,
    );
    afterAll(async () => {
      await target?.close();
    });
    test('every scenario could be run', () => {
      const [first, ...others] = result?.errors ?? [];
      if (first === undefined) return;
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      throw new Error(`scenario ${first.scenario} could not be run${more}: ${first.message}`);
    });
    for (const rule of rules) {
      test(`${rule.id} (${rule.level}): ${rule.invariant}`, (context) => {
        const found = result?.rules.find(({ rule: { id } }) => id === rule.id);
        if (found === undefined) throw new Error('the campaign did not decide this rule');
        const entry = known.get(rule.id);
        const standing = entry === undefined ? undefined : standingOf(found, entry, today);
        if (found.verdict === 'VIOLATED') {
          if (entry !== undefined && standing === 'known')
            context.skip(`known divergence: ${divergenceSentence(entry)}`);
          const expired = entry === undefined ? '' : `accepted no longer: ${divergenceSentence(entry)}\n`;
          throw new Error(`${expired}${plainReport(found)}`);
        }
        if (found.verdict === 'ERROR') throw new Error(found.reason);
        if (found.verdict === 'KEPT') {
          if (entry !== undefined && standing === 'fixed')
            throw new Error(`fixed: take ${rule.id} out of the baseline (${entry.reason})`);
          if (entry !== undefined) context.skip(`known divergence, not seen this time: ${entry.reason}`);
          return;
        }
        context.skip(skipReason(found.verdict, found.reason, found.tally.observed));
      });
    }
  });
}

/** @throws Error where the file is no baseline */
function divergencesIn(baseline: ConformanceOptions['baseline']): readonly KnownDivergence[] {
  if (baseline === undefined) return [];
  if (typeof baseline !== 'string' && !(baseline instanceof URL)) return baseline;
  return baselineSchema.parse(JSON.parse(readFileSync(baseline, 'utf8'))).divergences;
}

async function openedTarget({ target, endpoint }: ConformanceOptions): Promise<Target> {
  if (typeof target === 'function') return target();
  return openTarget({
    ...(target === undefined ? {} : { name: target }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}

function skipReason(
  verdict: string,
  reason: string | undefined,
  observed: Readonly<Record<string, number>>,
): string {
  const seen = Object.entries(observed).map(([label, count]) => `${label} (${count})`);
  return [verdict, reason ?? seen.join(', ')].filter((part) => part !== '').join(': ');
}
