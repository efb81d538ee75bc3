/** AWS, with-kinesis.html and with-ddb.html: the order in which records are processed. */
import { STREAMS } from '../../engine/capabilities.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { firstWith } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { isBefore } from './sequence.ts';
import { type ShardRun, shardRuns } from './shards.ts';
import { activeMappings, keyOf, kinesisMappings, steadyFactor } from './subjects.ts';

const KINESIS = guide('with-kinesis');
const TABLES = guide('with-ddb');

/** Shards that are read by one attempt at a time. */
const oneByOne = once((view: View): readonly ShardRun[] => {
  const runs = shardRuns(view);
  return runs.length === 0 ? runs : runs.filter(({ mapping }) => steadyFactor(mapping) === 1);
});

/** Whether the record at this place of the batch comes for the first time. */
function isFirst({ records, mapping, attempt }: Batch, place: number): boolean {
  const record = records[place];
  if (record === undefined) return false;
  return firstWith(record, mapping)?.attempt === attempt && records.indexOf(record) === place;
}

const outOfOrder = (late: Batch, early: Batch, id: string, before: string): Finding => ({
  expected: `${id} delivered for the first time before ${before}, which has a higher sequence number`,
  observed: 'after it',
  entries: [late.started, early.started],
});

export const ord01 = defineRule({
  id: 'STR-ORD-01',
  level: 'MUST',
  invariant:
    'With a factor of 1 the records of a shard come for the first time in order of their sequence numbers.',
  sources: [KINESIS, guide('invocation-eventsourcemapping')],
  needs: [STREAMS],
  note: 'Judged where the shard is told, on Kinesis and in tumbling windows; the items of tables are STR-ORD-02’s affair.',
  subjects: oneByOne,
  check: ({ batches }) => {
    let highest = '';
    let holder: Batch | undefined;
    let name = '';
    for (const batch of batches) {
      for (let place = 0; place < batch.seen.length; place++) {
        const record = batch.seen[place];
        if (record === undefined) continue;
        if (holder === undefined || isBefore(highest, record.id)) {
          highest = record.id;
          holder = batch;
          name = record.record ?? record.id;
        } else if (record.id !== highest && isFirst(batch, place))
          return outOfOrder(batch, holder, record.record ?? record.id, name);
      }
    }
    return;
  },
});

/** Mappings on which keys have an order that shards do not tell: tables, factors above 1, shards split and merged. */
const byKey = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  if (all.length === 0) return all;
  return all.filter(
    (mapping) =>
      mapping.source.kind === 'dynamodb' ||
      steadyFactor(mapping) !== 1 ||
      mapping.source.resharded.length > 0,
  );
});

interface Highest {
  id: string;
  batch: Batch;
  record: string;
}

export const ord02 = defineRule({
  id: 'STR-ORD-02',
  level: 'MUST',
  invariant:
    'Records of one partition key, or of one item, come for the first time in order, whatever the factor.',
  sources: [KINESIS, TABLES],
  needs: [STREAMS],
  isContradictory: true,
  note: 'The guide of 2022 promised the order of the shard also for factors above 1; that of the key is in both.',
  subjects: byKey,
  check: ({ batches }) => {
    const highest = new Map<string, Highest>();
    for (const batch of batches) {
      for (let place = 0; place < batch.seen.length; place++) {
        const record = batch.records[place];
        const id = batch.seen[place]?.id;
        if (record === undefined || id === undefined) continue;
        const key = keyOf(record);
        const known = highest.get(key);
        if (known === undefined) highest.set(key, { id, batch, record: record.id });
        else if (isBefore(known.id, id)) {
          known.id = id;
          known.batch = batch;
          known.record = record.id;
        } else if (id !== known.id && isFirst(batch, place))
          return outOfOrder(batch, known.batch, record.id, known.record);
      }
    }
    return;
  },
});

export const shard01 = defineRule({
  id: 'STR-SHARD-01',
  level: 'MUST',
  invariant: 'All records of an attempt are of one shard.',
  sources: [KINESIS, guide('services-kinesis-create')],
  needs: ['kinesis'],
  note: 'Judged on Kinesis: the records of a table do not show their shard.',
  subjects: kinesisMappings,
  check: ({ batches }) => {
    for (const { seen, shard, started } of batches) {
      for (const record of seen) {
        if (record.shard === shard) continue;
        return {
          expected: `records of ${shard} only`,
          observed: `one of ${record.shard}`,
          entries: [started],
        };
      }
    }
    return;
  },
});
