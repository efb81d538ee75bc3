import { describe, expect, test } from 'vitest';
import { consume, create, update } from '../../testing/log.ts';
import { batchesIn, mostAtOnce } from '../../testing/queue.ts';
import { SEEDS } from '../../testing/run.ts';
import { batchesOf, startedOf, startsOf } from '../../testing/stream.ts';

describe('the starting position of a mapping that is made later', () => {
  const before = { atSeconds: 0, records: [{ record: 'a' }, { record: 'b' }] };
  const between = { atSeconds: 10, records: [{ record: 'c' }] };
  const after = { atSeconds: 60, records: [{ record: 'd' }] };
  const from = (position: object) =>
    batchesOf(
      consume(
        { isUnmapped: true },
        before,
        between,
        create(30, 'n', { EventSourceArn: 'kafka:k', ...position }),
        after,
      ),
    );

  test('TRIM_HORIZON is the beginning', () => {
    expect(from({ StartingPosition: 'TRIM_HORIZON' })).toEqual(['a b c', 'd']);
  });

  test('LATEST is what comes from then on', () => {
    expect(from({ StartingPosition: 'LATEST' })).toEqual(['d']);
  });

  test('AT_TIMESTAMP is what has come from that time on', () => {
    const at = (StartingPositionTimestamp: number) =>
      from({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp });
    expect(at(5)).toEqual(['c', 'd']);
    expect(at(0)).toEqual(['a b c', 'd']);
    expect(at(20)).toEqual(['d']);
  });
});

describe('how many attempts at once', () => {
  const slow = (partitions: number) => ({
    records: Array.from({ length: partitions }, (_, partition) => ({
      record: `p${partition}`,
      partition,
      times: 100,
      plan: [{ do: 'ok', afterSeconds: 2.5 }],
    })),
  });

  test('in on-demand mode: half as many as partitions, and in a few minutes as many', () => {
    for (const seed of SEEDS.slice(0, 10)) {
      const entries = consume({ seed, topic: { partitions: 4 }, mapping: { batchSize: 1 } }, slow(4));
      const batches = batchesIn(entries);
      expect(mostAtOnce(batches.filter(({ at }) => at < 110))).toBe(2);
      expect(mostAtOnce(batches.filter(({ at }) => at > 125 && at < 150))).toBe(4);
    }
  });

  test('in provisioned mode: as many as partitions, no more than five for each poller', () => {
    const most = (partitions: number, maximum: number) =>
      mostAtOnce(
        batchesIn(
          consume(
            { topic: { partitions }, mapping: { batchSize: 10, provisioned: { minimum: 1, maximum } } },
            slow(partitions),
          ),
        ),
      );
    expect(most(4, 1)).toBe(4);
    expect(most(8, 1)).toBe(5);
    expect(most(8, 2)).toBe(8);
  });

  test('a partition whose batch fails for ever holds no other one up for longer than scaling takes', () => {
    for (const seed of SEEDS) {
      const entries = consume(
        { seed, topic: { partitions: 2 } },
        {
          records: [
            {
              record: 'a',
              partition: 0,
              plan: ['throw', 'throw', 'throw', 'throw', 'throw', 'throw', 'throw', 'ok'],
            },
            {
              record: 'b',
              partition: 1,
              plan: ['throw', 'throw', 'throw', 'throw', 'throw', 'throw', 'throw', 'ok'],
            },
          ],
        },
      );
      for (const record of ['a', 'b'])
        expect(startedOf(entries).find(({ records }) => records?.[0]?.record === record)?.at).toBeLessThan(
          122,
        );
    }
  });
});

describe('a mapping that is disabled', () => {
  test('goes on where it stopped, and delivers nothing twice', () => {
    for (const seed of SEEDS) {
      const entries = consume(
        { seed, mapping: { batchSize: 2 } },
        { records: [{ record: 'a', times: 3 }] },
        update(10, { Enabled: false }),
        { atSeconds: 20, records: [{ record: 'b', times: 3 }] },
        update(40, { Enabled: true }),
      );
      expect(batchesOf(entries)).toEqual(['a a#2', 'a#3', 'b b#2', 'b#3']);
      expect(startsOf(entries)[2]).toBeGreaterThan(40);
    }
  });

  test('keeps a batch that failed, and tries it again later', () => {
    const entries = consume(
      {},
      { records: [{ record: 'a', plan: ['throw', 'throw', 'throw', 'throw', 'throw', 'ok'] }] },
      update(1, { Enabled: false }),
      update(200, { Enabled: true }),
      { atSeconds: 100, records: [{ record: 'b' }] },
    );
    const batches = batchesOf(entries);
    expect(batches.at(-1)).toBe('b');
    expect(batches.slice(0, -1)).toEqual(Array(6).fill('a'));
    expect(startsOf(entries).filter((at) => at > 7 && at < 200)).toEqual([]);
  });
});

test('a mapping without the right to read starts nothing until it has it', () => {
  const permission = (atSeconds: number, isAllowed: boolean) => ({
    atSeconds,
    do: 'permission',
    function: 'f',
    resource: 'kafka:k',
    isAllowed,
  });
  const entries = consume(
    {},
    permission(0, false),
    { atSeconds: 1, records: [{ record: 'a' }] },
    permission(30, true),
  );
  expect(batchesOf(entries)).toEqual(['a']);
  expect(startsOf(entries)[0]).toBeGreaterThanOrEqual(30);
});
