/** The bounds of a mapping's parameters, each by itself. AWS, API_CreateEventSourceMapping.html. */
import { filterOf } from '../../../engine/filterPattern.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import { sourceKind } from '../../../engine/sourceSpec.ts';
import type { Policy } from '../policy.ts';
import { invalid, type Refused } from './answers.ts';
import { Constraints } from './constraints.ts';

/** The refusal of what is out of range; undefined where nothing is. */
export function mappingRefusal(
  input: JsonObject,
  source: string | undefined,
  policy: Policy,
): Refused | undefined {
  return (
    rangeRefusal(input, policy) ??
    scaleRefusal(input, source, policy) ??
    listRefusal(input, policy) ??
    filterRefusal(input, source, policy) ??
    strayRefusal(input, source, policy)
  );
}

function rangeRefusal(input: JsonObject, policy: Policy): Refused | undefined {
  const age = input['MaximumRecordAgeInSeconds'];
  return new Constraints()
    .range(input['BatchSize'], 'batchSize', policy.batchSizeLeast, policy.batchSizeMost)
    .range(
      input['MaximumBatchingWindowInSeconds'],
      'maximumBatchingWindowInSeconds',
      policy.windowLeastSeconds,
      policy.windowMostSeconds,
    )
    .range(
      input['ParallelizationFactor'],
      'parallelizationFactor',
      policy.parallelizationLeast,
      policy.parallelizationMost,
    )
    .range(
      age === -1 ? undefined : age,
      'maximumRecordAgeInSeconds',
      policy.recordAgeLeastSeconds,
      policy.recordAgeMostSeconds,
    )
    .range(
      input['MaximumRetryAttempts'],
      'maximumRetryAttempts',
      policy.mappingRetriesLeast,
      policy.mappingRetriesMost,
    )
    .range(
      input['TumblingWindowInSeconds'],
      'tumblingWindowInSeconds',
      policy.tumblingLeastSeconds,
      policy.tumblingMostSeconds,
    )
    .oneOf(input['StartingPosition'], 'startingPosition', policy.startingPositions)
    .refusal(policy.constraintError);
}

function scaleRefusal(input: JsonObject, source: string | undefined, policy: Policy): Refused | undefined {
  const kind = source === undefined ? undefined : sourceKind(source);
  const scaling = asObject(input['ScalingConfig']);
  const pollers = asObject(input['ProvisionedPollerConfig']);
  if (scaling !== undefined && kind !== 'sqs' && policy.scalesSqsOnly)
    return invalid('Unsupported ScalingConfig parameter for given event source mapping type.');
  const most = kind === 'kafka' ? policy.maximumPollersMostKafka : policy.maximumPollersMostSqs;
  const least = kind === 'sqs' ? policy.minimumPollersLeastSqs : 1;
  const minimum = pollers?.['MinimumPollers'];
  const maximum = pollers?.['MaximumPollers'];
  const refusal = new Constraints()
    .range(
      scaling?.['MaximumConcurrency'],
      'scalingConfig.maximumConcurrency',
      policy.maximumConcurrencyLeast,
      policy.maximumConcurrencyMost,
    )
    .range(minimum, 'provisionedPollerConfig.minimumPollers', least, policy.minimumPollersMost)
    .range(maximum, 'provisionedPollerConfig.maximumPollers', least, most)
    .refusal(policy.constraintError);
  if (refusal !== undefined) return refusal;
  if (
    typeof minimum === 'number' &&
    typeof maximum === 'number' &&
    maximum < minimum &&
    policy.comparesPollers
  )
    return invalid('MaximumPollers must be greater than or equal to MinimumPollers.');
  return undefined;
}

function listRefusal(input: JsonObject, policy: Policy): Refused | undefined {
  const types = list(input['FunctionResponseTypes']);
  if (types.length > policy.responseTypesMost)
    return { status: 400, error: policy.constraintError, message: 'Too many FunctionResponseTypes.' };
  if (policy.knownResponseTypesOnly && types.some((type) => type !== 'ReportBatchItemFailures'))
    return { status: 400, error: policy.constraintError, message: 'Unknown FunctionResponseType.' };
  const isBroker = String(input['EventSourceArn']).startsWith('broker:');
  if (isBroker && input['Topics'] !== undefined && policy.refusesBrokerTopics)
    return invalid('Topics are not supported for Amazon MQ.');
  if (list(input['Topics']).length > policy.topicsMost || list(input['Queues']).length > policy.topicsMost)
    return {
      status: 400,
      error: policy.constraintError,
      message: 'A mapping has exactly one topic or queue.',
    };
  if (list(input['SourceAccessConfigurations']).length > policy.accessConfigurationsMost)
    return { status: 400, error: policy.constraintError, message: 'Too many SourceAccessConfigurations.' };
  return undefined;
}

const list = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

function filterRefusal(input: JsonObject, source: string | undefined, policy: Policy): Refused | undefined {
  const filters = list(asObject(input['FilterCriteria'])?.['Filters']);
  if (filters.length > policy.filtersMost)
    return invalid(`A mapping has at most ${policy.filtersMost} filters.`);
  for (const filter of filters) {
    const pattern = String(asObject(filter)?.['Pattern'] ?? '');
    if (pattern.length > policy.patternMostCharacters)
      return { status: 400, error: policy.constraintError, message: 'The filter pattern is too long.' };
    const isText = source?.startsWith('stream:') === true && /^\s*{\s*"data"\s*:\s*\[/.test(pattern);
    const isBad =
      filterOf(pattern) === undefined
        ? policy.refusesBadPatterns
        : isText && policy.refusesTextPatternsOfStreams;
    // Recorded from AWS.
    if (isBad) return invalid('Invalid filter pattern definition.');
  }
  return undefined;
}

const OF_STREAMS = ['ParallelizationFactor', 'TumblingWindowInSeconds'] as const;
const OF_STREAMS_AND_KAFKA = [
  'StartingPosition',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
] as const;

/** The pages do not say what becomes of a parameter that the kind of source does not have: here it is refused. */
function strayRefusal(input: JsonObject, source: string | undefined, policy: Policy): Refused | undefined {
  const kind = source === undefined ? undefined : sourceKind(source);
  if (kind === undefined || !policy.refusesStrayParameters) return undefined;
  const isStream = kind === 'kinesis' || kind === 'dynamodb';
  if (!isStream && OF_STREAMS.some((key) => input[key] !== undefined))
    return invalid('Unsupported parameter for given event source mapping type.');
  if (!isStream && kind !== 'kafka' && OF_STREAMS_AND_KAFKA.some((key) => input[key] !== undefined))
    return invalid('Unsupported parameter for given event source mapping type.');
  return undefined;
}
