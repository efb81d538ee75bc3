/** Scenes at topics of Kafka. */
import type { Json } from '../../../engine/json.ts';
import type { KafkaTopicSpec, MappingSpec, RecordSpec } from '../../../engine/sourceSpec.ts';
import { groupKey } from '../creation.ts';
import type { Setting } from '../setting.ts';
import { playOne, recordWith, type Scene, sendAt, updateAt } from './scene.ts';

/** Plays one of the scenes that the target can run; false where it has no Kafka. */
export function playAtTopic(setting: Setting): boolean {
  const { capabilities, isRealTime } = setting;
  if (!capabilities.has('kafka')) return false;
  const scenes: [Scene, ...Scene[]] = [unknownReported];
  if (capabilities.has('controlPlane')) scenes.push(regrouped, sharedGroup, joinedLater);
  if (!isRealTime) {
    scenes.push(manyPartitions);
    if (capabilities.has('controlPlane')) scenes.push(filtersGone);
  }
  playOne(setting, scenes);
  return true;
}

const SOURCE = 'kafka:ledger';

function staged(setting: Setting, topic: Partial<KafkaTopicSpec>, settings: Partial<MappingSpec>): void {
  setting.functions.push({ name: 'f', timeoutSeconds: setting.isRealTime ? 1 : 10 });
  setting.kafkaTopics.push({ name: 'ledger', on: setting.draw.of(['msk', 'selfManaged']), ...topic });
  setting.mappings.push({
    name: 'm',
    source: SOURCE,
    function: 'f',
    startingPosition: 'TRIM_HORIZON',
    ...settings,
  });
}

/** A batch response that names what is not in the batch, names one twice, or names nothing. */
function unknownReported(setting: Setting): void {
  const { draw } = setting;
  staged(
    setting,
    {},
    {
      reportsItemFailures: true,
      batchSize: draw.int(2, 5),
      provisioned: { minimum: 1, maximum: 1 },
      maximumRetryAttempts: draw.int(1, 3),
    },
  );
  const as = draw.of(['unknown', 'unknown', 'itself', 'twice', 'empty', 'wrongKey'] as const);
  sendAt(setting, 0, SOURCE, [
    recordWith(setting, ['ok']),
    recordWith(setting, [{ do: 'report', as }, 'ok']),
    ...Array.from({ length: draw.int(0, 2) }, () => recordWith(setting, ['ok'])),
  ]);
}

/** Filters leave out records among others; later the filters go, and with them nothing comes that is past. */
function filtersGone(setting: Setting): void {
  const { draw } = setting;
  staged(setting, {}, { filters: [{ value: { kind: ['a'] } }], batchSize: draw.of([1, 2, 10]) });
  const ofKind = (kind: string): RecordSpec => {
    const record = recordWith(setting, ['ok']);
    return { ...record, body: { record: record.record, kind } };
  };
  const few = () => Array.from({ length: draw.int(1, 2) }, () => ofKind('b'));
  sendAt(setting, 0, SOURCE, [...few(), ofKind('a'), ...few(), ofKind('a')]);
  updateAt(setting, draw.int(20, 40), 'm', { FilterCriteria: {} });
  if (draw.percent(50)) sendAt(setting, 60, SOURCE, [ofKind('b'), ofKind('a')]);
}

/** Another consumer group is asked for. */
function regrouped(setting: Setting): void {
  const { draw } = setting;
  staged(setting, { on: 'msk' }, { consumerGroup: 'readers' });
  sendAt(setting, 0, SOURCE, [recordWith(setting, ['ok'])]);
  updateAt(setting, draw.int(1, setting.isRealTime ? 2 : 20), 'm', {
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'others' },
  });
}

/** A second mapping asks for the group of the first one. */
function sharedGroup(setting: Setting): void {
  const { draw, steps } = setting;
  const on = draw.of<'msk' | 'selfManaged'>(['msk', 'selfManaged']);
  staged(setting, { on }, { consumerGroup: 'readers' });
  setting.functions.push({ name: 'g', timeoutSeconds: setting.isRealTime ? 1 : 10 });
  sendAt(setting, 0, SOURCE, [recordWith(setting, ['ok'])]);
  steps.push({
    atSeconds: draw.int(1, setting.isRealTime ? 2 : 20),
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: { ...joining(draw.of(['TRIM_HORIZON', 'LATEST'])), FunctionName: 'g', [groupKey(on)]: READERS },
    mapping: 'n',
  });
}

/** A mapping is made that joins a group, with records that the group has committed, and others. */
function joinedLater(setting: Setting): void {
  const { draw, steps } = setting;
  const on = draw.of<'msk' | 'selfManaged'>(['msk', 'selfManaged']);
  setting.functions.push({ name: 'f', timeoutSeconds: setting.isRealTime ? 1 : 10 });
  const readers = draw.int(0, 2);
  setting.kafkaTopics.push({ name: 'ledger', on, committed: { readers } });
  const count = readers + draw.int(1, 3);
  sendAt(
    setting,
    0,
    SOURCE,
    Array.from({ length: count }, () => recordWith(setting, ['ok'])),
  );
  steps.push({
    atSeconds: draw.int(2, setting.isRealTime ? 3 : 20),
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: { ...joining(draw.of(['TRIM_HORIZON', 'LATEST', 'LATEST'])), [groupKey(on)]: READERS },
    mapping: 'm',
  });
}

const READERS = { ConsumerGroupId: 'readers' };

const joining = (position: string): Record<string, Json> => ({
  EventSourceArn: SOURCE,
  Topics: [SOURCE],
  FunctionName: 'f',
  StartingPosition: position,
});

/** Records on every partition, and a handler that takes its time: so many pollers, and no more. */
function manyPartitions(setting: Setting): void {
  const { draw } = setting;
  const partitions = draw.of([4, 8, 16]);
  staged(
    setting,
    { partitions },
    { batchSize: 1, ...(draw.percent(70) ? { provisioned: { minimum: 1, maximum: 1 } } : {}) },
  );
  const records = Array.from({ length: partitions * 2 }, (_, k) =>
    recordWith(setting, [{ do: 'ok', afterSeconds: 8 }], { partition: k % partitions }),
  );
  sendAt(setting, 0, SOURCE, records);
}
