import { expect, test } from 'vitest';
import { scenarioSchema } from '../../../engine/scenario.ts';
import { WireRecords } from './wireRecords.ts';

const recordsOf = (to: string, records: object[]) =>
  new WireRecords(
    scenarioSchema.parse({
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'q' }],
      tables: [{ name: 't' }],
      steps: [{ atSeconds: 0, do: 'send', to, records }],
    }),
  );

test('a message is told by its id, or by a body that no other has', () => {
  const records = recordsOf('queue:q', [
    { record: 'r1' },
    { record: 'r2', text: 'same' },
    { record: 'r3', text: 'same' },
  ]);
  for (const id of ['r1', 'r2', 'r3']) records.sent(id, 0, `message-${id}`);
  expect(records.of('queue:q', 'message-r2', 'same')?.id).toBe('r2');
  expect(records.of('queue:q', 'changed', '{"record":"r1"}')?.id).toBe('r1');
  expect(records.of('queue:q', 'changed', 'same')).toBeUndefined();
  expect(records.of('queue:other', 'changed', '{"record":"r1"}')).toBeUndefined();
});

test('two shards may give the same sequence number, and a shard that is split may take its records along', () => {
  const records = new WireRecords(
    scenarioSchema.parse({
      scenario: 1,
      functions: [{ name: 'f' }],
      streams: [{ name: 's', shards: 2 }],
      steps: [{ atSeconds: 0, do: 'send', to: 'stream:s', records: [{ record: 'r1' }, { record: 'r2' }] }],
    }),
  );
  records.sent('r1', 0, '1', 'shard-0');
  records.sent('r2', 0, '1', 'shard-1');
  expect(records.of('stream:s', '1', 'data that the target changed', 'shard-1')?.id).toBe('r2');
  expect(records.of('stream:s', '1', 'data that the target changed', 'shard-0')?.id).toBe('r1');
  expect(records.of('stream:s', '1', '{"record":"r2"}', 'shard-2')?.id).toBe('r2');
  expect(records.of('stream:s', '1', 'data of another', 'shard-2')).toBeUndefined();
});

test('two streams may give the same sequence number, and a message keeps its id in its dead-letter queue', () => {
  const records = new WireRecords(
    scenarioSchema.parse({
      scenario: 1,
      functions: [{ name: 'f' }],
      queues: [{ name: 'q' }, { name: 'dead' }],
      streams: [{ name: 's' }, { name: 't' }],
      steps: ['stream:s', 'stream:t', 'queue:q'].map((to, index) => ({
        atSeconds: 0,
        do: 'send',
        to,
        records: [{ record: `r${index}` }],
      })),
    }),
  );
  records.sent('r0', 0, '4959');
  records.sent('r1', 0, '4959');
  records.sent('r2', 0, 'message');
  expect(records.of('stream:s', '4959', undefined)?.id).toBe('r0');
  expect(records.of('stream:t', '4959', undefined)?.id).toBe('r1');
  expect(records.of('queue:dead', 'message', undefined)?.id).toBe('r2');
});

test('what was not sent yet cannot be there', () => {
  const records = recordsOf('queue:q', [{ record: 'r1' }]);
  expect(records.ofText('queue:q', '{"record":"r1"}')).toBeUndefined();
});

const CHANGES = [
  { record: 'r1', key: 'k' },
  { record: 'r2', key: 'k' },
  { record: 'r3', key: 'k' },
  { record: 'r4', key: 'k', change: 'remove' },
  { record: 'r5', key: 'k' },
];

function changed() {
  const records = recordsOf('table:t', CHANGES);
  for (const { record } of CHANGES) records.changing(record);
  return records;
}

const change = (eventName: string, sequence: string, images: object = {}) => ({
  eventName,
  dynamodb: { Keys: { id: { S: 'k' } }, SequenceNumber: sequence, ...images },
});
const image = (record: string) => ({ id: { S: 'k' }, record: { S: record } });

test('a change of an item is told by its new image, or by what the item was before', () => {
  const records = changed();
  const modified = change('MODIFY', '2', { NewImage: image('r2'), OldImage: image('r1') });
  expect(records.ofChange('table:t', modified, 'm', false)?.id).toBe('r2');
  expect(records.ofChange('table:t', change('MODIFY', '3', { OldImage: image('r2') }), 'm', false)?.id).toBe(
    'r3',
  );
  expect(records.ofChange('table:t', change('REMOVE', '4', { OldImage: image('r3') }), 'm', false)?.id).toBe(
    'r4',
  );
});

test('with keys alone it is told by its place among its kind, as often as it comes', () => {
  const records = changed();
  const of = (eventName: string, sequence: string) =>
    records.ofChange('table:t', change(eventName, sequence), 'm', true)?.id;
  expect([of('INSERT', '1'), of('MODIFY', '2'), of('MODIFY', '2'), of('MODIFY', '3')]).toEqual([
    'r1',
    'r2',
    'r2',
    'r3',
  ]);
  expect([of('REMOVE', '4'), of('INSERT', '5')]).toEqual(['r4', 'r5']);
});

test('with keys alone, and not from the beginning, the first must have been the only one', () => {
  const records = recordsOf('table:t', CHANGES);
  for (const id of ['r1', 'r2']) records.changing(id);
  const of = (eventName: string, sequence: string, mapping = 'm') =>
    records.ofChange('table:t', change(eventName, sequence), mapping, false)?.id;
  expect(of('MODIFY', '2')).toBe('r2');
  for (const id of ['r3', 'r4', 'r5']) records.changing(id);
  // The same again, and the next one; for a mapping that began later neither can be told.
  expect([of('MODIFY', '2'), of('MODIFY', '3')]).toEqual(['r2', 'r3']);
  expect([of('MODIFY', '3', 'late'), of('REMOVE', '4', 'late')]).toEqual([undefined, 'r4']);
});

test('the removal of an item that is not there is no change', () => {
  const records = recordsOf('table:t', [
    { record: 'r1', key: 'k', change: 'remove' },
    { record: 'r2', key: 'k' },
    { record: 'r3', key: 'k', change: 'remove' },
  ]);
  for (const id of ['r1', 'r2', 'r3']) records.changing(id);
  expect(records.ofChange('table:t', change('REMOVE', '2'), 'm', false)?.id).toBe('r3');
});
