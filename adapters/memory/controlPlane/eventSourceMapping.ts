/** AWS, API_CreateEventSourceMapping.html and its sisters. What is accepted takes effect later: polling/lifecycle.ts. */
import type { Json } from '../../../engine/json.ts';
import {
  defaultBatchSize,
  type MappingSettings,
  mappingNamed,
  settingsAfter,
  settingsAsked,
} from '../../../engine/mappingSettings.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import { type QueueSpec, sourceKind } from '../../../engine/sourceSpec.ts';
import type { AccountState, MappingState } from '../account.ts';
import { mappingUuid } from '../accountOf.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { conflict, invalid, missing, type Refused, type Reply } from './answers.ts';
import { mappingRefusal } from './mappingConstraints.ts';
import { functionNamed } from './named.ts';

const NOT_THERE = missing('The resource you requested does not exist.');

/** Create, Get, Update and DeleteEventSourceMapping. */
export function mappingRequest(account: AccountState, step: RequestStep, policy: Policy): Reply {
  if (step.operation === 'CreateEventSourceMapping') return create(account, step, policy);
  const mapping = account.mappings.get(mappingNamed(step) ?? '');
  if (mapping === undefined) return NOT_THERE;
  switch (step.operation) {
    case 'UpdateEventSourceMapping':
      return update(account, mapping, step, policy);
    case 'DeleteEventSourceMapping':
      return remove(mapping, policy);
    default:
      return { status: 200, output: told(mapping, mapping.state) };
  }
}

function create(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const { input, mapping: name } = step;
  const constraint = mappingRefusal(input, sourceIn(input), policy);
  if (constraint !== undefined) return constraint;
  const asked = settingsAsked(input);
  // Recorded from AWS: both are told so.
  if (sourceIn(input) === undefined || asked === undefined) {
    const isQueue = String(input['EventSourceArn']).includes(':sqs:');
    if (isQueue && policy.receivesAnyRegion) return { status: 202, output: { State: 'Creating' } };
    return invalid('Unrecognized event source.');
  }
  const refused = refusal(account, asked, step, policy);
  if (refused !== undefined) return refused;
  const twin = [...account.mappings.values()].find(
    ({ settings }) => settings.source === asked.source && settings.function === asked.function,
  );
  if (twin !== undefined && policy.refusesSecondMapping)
    return conflict(
      `The event source arn (" ${asked.source} ") and function (" ${asked.function} ") provided mapping already exists. Please update or delete the existing mapping with UUID ${twin.uuid}`,
    );
  const number = ++account.mappingsMade;
  const made: MappingState = {
    name: name ?? `unnamed${number}`,
    uuid: mappingUuid(number),
    settings: withDefaults(asked, input, policy),
    state: 'Creating',
  };
  account.mappings.set(made.name, made);
  const state = asked.isEnabled ? policy.createdMappingState : 'Disabled';
  return { status: policy.createdMappingStatus, output: told(made, state) };
}

/** The source as the scenario writes it, where the request names one that scenarios have. */
function sourceIn(input: JsonObject): string | undefined {
  for (const given of [input['Topics'], input['Queues'], input['EventSourceArn']]) {
    const ref = Array.isArray(given) ? given[0] : given;
    if (typeof ref === 'string' && sourceKind(ref) !== undefined) return ref;
  }
  return undefined;
}

function withDefaults(asked: MappingSettings, input: JsonObject, policy: Policy): MappingSettings {
  const isDefault = input['BatchSize'] === undefined && sourceKind(asked.source) === 'sqs';
  return isDefault ? { ...asked, batchSize: policy.defaultQueueBatchSize } : asked;
}

function update(account: AccountState, mapping: MappingState, step: RequestStep, policy: Policy): Reply {
  const { input } = step;
  const constraint = mappingRefusal(input, mapping.settings.source, policy);
  if (constraint !== undefined) return constraint;
  const inUse = inUseRefusal(mapping, policy);
  if (inUse !== undefined) return inUse;
  const before = mapping.settings;
  const asked = settingsAfter(before, input);
  const kept =
    asObject(input['FilterCriteria']) !== undefined &&
    asked.filters.length === 0 &&
    !policy.emptyFilterCriteriaRemoves;
  const after: MappingSettings = {
    ...asked,
    filters: kept ? before.filters : asked.filters,
    startingPosition: before.startingPosition,
    startingAtSeconds: before.startingAtSeconds,
    consumerGroup: policy.changesGroups ? asked.consumerGroup : before.consumerGroup,
  };
  if (asked.consumerGroup !== before.consumerGroup && !policy.changesGroups)
    return invalid('The consumer group of an event source mapping cannot be changed.');
  const refused = refusal(account, after, step, policy, mapping);
  if (refused !== undefined) return refused;
  mapping.settings = after;
  if (mapping.state !== 'Deleting')
    mapping.state =
      after.isEnabled === before.isEnabled ? 'Updating' : after.isEnabled ? 'Enabling' : 'Disabling';
  return { status: 202, output: told(mapping, mapping.state) };
}

function remove(mapping: MappingState, policy: Policy): Reply {
  const inUse = inUseRefusal(mapping, policy);
  if (inUse !== undefined) return inUse;
  mapping.state = 'Deleting';
  return { status: 202, output: told(mapping, policy.deletedMappingState) };
}

function inUseRefusal({ state }: MappingState, policy: Policy): Refused | undefined {
  if (state === 'Enabled' || state === 'Disabled' || !policy.refusesWhileInUse) return undefined;
  return {
    status: 400,
    error: 'ResourceInUseException',
    message: `Cannot update the event source mapping because it is in use: ${state}.`,
  };
}

/** What speaks against settings that are in range each by itself. */
function refusal(
  account: AccountState,
  settings: MappingSettings,
  { input, atSeconds }: RequestStep,
  policy: Policy,
  itself?: MappingState,
): Refused | undefined {
  const owner = functionNamed(account, settings.function);
  // Recorded from AWS: 400, not 404.
  if (owner === undefined) return invalid('Function does not exist');
  const { source } = settings;
  const kind = sourceKind(source);
  const resource = account.resources.get(source);
  if (resource?.exists !== true)
    return invalid(
      kind === 'kinesis' || kind === 'dynamodb'
        ? `Stream not found: ${source}`
        : `The provided source ${source} does not exist.`,
    );
  if (account.denied.has(`${settings.function} ${source}`) && policy.refusesWithoutReadPermission)
    return invalid(
      `The function execution role does not have permissions to call ${READING[kind ?? 'sqs']} on ${source}`,
    );
  const queue = account.queues.get(source);
  if (queue !== undefined) {
    const unfit = queueRefusal(queue, settings, input, owner.timeoutSeconds, policy);
    if (unfit !== undefined) return unfit;
  }
  if ((kind === 'kafka' || kind === 'mq') && owner.timeoutSeconds > policy.longestKafkaTimeoutSeconds)
    return invalid(
      `The function timeout must be ${policy.longestKafkaTimeoutSeconds} seconds or less for this event source.`,
    );
  return (
    positionRefusal(settings, input, policy, atSeconds) ??
    destinationRefusal(account, settings, input, policy) ??
    groupRefusal(account, settings, input, policy, itself)
  );
}

/** What speaks against settings of a queue: the ones in force after the request count, not only those that it gives. */
function queueRefusal(
  { visibilityTimeoutSeconds: visibility = 30, fifo }: QueueSpec,
  { batchSize, windowSeconds, maximumConcurrency, provisioned }: MappingSettings,
  input: JsonObject,
  timeoutSeconds: number,
  policy: Policy,
): Refused | undefined {
  if (timeoutSeconds > visibility && policy.refusesShortVisibility)
    return invalid(
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  if (maximumConcurrency !== null && provisioned !== null && policy.refusesMaximumAndPollers)
    return invalid('ScalingConfig and ProvisionedPollerConfig cannot be used together.');
  // A mapping that a scenario declares is there however its settings go together.
  if (input['BatchSize'] === undefined && input['MaximumBatchingWindowInSeconds'] === undefined)
    return undefined;
  if (fifo === true) {
    if (windowSeconds > 0 && policy.refusesFifoWindow)
      return invalid('Batching window is not supported for FIFO queues.');
    return batchSize > policy.fifoBatchSizeMost
      ? invalid(`Batch size of a FIFO queue must be ${policy.fifoBatchSizeMost} or less.`)
      : undefined;
  }
  // Recorded from AWS, word for word.
  return batchSize > 10 && windowSeconds < 1 && policy.largeBatchesNeedWindow
    ? invalid(
        'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
      )
    : undefined;
}

const READING = {
  sqs: 'ReceiveMessage on SQS',
  kinesis: 'GetRecords on Kinesis',
  dynamodb: 'GetRecords on DynamoDB Streams',
  kafka: 'DescribeClusterV2 on Kafka',
  mq: 'DescribeBroker on MQ',
} as const;

function positionRefusal(
  { source, startingPosition, startingAtSeconds }: MappingSettings,
  input: JsonObject,
  policy: Policy,
  atSeconds: number,
): Refused | undefined {
  const kind = sourceKind(source);
  if (kind !== 'kinesis' && kind !== 'dynamodb') return undefined;
  if (startingPosition === null && policy.needsStartingPosition)
    return invalid(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  if (startingPosition !== 'AT_TIMESTAMP') return undefined;
  if (kind === 'dynamodb' && policy.refusesTimestampOfTables)
    return invalid(`Unsupported starting position for arn type: ${source}`);
  if (
    input['StartingPosition'] !== undefined &&
    startingAtSeconds !== null &&
    startingAtSeconds > atSeconds &&
    policy.refusesFutureTimestamps
  )
    return invalid('StartingPositionTimestamp must not be in the future.');
  return undefined;
}

function destinationRefusal(
  account: AccountState,
  settings: MappingSettings,
  input: JsonObject,
  policy: Policy,
): Refused | undefined {
  const config = asObject(input['DestinationConfig']);
  if (config === undefined) return undefined;
  const kind = sourceKind(settings.source);
  const unsupported = invalid('Unsupported DestinationConfig parameter for given event source mapping type.');
  if (
    config['OnSuccess'] !== undefined &&
    asObject(config['OnSuccess'])?.['Destination'] !== undefined &&
    policy.refusesOnSuccess
  )
    return unsupported;
  const { onFailure } = settings;
  if (onFailure === undefined || onFailure === '') return undefined;
  if ((kind === 'sqs' || kind === 'mq') && policy.refusesStrayDestinations) return unsupported;
  if (account.resources.get(onFailure)?.exists !== true)
    return invalid(`The destination ARN ${onFailure} is invalid.`);
  if (!onFailure.startsWith('kafka:') || !policy.checksKafkaDestination) return undefined;
  const fits =
    kind === 'kafka' &&
    onFailure !== settings.source &&
    settings.provisioned !== null &&
    account.clusters.get(onFailure) === account.clusters.get(settings.source);
  return fits
    ? undefined
    : invalid('A Kafka topic as destination must be another topic of the same cluster, in provisioned mode.');
}

function groupRefusal(
  account: AccountState,
  settings: MappingSettings,
  input: JsonObject,
  policy: Policy,
  itself: MappingState | undefined,
): Refused | undefined {
  if (sourceKind(settings.source) !== 'kafka') return undefined;
  const isRetrying =
    input['MaximumRetryAttempts'] !== undefined ||
    input['MaximumRecordAgeInSeconds'] !== undefined ||
    input['BisectBatchOnFunctionError'] !== undefined ||
    input['FunctionResponseTypes'] !== undefined;
  if (isRetrying && settings.provisioned === null && policy.refusesKafkaRetriesOnDemand)
    return invalid('Retry settings need provisioned mode for this event source.');
  const { consumerGroup } = settings;
  if (consumerGroup === undefined || !policy.refusesSharedGroups) return undefined;
  const cluster = account.clusters.get(settings.source);
  for (const other of account.mappings.values())
    if (
      other !== itself &&
      other.settings.consumerGroup === consumerGroup &&
      account.clusters.get(other.settings.source) === cluster
    )
      return invalid(`The consumer group ${consumerGroup} is in use by another event source mapping.`);
  return undefined;
}

/** A mapping as the API tells it. Recorded from AWS: which keys it has depends on the kind of its source. */
function told({ name, settings }: MappingState, state: string): Json {
  const kind = sourceKind(settings.source);
  const output: Record<string, Json> = {
    UUID: `mapping:${name}`,
    BatchSize: settings.batchSize ?? defaultBatchSize(kind),
    MaximumBatchingWindowInSeconds: Math.floor(settings.windowSeconds),
    EventSourceArn: settings.source,
    FunctionArn: functionArn(settings.function, settings.qualifier),
    FunctionResponseTypes: settings.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
    State: state,
    StateTransitionReason: kind === 'sqs' ? 'USER_INITIATED' : 'User action',
    LastModified: 1_767_225_600,
  };
  if (settings.filters.length > 0)
    output['FilterCriteria'] = { Filters: settings.filters.map((Pattern) => ({ Pattern })) };
  if (settings.maximumConcurrency !== null)
    output['ScalingConfig'] = { MaximumConcurrency: settings.maximumConcurrency };
  if (settings.provisioned !== null) {
    const { minimum, maximum } = settings.provisioned;
    output['ProvisionedPollerConfig'] = {
      ...(minimum === null ? {} : { MinimumPollers: minimum }),
      ...(maximum === null ? {} : { MaximumPollers: maximum }),
    };
  }
  if (settings.startingPosition !== null) output['StartingPosition'] = settings.startingPosition;
  if (kind === 'kafka') {
    output['Topics'] = [settings.source];
    if (settings.consumerGroup !== undefined)
      output['AmazonManagedKafkaEventSourceConfig'] = { ConsumerGroupId: settings.consumerGroup };
  }
  if (kind === 'mq') output['Queues'] = [settings.source];
  if (kind !== 'kinesis' && kind !== 'dynamodb') return output;
  return {
    ...output,
    BisectBatchOnFunctionError: settings.bisects,
    DestinationConfig: {
      OnFailure: settings.onFailure === undefined ? {} : { Destination: settings.onFailure },
    },
    LastProcessingResult: 'No records processed',
    MaximumRecordAgeInSeconds: settings.maximumRecordAgeSeconds,
    MaximumRetryAttempts: settings.maximumRetryAttempts,
    ParallelizationFactor: settings.parallelizationFactor,
    TumblingWindowInSeconds: settings.tumblingWindowSeconds,
  };
}
