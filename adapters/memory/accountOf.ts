/** The account as a scenario declares it. */
import { settingsOf } from '../../engine/mappingSettings.ts';
import type { FunctionSpec, Scenario } from '../../engine/scenario.ts';
import type { QueueSpec } from '../../engine/sourceSpec.ts';
import type {
  AccountState,
  AliasState,
  FunctionState,
  MappingState,
  ResourceState,
  StoredEventInvoke,
} from './account.ts';
import type { Policy } from './policy.ts';

const NO_VERSIONS: readonly string[] = [];
const VERSIONS: readonly (readonly string[])[] = [1, 2, 3, 4, 5].map((count) =>
  Array.from({ length: count }, (_, index) => String(index + 1)),
);

/** The account before the first step: all that is declared is there. */
export function accountOf(scenario: Scenario, policy: Policy): AccountState {
  const functions = new Map<string, FunctionState>();
  const resources = new Map<string, ResourceState>();
  for (const spec of scenario.functions) {
    functions.set(spec.name, functionOf(spec));
    resources.set(`function:${spec.name}`, { kind: 'function', isFifo: false, exists: true });
  }
  if (scenario.queues !== undefined) declare(resources, 'queue', scenario.queues);
  if (scenario.topics !== undefined) declare(resources, 'topic', scenario.topics);
  if (scenario.buses !== undefined) declare(resources, 'bus', scenario.buses);
  if (scenario.buckets !== undefined) declare(resources, 'bucket', scenario.buckets);
  if (scenario.streams !== undefined) declare(resources, 'stream', scenario.streams);
  if (scenario.tables !== undefined) declare(resources, 'table', scenario.tables);
  if (scenario.kafkaTopics !== undefined) declare(resources, 'kafka', scenario.kafkaTopics);
  if (scenario.brokerQueues !== undefined) declare(resources, 'broker', scenario.brokerQueues);
  return {
    mappings: mappingsOf(scenario),
    mappingsMade: scenario.mappings?.length ?? 0,
    denied: new Set(),
    clusters: clustersOf(scenario),
    queues: queuesOf(scenario),
    functions,
    resources,
    concurrencyLimit: scenario.account?.concurrency ?? policy.accountConcurrency,
    unreservedMinimum: scenario.account?.unreservedMinimum ?? policy.unreservedMinimum,
  };
}

function mappingsOf({ mappings: specs }: Scenario): Map<string, MappingState> {
  const mappings = new Map<string, MappingState>();
  if (specs === undefined) return mappings;
  for (const spec of specs) {
    const settings = settingsOf(spec);
    const uuid = mappingUuid(mappings.size + 1);
    const state = settings.isEnabled ? 'Enabled' : 'Disabled';
    mappings.set(spec.name, { name: spec.name, uuid, settings, state });
  }
  return mappings;
}

/** The UUID of the mapping with this number, from 1. */
export const mappingUuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const NO_CLUSTERS: ReadonlyMap<string, string> = new Map();

function clustersOf({ kafkaTopics }: Scenario): ReadonlyMap<string, string> {
  if (kafkaTopics === undefined) return NO_CLUSTERS;
  return new Map(kafkaTopics.map(({ name, on }) => [`kafka:${name}`, on]));
}

function queuesOf({ queues: specs = [] }: Scenario): Map<string, QueueSpec> {
  const queues = new Map<string, QueueSpec>();
  for (const spec of specs) queues.set(`queue:${spec.name}`, spec);
  return queues;
}

function functionOf(spec: FunctionSpec): FunctionState {
  const provisioned = new Map<string, number>();
  const aliases = new Map<string, AliasState>();
  const eventInvoke = new Map<string, StoredEventInvoke>();
  for (const { qualifier, concurrency } of spec.provisioned ?? []) provisioned.set(qualifier, concurrency);
  for (const { name, version, additional } of spec.aliases ?? [])
    aliases.set(name, additional === undefined ? { version } : { version, additional });
  for (const config of spec.eventInvoke ?? []) eventInvoke.set(config.qualifier, config);
  return {
    name: spec.name,
    spec,
    timeoutSeconds: spec.timeoutSeconds,
    deadLetter: spec.deadLetter,
    reserved: spec.reservedConcurrency ?? null,
    provisioned,
    versions: spec.versions === undefined ? NO_VERSIONS : (VERSIONS[spec.versions - 1] ?? NO_VERSIONS),
    aliases,
    eventInvoke,
    recursiveLoop: spec.recursiveLoop ?? 'Terminate',
    state: spec.fresh === true ? 'Pending' : 'Active',
  };
}

function declare(
  resources: Map<string, ResourceState>,
  kind: ResourceState['kind'],
  places: readonly { readonly name: string; readonly fifo?: true }[],
): void {
  for (const { name, fifo } of places)
    resources.set(`${kind}:${name}`, { kind, isFifo: fifo === true, exists: true });
}
