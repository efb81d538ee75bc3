import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { changed } from '../testing/changed.ts';
import { decided } from '../testing/notation.ts';
import { event01 } from './events.ts';
import { type Given, streamed } from './testing/notation.ts';

/** The one record of a stream, with another member; undefined takes it away. */
function withMember(given: Given, part: string | undefined, key: string, value: Json | undefined) {
  return changed(streamed(given, 'r1: ok'), (entry) => {
    if (entry.kind !== 'started') return entry;
    const records = asObject(entry.payload)?.['Records'] as readonly JsonObject[];
    const record = { ...records[0] };
    const member = { [key]: value } as JsonObject;
    const whole =
      part === undefined
        ? { ...record, ...member }
        : { ...record, [part]: { ...asObject(record[part]), ...member } };
    return { ...entry, payload: { Records: [JSON.parse(JSON.stringify(whole)) as Json] } };
  });
}

describe('STR-EVENT-01', () => {
  const table: Given = { kind: 'dynamodb' };

  test('is kept by the records that the pages show', () => {
    expect(decided(event01, streamed({}, 'r1 r2: ok'))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(event01, streamed(table, 'r1: ok'))).toMatchObject({ kept: 1, broken: [] });
    const removed = streamed({ ...table, records: { r1: { change: 'remove' } } }, 'r1: ok');
    expect(decided(event01, removed)).toMatchObject({ kept: 1, broken: [] });
  });

  test.each([
    ['kinesis', 'sequenceNumber', undefined],
    ['kinesis', 'partitionKey', undefined],
    ['kinesis', 'partitionKey', 'another'],
    ['kinesis', 'approximateArrivalTimestamp', '2025-11-25'],
    ['kinesis', 'data', '{"record":"r1"}'],
    [undefined, 'eventSource', undefined],
    [undefined, 'eventID', '4'],
    [undefined, 'kinesis', undefined],
  ])('is broken for Kinesis where %s has the %s %s', (part, key, value) => {
    expect(decided(event01, withMember({}, part, key, value)).broken).toHaveLength(1);
  });

  test.each([
    ['dynamodb', 'SequenceNumber', undefined],
    ['dynamodb', 'Keys', undefined],
    ['dynamodb', 'SizeBytes', undefined],
    ['dynamodb', 'NewImage', undefined],
    ['dynamodb', 'OldImage', {}],
    ['dynamodb', 'StreamViewType', 'KEYS_ONLY'],
    [undefined, 'eventName', 'PUT'],
    [undefined, 'eventSource', 'aws:kinesis'],
  ])('is broken for a table where %s has the %s %s', (part, key, value) => {
    expect(decided(event01, withMember(table, part, key, value)).broken).toHaveLength(1);
  });

  test('is broken by another event', () => {
    const view = changed(streamed({}, 'r1: ok'), (entry) =>
      entry.kind === 'started' ? { ...entry, payload: ['r1'] } : entry,
    );
    expect(decided(event01, view).broken).toHaveLength(1);
  });
});
