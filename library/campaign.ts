/** A whole campaign in one call, for those who want the result and not its lines. */
import { runCampaign } from '../engine/campaign.ts';
import { foldRun, type RunResult } from '../engine/result.ts';
import type { Rule } from '../engine/rule.ts';
import type { RunLine } from '../engine/runFile.ts';
import type { Target } from '../engine/target.ts';
import { scenarioSource } from '../generators/source.ts';
import { rules as allRules } from '../specs/catalogue.ts';
import { planFor } from './planning.ts';
import { DEFAULT_SCENARIOS, suiteVersion } from './suite.ts';

export { DEFAULT_SCENARIOS, suiteVersion } from './suite.ts';

export interface CampaignRequest {
  readonly target: Target;
  /** By default all rules of the catalogue. */
  readonly rules?: readonly Rule[];
  /** Decides what is drawn; the same seed gives the same campaign. By default 1. */
  readonly seed?: number;
  /** Scenarios to run; by default `DEFAULT_SCENARIOS`, and on a real clock all that are planned. */
  readonly scenarios?: number;
  /** Ids of rules that are known to be broken on the target: counted, but neither shrunk nor run again. */
  readonly known?: ReadonlySet<string>;
  /** Stops the campaign at once when it is aborted. */
  readonly signal?: AbortSignal;
  /** Takes each line of the run file as it comes. */
  readonly onLine?: (line: RunLine) => void;
}

/**
 * Draws scenarios, runs them on the target, decides the rules, shrinks what broke, and folds it to one result a rule.
 * The target stays open.
 * @throws TargetError where the target cannot be reached any more
 */
export async function campaign(request: CampaignRequest): Promise<RunResult> {
  const { target, rules = allRules, seed = 1, signal = new AbortController().signal, onLine } = request;
  const { capabilities, isRealTime } = target;
  const source = scenarioSource({ seed, capabilities, isRealTime });
  const plan = isRealTime ? await planFor({ target, source, rules }) : undefined;
  const planned = plan?.scenarios.map(({ index }) => index);
  const lines: RunLine[] = [];
  for await (const line of runCampaign({
    source,
    target,
    rules,
    suite: suiteVersion(),
    scenarios: request.scenarios ?? planned?.length ?? DEFAULT_SCENARIOS,
    ...(planned === undefined ? {} : { planned }),
    ...(request.known === undefined ? {} : { known: request.known }),
    finishing: signal,
    signal,
  })) {
    onLine?.(line);
    lines.push(line);
  }
  const result = foldRun(lines, rules);
  if (result === undefined) throw new Error('a campaign begins with a header line');
  return result;
}
