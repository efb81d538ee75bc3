import { CAPABILITIES, type Capability } from '../../engine/capabilities.ts';
import type { Scenario, Step } from '../../engine/scenario.ts';
import { beyondDriver } from '../aws/beyond.ts';
import { setupNeeds } from '../aws/setupNeeds.ts';

/** What the scenario asks for that a target without a control plane, and with these capabilities, does not have. */
export function lacking(
  scenario: Scenario,
  capabilities: ReadonlySet<Capability>,
): { readonly capability: Capability; readonly error: string } | undefined {
  const beyond = beyondDriver(scenario);
  if (beyond !== undefined) return beyond;
  const missing = needsOf(scenario).find((need) => !capabilities.has(need));
  return missing === undefined
    ? undefined
    : { capability: missing, error: `it does not have: ${CAPABILITIES[missing]}` };
}

function needsOf(scenario: Scenario): Capability[] {
  // Functions are declared, not created.
  const needs: Capability[] = setupNeeds(scenario).filter((need) => need !== 'controlPlane');
  if (scenario.functions.length > 1) needs.push('names');
  if (scenario.functions.some(({ fresh }) => fresh === true)) needs.push('pending');
  const { queues = [], streams = [], tables = [], mappings = [] } = scenario;
  if (queues.length + streams.length + tables.length + mappings.length > 0) needs.push('controlPlane');
  const known = new Set(scenario.functions.map(({ name }) => name));
  for (const step of scenario.steps) needs.push(...needsOfStep(step, known));
  return needs;
}

function needsOfStep(step: Step, known: ReadonlySet<string>): Capability[] {
  if (step.do !== 'invoke') return ['controlPlane'];
  const needs: Capability[] = [];
  if (step.type === 'Event') needs.push('async');
  if (step.type === 'DryRun') needs.push('dryRun');
  if (step.stream === true) needs.push('stream');
  if (step.qualifier !== undefined) needs.push('versions');
  if (!known.has(step.function)) needs.push('names');
  if ((step.times ?? 1) > 1 || step.hangUpAfterSeconds !== undefined) needs.push('overlap');
  return needs;
}
