/** AWS, with-kafka.html: the order of a partition, and what is committed. */
import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { cmt01, cmt02, grp01, grp02, ord01 } from './offsets.ts';

const topic = (more: Given = {}): Given => ({
  kafkaTopic: {},
  ...more,
  mapping: { startingPosition: 'TRIM_HORIZON', ...more.mapping },
});
const kept = { kept: 1, broken: [], unknown: [] };

describe('KAF-ORD-01: a partition is read in the order of its offsets', () => {
  test('in order: kept, also where some come again', () => {
    const view = polled(
      topic(),
      'send r1 r2 r3 @0',
      'batch r1 r2 @1: throw',
      'batch r1 r2 @3: ok',
      'batch r3 @5: ok',
    );
    expect(decided(ord01, view)).toMatchObject(kept);
  });

  test('out of order: broken', () => {
    const view = polled(topic(), 'send r1 r2 @0', 'batch r2 @1: ok', 'batch r1 @3: ok');
    expect(decided(ord01, view).broken).toHaveLength(1);
  });
});

describe('KAF-CMT-01: what failed is not committed', () => {
  test('tried again: kept; passed over: broken', () => {
    const again = polled(
      topic(),
      'send r1 r2 @0',
      'batch r1 @1: throw',
      'batch r1 @3: ok',
      'batch r2 @5: ok',
    );
    expect(decided(cmt01, again)).toMatchObject(kept);
    const over = polled(topic({ closedAt: 900 }), 'send r1 r2 @0', 'batch r1 @1: throw', 'batch r2 @3: ok');
    expect(decided(cmt01, over).broken).toHaveLength(1);
  });
});

describe('KAF-CMT-02: what the filters leave out is committed with what they let through', () => {
  const filtered = (pattern: object): Given =>
    topic({
      mapping: { filters: [pattern as never] },
      records: { r1: { body: { kind: 'b' } }, r2: { body: { kind: 'a' } } },
    });
  const unfiltered = 'request UpdateEventSourceMapping {"UUID":"mapping:m","FilterCriteria":{}} @20: 202';
  const lines = ['send r1 r2 @0', 'batch r2 @1: ok', unfiltered];

  test('it never comes: kept; it comes once the filters are gone: broken', () => {
    const given = filtered({ value: { kind: ['a'] } });
    expect(decided(cmt02, polled(given, ...lines))).toMatchObject(kept);
    expect(decided(cmt02, polled(given, ...lines, 'batch r1 @300: ok')).broken).toHaveLength(1);
  });

  test('of a pattern that speaks of something else the pages contradict one another: not judged', () => {
    const view = polled(filtered({ key: ['a'] }), ...lines, 'batch r1 @300: ok');
    expect(decided(cmt02, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('KAF-GRP-01: an existing group goes on where it stands', () => {
  const given = (more: Given = {}): Given => ({
    kafkaTopic: { committed: { readers: 1 } },
    closedAt: 900,
    ...more,
    mapping: { startingPosition: 'LATEST', consumerGroup: 'readers', ...more.mapping },
  });

  test('all from the committed offset on: kept', () => {
    expect(decided(grp01, polled(given(), 'send r1 r2 @0', 'batch r2 @1: ok'))).toMatchObject(kept);
  });

  test('what was committed comes again: broken', () => {
    const view = polled(given(), 'send r1 r2 @0', 'batch r1 r2 @1: ok');
    expect(decided(grp01, view).broken[0]?.expected).toContain('no record before offset 1');
  });

  test('LATEST goes before what was committed: broken', () => {
    const view = polled(given(), 'send r1 r2 @0', 'send r3 @60', 'batch r3 @61: ok');
    expect(decided(grp01, view).broken[0]?.observed).toBe('none with offset 1 of k-0');
  });

  test('a group that is new begins where it is told to: not concerned', () => {
    const view = polled(given({ mapping: { consumerGroup: 'others' } }), 'send r1 r2 @0', 'batch r2 @1: ok');
    expect(decided(grp01, view).kept).toBe(0);
  });

  test.each<[string, Given, string[]]>([
    ['the observer left before', given({ closedAt: 60 }), []],
    ['it may have been too old', given({ mapping: { maximumRecordAgeSeconds: 60 } }), []],
    ['a filter may leave it out', given({ mapping: { filters: [{ key: ['a'] }] } }), []],
    ['the role lost its right', given(), ['denied kafka/k @2']],
    [
      'another one of its group may have it',
      given({ mappings: [{ name: 'n', consumerGroup: 'readers' }] }),
      [],
    ],
  ])('%s: nobody can tell', (_why, told, lines) => {
    const found = decided(grp01, polled(told, 'send r1 r2 r3 @0', 'batch r3 @1: ok', ...lines));
    expect(found.broken).toEqual([]);
    expect(found.unknown.length).toBeGreaterThan(0);
  });
});

describe('KAF-GRP-02: a group is of one mapping, for ever', () => {
  const grouped = topic({ mapping: { consumerGroup: 'readers' } });
  const config = (group: string) => `"AmazonManagedKafkaEventSourceConfig":{"ConsumerGroupId":"${group}"}`;
  const creation = (group: string, answer: string) =>
    `request CreateEventSourceMapping {"FunctionName":"g","EventSourceArn":"kafka:k",${config(group)}} as n @5: ${answer}`;

  test('a second mapping with the group of the first one is refused: kept; accepted: broken', () => {
    const refused = polled(grouped, creation('readers', '400 InvalidParameterValueException'));
    expect(decided(grp02, refused)).toMatchObject(kept);
    expect(decided(grp02, polled(grouped, creation('readers', '202'))).broken).toHaveLength(1);
  });

  test('one with a group of its own is not concerned, nor one with that of a mapping that is gone', () => {
    expect(decided(grp02, polled(grouped, creation('others', '202')))).toMatchObject({ kept: 0, broken: [] });
    const gone = 'request DeleteEventSourceMapping {"UUID":"mapping:m"} @1: 202';
    const view = polled(grouped, gone, creation('readers', '202').replace('@5', '@900'));
    expect(decided(grp02, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('another group is asked for later: refused is kept', () => {
    const line = `request UpdateEventSourceMapping {"UUID":"mapping:m",${config('others')}} @5: 400 Invalid`;
    expect(decided(grp02, polled(grouped, line))).toMatchObject(kept);
  });
});
