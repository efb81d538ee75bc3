/** AWS, DynamoDB Streams.html: what the stream of a table holds. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Batch, MappingView, RecordView } from '../../engine/view.ts';
import { isBefore } from './sequence.ts';
import { keyOf, tableMappings } from './subjects.ts';

interface Change {
  readonly id: string;
  readonly batch: Batch;
}

export const ddb01 = defineRule({
  id: 'STR-DDB-01',
  level: 'MUST',
  invariant: 'Each change of an item is in the stream exactly once, and the changes of an item are in order.',
  sources: [{ page: 'amazondynamodb/latest/developerguide/Streams.html', evidence: 'current' }],
  needs: ['dynamodb'],
  note: 'Changes that are written one after the other, by sequence number. That parents of shards come first STR-ORD-02 shows.',
  subjects: tableMappings,
  check: (mapping) => {
    const changes = new Map<RecordView, Change>();
    for (const batch of mapping.batches) {
      for (let place = 0; place < batch.records.length; place++) {
        const record = batch.records[place];
        const id = batch.seen[place]?.id;
        if (record === undefined || id === undefined) continue;
        const known = changes.get(record);
        if (known === undefined) changes.set(record, { id, batch });
        else if (known.id !== id) return isTwice(record, known, batch);
      }
    }
    return areInOrder(mapping, changes);
  },
});

const isTwice = (record: RecordView, { batch: before }: Change, batch: Batch): Finding => ({
  expected: `the change ${record.id} once in the stream`,
  observed: 'twice, under two sequence numbers',
  entries: [batch.started, before.started],
});

/** Changes of one item that were surely made one after the other have growing sequence numbers. */
function areInOrder(mapping: MappingView, changes: ReadonlyMap<RecordView, Change>): Finding {
  const last = new Map<string, RecordView>();
  for (const record of mapping.source.records) {
    const change = changes.get(record);
    const { sent } = record;
    if (change === undefined || sent === undefined) continue;
    const key = keyOf(record);
    const before = last.get(key);
    last.set(key, record);
    const earlier = before === undefined ? undefined : changes.get(before);
    if (before?.sent === undefined || earlier === undefined || before.sent.at >= sent.requestedAt) continue;
    if (isBefore(earlier.id, change.id)) continue;
    return {
      expected: `${record.id} after ${before.id}, which changed the item ${key} before`,
      observed: 'before it',
      entries: [change.batch.started, earlier.batch.started],
    };
  }
  return;
}
