/** Event source mappings that a request makes under way, in place of a declaration. */
import { patternText } from '../../engine/mappingSettings.ts';
import type { MappingSpec } from '../../engine/sourceSpec.ts';
import type { Change } from './functions.ts';

/** Under which key a request names the consumer group. */
export const groupKey = (on: 'msk' | 'selfManaged'): string =>
  on === 'msk' ? 'AmazonManagedKafkaEventSourceConfig' : 'SelfManagedKafkaEventSourceConfig';

/**
 * The input of the CreateEventSourceMapping that makes such a mapping: what `settingsAsked` reads, the other way.
 * @param on the cluster of a topic of Kafka
 */
export function creationInput(mapping: MappingSpec, on: 'msk' | 'selfManaged' = 'msk'): Change {
  const { source, function: owner, qualifier, filters, provisioned, consumerGroup } = mapping;
  const input: Change = {
    EventSourceArn: source,
    FunctionName: qualifier === undefined ? owner : `${owner}:${qualifier}`,
  };
  const give = (key: string, value: Change[string] | undefined) => {
    if (value !== undefined) input[key] = value;
  };
  if (source.startsWith('kafka:')) input['Topics'] = [source];
  if (source.startsWith('broker:')) input['Queues'] = [source];
  give('Enabled', mapping.enabled);
  give('BatchSize', mapping.batchSize);
  give('MaximumBatchingWindowInSeconds', mapping.windowSeconds);
  if (filters !== undefined)
    input['FilterCriteria'] = { Filters: filters.map((filter) => ({ Pattern: patternText(filter) })) };
  if (mapping.reportsItemFailures === true) input['FunctionResponseTypes'] = ['ReportBatchItemFailures'];
  if (mapping.maximumConcurrency !== undefined)
    input['ScalingConfig'] = { MaximumConcurrency: mapping.maximumConcurrency };
  if (provisioned !== undefined) {
    const { minimum, maximum } = provisioned;
    input['ProvisionedPollerConfig'] = {
      ...(minimum === undefined ? {} : { MinimumPollers: minimum }),
      ...(maximum === undefined ? {} : { MaximumPollers: maximum }),
    };
  }
  give('StartingPosition', mapping.startingPosition);
  give('StartingPositionTimestamp', mapping.startingAtSeconds);
  give('ParallelizationFactor', mapping.parallelizationFactor);
  give('MaximumRetryAttempts', mapping.maximumRetryAttempts);
  give('MaximumRecordAgeInSeconds', mapping.maximumRecordAgeSeconds);
  give('BisectBatchOnFunctionError', mapping.bisects);
  give('TumblingWindowInSeconds', mapping.tumblingWindowSeconds);
  if (mapping.onFailure !== undefined)
    input['DestinationConfig'] = { OnFailure: { Destination: mapping.onFailure } };
  if (consumerGroup !== undefined) input[groupKey(on)] = { ConsumerGroupId: consumerGroup };
  return input;
}
