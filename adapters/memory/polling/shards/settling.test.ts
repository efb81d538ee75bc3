import { describe, expect, test } from 'vitest';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, failuresAt, read, records, startsOf } from '../../testing/stream.ts';

const onFailure = 'queue:failed';

describe('a batch that fails', () => {
  test('is tried again until it succeeds, before anything that follows', () => {
    const entries = read(
      { mapping: { batchSize: 2 } },
      { records: records(4, { r2: ['throw', 'timeout', 'exit', 'ok'] }) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2', 'r1 r2', 'r1 r2', 'r1 r2', 'r3 r4']);
  });

  test.each([0, 1, 3])('with %i retries has one attempt more, and is discarded', (maximumRetryAttempts) => {
    for (const seed of SEEDS) {
      const entries = read(
        { seed, mapping: { batchSize: 2, maximumRetryAttempts, onFailure } },
        { records: records(3, { r1: 'throw' }) },
      );
      expect(batchesOf(entries)).toEqual([...Array(maximumRetryAttempts + 1).fill('r1 r2'), 'r3']);
      expect(failuresAt(entries, onFailure)).toMatchObject([
        {
          requestContext: {
            condition: 'RetryAttemptsExhausted',
            approximateInvokeCount: maximumRetryAttempts + 1,
          },
        },
      ]);
    }
  });

  test('without a bound waits longer each time, and is gone after a day', () => {
    const entries = read({}, { records: records(1, { r1: 'throw' }) });
    const starts = startsOf(entries);
    expect(starts.length).toBeGreaterThan(100);
    expect(starts.length).toBeLessThan(1_000);
    // Recorded from AWS: 8 attempts in about a minute.
    expect(starts.filter((at) => at < 70).length).toBeGreaterThanOrEqual(6);
    expect(starts.at(-1)).toBeLessThan(86_401);
  });

  test('that succeeds in the end is in no failure record', () => {
    const entries = read(
      { mapping: { maximumRetryAttempts: 2, onFailure } },
      { records: records(1, { r1: ['throw', 'throw', 'ok'] }) },
    );
    expect(of(entries, 'delivered')).toEqual([]);
  });
});

describe('throttles', () => {
  const setReserve = (atSeconds: number, reserved: number) => ({
    atSeconds,
    do: 'request',
    operation: 'PutFunctionConcurrency',
    input: { FunctionName: 'f', ReservedConcurrentExecutions: reserved },
  });

  test('are no retries', () => {
    for (const seed of SEEDS.slice(0, 10)) {
      const entries = read(
        { seed, function: { reservedConcurrency: 0 }, mapping: { maximumRetryAttempts: 0, onFailure } },
        { records: records(2) },
        setReserve(60, 1),
      );
      expect(batchesOf(entries)).toEqual(['r1 r2']);
      expect(of(entries, 'delivered')).toEqual([]);
    }
  });

  test('last until the records are too old', () => {
    const entries = read(
      { function: { reservedConcurrency: 0 }, mapping: { maximumRecordAgeSeconds: 60, onFailure } },
      { records: records(2) },
      setReserve(90, 1),
    );
    expect(batchesOf(entries)).toEqual([]);
    expect(failuresAt(entries, onFailure)).toMatchObject([
      { requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 } },
    ]);
  });
});

describe.each([
  ['Kinesis', {}, 'KinesisBatchInfo'],
  ['DynamoDB', { table: {} }, 'DDBStreamBatchInfo'],
])('partial responses on %s', (_name, source, info) => {
  const mapping = { batchSize: 3, maximumRetryAttempts: 3, reportsItemFailures: true, onFailure };

  // Recorded from AWS on both: of six records only the last one fails; it is delivered once with the others, and
  // four times alone, since its retries begin anew when the checkpoint has moved.
  test('go on from the lowest one reported, with all its retries', () => {
    const entries = read({ ...source, mapping }, { records: records(6, { r6: 'report' }) });
    expect(batchesOf(entries)).toEqual(['r1 r2 r3', 'r4 r5 r6', 'r6', 'r6', 'r6', 'r6']);
    expect(failuresAt(entries, onFailure)).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 4 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
        [info]: { batchSize: 1 },
      },
    ]);
  });

  test('of several take the lowest one, and all that follow it', () => {
    const entries = read(
      { ...source, mapping },
      { records: records(3, { r2: ['report', 'ok'], r3: ['report', 'ok'] }) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2 r3', 'r2 r3']);
  });

  test('of the first record alone use up the retries of the batch', () => {
    const entries = read(
      { ...source, mapping: { ...mapping, maximumRetryAttempts: 1 } },
      { records: records(2, { r1: 'report' }) },
    );
    expect(batchesOf(entries)).toEqual(['r1 r2', 'r1 r2']);
  });

  // Recorded from AWS: each of them is a complete failure.
  test.each(['empty', 'null', 'wrongKey', 'unknown'])(
    'that name a record by %s fail the whole batch',
    (as) => {
      const entries = read(
        { ...source, mapping: { ...mapping, batchSize: 1, maximumRetryAttempts: 2 } },
        { records: records(1, { r1: { do: 'report', as } }) },
      );
      expect(batchesOf(entries)).toEqual(['r1', 'r1', 'r1']);
      expect(failuresAt(entries, onFailure)).toMatchObject([
        { requestContext: { approximateInvokeCount: 3 }, responseContext: { functionError: null } },
      ]);
    },
  );

  // Recorded from AWS: each of them is a complete success.
  test.each([[null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    '%j is a success',
    (value) => {
      const entries = read({ ...source, mapping }, { records: records(2, { r1: { do: 'ok', value } }) });
      expect(batchesOf(entries)).toEqual(['r1 r2']);
    },
  );

  test('that nobody asked for are a success', () => {
    const entries = read({ ...source, mapping: { onFailure } }, { records: records(2, { r1: 'report' }) });
    expect(batchesOf(entries)).toEqual(['r1 r2']);
  });
});

test('a batch may come again after its success, where a target has such duplicates', () => {
  const entries = read(
    { policy: { streamDuplicateShare: 1 }, mapping: { batchSize: 1 } },
    { records: records(2) },
  );
  expect(batchesOf(entries)).toEqual(['r1', 'r1', 'r2', 'r2']);
});
