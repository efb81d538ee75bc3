/** AWS, with-kafka.html: the order of a partition, and what is committed. */
import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { cmt01, cmt02, ord01 } from './offsets.ts';

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
