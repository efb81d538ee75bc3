import { expect, test } from 'vitest';
import { of, SEEDS } from '../../testing/run.ts';
import { batchesOf, failuresAt, read, records, startsOf } from '../../testing/stream.ts';

const onFailure = 'queue:failed';

// Recorded from AWS: batches of one, an age of 60 s, no bound on retries, a handler that always throws: attempts for
// about a minute, then a record without responseContext.
test('a record that is too old is discarded', () => {
  for (const seed of SEEDS) {
    const entries = read(
      { seed, mapping: { batchSize: 1, maximumRecordAgeSeconds: 60, onFailure } },
      { records: records(2, { r1: 'throw' }) },
    );
    const attempts = batchesOf(entries).filter((batch) => batch === 'r1').length;
    expect(attempts).toBeGreaterThanOrEqual(2);
    for (const at of startsOf(entries)) expect(at).toBeLessThan(60.5);
    const failures = failuresAt(entries, onFailure);
    expect(failures).toContainEqual(
      expect.objectContaining({
        requestContext: expect.objectContaining({
          condition: 'RecordAgeExceeded',
          approximateInvokeCount: attempts,
        }),
        KinesisBatchInfo: expect.objectContaining({ batchSize: 1 }),
      }),
    );
    for (const failure of failures) expect(failure).not.toHaveProperty('responseContext');
    // It is told when it happens, and not only at the next attempt.
    expect(of(entries, 'delivered')[0]?.at).toBeLessThan(62);
  }
});

test('younger records of its batch go on, with all their retries', () => {
  const entries = read(
    { mapping: { maximumRecordAgeSeconds: 60, windowSeconds: 30, onFailure } },
    { records: records(1, { r1: 'throw' }) },
    { atSeconds: 20, records: [{ record: 'x' }] },
  );
  const whole = batchesOf(entries);
  expect(whole.at(-1)).toBe('x');
  expect(failuresAt(entries, onFailure)).toMatchObject([{ KinesisBatchInfo: { batchSize: 1 } }]);
});

test('what was blocked for too long is discarded in the same way', () => {
  const entries = read(
    { mapping: { batchSize: 1, maximumRecordAgeSeconds: 60, onFailure } },
    { records: records(3, { r1: 'throw' }) },
    { atSeconds: 50, records: [{ record: 'young' }] },
  );
  expect(batchesOf(entries).at(-1)).toBe('young');
  expect(failuresAt(entries, onFailure)).toHaveLength(3);
});

test('what left the stream after a day is skipped, without a record of failure', () => {
  const entries = read(
    { mapping: { batchSize: 1, onFailure } },
    { records: records(2, { r1: 'throw' }) },
    { atSeconds: 86_000, records: [{ record: 'young' }] },
  );
  expect(batchesOf(entries).at(-1)).toBe('young');
  expect(batchesOf(entries)).not.toContain('r2');
  expect(of(entries, 'delivered')).toEqual([]);
});

test('without an age there is none', () => {
  const entries = read(
    { mapping: { batchSize: 1 } },
    { records: records(1, { r1: [...Array(12).fill('throw'), 'ok'] }) },
  );
  expect(batchesOf(entries)).toHaveLength(13);
});
