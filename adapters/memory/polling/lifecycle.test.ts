import { describe, expect, test } from 'vitest';
import { batchesIn, poll, recordsIn } from '../testing/queue.ts';
import { of, SEEDS } from '../testing/run.ts';

const update = (atSeconds: number, input: Record<string, unknown>) => ({
  atSeconds,
  do: 'request',
  operation: 'UpdateEventSourceMapping',
  input: { UUID: 'mapping:m', ...input },
});
const states = (entries: Parameters<typeof of>[0]) =>
  of(entries, 'mapping').map(({ mapping, state }) => `${mapping} ${state}`);

test('a mapping that is disabled starts no attempt, once that binds; enabled again it goes on', () => {
  for (const seed of SEEDS) {
    const entries = poll(
      { seed },
      update(0, { Enabled: false }),
      { atSeconds: 6, records: [{ record: 'a' }] },
      update(20, { Enabled: true }),
    );
    expect(states(entries)).toEqual(['m Disabled', 'm Enabled']);
    const [{ at } = { at: Number.NaN }, ...more] = batchesIn(entries);
    expect(more).toEqual([]);
    expect(at).toBeGreaterThanOrEqual(20);
    expect(at).toBeLessThan(26);
  }
});

test('until a change binds, attempts follow the old settings or the new ones', () => {
  const sizes = SEEDS.map((seed) => {
    const entries = poll({ seed, mapping: { batchSize: 4 } }, update(0, { BatchSize: 1 }), {
      atSeconds: 2,
      records: [{ record: 'a', times: 4 }],
    });
    return Math.max(...batchesIn(entries).map(({ records }) => records.length));
  });
  expect(new Set(sizes).has(1)).toBe(true);
  expect(Math.max(...sizes)).toBe(4);
});

test('a changed setting binds after five seconds at the latest', () => {
  for (const seed of SEEDS) {
    const entries = poll({ seed, mapping: { batchSize: 4 } }, update(0, { BatchSize: 1 }), {
      atSeconds: 5.1,
      records: [{ record: 'a', times: 4 }],
    });
    expect(batchesIn(entries).map(({ records }) => records.length)).toEqual([1, 1, 1, 1]);
  }
});

describe('a mapping that is deleted', () => {
  const remove = (atSeconds: number) => ({
    atSeconds,
    do: 'request',
    operation: 'DeleteEventSourceMapping',
    input: { UUID: 'mapping:m' },
  });

  test('starts no attempt any more, and lets those in flight end', () => {
    for (const seed of SEEDS) {
      const entries = poll(
        { seed, function: { timeoutSeconds: 20 } },
        { records: [{ record: 'a', plan: [{ do: 'ok', afterSeconds: 10 }] }] },
        remove(2),
        { atSeconds: 8, records: [{ record: 'b' }] },
      );
      expect(states(entries)).toEqual(['m Deleted']);
      expect(recordsIn(entries)).toEqual(['a']);
      expect(of(entries, 'ended').map(({ outcome }) => outcome)).toEqual(['ok']);
    }
  });

  test('may be made anew, and reads what is left', () => {
    const entries = poll(
      {},
      remove(0),
      { atSeconds: 6, records: [{ record: 'a' }] },
      {
        atSeconds: 10,
        do: 'request',
        operation: 'CreateEventSourceMapping',
        mapping: 'n',
        input: { EventSourceArn: 'queue:q', FunctionName: 'f' },
      },
    );
    expect(states(entries)).toEqual(['m Deleted', 'n Enabled']);
    expect(batchesIn(entries).map(({ mapping, records }) => [mapping, records])).toEqual([['n', ['a']]]);
  });
});
