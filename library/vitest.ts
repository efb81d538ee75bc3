/** The catalogue as a vitest suite: one test a rule, one shared campaign. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openTarget } from '../adapters/index.ts';
import type { RunResult } from '../engine/result.ts';
import type { Rule } from '../engine/rule.ts';
import type { Target } from '../engine/target.ts';
import { plainReport } from '../reports/counterexample.ts';
import { rules as allRules } from '../specs/catalogue.ts';
import { campaign } from './campaign.ts';

/** A rule that the target is known to break, and why that is so. */
export interface KnownDivergence {
  readonly reason: string;
  /** It does not show in every run: a run in which it is kept does not mean that it is mended. */
  readonly isIntermittent?: true;
}

export interface ConformanceOptions {
  /** What is judged: a target of your own, or the name of a known one. By default the in-memory model. */
  readonly target?: string | (() => Promise<Target> | Target);
  /** The address of an endpoint that speaks the AWS API, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint?: string;
  /** Only these rules. */
  readonly rules?: readonly Rule[];
  readonly seed?: number;
  readonly scenarios?: number;
  /** Known divergences by rule id: they are skipped, and fail once they are mended. */
  readonly known?: Readonly<Record<string, KnownDivergence>>;
  /** Seconds the campaign may take. By default ten minutes. */
  readonly timeoutSeconds?: number;
}

/**
 * Registers one test for each rule. A rule that is kept passes; a broken MUST fails with the smallest scenario; what
 * was not decided (vacuous, unknown, unsupported), only observed or only a SHOULD is skipped with the reason.
 */
export function conformance(options: ConformanceOptions = {}): void {
  const rules = options.rules ?? allRules;
  describe('conformance with AWS Lambda', () => {
    let target: Target | undefined;
    let result: RunResult | undefined;
    beforeAll(
      async () => {
        target = await openedTarget(options);
        result = await campaign({
          target,
          rules,
          known: new Set(Object.keys(options.known ?? {})),
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
        const known = options.known?.[rule.id];
        if (found.verdict === 'VIOLATED') {
          if (known !== undefined) context.skip(`known divergence: ${known.reason}`);
          throw new Error(plainReport(found));
        }
        if (found.verdict === 'ERROR') throw new Error(found.reason);
        if (found.verdict === 'KEPT') {
          if (known?.isIntermittent) context.skip(`known divergence, not seen this time: ${known.reason}`);
          if (known !== undefined)
            throw new Error(`mended: take ${rule.id} out of \`known\` (${known.reason})`);
          return;
        }
        context.skip(skipReason(found.verdict, found.reason, found.tally.observed));
      });
    }
  });
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
