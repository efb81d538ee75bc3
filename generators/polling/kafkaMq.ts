/** Topics of Kafka and queues of brokers, with their mappings and records. */
import type { FunctionSpec } from '../../engine/scenario.ts';
import type { MappingSpec, RecordSpec } from '../../engine/sourceSpec.ts';
import { creationInput } from './creation.ts';
import {
  type Change,
  disturb,
  moment,
  pollingFunction,
  qualifierOf,
  reconfigure,
  shortestTimeout,
} from './functions.ts';
import { type Bounds, filtersFor, recordsOf } from './records.ts';
import type { Setting } from './setting.ts';
import { isBounded } from './streams.ts';

/** Adds a topic or a broker's queue, or two of them. */
export function addKafkaOrMq(setting: Setting): void {
  const spec = pollingFunction(setting, 'f');
  add(setting, 'ledger', spec, 'm');
  if (setting.uses('neighbours')) add(setting, 'journal', spec, 'n');
}

function add(setting: Setting, name: string, spec: FunctionSpec, mappingName: string): void {
  const isKafka =
    setting.capabilities.has('kafka') && (!setting.capabilities.has('mq') || setting.draw.percent(60));
  if (isKafka) addTopic(setting, name, spec, mappingName);
  else addBrokerQueue(setting, name, spec, mappingName);
}

function addTopic(setting: Setting, name: string, spec: FunctionSpec, mappingName: string): void {
  const { draw } = setting;
  const on = draw.of<'msk' | 'selfManaged'>(['msk', 'selfManaged']);
  const partitions = setting.uses('shards', 80) ? draw.int(2, 4) : 1;
  const joins = setting.uses('groups', 70);
  const committed = joins && draw.percent(60) ? { committed: { readers: draw.int(0, 2) } } : {};
  setting.kafkaTopics.push({ name, on, ...(partitions === 1 ? {} : { partitions }), ...committed });
  const mapping = mappingOf(setting, mappingName, `kafka:${name}`, spec, 'value');
  mapping.startingPosition = draw.of(['TRIM_HORIZON', 'LATEST']);
  if (joins) mapping.consumerGroup = mappingName === 'm' ? 'readers' : 'others';
  if (setting.uses('pollers', 60) || setting.traits.has('retries') || mapping.reportsItemFailures === true) {
    mapping.provisioned = draw.of([
      { minimum: 1, maximum: 1 },
      { minimum: 1, maximum: 3 },
    ]);
    if (setting.uses('retries', 80)) mapping.maximumRetryAttempts = draw.of([0, 1, 2]);
    if (setting.uses('bisects', 50)) mapping.bisects = true;
    if (setting.uses('ages', 60))
      mapping.maximumRecordAgeSeconds = setting.isRealTime ? 60 : draw.of([60, 120]);
  } else delete mapping.reportsItemFailures;
  if (setting.uses('destinations', 70)) mapping.onFailure = destination(setting, mapping, name, on);
  const isLater = setting.uses('creating', 50);
  if (isLater) create(setting, mapping, on);
  else setting.mappings.push(mapping);
  const readers = [mapping, ...addTwin(setting, mapping)] as const;
  const isEnding = readers.every((each) => isBounded(each) || each.onFailure !== undefined);
  feed(setting, readers, spec, { isEnding, partitions });
  if (isLater) return;
  reconfigure(setting, mapping, mapping.filters === undefined ? [...CHANGES, REGROUPED] : UNFILTERED);
}

function destination(
  setting: Setting,
  mapping: MappingSpec,
  name: string,
  on: 'msk' | 'selfManaged',
): string {
  if (mapping.provisioned !== undefined && setting.draw.percent(40)) {
    if (setting.kafkaTopics.every((topic) => topic.name !== `${name}failed`))
      setting.kafkaTopics.push({ name: `${name}failed`, on });
    return `kafka:${name}failed`;
  }
  return setting.queue({ name: `${name}failed` });
}

/** Sometimes another function reads the topic too, as a consumer group of its own. */
function addTwin(setting: Setting, { name, source, provisioned }: MappingSpec): readonly MappingSpec[] {
  if (!setting.uses('twins', 50)) return [];
  const other = pollingFunction(setting, 'g');
  const twin: MappingSpec = {
    ...mappingOf(setting, `${name}2`, source, other, 'value'),
    startingPosition: 'TRIM_HORIZON',
    consumerGroup: `${name}twins`,
  };
  if (provisioned === undefined) delete twin.reportsItemFailures;
  else twin.provisioned = provisioned;
  setting.mappings.push(twin);
  return [twin];
}

function addBrokerQueue(setting: Setting, name: string, spec: FunctionSpec, mappingName: string): void {
  setting.brokerQueues.push({ name, engine: setting.draw.of(['activeMq', 'rabbitMq']) });
  const mapping = mappingOf(setting, mappingName, `broker:${name}`, spec, 'data');
  delete mapping.reportsItemFailures;
  setting.mappings.push(mapping);
  feed(setting, [mapping], spec, { isEnding: false, partitions: 1 });
  reconfigure(setting, mapping, CHANGES);
}

function mappingOf(
  setting: Setting,
  name: string,
  source: string,
  owner: FunctionSpec,
  key: string,
): MappingSpec {
  const { draw, isRealTime } = setting;
  const mapping: MappingSpec = { name, source, function: owner.name, ...qualifierOf(setting, owner) };
  if (!setting.traits.has('batches')) mapping.batchSize = 1;
  else if (draw.percent(70)) mapping.batchSize = draw.of([1, 2, 3, 5]);
  if (setting.uses('windows', 50)) mapping.windowSeconds = isRealTime ? 1 : draw.of([1, 2, 5]);
  if (setting.uses('filters')) mapping.filters = filtersFor(setting, key);
  if (setting.uses('reports')) mapping.reportsItemFailures = true;
  return mapping;
}

const CHANGES: readonly [Change, ...Change[]] = [
  { BatchSize: 1 },
  { BatchSize: 7 },
  { FilterCriteria: {} },
  { FilterCriteria: {} },
];
/** What was left out before must not come again. */
const UNFILTERED: readonly [Change, ...Change[]] = [{ FilterCriteria: {} }];
const REGROUPED: Change = { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'another' } };

function create(setting: Setting, mapping: MappingSpec, on: 'msk' | 'selfManaged'): void {
  setting.steps.push({
    atSeconds: moment(setting),
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: creationInput(mapping, on),
    mapping: mapping.name,
  });
}

function feed(
  setting: Setting,
  readers: readonly [MappingSpec, ...MappingSpec[]],
  spec: FunctionSpec,
  { isEnding, partitions }: { readonly isEnding: boolean; readonly partitions: number },
): void {
  const { draw, steps } = setting;
  const [mapping] = readers;
  const timeoutSeconds = shortestTimeout(setting, readers);
  const bounds: Bounds = {
    areBounded: isEnding,
    timeoutSeconds,
    reports: mapping.reportsItemFailures === true,
  };
  const place = (): Partial<RecordSpec> => {
    if (partitions === 1) return {};
    if (draw.percent(40)) return { partition: draw.int(0, partitions - 1) };
    return setting.traits.has('keys') ? { key: draw.of(['k1', 'k1', 'k2', 'k3']) } : {};
  };
  const sendings = draw.int(1, 3);
  for (let k = 0; k < sendings; k++) {
    const records = recordsOf(setting, bounds, place);
    steps.push({
      atSeconds: k === 0 ? draw.seconds(0, 1) : moment(setting),
      do: 'send',
      to: mapping.source,
      records,
    });
  }
  if (setting.uses('crowds', 40)) {
    const record: RecordSpec = {
      record: setting.nextRecord(),
      times: draw.of([20, 40]),
      plan: [{ do: 'ok', afterSeconds: Math.max(0.2, timeoutSeconds - 0.6) }],
    };
    steps.push({ atSeconds: draw.seconds(0, 1), do: 'send', to: mapping.source, records: [record] });
  }
  disturb(
    setting,
    spec,
    mapping.onFailure === undefined ? [mapping.source] : [mapping.source, mapping.onFailure],
  );
}
