import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { filt01, filt02, filt03 } from './filters.ts';

const kept = { broken: [], unknown: [] };
const filtering: Given = {
  mapping: { filters: [{ body: { n: [1] } }] },
  queue: { visibilityTimeoutSeconds: 30 },
  records: { r1: { body: { n: 1 } }, r2: { body: { n: 2 } }, t1: { text: 'text one' } },
};

describe('SQS-FILT-01: what no filter lets through is deleted without an attempt', () => {
  test('it is gone: kept', () => {
    const view = polled(filtering, 'send r1 r2 @0', 'batch r1 @1: ok', 'left @90');
    expect(decided(filt01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('it is in an attempt: broken', () => {
    const view = polled(filtering, 'send r2 @0', 'batch r2 @1: ok', 'left @90');
    expect(decided(filt01, view).broken[0]).toMatchObject({
      observed: 'one',
      entries: [view.batches[0]?.started],
    });
  });

  test('it is still in the queue: broken', () => {
    const view = polled(filtering, 'send r2 @0', 'left r2 @90');
    expect(decided(filt01, view).broken[0]?.observed).toBe('it is still in the queue');
  });

  test('it went to the dead-letter queue: broken', () => {
    const given: Given = {
      ...filtering,
      queue: { redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
      scenario: { queues: [{ name: 'dead' }] },
    };
    const view = polled(given, 'send r2 @0', 'redriven r2 @40', 'left @90');
    expect(decided(filt01, view).broken[0]?.observed).toBe('redriven');
  });

  test.each<[string, Given, string[]]>([
    ['a filter lets it through', { ...filtering, records: { r2: { body: { n: 1 } } } }, []],
    ['there is no filter', { ...filtering, mapping: {} }, []],
    ['another mapping lets it through', { ...filtering, mappings: [{ name: 'n' }] }, []],
    [
      'the pattern is on metadata, of which the page says two things',
      { ...filtering, mapping: { filters: [{ messageId: ['x'] }] } },
      [],
    ],
  ])('%s: it says nothing', (_why, given, more) => {
    expect(decided(filt01, polled(given, 'send r2 @0', ...more, 'left r2 @90')).kept).toBe(0);
  });

  test.each<[string, Given, string[]]>([
    ['nobody looked', filtering, []],
    ['it was looked at too early', filtering, ['left r2 @10']],
    [
      'it may have been received when the role lost its right',
      filtering,
      ['denied queue/q @1', 'left r2 @90'],
    ],
    [
      'the mapping is disabled',
      { ...filtering, mapping: { ...filtering.mapping, enabled: false } },
      ['left r2 @90'],
    ],
    [
      'it is delayed',
      { ...filtering, queue: { delaySeconds: 60, visibilityTimeoutSeconds: 30 } },
      ['left r2 @90'],
    ],
  ])('%s: nobody can tell', (_why, given, more) => {
    expect(decided(filt01, polled(given, 'send r2 @0', ...more))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });

  test('the filter was changed: it says nothing', () => {
    const request =
      'request UpdateEventSourceMapping {"UUID":"mapping:m","FilterCriteria":{"Filters":[{"Pattern":"{\\"body\\":{\\"n\\":[2]}}"}]}} @1: 202';
    expect(decided(filt01, polled(filtering, 'send r2 @0', request, 'batch r2 @30: ok')).kept).toBe(0);
  });
});

describe('SQS-FILT-02: bodies of the other format', () => {
  const forText: Given = { ...filtering, mapping: { filters: [{ body: ['text one', 'text two'] }] } };

  test.each<[string, Given, string]>([
    ['a text where JSON is wanted', filtering, 't1'],
    ['JSON where a text is wanted', forText, 'r1'],
  ])('%s is dropped: kept', (_what, given, record) => {
    expect(decided(filt02, polled(given, `send ${record} @0`, 'left @90'))).toMatchObject({
      kept: 1,
      ...kept,
    });
  });

  test.each<[string, Given, string]>([
    ['a text where JSON is wanted', filtering, 't1'],
    ['JSON where a text is wanted', forText, 'r1'],
  ])('%s is in an attempt: broken', (what, given, record) => {
    const view = polled(given, `send ${record} @0`, `batch ${record} @1: ok`, 'left @90');
    expect(decided(filt02, view).broken[0]?.expected).toBe(`${record}, ${what}, dropped`);
  });

  test.each<[string, Given, string]>([
    ['JSON that does not match a pattern for JSON', filtering, 'r2'],
    ['a text that a pattern for texts lets through', forText, 't1'],
    ['a number, which may count as either', { ...filtering, records: { x1: { text: '42' } } }, 'x1'],
    [
      'a text that only looks like JSON, and is filtered as a text',
      { ...forText, records: { x1: { text: '{no' } } },
      'x1',
    ],
  ])('%s does not concern it', (_what, given, record) => {
    expect(decided(filt02, polled(given, `send ${record} @0`, `batch ${record} @1: ok`))).toMatchObject({
      kept: 0,
      ...kept,
    });
  });
});

test('SQS-FILT-02: the mapping was changed, and not its filter: that it was let through is the affair of SQS-FILT-01', () => {
  const request = 'request UpdateEventSourceMapping {"UUID":"mapping:m","BatchSize":4} @1: 202';
  const view = polled(filtering, 'send r2 @0', request, 'batch r2 @30: ok', 'left @90');
  expect(decided(filt01, view).broken).toHaveLength(1);
  expect(decided(filt02, view)).toMatchObject({ kept: 0, ...kept });
});

describe('SQS-FILT-03: filters on something else than the body', () => {
  const onMetadata: Given = { mapping: { filters: [{ messageAttributes: { x: [1] } }] } };

  test('what they do is reported', () => {
    expect(decided(filt03, polled(onMetadata, 'send r1 @0', 'batch r1 @1: ok')).observed).toEqual([
      'messages are let through',
    ]);
    expect(decided(filt03, polled(onMetadata, 'send r1 @0')).observed).toEqual(['nothing is let through']);
  });

  test('filters on the body do not concern it', () => {
    expect(decided(filt03, polled(filtering, 'send r1 @0', 'batch r1 @1: ok')).observed).toEqual([]);
  });
});
