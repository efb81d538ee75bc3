import { expect, test } from 'vitest';
import { SEEDS } from '../../testing/run.ts';
import { batchesOf, failuresAt, read, records } from '../../testing/stream.ts';

const onFailure = 'queue:failed';
const mapping = { bisects: true, maximumRetryAttempts: 1, onFailure };

test('a failing batch is split until the poison record is alone, in order', () => {
  for (const seed of SEEDS) {
    const entries = read({ seed, mapping }, { records: records(8, { r3: 'throw' }) });
    expect(batchesOf(entries)).toEqual([
      'r1 r2 r3 r4 r5 r6 r7 r8',
      'r1 r2 r3 r4',
      'r1 r2',
      'r3 r4',
      'r3',
      'r3',
      'r4',
      'r5 r6 r7 r8',
    ]);
    expect(failuresAt(entries, onFailure)).toMatchObject([{ KinesisBatchInfo: { batchSize: 1 } }]);
  }
});

test('splitting uses no retry: without retries too the poison record is alone in the end', () => {
  const entries = read(
    { mapping: { ...mapping, maximumRetryAttempts: 0 } },
    { records: records(2, { r2: 'throw' }) },
  );
  expect(batchesOf(entries)).toEqual(['r1 r2', 'r1', 'r2']);
});

test('a single record is not split, and has all its retries', () => {
  const entries = read({ mapping }, { records: records(1, { r1: 'throw' }) });
  expect(batchesOf(entries)).toEqual(['r1', 'r1']);
});

test('what follows waits for the second half, and has its full size', () => {
  const entries = read(
    { mapping: { ...mapping, batchSize: 4 } },
    { records: records(8, { r1: ['throw', 'ok'] }) },
  );
  expect(batchesOf(entries)).toEqual(['r1 r2 r3 r4', 'r1 r2', 'r3 r4', 'r5 r6 r7 r8']);
});

// AWS, services-kinesis-batchfailurereporting.html: with both, the batch is split at what is reported.
test('a partial response splits at the reported record', () => {
  const reporting = { ...mapping, reportsItemFailures: true };
  const entries = read({ mapping: reporting }, { records: records(8, { r7: ['report', 'ok'] }) });
  expect(batchesOf(entries)).toEqual(['r1 r2 r3 r4 r5 r6 r7 r8', 'r7 r8']);
});

test('an error splits in two where partial responses are asked for, too', () => {
  const reporting = { ...mapping, reportsItemFailures: true };
  const entries = read({ mapping: reporting }, { records: records(4, { r4: ['throw', 'ok'] }) });
  expect(batchesOf(entries)).toEqual(['r1 r2 r3 r4', 'r1 r2', 'r3 r4']);
});
