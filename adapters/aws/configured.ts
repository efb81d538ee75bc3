/** The configuration of a real function, read from the API and written in a scenario's words. Nothing is changed. */
import {
  type EventSourceMappingConfiguration,
  type FunctionEventInvokeConfig,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  paginateListEventSourceMappings,
  paginateListFunctionEventInvokeConfigs,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { Json } from '../../engine/json.ts';
import {
  DEFAULT_TIMEOUT_SECONDS,
  type EventInvokeSpec,
  type FunctionSpec,
  type Scenario,
} from '../../engine/scenario.ts';
import type { MappingSpec, QueueSpec, StreamSpec, TableSpec } from '../../engine/sourceSpec.ts';
import { TargetError } from '../../engine/target.ts';
import { type Clients, type Endpoint, makeClients } from './clients.ts';
import { describe, failureOf } from './failures.ts';

/** What was read, and what could not be put into a scenario's words. */
export interface Configured {
  readonly configuration: Omit<Scenario, 'steps'>;
  /** A sentence for each thing that was left out. */
  readonly leftOut: readonly string[];
}

/**
 * Reads a function with its concurrency, event-invoke configurations, mappings, and the queues that they read.
 * @throws TargetError where it cannot be read, with what to do
 */
export async function configured(functionName: string, endpoint: Endpoint): Promise<Configured> {
  const clients = makeClients(endpoint);
  try {
    return await new Reading(clients).function(functionName);
  } catch (thrown) {
    if (thrown instanceof TargetError) throw thrown;
    const where = endpoint.url ?? `AWS in ${clients.region}`;
    throw new TargetError(
      `The configuration of "${functionName}" cannot be read from ${where}: ${describe(failureOf(thrown))}.`,
    );
  } finally {
    clients.destroy();
  }
}

/** How long all of it may take. */
const PATIENCE_MS = 60_000;

class Reading {
  private readonly clients: Clients;
  private readonly within = { abortSignal: AbortSignal.timeout(PATIENCE_MS) };
  private readonly names = new Map<string, string>();
  private readonly queues = new Map<string, QueueSpec>();
  private readonly streams = new Map<string, StreamSpec>();
  private readonly tables = new Map<string, TableSpec>();
  private readonly places = new Map<string, Set<string>>();
  private readonly leftOut: string[] = [];

  constructor(clients: Clients) {
    this.clients = clients;
  }

  async function(functionName: string): Promise<Configured> {
    const { lambda } = this.clients;
    const FunctionName = functionName;
    const [general, concurrency] = await Promise.all([
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName }), this.within),
      lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }), this.within),
    ]);
    const spec: FunctionSpec = {
      name: this.nameOf(general.FunctionName ?? functionName),
      timeoutSeconds: general.Timeout ?? DEFAULT_TIMEOUT_SECONDS,
    };
    if (concurrency.ReservedConcurrentExecutions !== undefined)
      spec.reservedConcurrency = concurrency.ReservedConcurrentExecutions;
    const deadLetter = await this.destination(general.DeadLetterConfig?.TargetArn);
    if (deadLetter !== undefined) spec.deadLetter = deadLetter;
    const eventInvoke = await this.eventInvoke(FunctionName);
    if (eventInvoke.length > 0) spec.eventInvoke = eventInvoke;
    const mappings = await this.mappings(FunctionName, spec.name);
    return { configuration: this.configuration(spec, mappings), leftOut: this.leftOut };
  }

  private configuration(spec: FunctionSpec, mappings: MappingSpec[]): Configured['configuration'] {
    const configuration: Configured['configuration'] = {
      scenario: 1,
      functions: [spec, ...this.otherFunctions(spec)],
    };
    if (this.queues.size > 0) configuration.queues = [...this.queues.values()];
    if (this.streams.size > 0) configuration.streams = [...this.streams.values()];
    if (this.tables.size > 0) configuration.tables = [...this.tables.values()];
    const places = (kind: string) => [...(this.places.get(kind) ?? [])].map((name) => ({ name }));
    if (this.places.has('topic')) configuration.topics = places('topic');
    if (this.places.has('bus')) configuration.buses = places('bus');
    if (this.places.has('bucket')) configuration.buckets = places('bucket');
    if (mappings.length > 0) configuration.mappings = mappings;
    return configuration;
  }

  /** Functions that are destinations: of them only the name counts. */
  private otherFunctions({ name }: FunctionSpec): FunctionSpec[] {
    const others = [...(this.places.get('function') ?? [])].filter((other) => other !== name);
    return others.map((other) => ({ name: other, timeoutSeconds: 3 }));
  }

  private async eventInvoke(FunctionName: string): Promise<EventInvokeSpec[]> {
    const configs: EventInvokeSpec[] = [];
    const pages = paginateListFunctionEventInvokeConfigs({ client: this.clients.lambda }, { FunctionName });
    for await (const { FunctionEventInvokeConfigs: found = [] } of pages)
      for (const config of found) configs.push(await this.eventInvokeSpec(config));
    return configs;
  }

  private async eventInvokeSpec(config: FunctionEventInvokeConfig): Promise<EventInvokeSpec> {
    const spec: EventInvokeSpec = { qualifier: config.FunctionArn?.split(':')[7] ?? '$LATEST' };
    if (config.MaximumRetryAttempts !== undefined) spec.maximumRetryAttempts = config.MaximumRetryAttempts;
    if (config.MaximumEventAgeInSeconds !== undefined)
      spec.maximumEventAgeSeconds = config.MaximumEventAgeInSeconds;
    const onSuccess = await this.destination(config.DestinationConfig?.OnSuccess?.Destination);
    const onFailure = await this.destination(config.DestinationConfig?.OnFailure?.Destination);
    if (onSuccess !== undefined) spec.onSuccess = onSuccess;
    if (onFailure !== undefined) spec.onFailure = onFailure;
    return spec;
  }

  private async mappings(FunctionName: string, owner: string): Promise<MappingSpec[]> {
    const specs: MappingSpec[] = [];
    const pages = paginateListEventSourceMappings({ client: this.clients.lambda }, { FunctionName });
    for await (const { EventSourceMappings: found = [] } of pages) {
      for (const mapping of found) {
        const source = await this.source(mapping.EventSourceArn);
        if (source === undefined)
          this.leftOut.push(
            `The mapping ${mapping.UUID ?? '?'} reads ${mapping.EventSourceArn ?? 'another kind of source'}: it is left out.`,
          );
        else specs.push(await this.mappingSpec(mapping, `m${specs.length + 1}`, source, owner));
      }
    }
    return specs;
  }

  private async mappingSpec(
    mapping: EventSourceMappingConfiguration,
    name: string,
    source: string,
    owner: string,
  ): Promise<MappingSpec> {
    const spec: MappingSpec = { name, source, function: owner };
    const qualifier = mapping.FunctionArn?.split(':')[7];
    if (qualifier !== undefined) spec.qualifier = qualifier;
    if (mapping.BatchSize !== undefined) spec.batchSize = mapping.BatchSize;
    if (mapping.MaximumBatchingWindowInSeconds !== undefined)
      spec.windowSeconds = mapping.MaximumBatchingWindowInSeconds;
    const maximum = mapping.ScalingConfig?.MaximumConcurrency;
    if (maximum !== undefined) spec.maximumConcurrency = maximum;
    if (mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') === true)
      spec.reportsItemFailures = true;
    const patterns = (mapping.FilterCriteria?.Filters ?? []).flatMap(({ Pattern }): Json[] =>
      Pattern === undefined ? [] : [Pattern],
    );
    if (patterns.length > 0) spec.filters = patterns;
    if (source.startsWith('queue:')) return spec;
    spec.startingPosition = mapping.StartingPosition ?? 'TRIM_HORIZON';
    if (mapping.ParallelizationFactor !== undefined)
      spec.parallelizationFactor = mapping.ParallelizationFactor;
    if (mapping.MaximumRetryAttempts !== undefined) spec.maximumRetryAttempts = mapping.MaximumRetryAttempts;
    if (mapping.MaximumRecordAgeInSeconds !== undefined)
      spec.maximumRecordAgeSeconds = mapping.MaximumRecordAgeInSeconds;
    if (mapping.BisectBatchOnFunctionError === true) spec.bisects = true;
    if (mapping.TumblingWindowInSeconds !== undefined && mapping.TumblingWindowInSeconds > 0)
      spec.tumblingWindowSeconds = mapping.TumblingWindowInSeconds;
    const onFailure = await this.destination(mapping.DestinationConfig?.OnFailure?.Destination);
    if (onFailure !== undefined) spec.onFailure = onFailure;
    return spec;
  }

  /** The source under a name of the scenario's; undefined where it is none that scenarios have. */
  private async source(arn: string | undefined): Promise<string | undefined> {
    const service = arn?.split(':')[2];
    if (arn === undefined || service === undefined) return undefined;
    if (service === 'sqs') return this.queue(arn);
    const [, of = ''] = arn.split(/[:/](?:stream|table)\//);
    const name = this.nameOf(of.split('/')[0] ?? '');
    if (service === 'kinesis') {
      this.streams.set(name, { name });
      return `stream:${name}`;
    }
    if (service !== 'dynamodb') return undefined;
    this.tables.set(name, { name });
    return `table:${name}`;
  }

  private async queue(arn: string): Promise<string> {
    const realName = arn.split(':')[5] ?? '';
    const name = this.nameOf(realName);
    if (!this.queues.has(name)) {
      const spec: QueueSpec = { name };
      this.queues.set(name, spec);
      await this.readQueue(realName, spec);
    }
    return `queue:${name}`;
  }

  private async readQueue(QueueName: string, spec: QueueSpec): Promise<void> {
    const { sqs } = this.clients;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }), this.within);
    const input = { QueueUrl, AttributeNames: ['All' as const] };
    const { Attributes: attributes = {} } = await sqs.send(new GetQueueAttributesCommand(input), this.within);
    const {
      VisibilityTimeout: visibility,
      MessageRetentionPeriod: retention,
      RedrivePolicy: policy,
    } = attributes;
    if (attributes['FifoQueue'] === 'true') spec.fifo = true;
    if (visibility !== undefined) spec.visibilityTimeoutSeconds = Number(visibility);
    if (retention !== undefined) spec.retentionSeconds = Number(retention);
    if (attributes['DelaySeconds'] !== undefined) spec.delaySeconds = Number(attributes['DelaySeconds']);
    if (policy === undefined) return;
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as {
      readonly deadLetterTargetArn: string;
      readonly maxReceiveCount: number | string;
    };
    spec.redrive = { to: await this.queue(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
  }

  /** A destination or dead-letter target under a name of the scenario's. */
  private async destination(arn: string | undefined): Promise<string | undefined> {
    if (arn === undefined || arn === '') return undefined;
    const [, , service, , , rest = ''] = arn.split(':');
    if (service === 'sqs') return this.queue(arn);
    if (service === 'sns') return this.place('topic', rest);
    if (service === 's3') return this.place('bucket', rest);
    if (service === 'events') return this.place('bus', arn.split('/')[1] ?? '');
    if (service === 'lambda') return this.place('function', arn.split(':')[6] ?? '');
    this.leftOut.push(`The destination ${arn} is left out.`);
    return undefined;
  }

  private place(kind: string, realName: string): string {
    const name = this.nameOf(realName);
    const known = this.places.get(kind);
    if (known === undefined) this.places.set(kind, new Set([name]));
    else known.add(name);
    return `${kind}:${name}`;
  }

  /** A name as scenarios write them, one for each real name. */
  private nameOf(realName: string): string {
    const known = this.names.get(realName);
    if (known !== undefined) return known;
    const plain = realName
      .toLowerCase()
      .replace(/\.fifo$/, '')
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^[^a-z]+/, '');
    const base = plain === '' ? 'x' : plain.slice(0, 27);
    const taken = new Set(this.names.values());
    let name = base;
    for (let k = 2; taken.has(name); k++) name = `${base}-${k}`;
    this.names.set(realName, name);
    return name;
  }
}
