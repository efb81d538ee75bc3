/** The plan for a target: which scenarios a campaign on a real clock begins with. */
import { decidable } from '../engine/deciding.ts';
import { type Plan, planOf } from '../engine/plan.ts';
import type { Rule } from '../engine/rule.ts';
import type { ScenarioSource } from '../engine/source.ts';
import type { Target } from '../engine/target.ts';

/** So many scenarios are drawn for a plan: enough for all but the rarest, and some seconds of work. */
const DRAWN_FOR_PLAN = 10_000;

export interface PlanRequest {
  readonly target: Pick<Target, 'capabilities' | 'tolerances' | 'jobs' | 'notJudged'>;
  /** Draws what the target can run. */
  readonly source: ScenarioSource;
  readonly rules: readonly Rule[];
  readonly jobs?: number;
  /** Seconds that the campaign may take. */
  readonly timeSeconds?: number;
}

/**
 * The smallest set of drawn scenarios that gives the rules their subjects, and shows the mutants of the reference model.
 * Takes some seconds of processor time. The same source and target give the same plan.
 */
export async function planFor({ target, source, rules, jobs, timeSeconds }: PlanRequest): Promise<Plan> {
  const { mutants } = await import('../adapters/memory/mutants/index.ts');
  const { mutantsOf, reference } = await import('../adapters/memory/variants.ts');
  const here = decidable(rules, target);
  return planOf({
    source,
    rules: here,
    reference,
    mutants: mutantsOf(mutants, new Set(here.map(({ id }) => id))),
    tolerances: target.tolerances,
    jobs: jobs ?? target.jobs,
    drawn: DRAWN_FOR_PLAN,
    ...(timeSeconds === undefined ? {} : { withinSeconds: timeSeconds }),
  });
}
