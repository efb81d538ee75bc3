import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import { type Given, polled } from '../polling/testing/notation.ts';
import { changed } from '../testing/changed.ts';
import { decided } from '../testing/notation.ts';
import { fifo01, fifo02, fifo03, fifo04, fifo05 } from './fifo.ts';

const kept = { broken: [], unknown: [] };
const fifo: Given = { queue: { fifo: true, visibilityTimeoutSeconds: 5 } };
/** Every call that sends takes a second, so that those that are told 0.5 s apart are under way together. */
const slowlySent = (entry: Entry): Entry => (entry.kind === 'sent' ? { ...entry, at: entry.at + 1 } : entry);

describe('SQS-FIFO-01: first attempts of a group come in order', () => {
  test('they do, and another group in any order: kept', () => {
    const view = polled(fifo, 'send r1/a r2/a r3/b @0', 'batch r3 r1 @1: ok', 'batch r2 @2: ok');
    expect(decided(fifo01, view)).toMatchObject({ kept: 2, ...kept });
  });

  test('a later message is in an attempt before: broken', () => {
    const view = polled(fifo, 'send r1/a r2/a @0', 'batch r2 @1: ok', 'batch r1 @2: ok');
    const [breach] = decided(fifo01, view).broken;
    expect(breach).toMatchObject({ expected: 'r1 of the group a before those that were sent after it' });
    expect(breach?.entries).toEqual([view.batches[1]?.started, view.batches[0]?.started]);
  });

  test('a batch has them the other way round: broken', () => {
    const view = polled(fifo, 'send r1/a @0', 'send r2/a @1', 'batch r2 r1 @2: ok');
    expect(decided(fifo01, view).broken[0]?.observed).toBe('after one of them in the same batch');
  });

  test('a message that failed comes again beside later ones, before them: kept', () => {
    const view = polled(fifo, 'send r1/a r2/a @0', 'batch r1 @1: throw', 'batch r1 r2 @7: ok');
    expect(decided(fifo01, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('the steps of the scenario are not in order of time: what was sent first comes first', () => {
    const lines = ['send r1/a @5', 'send r2/a @0', 'batch r2 @6: ok', 'batch r1 @7: ok'];
    expect(decided(fifo01, polled(fifo, ...lines))).toMatchObject({ kept: 1, ...kept });
  });

  test('two were sent at the same time, by two calls: either may be the first', () => {
    const lines = ['send r1/a @0', 'send r2/a @0.5', 'batch r2 @3: ok', 'batch r1 @4: ok'];
    expect(decided(fifo01, polled(fifo, ...lines)).broken).toHaveLength(1);
    expect(decided(fifo01, changed(polled(fifo, ...lines), slowlySent))).toMatchObject({ kept: 1, ...kept });
  });

  test('a standard queue does not concern it', () => {
    const view = polled({}, 'send r1/a r2/a @0', 'batch r2 @1: ok', 'batch r1 @2: ok');
    expect(decided(fifo01, view).kept).toBe(0);
  });

  test('two mappings share the groups: it says nothing', () => {
    const given: Given = { ...fifo, mappings: [{ name: 'n' }] };
    const view = polled(given, 'send r1/a r2/a @0', 'batch r2 @1: ok', 'batch r1 of n @2: ok');
    expect(decided(fifo01, view).kept).toBe(0);
  });
});

describe('SQS-FIFO-02: one attempt at a time holds messages of a group', () => {
  const lines = ['send r1/a r2/a r3/b @0', 'batch r1 @1: ok @3'];

  test('one after the other, another group beside them: kept', () => {
    const view = polled(fifo, ...lines, 'batch r3 @2: ok', 'batch r2 @3.1: ok');
    expect(decided(fifo02, view)).toMatchObject({ kept: 2, ...kept });
  });

  test('two at once: broken', () => {
    const view = polled(fifo, ...lines, 'batch r2 @2: ok');
    expect(decided(fifo02, view).broken[0]?.observed).toBe('attempt b2 while b1 was in flight');
  });

  test('the skew of the clocks is no overlap', () => {
    const view = polled(fifo, ...lines, 'batch r2 @2.96: ok');
    expect(decided(fifo02, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('the visibility timeout ended during the attempt: nobody can tell', () => {
    const view = polled(fifo, 'send r1/a r2/a @0', 'batch r1 @1: ok @8', 'batch r1 r2 @7: ok');
    expect(decided(fifo02, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('SQS-FIFO-03: what failed holds its group up', () => {
  const lines = ['send r1/a r2/a r3/b @0', 'batch r1 @1: throw'];
  const dead: Given = {
    queue: { fifo: true, visibilityTimeoutSeconds: 5, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
    scenario: { queues: [{ name: 'dead', fifo: true }] },
  };

  test('it comes again first: kept', () => {
    const view = polled(fifo, ...lines, 'batch r1 @7: ok', 'batch r2 @8: ok');
    expect(decided(fifo03, view)).toMatchObject({ kept: 1, ...kept });
  });

  test('a later one overtakes it: broken', () => {
    const view = polled(fifo, ...lines, 'batch r2 @2: ok', 'batch r1 @7: ok');
    const [breach] = decided(fifo03, view).broken;
    expect(breach).toMatchObject({
      expected: 'r1 of the group a again before later messages',
      observed: 'r2 in attempt b2',
    });
  });

  test('a later one overtakes it in its second failure: broken', () => {
    const view = polled(fifo, ...lines, 'batch r1 @7: throw', 'batch r2 @8: ok');
    expect(decided(fifo03, view).broken).toHaveLength(1);
  });

  test('another group may go on: kept', () => {
    const view = polled(fifo, ...lines, 'batch r3 @2: ok', 'batch r1 @7: ok');
    expect(decided(fifo03, view)).toMatchObject({ kept: 1, ...kept });
  });

  test.each<[string, Given, string[]]>([
    ['it was redriven', dead, ['redriven r1 @6.5', 'batch r2 @6: ok']],
    ['it was received as often as it may be', dead, ['batch r2 @6: ok']],
    ['it is too old', { queue: { fifo: true, retentionSeconds: 60 } }, ['batch r2 @70: ok']],
    ['an attempt beside it handled it', fifo, ['batch r1 @1.1: ok', 'batch r2 @2: ok']],
    [
      'it failed beside later ones, all of which come again',
      fifo,
      ['batch r1 r2 @7: throw', 'batch r1 @13: ok', 'batch r2 @14: ok'],
    ],
  ])('%s: kept', (_why, given, more) => {
    expect(decided(fifo03, polled(given, ...lines, ...more))).toMatchObject({ ...kept });
  });

  test.each<[string, Given, string[]]>([
    ['nobody saw what became of it', dead, ['removed queue/dead @2', 'batch r2 @7: ok']],
    [
      'a filter that was set meanwhile may have left it out',
      fifo,
      [
        'request UpdateEventSourceMapping {"UUID":"mapping:m","FilterCriteria":{"Filters":[{"Pattern":"{\\"body\\":{\\"record\\":[\\"r2\\"]}}"}]}} @1.2: 202',
        'batch r2 @7: ok',
      ],
    ],
  ])('%s: nobody can tell', (_why, given, more) => {
    expect(decided(fifo03, polled(given, ...lines, ...more))).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });
});

describe('SQS-FIFO-04: groups in a batch', () => {
  test.each([
    ['batch r1 r2 @1: ok', 'one group in a batch'],
    ['batch r1 r3 @1: ok', 'several groups in a batch'],
  ])('%s: %s', (line, label) => {
    expect(decided(fifo04, polled(fifo, 'send r1/a r2/a r3/b @0', line)).observed).toEqual([label]);
  });
});

describe('SQS-FIFO-05: no more attempts at once than groups', () => {
  const lines = ['send r1/a r2/b r3/a @0', 'batch r1 @1: ok @3', 'batch r2 @1: ok @3'];

  test('as many as groups: kept', () => {
    expect(decided(fifo05, polled(fifo, ...lines, 'batch r3 @3.1: ok'))).toMatchObject({ kept: 1, ...kept });
  });

  test('one more: broken', () => {
    const view = polled(fifo, ...lines, 'batch r3 @2: ok');
    expect(decided(fifo05, view).broken[0]).toMatchObject({ observed: '3' });
  });

  test('handlers sent messages on to the queue, of groups of their own: nobody can tell', () => {
    const view = polled(fifo, ...lines, 'batch r3 @2: ok');
    const [record] = view.records.values();
    if (record?.sent === undefined) throw new Error('no record');
    const chained = { ...record, sent: { ...record.sent, chainedFrom: 'r0' } };
    const chainedRecords = [chained] as unknown as typeof view.chainedRecords;
    expect(decided(fifo05, { ...view, chainedRecords })).toMatchObject({
      broken: [],
      unknown: [expect.any(String)],
    });
  });

  test('a visibility timeout ended during an attempt: nobody can tell', () => {
    const view = polled(
      fifo,
      'send r1/a r2/b @0',
      'batch r1 @1: ok @8',
      'batch r2 @1: ok @8',
      'batch r1 @7: ok',
    );
    expect(decided(fifo05, view)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('a standard queue does not concern it', () => {
    expect(decided(fifo05, polled({}, ...lines, 'batch r3 @2: ok')).kept).toBe(0);
  });
});
