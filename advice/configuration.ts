/**
 * A configuration: what a scenario declares, without its steps. The words are the same, so that what is advised can
 * be simulated, and a scenario's file is a configuration too.
 */
import { SCENARIO_VERSION, type Scenario } from '../engine/scenario.ts';
import type { MappingSpec, QueueSpec, SourceKind } from '../engine/sourceSpec.ts';
import { sourceKind } from '../engine/sourceSpec.ts';

/** A scenario with no steps. */
export type Configuration = Omit<Scenario, 'steps'>;

/** `value` with what a configuration need not say: the version, and steps. For the schema to judge. */
export function completed(value: object): object {
  return { scenario: SCENARIO_VERSION, ...value, steps: [] };
}

/** The queue that a reference means. */
export const queueOf = (configuration: Configuration, ref: string): QueueSpec | undefined =>
  configuration.queues?.find(({ name }) => `queue:${name}` === ref);

/** The mappings that read sources of these kinds. */
export const mappingsOf = (configuration: Configuration, ...kinds: readonly SourceKind[]): MappingSpec[] =>
  (configuration.mappings ?? []).filter(({ source }) => {
    const kind = sourceKind(source);
    return kind !== undefined && kinds.includes(kind);
  });

/** The configuration with one function otherwise. */
export const withFunction = (
  configuration: Configuration,
  name: string,
  change: Partial<Scenario['functions'][number]>,
): Configuration => ({
  ...configuration,
  functions: configuration.functions.map((spec) => (spec.name === name ? { ...spec, ...change } : spec)),
});

/** The configuration with one mapping otherwise. */
export const withMapping = (
  configuration: Configuration,
  name: string,
  change: Partial<MappingSpec>,
): Configuration => ({
  ...configuration,
  mappings: (configuration.mappings ?? []).map((spec) =>
    spec.name === name ? { ...spec, ...change } : spec,
  ),
});

/** The configuration with one queue otherwise, or with one more. */
export function withQueue(configuration: Configuration, queue: QueueSpec): Configuration {
  const others = (configuration.queues ?? []).filter(({ name }) => name !== queue.name);
  return { ...configuration, queues: [...others, queue] };
}

/** A name for a queue that the configuration does not have yet. */
export function freshQueue({ queues = [] }: Configuration, wish: string): string {
  const taken = new Set(queues.map(({ name }) => name));
  let name = wish;
  for (let k = 2; taken.has(name); k++) name = `${wish}-${k}`;
  return name;
}
