import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import type { Step } from '../../engine/scenario.ts';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { pos01, pos02, pos03 } from './positions.ts';
import { type Given, type Line, streamed } from './testing/notation.ts';

/** A mapping that is made under way, at 100 s. */
function madeLater(input: Record<string, Json>, given: Given, ...lines: readonly (string | Line)[]) {
  const step: Step = {
    atSeconds: 100,
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: { EventSourceArn: 'stream:s', FunctionName: 'f', ...input },
    mapping: 'm',
  };
  const entries: Entry[] = [
    { kind: 'requested', at: 100, call: 'c', step: 0 },
    { kind: 'answered', at: 100.1, call: 'c', status: 202 },
  ];
  return streamed({ ...given, steps: [step], entries, scenario: { mappings: [] } }, ...lines);
}

describe('STR-POS-01', () => {
  const records = { r1: { at: 1 }, r2: { at: 105 }, r3: { at: 130 } };

  test('TRIM_HORIZON delivers what was there before', () => {
    const position = { StartingPosition: 'TRIM_HORIZON' };
    const view = madeLater(position, { records }, 'r1 @110: ok', 'r2 r3 @140: ok');
    expect(decided(pos01, view)).toMatchObject({ kept: 3, broken: [] });
    expect(decided(pos01, madeLater(position, { records }, 'r2 r3 @140: ok')).broken).toHaveLength(1);
  });

  test('LATEST delivers nothing from before, and may miss what is written meanwhile', () => {
    const position = { StartingPosition: 'LATEST' };
    expect(decided(pos01, madeLater(position, { records }, 'r1 @110: ok')).broken).toHaveLength(1);
    expect(decided(pos01, madeLater(position, { records }, 'r3 @140: ok')).broken).toEqual([]);
    expect(decided(pos01, madeLater(position, { records }, 'r2 r3 @140: ok')).broken).toEqual([]);
  });

  test('AT_TIMESTAMP delivers what was written from then on', () => {
    const position = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 50 };
    expect(decided(pos01, madeLater(position, { records }, 'r2 r3 @140: ok'))).toMatchObject({
      kept: 3,
      broken: [],
    });
    expect(decided(pos01, madeLater(position, { records }, 'r3 @140: ok')).broken).toHaveLength(1);
  });

  test('AT_TIMESTAMP delivers nothing that was written before', () => {
    const position = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 50 };
    const view = madeLater(position, { records }, 'r1 r2 r3 @140: ok');
    expect(decided(pos01, view).broken[0]?.expected).toBe('no attempt with r1, from before 50 s');
  });

  test('does not know what a filter, an age, a fault or the end of the watch leaves out', () => {
    for (const given of [
      { mapping: { maximumRecordAgeSeconds: 60 } },
      { mapping: { enabled: false as const } },
      { function: { reservedConcurrency: 0 } },
      { closedAt: 300 },
      { mapping: { filters: [{ partitionKey: ['r1'] }] } },
    ])
      expect(decided(pos01, streamed({ ...given, records: { r1: {} } }))).toMatchObject({
        kept: 0,
        broken: [],
      });
    const filtered = streamed({ mapping: { filters: [{ data: { n: [1] } }] }, records: { r1: {} } });
    expect(decided(pos01, filtered)).toMatchObject({ kept: 1, broken: [] });
  });

  test('holds for the items of a table that were put, not for those that were deleted', () => {
    const ofTable = { kind: 'dynamodb' as const };
    expect(decided(pos01, streamed({ ...ofTable, records: { r1: {} } })).broken).toHaveLength(1);
    const deleted = streamed({ ...ofTable, records: { r1: { change: 'remove' } } });
    expect(decided(pos01, deleted).broken).toEqual([]);
  });
});

test('STR-POS-02 tells what LATEST missed while the mapping was made', () => {
  const records = { r1: { at: 1 }, r2: { at: 103 }, r3: { at: 104 }, r4: { at: 130 } };
  const view = madeLater({ StartingPosition: 'LATEST' }, { records }, 'r3 r4 @140: ok');
  expect(decided(pos02, view).observed).toEqual(['missed while the mapping was made', 'delivered']);
});

describe('STR-POS-03', () => {
  const scenario = { streams: [{ name: 's' }], tables: [{ name: 't' }] };
  const asked = (input: Record<string, Json>, answer: number | string) =>
    decided(
      pos03,
      requests({ scenario }, [
        'CreateEventSourceMapping',
        { FunctionName: 'f', EventSourceArn: 'stream:s', ...input },
        answer,
      ]),
    );
  const at = (seconds: number) => ({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: seconds });

  test.each([
    ['without a position', {}],
    ['at a time of a table', { EventSourceArn: 'table:t', ...at(0) }],
    ['at a time in the future', at(3_600)],
  ])('a mapping %s is refused', (_what, input) => {
    expect(asked(input, '400 InvalidParameterValueException: no')).toMatchObject({ kept: 1, broken: [] });
    expect(asked(input, 202).broken).toHaveLength(1);
  });

  test('says nothing of positions that are taken', () => {
    expect(asked({ StartingPosition: 'LATEST' }, 202)).toMatchObject({ kept: 0, broken: [] });
    expect(asked(at(0), 202)).toMatchObject({ kept: 0, broken: [] });
  });
});
