/** The settings of an event source mapping, with AWS's defaults, as a scenario or a request gives them. */
import type { Json } from './json.ts';
import type { RequestStep } from './scenario.ts';
import { type MappingSpec, type SourceKind, sourceKind } from './sourceSpec.ts';

/** What is configured on a mapping. Null: not set, and AWS has no default for it. */
export interface MappingSettings {
  readonly source: string;
  readonly function: string;
  readonly qualifier: string | undefined;
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** The texts of the filter patterns; empty: all records are delivered. */
  readonly filters: readonly string[];
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency: number | null;
  readonly provisioned: { readonly minimum: number | null; readonly maximum: number | null } | null;
  readonly startingPosition: string | null;
  /** Seconds since the scenario began. */
  readonly startingAtSeconds: number | null;
  readonly parallelizationFactor: number;
  /** -1: without a bound. */
  readonly maximumRetryAttempts: number;
  /** -1: without a bound. */
  readonly maximumRecordAgeSeconds: number;
  readonly bisects: boolean;
  /** 0: no tumbling window. */
  readonly tumblingWindowSeconds: number;
  readonly onFailure: string | undefined;
  readonly consumerGroup: string | undefined;
}

/** AWS, API_CreateEventSourceMapping: 10 for SQS, 100 for all others. */
export const defaultBatchSize = (kind: SourceKind | undefined): number => (kind === 'sqs' ? 10 : 100);

/** AWS, invocation-eventsourcemapping: 500 ms for Amazon MSK, self-managed Kafka and Amazon MQ, 0 for the others. */
export const defaultWindowSeconds = (kind: SourceKind | undefined): number =>
  kind === 'kafka' || kind === 'mq' ? 0.5 : 0;

const NO_FILTERS: readonly string[] = [];

/** A filter of a scenario as the text of its pattern: a string stands for itself. */
export const patternText = (filter: Json): string =>
  typeof filter === 'string' ? filter : JSON.stringify(filter);

/** The settings of a mapping as a scenario declares it. */
export function settingsOf(spec: MappingSpec): MappingSettings {
  const kind = sourceKind(spec.source);
  return {
    source: spec.source,
    function: spec.function,
    qualifier: spec.qualifier,
    isEnabled: spec.enabled !== false,
    batchSize: spec.batchSize ?? defaultBatchSize(kind),
    windowSeconds: spec.windowSeconds ?? defaultWindowSeconds(kind),
    filters: spec.filters === undefined ? NO_FILTERS : spec.filters.map(patternText),
    reportsItemFailures: spec.reportsItemFailures === true,
    maximumConcurrency: spec.maximumConcurrency ?? null,
    provisioned:
      spec.provisioned === undefined
        ? null
        : { minimum: spec.provisioned.minimum ?? null, maximum: spec.provisioned.maximum ?? null },
    startingPosition: spec.startingPosition ?? null,
    startingAtSeconds: spec.startingAtSeconds ?? null,
    parallelizationFactor: spec.parallelizationFactor ?? 1,
    maximumRetryAttempts: spec.maximumRetryAttempts ?? -1,
    maximumRecordAgeSeconds: spec.maximumRecordAgeSeconds ?? -1,
    bisects: spec.bisects === true,
    tumblingWindowSeconds: spec.tumblingWindowSeconds ?? 0,
    onFailure: spec.onFailure,
    consumerGroup: spec.consumerGroup,
  };
}

/** The name in a request's `UUID`: `m` of `mapping:m`. */
export function mappingNamed(step: RequestStep): string | undefined {
  if (step.operation === 'CreateEventSourceMapping') return step.mapping;
  const uuid = step.input['UUID'];
  return typeof uuid === 'string' && uuid.startsWith('mapping:') ? uuid.slice('mapping:'.length) : undefined;
}

/** The settings that CreateEventSourceMapping asks for; undefined where it names no source or no function. */
export function settingsAsked(input: RequestStep['input']): MappingSettings | undefined {
  const source = sourceAsked(input);
  const { name, qualifier } = functionAsked(input['FunctionName']);
  if (source === undefined || name === undefined) return undefined;
  const spec: MappingSpec = { name: 'asked', source, function: name };
  if (qualifier !== undefined) spec.qualifier = qualifier;
  return settingsAfter(settingsOf(spec), input);
}

/** The source of a CreateEventSourceMapping: its ARN or, of a self-managed cluster or a broker, the topic or queue. */
function sourceAsked(input: RequestStep['input']): string | undefined {
  const topic = firstOf(input['Topics']);
  const queue = firstOf(input['Queues']);
  for (const ref of [topic, queue, input['EventSourceArn']])
    if (typeof ref === 'string' && sourceKind(ref) !== undefined) return ref;
  return undefined;
}

const firstOf = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[0] : undefined);

/** A function name as a mapping may have it: `f`, or `f:QUALIFIER`. */
function functionAsked(value: Json | undefined): { name?: string; qualifier?: string } {
  if (typeof value !== 'string') return {};
  const colon = value.indexOf(':');
  return colon === -1 ? { name: value } : { name: value.slice(0, colon), qualifier: value.slice(colon + 1) };
}

/** The settings after a request: what it does not give stays (API_UpdateEventSourceMapping). */
export function settingsAfter(before: MappingSettings, input: RequestStep['input']): MappingSettings {
  const after: { -readonly [K in keyof MappingSettings]: MappingSettings[K] } = { ...before };
  const number = (key: string, take: (value: number) => void) => {
    const value = input[key];
    if (typeof value === 'number') take(value);
  };
  const { name, qualifier } = functionAsked(input['FunctionName']);
  if (name !== undefined) {
    after.function = name;
    after.qualifier = qualifier;
  }
  if (typeof input['Enabled'] === 'boolean') after.isEnabled = input['Enabled'];
  number('BatchSize', (value) => {
    after.batchSize = value;
  });
  number('MaximumBatchingWindowInSeconds', (value) => {
    after.windowSeconds = value;
  });
  number('ParallelizationFactor', (value) => {
    after.parallelizationFactor = value;
  });
  number('MaximumRetryAttempts', (value) => {
    after.maximumRetryAttempts = value;
  });
  number('MaximumRecordAgeInSeconds', (value) => {
    after.maximumRecordAgeSeconds = value;
  });
  number('TumblingWindowInSeconds', (value) => {
    after.tumblingWindowSeconds = value;
  });
  number('StartingPositionTimestamp', (value) => {
    after.startingAtSeconds = value;
  });
  if (typeof input['BisectBatchOnFunctionError'] === 'boolean')
    after.bisects = input['BisectBatchOnFunctionError'];
  if (typeof input['StartingPosition'] === 'string') after.startingPosition = input['StartingPosition'];
  const types = input['FunctionResponseTypes'];
  if (Array.isArray(types)) after.reportsItemFailures = types.includes('ReportBatchItemFailures');
  takeObjects(after, input);
  return after;
}

function takeObjects(
  after: { -readonly [K in keyof MappingSettings]: MappingSettings[K] },
  input: RequestStep['input'],
): void {
  const filters = member(input['FilterCriteria'], 'Filters');
  if (input['FilterCriteria'] !== undefined) {
    after.filters = Array.isArray(filters)
      ? filters.map((filter) => text(filter, 'Pattern') ?? '')
      : NO_FILTERS;
  }
  if (input['ScalingConfig'] !== undefined)
    after.maximumConcurrency = integer(input['ScalingConfig'], 'MaximumConcurrency') ?? null;
  const pollers = input['ProvisionedPollerConfig'];
  if (pollers !== undefined) {
    const minimum = integer(pollers, 'MinimumPollers') ?? null;
    const maximum = integer(pollers, 'MaximumPollers') ?? null;
    after.provisioned = minimum === null && maximum === null ? null : { minimum, maximum };
  }
  const onFailure = member(input['DestinationConfig'], 'OnFailure');
  if (onFailure !== undefined) after.onFailure = text(onFailure, 'Destination');
  const group =
    text(input['AmazonManagedKafkaEventSourceConfig'], 'ConsumerGroupId') ??
    text(input['SelfManagedKafkaEventSourceConfig'], 'ConsumerGroupId');
  if (group !== undefined) after.consumerGroup = group;
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[key];
}

function text(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

function integer(value: Json | undefined, key: string): number | undefined {
  const found = member(value, key);
  return typeof found === 'number' ? found : undefined;
}

/**
 * Whether AWS's pages say what a mapping with these settings does. They do not where a value is out of range: AWS
 * refuses it, and what a target that takes it does with it is its own affair.
 */
export function isWithinLimits(settings: MappingSettings): boolean {
  const { maximumRecordAgeSeconds: age, maximumConcurrency } = settings;
  return (
    isWithin(settings.batchSize, 1, 10_000) &&
    isWithin(settings.windowSeconds, 0, 300) &&
    isWithin(settings.parallelizationFactor, 1, 10) &&
    isWithin(settings.maximumRetryAttempts, -1, 10_000) &&
    (age === -1 || isWithin(age, 60, 604_800)) &&
    isWithin(settings.tumblingWindowSeconds, 0, 900) &&
    (maximumConcurrency === null || isWithin(maximumConcurrency, 2, 1_000))
  );
}

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;
