import type { Capability } from '../../engine/capabilities.ts';
import type { FunctionSpec, Scenario } from '../../engine/scenario.ts';
import { sourceKind } from '../../engine/sourceSpec.ts';
import { readRefs } from './groups.ts';
import { SOURCE_CAPABILITY } from './polling/makeMapping.ts';

/** What a function's declaration needs. */
const OF_FUNCTION: readonly [Capability, (spec: FunctionSpec) => boolean][] = [
  ['versions', ({ versions = 0 }) => versions > 0],
  ['aliases', ({ aliases = [] }) => aliases.length > 0],
  ['eventInvokeConfig', ({ eventInvoke = [] }) => eventInvoke.length > 0],
  ['destinations', ({ eventInvoke = [] }) => eventInvoke.some(hasDestination)],
  ['deadLetter', ({ deadLetter }) => deadLetter !== undefined],
  ['reserved', ({ reservedConcurrency }) => reservedConcurrency !== undefined],
  ['provisioned', ({ provisioned = [] }) => provisioned.length > 0],
];

const hasDestination = ({ onSuccess, onFailure }: { onSuccess?: string; onFailure?: string }): boolean =>
  onSuccess !== undefined || onFailure !== undefined;

/** The capabilities without which a scenario cannot be set up as it declares. */
export function setupNeeds(scenario: Scenario): Capability[] {
  const { queues = [], topics = [], buses = [], buckets = [], functions } = scenario;
  const needs: Capability[] = ['controlPlane'];
  if (topics.length > 0) needs.push('topics');
  if (buses.length > 0) needs.push('buses');
  if (buckets.length > 0) needs.push('buckets');
  if ([...queues, ...topics].some(({ fifo }) => fifo === true)) needs.push('fifo');
  for (const ref of readRefs(scenario)) {
    const kind = sourceKind(ref);
    if (kind !== undefined) needs.push(SOURCE_CAPABILITY[kind]);
  }
  if (queues.some(({ redrive }) => redrive !== undefined)) needs.push('redrive');
  for (const [capability, isNeeded] of OF_FUNCTION) if (functions.some(isNeeded)) needs.push(capability);
  return needs;
}
