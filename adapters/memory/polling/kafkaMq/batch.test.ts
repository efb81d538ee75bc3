import { describe, expect, test } from 'vitest';
import { consume, update } from '../../testing/log.ts';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, records, startsOf } from '../../testing/stream.ts';

const PROVISIONED = { provisioned: { minimum: 1, maximum: 1 } };

describe('a batch that fails', () => {
  test('is tried again as a whole until it succeeds, longer each time', () => {
    for (const seed of SEEDS) {
      const entries = consume(
        { seed },
        { records: records(3, { r2: ['throw', 'throw', 'throw', 'ok'] }) },
        { atSeconds: 3, records: [{ record: 'later' }] },
      );
      expect(batchesOf(entries)).toEqual([...Array(4).fill('r1 r2 r3'), 'later']);
      const starts = startsOf(entries);
      const waits = starts.slice(1, 4).map((at, k) => at - (starts[k] ?? 0));
      expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    }
  });

  test('has n + 1 attempts with n retries, and then the next one comes', () => {
    for (const retries of [0, 1, 3]) {
      const entries = consume(
        { mapping: { ...PROVISIONED, batchSize: 1, maximumRetryAttempts: retries } },
        { records: records(2, { r1: 'throw' }) },
      );
      expect(batchesOf(entries)).toEqual([...Array(retries + 1).fill('r1'), 'r2']);
    }
  });

  test('has ten retries where there is a destination, and no bound of its own', () => {
    const poison = { records: records(1, { r1: 'throw' }) };
    const attempts = (mapping: Readonly<Record<string, unknown>>) =>
      batchesOf(consume({ mapping }, poison)).length;
    expect(attempts({ onFailure: 'queue:failed' })).toBe(11);
    expect(attempts({ ...PROVISIONED, onFailure: 'queue:failed', maximumRetryAttempts: 2 })).toBe(3);
  });

  test('has no bound of its own in on-demand mode, where a target takes one', () => {
    const plan = [...Array(6).fill('throw'), 'ok'];
    const entries = consume({ mapping: { maximumRetryAttempts: 1 } }, { records: [{ record: 'a', plan }] });
    expect(batchesOf(entries)).toHaveLength(7);
  });

  test('is split where that is asked for, until the poison record is alone', () => {
    const entries = consume(
      { mapping: { ...PROVISIONED, bisects: true, maximumRetryAttempts: 3, onFailure: 'queue:failed' } },
      { records: records(4, { r3: 'throw' }) },
      { atSeconds: 60, records: [{ record: 'later' }] },
    );
    const alone = Array(4).fill('r3');
    expect(batchesOf(entries)).toEqual(['r1 r2 r3 r4', 'r1 r2', 'r3 r4', ...alone, 'r4', 'later']);
  });

  test('is split where there are no retries, too: both halves begin anew', () => {
    const entries = consume(
      { mapping: { ...PROVISIONED, bisects: true, maximumRetryAttempts: 0, onFailure: 'queue:failed' } },
      { records: records(2, { r1: 'throw', r2: 'throw' }) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2', 'r1', 'r2']);
    expect(of(entries, 'delivered').map(({ body }) => body)).toMatchObject(
      Array(2).fill({ requestContext: { approximateInvokeCount: 1 } }),
    );
  });

  test('that was handled, and comes again, is never told as failed', () => {
    for (const seed of SEEDS) {
      const entries = consume(
        {
          seed,
          mapping: { ...PROVISIONED, maximumRetryAttempts: 0, onFailure: 'queue:failed' },
          policy: { logDuplicateShare: 1 },
        },
        { records: records(1, { r1: ['ok', 'throw'] }) },
        { atSeconds: 10, records: [{ record: 'later' }] },
      );
      expect(batchesOf(entries)).toEqual(['r1', 'later', 'later']);
      expect(of(entries, 'delivered')).toEqual([]);
    }
  });

  test('loses the records that have become too old meanwhile', () => {
    const entries = consume(
      { mapping: { ...PROVISIONED, maximumRecordAgeSeconds: 60, onFailure: 'queue:failed' } },
      { records: [{ record: 'a', plan: ['throw'] }] },
      { atSeconds: 30, records: [{ record: 'b' }] },
    );
    expect(Math.max(...startsOf(entries).slice(0, -1))).toBeLessThan(60);
    expect(batchesOf(entries).at(-1)).toBe('b');
    expect(of(entries, 'delivered')).toMatchObject([
      { resource: 'queue:failed', body: { requestContext: { condition: 'RecordAgeExceeded' } } },
    ]);
  });

  test('for want of capacity is tried again, and that counts for nothing', () => {
    const entries = consume(
      {
        function: { reservedConcurrency: 0 },
        mapping: { ...PROVISIONED, maximumRetryAttempts: 0 },
      },
      { records: records(1) },
      {
        atSeconds: 100,
        do: 'request',
        operation: 'DeleteFunctionConcurrency',
        input: { FunctionName: 'f' },
      },
    );
    expect(batchesOf(entries)).toEqual(['r1']);
    expect(startsOf(entries)[0]).toBeGreaterThanOrEqual(100);
  });
});

describe('a partial response', () => {
  const REPORTS = { ...PROVISIONED, reportsItemFailures: true };

  test('leaves what it reports, by partition and offset', () => {
    const entries = consume(
      { mapping: REPORTS },
      { records: records(4, { r2: ['report', 'ok'], r4: ['report', 'report', 'ok'] }) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2 r3 r4', 'r2 r4', 'r4']);
  });

  test('counts as a failed attempt', () => {
    const entries = consume(
      { mapping: { ...REPORTS, maximumRetryAttempts: 1 } },
      { records: records(2, { r1: 'report' }) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2', 'r1']);
  });

  test.each(['unknown', 'empty', 'null', 'wrongKey'])(
    'with an identifier that is %s fails the batch',
    (as) => {
      const entries = consume(
        { mapping: REPORTS },
        { records: records(2, { r1: [{ do: 'report', as }, 'ok'] }) },
      );
      expect(batchesOf(entries)).toEqual(['r1 r2', 'r1 r2']);
    },
  );

  test('tells offsets of different partitions apart', () => {
    const entries = consume(
      { topic: { partitions: 2 }, mapping: REPORTS, policy: { kafkaMixesPartitionsShare: 1 } },
      {
        records: [
          { record: 'a', partition: 0, plan: ['ok'] },
          { record: 'b', partition: 1, plan: ['report', 'ok'] },
        ],
      },
    );
    expect(batchesOf(entries).map((batch) => batch.split(' ').toSorted())).toEqual([['a', 'b'], ['b']]);
  });

  test('means nothing where it is not asked for', () => {
    expect(batchesOf(consume({}, { records: records(2, { r1: 'report' }) }))).toEqual(['r1 r2']);
  });
});

describe('a batch', () => {
  test('is cut short for its bytes', () => {
    const entries = consume(
      {},
      { records: [1, 2, 3].map((k) => ({ record: `r${k}`, body: { $filler: 1_900_000 } })) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2', 'r3']);
  });

  test('waits for its window, half a second by default', () => {
    for (const seed of SEEDS) {
      const [first = 0] = startsOf(
        consume({ seed, mapping: { windowSeconds: 10 } }, { records: records(1) }),
      );
      expect(first).toBeLessThan(11);
      const [soon = 0] = startsOf(consume({ seed }, { records: records(1) }));
      expect(soon).toBeLessThan(1.6);
    }
    const firsts = SEEDS.map(
      (seed) => startsOf(consume({ seed, mapping: { windowSeconds: 10 } }, { records: records(1) }))[0] ?? 0,
    );
    expect(Math.max(...firsts)).toBeGreaterThan(5);
  });

  test('starts before the end of its window where it is full', () => {
    const entries = consume({ mapping: { windowSeconds: 100, batchSize: 2 } }, { records: records(2) });
    expect(startsOf(entries)[0]).toBeLessThan(2);
  });

  test('holds only what a filter lets through', () => {
    const filters = ['{"value":{"kind":["a"]}}', '{"value":{"kind":["b"]}}'];
    const kinds = ['a', 'x', 'b', 'a'].map((kind, k) => ({ record: `r${k}`, body: { kind } }));
    const entries = consume(
      { mapping: { filters, batchSize: 2 } },
      { records: [...kinds, { record: 'text', text: 'no JSON' }] },
      update(60, { FilterCriteria: {} }),
    );
    // What was left out is committed with the rest: it does not come when the filters are gone.
    expect(batchesOf(entries)).toEqual(['r0 r2', 'r3']);
  });
});
