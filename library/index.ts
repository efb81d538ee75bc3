/** lambda-conformance as a library. */

export { openTarget } from '../adapters/index.ts';
export { memory } from '../adapters/memory/index.ts';
export type { Capability } from '../engine/capabilities.ts';
export type { Entry, History } from '../engine/history.ts';
export type { Json } from '../engine/json.ts';
export type { RuleResult, RunResult } from '../engine/result.ts';
export {
  api,
  type Breach,
  defineRule,
  type Finding,
  guide,
  type Level,
  type Rule,
  sourceUrl,
} from '../engine/rule.ts';
export type { Counterexample, RunLine } from '../engine/runFile.ts';
export { type Scenario, scenarioSchema } from '../engine/scenario.ts';
export { type NumberedScenario, type Target, TargetError } from '../engine/target.ts';
export { AWS_TOLERANCES, type Tolerances } from '../engine/tolerances.ts';
export type { Tally, Verdict } from '../engine/verdict.ts';
export type { AsyncEvent, Attempt, Call, Delivery, View } from '../engine/view.ts';
export { viewOf } from '../engine/viewOf.ts';
export { catalogue, type Group, rules } from '../specs/catalogue.ts';
export { type CampaignRequest, campaign, DEFAULT_SCENARIOS } from './campaign.ts';
