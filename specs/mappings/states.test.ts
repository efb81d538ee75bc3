import { describe, expect, test } from 'vitest';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { state01, state02, state03, state04 } from './states.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const stream: Given = { mapping: { startingPosition: 'TRIM_HORIZON' }, stream: {} };
const update = (settings: object, at: number): string =>
  `request UpdateEventSourceMapping ${JSON.stringify({ UUID: 'mapping:m', ...settings })} @${at}: 202`;

test('POLL-STATE-01: how a mapping that is made or deleted is answered is reported', () => {
  const deleted = (status: string) =>
    decided(state01, polled({}, `request DeleteEventSourceMapping {"UUID":"mapping:m"} @0: ${status}`))
      .observed;
  expect(deleted('202')).toEqual(['DeleteEventSourceMapping: 202 without a state']);
  expect(deleted('204')).toEqual(['DeleteEventSourceMapping: 204 without a state']);
});

describe('POLL-STATE-02: no attempt while a mapping is disabled', () => {
  const off = [update({ Enabled: false }, 1), 'state Disabled @3'];

  test('none starts: kept', () =>
    expect(decided(state02, polled({}, ...off, 'send r1 @5'))).toMatchObject(kept));

  test('one starts: broken', () => {
    const view = polled({}, ...off, 'send r1 @5', 'batch r1 @6: ok');
    expect(decided(state02, view).broken[0]?.observed).toBe('one at 6.0 s');
  });

  test('one starts before it was seen to be disabled: kept', () => {
    expect(decided(state02, polled({}, 'send r1 @0', ...off, 'batch r1 @2: ok'))).toMatchObject(kept);
  });

  test('one starts after it was enabled, while an older look still told Disabled: not accused', () => {
    const enabling = 'request UpdateEventSourceMapping {"UUID":"mapping:m","Enabled":true} @12: 202 @12.3';
    const lines = [update({ Enabled: false }, 1), enabling, 'state Disabled @12.2', 'send r1 @13'];
    expect(decided(state02, polled({}, ...lines, 'batch r1 @25: ok')).broken).toEqual([]);
  });

  test('one starts after it was asked to be enabled: kept', () => {
    const view = polled({}, ...off, 'send r1 @5', update({ Enabled: true }, 6), 'batch r1 @7: ok');
    expect(decided(state02, view)).toMatchObject(kept);
  });

  test('one starts after it was deleted: broken', () => {
    const gone = ['request DeleteEventSourceMapping {"UUID":"mapping:m"} @1: 202', 'state Deleted @3'];
    expect(decided(state02, polled({}, ...gone, 'send r1 @5', 'batch r1 @6: ok')).broken).toHaveLength(1);
  });
});

describe('POLL-STATE-03: enabled again, a stream is read from where it was left', () => {
  const lines = [
    'send r1 @0 on 0',
    'batch r1 @1: ok',
    update({ Enabled: false }, 10),
    'send r2 @20 on 0',
    update({ Enabled: true }, 30),
  ];

  test('what came meanwhile is read, and no more: kept', () => {
    const found = decided(state03, polled(stream, ...lines, 'batch r2 @35: ok'));
    expect(found).toMatchObject({ kept: 2, broken: [], unknown: [] });
  });

  test('what came meanwhile is skipped: broken', () => {
    expect(decided(state03, polled(stream, ...lines)).broken).toMatchObject([{ observed: 'in none' }]);
  });

  test('all is replayed: broken', () => {
    const found = decided(state03, polled(stream, ...lines, 'batch r1 r2 @35: ok'));
    expect(found.broken).toMatchObject([{ observed: 'in attempt b2' }]);
  });

  test('what had failed comes again: kept', () => {
    const failing = lines.map((line) => line.replace('@1: ok', '@1: throw'));
    expect(decided(state03, polled(stream, ...failing, 'batch r1 r2 @35: ok')).broken).toEqual([]);
  });

  test.each<[string, Given, string[]]>([
    ['the observer left early', { closedAt: 60 }, []],
    ['the function has little concurrency', { function: { reservedConcurrency: 1 } }, []],
  ])('%s: nobody can tell', (_why, more, after) => {
    const found = decided(state03, polled({ ...stream, ...more }, ...lines, ...after));
    expect(found).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('it may have grown too old by a limit that came with the change: nobody can tell', () => {
    const aged = [...lines.slice(0, -1), update({ Enabled: true, MaximumRecordAgeInSeconds: 60 }, 900)];
    expect(decided(state03, polled(stream, ...aged))).toMatchObject({
      broken: [],
      unknown: ['it may not have been due'],
    });
  });

  test('messages of a queue are not concerned', () => {
    expect(decided(state03, polled({}, 'send r1 @0', 'batch r1 @1: ok', ...lines.slice(2, 3))).kept).toBe(0);
  });
});

describe('POLL-STATE-04: a changed batch size binds', () => {
  const given: Given = { mapping: { batchSize: 5 } };
  const sent = 'send r1..r4 @0';

  test('batches of the new size: kept', () => {
    const view = polled(given, update({ BatchSize: 2 }, 0), sent, 'batch r1 r2 @60: ok');
    expect(decided(state04, view)).toMatchObject(kept);
  });

  test('of the old size, long after: broken', () => {
    const view = polled(given, update({ BatchSize: 2 }, 0), sent, 'batch r1..r4 @60: ok');
    expect(decided(state04, view).broken).toMatchObject([{ observed: '4' }]);
  });

  test.each([
    ['soon after', 'batch r1..r4 @5: ok', []],
    ['put together before, and tried again', 'batch r1..r4 @60: ok', ['batch r1..r4 @5: throw']],
  ])('of the old size, %s: not accused', (_why, late, before) => {
    const view = polled(given, update({ BatchSize: 2 }, 0), sent, ...before, late);
    expect(decided(state04, view).broken).toEqual([]);
  });
});
