import { describe, expect, test } from 'vitest';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, read, records, startedOf, startsOf } from '../../testing/stream.ts';

describe('batches', () => {
  // Recorded from AWS: ten records in one call come as one batch, in their order.
  test('hold what is there, in order', () => {
    expect(batchesOf(read({}, { records: records(10) }))).toEqual(['r1 r2 r3 r4 r5 r6 r7 r8 r9 r10']);
  });

  // Recorded from AWS: two batches of ten, and the second begins when the first, of 5 s, is over.
  test('follow one another on a shard', () => {
    for (const seed of SEEDS) {
      const entries = read(
        { seed, function: { timeoutSeconds: 10 }, mapping: { batchSize: 10 } },
        { records: records(20, { r1: { do: 'ok', afterSeconds: 5 } }) },
      );
      const [first = 0, second = 0, ...more] = startsOf(entries);
      expect(more).toEqual([]);
      expect(second - first).toBeGreaterThanOrEqual(5);
    }
  });

  test('may be smaller than they might be', () => {
    const sizes = SEEDS.map(
      (seed) =>
        batchesOf(read({ seed, policy: { cutsStreamBatchesShare: 0.5 } }, { records: records(4) })).length,
    );
    expect(Math.max(...sizes)).toBeGreaterThan(1);
  });

  // AWS, invocation-eventsourcemapping.html: 6 MB; base64 makes a third more of the data.
  test('have no more than 6 MB', () => {
    const body = { $filler: 1_000_000 };
    const sizes = batchesOf(read({}, { records: records(9, {}, { body }) })).map(
      (batch) => batch.split(' ').length,
    );
    expect(sizes).toEqual([4, 4, 1]);
  });
});

describe('the batching window', () => {
  const mapping = { windowSeconds: 10, batchSize: 3 };

  test('is waited for by a batch that is not full', () => {
    const entries = read({ mapping }, { records: records(3) }, { atSeconds: 2, records: [{ record: 'x' }] });
    const [first = 0, second = 0] = startsOf(entries);
    expect(batchesOf(entries)).toEqual(['r1 r2 r3', 'x']);
    expect(first).toBeLessThan(1.5);
    expect(second - first).toBeGreaterThanOrEqual(10);
    expect(second - first).toBeLessThan(11.5);
  });

  test('holds what comes meanwhile, up to the batch size', () => {
    for (const seed of SEEDS) {
      const entries = read(
        { seed, mapping },
        { records: records(3) },
        { atSeconds: 2, records: [{ record: 'x' }] },
        { atSeconds: 4, records: [{ record: 'y' }, { record: 'z' }] },
      );
      expect(batchesOf(entries)).toEqual(['r1 r2 r3', 'x y z']);
      expect(startsOf(entries)[1]).toBeLessThan(6);
    }
  });
});

describe('filters', () => {
  // Recorded from AWS: one stream, two mappings with a filter each; each function has its own record alone.
  test('pass over what they do not let through', () => {
    const filters = (kind: string) => [{ data: { event_type: [kind] } }];
    const entries = read(
      {
        functions: [{ name: 'g' }],
        mapping: { filters: filters('one'), batchSize: 1 },
        mappings: [
          {
            name: 'n',
            source: 'stream:s',
            function: 'g',
            startingPosition: 'TRIM_HORIZON',
            batchSize: 1,
            filters: filters('two'),
          },
        ],
      },
      {
        records: [
          { record: 'a', body: { event_type: 'one' } },
          { record: 'b', body: { event_type: 'two' } },
          { record: 'c', text: 'no JSON' },
        ],
      },
    );
    expect(batchesOf(entries, 'm')).toEqual(['a']);
    expect(batchesOf(entries, 'n')).toEqual(['b']);
    expect(of(entries, 'delivered')).toEqual([]);
  });

  test('take no place in a batch', () => {
    const kinds = records(6).map((one, index) => ({ ...one, body: { n: index % 2 } }));
    const entries = read({ mapping: { batchSize: 3, filters: [{ data: { n: [1] } }] } }, { records: kinds });
    expect(batchesOf(entries)).toEqual(['r2 r4 r6']);
  });

  test('of tables look at the change', () => {
    const filters = [{ eventName: ['REMOVE'], dynamodb: { OldImage: { body: { S: ['x'] } } } }];
    const entries = read(
      { table: {}, mapping: { filters } },
      {
        records: [
          { record: 'a', key: 'k', text: 'x' },
          { record: 'b', key: 'k', change: 'remove' },
        ],
      },
    );
    expect(batchesOf(entries)).toEqual(['b']);
  });
});

describe('with a parallelization factor', () => {
  const keyed = (count: number) =>
    records(count).map((one, index) => ({
      ...one,
      key: `k${index % 5}`,
      plan: [{ do: 'ok', afterSeconds: 1 }],
    }));
  const setup = (seed: number) => ({ seed, mapping: { parallelizationFactor: 3, batchSize: 2 } });

  test('so many attempts of a shard are in flight, and no more', () => {
    const most = SEEDS.map((seed) => {
      const starts = startedOf(read(setup(seed), { records: keyed(20) }));
      return Math.max(
        ...starts.map(({ at }) => starts.filter((other) => other.at > at - 1 && other.at <= at).length),
      );
    });
    expect(Math.max(...most)).toBe(3);
  });

  test('a key is in one attempt at a time, and in order', () => {
    for (const seed of SEEDS) {
      const seen = startedOf(read(setup(seed), { records: keyed(20) })).flatMap(({ at, records: all = [] }) =>
        all.map(({ record = '' }) => ({ at, number: Number(record.slice(1)) })),
      );
      for (const rest of [0, 1, 2, 3, 4]) {
        const own = seen.filter(({ number }) => number % 5 === rest);
        expect(own.map(({ number }) => number)).toEqual(
          own.map(({ number }) => number).toSorted((a, b) => a - b),
        );
      }
    }
  });

  test('a failing key holds up what shares its lane only', () => {
    const poisoned = keyed(5).map((one) => ({ ...one, plan: one.key === 'k0' ? ['throw'] : ['ok'] }));
    const entries = read(
      { mapping: { parallelizationFactor: 10, maximumRecordAgeSeconds: 60 } },
      { records: poisoned },
    );
    const others = startedOf(entries).filter(({ records: [one] = [] }) => one?.record !== 'r1');
    expect(others.length).toBeGreaterThan(0);
    for (const { at } of others) expect(at).toBeLessThan(2);
  });

  test('that is changed under way keeps the order of each key, and loses nothing', () => {
    for (const seed of SEEDS) {
      const entries = read(
        { seed, mapping: { batchSize: 1 } },
        { records: keyed(10) },
        {
          atSeconds: 0.5,
          do: 'request',
          operation: 'UpdateEventSourceMapping',
          input: { UUID: 'mapping:m', ParallelizationFactor: 4 },
        },
      );
      const seen = batchesOf(entries).map((record) => Number(record.slice(1)));
      expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      for (const number of [1, 2, 3, 4, 5])
        expect(seen.indexOf(number)).toBeLessThan(seen.indexOf(number + 5));
    }
  });
});

describe('a target that errs', () => {
  const zero = { reservedConcurrency: 0 };
  const mapping = { batchSize: 1, tumblingWindowSeconds: 5, maximumRetryAttempts: 1 };

  // Each of these has run for ever: what was given up or set aside was made anew in the same instant.
  test.each([
    { goesOnAfterFailure: true },
    { throttlesCountAsRetries: true },
    { dropsThrottledBatches: true },
    { bisectLoses: 1 },
  ])('comes to an end with %j', (policy) => {
    const entries = read(
      { policy, function: zero, mapping: { ...mapping, bisects: true, finalPlan: ['throw', 'ok'] } },
      { records: records(4, { r2: ['throw', 'ok'] }) },
      {
        atSeconds: 3,
        do: 'request',
        operation: 'PutFunctionConcurrency',
        input: { FunctionName: 'f', ReservedConcurrentExecutions: 1 },
      },
      { atSeconds: 30, records: [{ record: 'x' }] },
      {
        atSeconds: 31,
        do: 'request',
        operation: 'PutFunctionConcurrency',
        input: { FunctionName: 'f', ReservedConcurrentExecutions: 0 },
      },
    );
    expect(entries.length).toBeLessThan(5_000);
  });
});
