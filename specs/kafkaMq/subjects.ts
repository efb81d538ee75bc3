/** What the rules on Kafka and Amazon MQ speak of. */

import type { SeenRecord } from '../../engine/history.ts';
import type { MappingSettings } from '../../engine/mappingSettings.ts';
import type { KafkaTopicSpec } from '../../engine/sourceSpec.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { disturbance, NO_BATCHES, NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';

function mappingsOf(kind: 'kafka' | 'mq'): (view: View) => readonly MappingView[] {
  return once((view) => {
    if (view.mappings.size === 0) return NO_MAPPINGS;
    let found: MappingView[] | undefined;
    for (const mapping of view.mappings.values()) {
      if (mapping.source.kind !== kind) continue;
      found ??= [];
      found.push(mapping);
    }
    return found ?? NO_MAPPINGS;
  });
}

/** The mappings of Kafka topics. */
export const kafkaMappings = mappingsOf('kafka');

/** The mappings of queues on a broker. */
export const mqMappings = mappingsOf('mq');

/** The batches of some mappings, in the order of their start within a mapping. */
function batchesOf(mappings: (view: View) => readonly MappingView[]): (view: View) => readonly Batch[] {
  return once((view) => {
    const those = mappings(view);
    if (those.length === 0) return NO_BATCHES;
    return those.length === 1 ? (those[0]?.batches ?? NO_BATCHES) : those.flatMap(({ batches }) => batches);
  });
}

export const kafkaBatches = batchesOf(kafkaMappings);
export const mqBatches = batchesOf(mqMappings);

/** `rabbitMq` or `activeMq`; undefined where the queue is not declared. */
export function engineOf({ source }: MappingView, view: View): 'activeMq' | 'rabbitMq' | undefined {
  return view.history.scenario.brokerQueues?.find(({ name }) => `broker:${name}` === source.ref)?.engine;
}

/** The topic that the mapping reads, as the scenario declares it. */
export const topicOf = ({ source }: MappingView, view: View): KafkaTopicSpec | undefined =>
  view.history.scenario.kafkaTopics?.find(({ name }) => `kafka:${name}` === source.ref);

/** Partitions of the topic that the mapping reads. */
export const partitionsOf = (mapping: MappingView, view: View): number =>
  topicOf(mapping, view)?.partitions ?? 1;

/** Whether the retry settings apply: they need provisioned mode (KAF-RET-04). */
export const isProvisioned = (settings: MappingSettings): boolean => settings.provisioned !== null;

/** The retries after a first attempt that failed; Infinity: without a bound; undefined where the pages leave it open. */
export function retriesOf(settings: MappingSettings): number | undefined {
  const { maximumRetryAttempts, onFailure } = settings;
  // AWS, kafka-on-failure-destination.html: without a bound, and with a destination, ten retries.
  if (maximumRetryAttempts === -1) return onFailure === undefined ? Number.POSITIVE_INFINITY : 10;
  return isProvisioned(settings) ? maximumRetryAttempts : undefined;
}

/** A place in a partition: what tells one record of a topic from all others. */
export const placeOf = ({ shard, id }: SeenRecord): string => `${shard} ${id}`;

const byMapping = new WeakMap<RecordView, Map<MappingView, readonly Batch[]>>();

/** The batches of one mapping that held the record, in order of their start. */
export function batchesWith(record: RecordView, mapping: MappingView): readonly Batch[] {
  if (record.source.mappings.length === 1) return record.batches;
  let apart = byMapping.get(record);
  if (apart === undefined) {
    apart = new Map();
    byMapping.set(record, apart);
  }
  let own = apart.get(mapping);
  if (own === undefined) {
    own = record.batches.filter((batch) => batch.mapping === mapping);
    apart.set(mapping, own);
  }
  return own;
}

/** Whether a batch failed for certain: its function ended with an error. A batch response is another matter. */
export const hasFailed = ({ attempt }: Batch): boolean => !attempt.succeeded;

/** What may keep a mapping from trying again: it is gone, disabled or changed, or its source or its right is gone. */
export const isDisturbed = (mapping: MappingView, view: View): boolean => {
  const why = disturbance(mapping, view);
  return why !== undefined && !why.includes('capacity');
};
