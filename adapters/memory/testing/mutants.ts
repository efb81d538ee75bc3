/** For tests of mutants: scenarios run with a mutant or without, and which rules they break. */
import type { Rule } from '../../../engine/rule.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import type { Mutant } from '../mutant.ts';
import { mutants } from '../mutants/index.ts';
import { type SimulateOptions, simulate } from '../simulate.ts';

/** Each mutant with each of these rules that it breaks, wherever it stands. */
export function breaking(rules: readonly Rule[]): { readonly id: string; readonly mutant: Mutant }[] {
  const ids = new Set(rules.map(({ id }) => id));
  return mutants.flatMap((mutant) => mutant.breaks.filter((id) => ids.has(id)).map((id) => ({ id, mutant })));
}

export interface Findings {
  /** What each broken rule expected and saw, by its id. */
  readonly broken: Readonly<Record<string, string>>;
  /** Ids of the rules that had something to speak of. */
  readonly spoken: ReadonlySet<string>;
  /** `ID: LABEL` for all that was only observed. */
  readonly observed: ReadonlySet<string>;
}

/** Decides the rules on all scenarios. */
export function findings(
  rules: readonly Rule[],
  scenarios: readonly Scenario[],
  seed: number,
  options: SimulateOptions = {},
): Findings {
  const broken: Record<string, string> = {};
  const spoken = new Set<string>();
  const observed = new Set<string>();
  for (const scenario of scenarios) {
    const view = viewOf(simulate(scenario, seed, options), AWS_TOLERANCES);
    for (const rule of rules) {
      rule.decide(view, {
        kept: () => spoken.add(rule.id),
        unknown: () => {},
        broken: (breach) => {
          spoken.add(rule.id);
          broken[rule.id] = `${breach.expected}; saw ${breach.observed}`;
        },
        observed: (label) => {
          spoken.add(rule.id);
          observed.add(`${rule.id}: ${label}`);
        },
      });
    }
  }
  return { broken, spoken, observed };
}

/** Whether the rule notices on one of the seeds: by a breach or, where it only observes, by what the model never shows. */
export function isNoticed(
  id: string,
  rules: readonly Rule[],
  scenarios: readonly Scenario[],
  options: SimulateOptions,
): boolean {
  const own = rules.filter((rule) => rule.id === id);
  return [1, 2, 3].some((seed) => {
    const { broken, observed } = findings(own, scenarios, seed, options);
    if (broken[id] !== undefined) return true;
    const usual = findings(own, scenarios, seed).observed;
    return [...observed].some((label) => !usual.has(label));
  });
}
