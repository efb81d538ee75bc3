import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { View } from '../../engine/view.ts';
import { type Given, polled } from '../polling/testing/notation.ts';
import { changed } from '../testing/changed.ts';
import { decided } from '../testing/notation.ts';
import { event01, event02 } from './event.ts';

const kept = { broken: [], unknown: [] };

/** The same view, the records in all events as `change` gives them. */
const reshaped = (view: View, change: (record: JsonObject) => Record<string, Json>): View =>
  changed(view, (entry) => {
    const records = entry.kind === 'started' ? asObject(entry.payload)?.['Records'] : undefined;
    if (entry.kind !== 'started' || !Array.isArray(records)) return entry;
    return { ...entry, payload: { Records: records.map((record) => change(asObject(record) ?? {})) } };
  });

const without =
  (key: string) =>
  (record: JsonObject): Record<string, Json> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

const sent = (given: Given = {}) => polled(given, 'send r1/a r2/a @0', 'batch r1 r2 @1: ok');

describe('SQS-EVENT-01: the event of a queue', () => {
  test.each<[string, Given]>([
    ['a standard queue', {}],
    ['a FIFO queue', { queue: { fifo: true } }],
    ['messages with attributes', { records: { r1: { attributes: { colour: 'red' } } } }],
  ])('of %s is whole: kept', (_what, given) => {
    expect(decided(event01, sent(given))).toMatchObject({ kept: 1, ...kept });
  });

  test.each([
    'messageId',
    'receiptHandle',
    'body',
    'attributes',
    'messageAttributes',
    'md5OfBody',
    'eventSource',
    'eventSourceARN',
    'awsRegion',
  ])('a record without %s: broken', (key) => {
    const [breach] = decided(event01, reshaped(sent(), without(key))).broken;
    expect(breach?.observed).toContain(key);
  });

  test.each(['ApproximateReceiveCount', 'SentTimestamp', 'SenderId', 'ApproximateFirstReceiveTimestamp'])(
    'a record without the attribute %s: broken',
    (key) => {
      const view = reshaped(sent(), (record) => ({
        ...record,
        attributes: without(key)(asObject(record['attributes']) ?? {}),
      }));
      expect(decided(event01, view).broken).toHaveLength(1);
    },
  );

  test('a receive count that is a number: broken, for all attributes are texts', () => {
    const view = reshaped(sent(), (record) => ({
      ...record,
      attributes: { ...asObject(record['attributes']), ApproximateReceiveCount: 1 },
    }));
    expect(decided(event01, view).broken[0]?.observed).toBe('attribute ApproximateReceiveCount 1');
  });

  test.each(['SequenceNumber', 'MessageGroupId', 'MessageDeduplicationId'])(
    'of a FIFO queue, a record without %s: broken',
    (key) => {
      const view = reshaped(sent({ queue: { fifo: true } }), (record) => ({
        ...record,
        attributes: without(key)(asObject(record['attributes']) ?? {}),
      }));
      expect(decided(event01, view).broken).toHaveLength(1);
    },
  );

  test('an event without Records, or with more than was seen: broken', () => {
    const none = changed(sent(), (entry) => (entry.kind === 'started' ? { ...entry, payload: {} } : entry));
    expect(decided(event01, none).broken[0]?.observed).toBe('no Records');
    const fewer = changed(sent(), (entry) =>
      entry.kind === 'started' ? { ...entry, records: entry.records?.slice(1) ?? [] } : entry,
    );
    expect(decided(event01, fewer).broken[0]?.observed).toBe('2 Records');
  });

  const withText = (text: string) => sent({ records: { r1: { text } } });
  const escaped = (record: JsonObject) => ({
    ...record,
    body: String(record['body']).replaceAll('"', '&quot;'),
  });

  test.each<[string, View, string]>([
    ['a body with other quotes', reshaped(sent(), escaped), 'a body of r1 that is not what was sent'],
    [
      'a body that is no text any more',
      reshaped(sent(), (record) => ({ ...record, body: JSON.parse(String(record['body'])) })),
      'a body of r1 that is not what was sent',
    ],
    [
      'a body of a text that lost its end',
      reshaped(withText('a\nb\n'), (record) => ({ ...record, body: String(record['body']).trimEnd() })),
      'a body of r1 that is not what was sent',
    ],
    [
      'the digest of another text',
      reshaped(sent(), (record) => ({ ...record, md5OfBody: 'd41d8cd98f00b204e9800998ecf8427e' })),
      'md5OfBody of r1 that is not the digest of its body',
    ],
  ])('%s: broken', (_what, view, observed) => {
    expect(decided(event01, view).broken[0]?.observed).toBe(observed);
  });

  test('the digest of a body is that of AWS’s page', () => {
    const view = reshaped(withText('Test message.'), (record) =>
      record['body'] === 'Test message.'
        ? { ...record, md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3' }
        : record,
    );
    expect(decided(event01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('a character that SQS replaces may have been replaced', () => {
    const view = reshaped(withText('a\uFFFFb'), (record) => ({
      ...record,
      body: String(record['body']).replace('\uFFFF', '\uFFFD'),
    }));
    expect(decided(event01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('a body that was too long to be told is not held against what was sent', () => {
    const view = reshaped(sent({ records: { r1: { body: { $filler: 5_000 } } } }), (record) =>
      String(record['messageId']).includes('1') ? { ...record, body: { $filler: 5_004 } } : record,
    );
    expect(decided(event01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('more fields than documented are no flaw', () => {
    const view = reshaped(sent(), (record) => ({ ...record, md5OfMessageAttributes: null }));
    expect(decided(event01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('the event of a stream does not concern it', () => {
    const view = polled(
      { stream: {}, mapping: { startingPosition: 'LATEST' } },
      'send r1 @0',
      'batch r1 @1: ok',
    );
    expect(decided(event01, view).kept).toBe(0);
  });
});

describe('SQS-EVENT-02: ApproximateReceiveCount grows', () => {
  const lines = ['send r1 @0', 'batch r1 @1: throw'];

  test('by one, or more where receives ended in throttles: kept', () => {
    expect(decided(event02, polled({}, ...lines, 'batch r1 @40: ok'))).toMatchObject({ kept: 1, ...kept });
    expect(decided(event02, polled({}, ...lines, 'batch r1 count 5 @40: ok'))).toMatchObject({
      kept: 1,
      ...kept,
    });
  });

  test('not at all: broken', () => {
    const view = polled({}, ...lines, 'batch r1 count 1 @40: ok');
    expect(decided(event02, view).broken[0]).toMatchObject({
      expected: 'ApproximateReceiveCount of r1 above 1',
      observed: '1',
    });
  });

  test('two attempts at once may be entered in another order than they were received in: nobody can tell', () => {
    const view = polled({}, 'send r1 @0', 'batch r1 count 2 @1: ok @9', 'batch r1 count 1 @2: ok');
    expect(decided(event02, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('an attempt that waited for its environment while its message was received again: nobody can tell', () => {
    const late = polled({}, 'send r1 @0', 'batch r1 count 2 @3: throw', 'batch r1 count 1 @3.3: ok');
    expect(decided(event02, late)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
    // No wait explains the same count twice, nor an attempt that comes much later.
    for (const line of ['batch r1 count 2 @3.3: ok', 'batch r1 count 1 @40: ok'])
      expect(
        decided(event02, polled({}, 'send r1 @0', 'batch r1 count 2 @3: throw', line)).broken,
      ).toHaveLength(1);
  });

  test('a message in one attempt does not concern it', () => {
    expect(decided(event02, polled({}, 'send r1 @0', 'batch r1 @1: ok')).kept).toBe(0);
  });
});
