import { describe, expect, test } from 'vitest';
import { of, run } from './testing/run.ts';

const stream = (more: Record<string, unknown> = {}) => ({
  stream: true,
  event: 'e1',
  payload: { n: 1 },
  ...more,
});
const kindsOf = (entries: ReturnType<typeof run>): (string | number)[] => {
  const kinds: (string | number)[] = [];
  for (const entry of entries) {
    if (entry.kind === 'streamed') kinds.push(entry.event);
    else if (entry.kind === 'answered') kinds.push(entry.status);
  }
  return kinds;
};

describe('a response stream', () => {
  test('is opened with 200 while the function runs, then chunks, then one InvokeComplete', () => {
    const entries = run({ steps: [stream({ plan: [{ do: 'ok', afterSeconds: 1 }] })] });
    expect(kindsOf(entries)).toEqual([200, 'PayloadChunk', 'InvokeComplete']);
    expect(of(entries, 'answered')[0]?.at).toBeLessThan(1);
    expect(of(entries, 'streamed')[0]?.at).toBeGreaterThan(1);
  });

  test('of a large result has several chunks', () => {
    const large = { plan: [{ do: 'ok', value: { $filler: 3_000_000 } }] };
    expect(kindsOf(run({ steps: [stream(large)] }))).toEqual([
      200,
      'PayloadChunk',
      'PayloadChunk',
      'PayloadChunk',
      'InvokeComplete',
    ]);
  });

  test.each(['throw', 'timeout', 'exit'])(
    'of a failure by %s has status 200 and tells it at the end',
    (outcome) => {
      const entries = run({ steps: [stream({ plan: [outcome] })] });
      expect(kindsOf(entries)).toEqual([200, 'InvokeComplete']);
      expect(of(entries, 'streamed')[0]).toMatchObject({
        errorCode: 'Unhandled',
        errorDetails: expect.any(String),
      });
    },
  );

  test('is refused like any call', () => {
    const entries = run({ function: { reservedConcurrency: 0 }, steps: [stream()] });
    expect(of(entries, 'rejected')).toMatchObject([{ status: 429 }]);
    expect(of(entries, 'streamed')).toEqual([]);
  });

  test('ends for a caller that hangs up', () => {
    const entries = run({
      steps: [stream({ plan: [{ do: 'ok', afterSeconds: 1 }], hangUpAfterSeconds: 0.5 })],
    });
    expect(of(entries, 'hungUp')).toHaveLength(1);
    expect(of(entries, 'streamed')).toEqual([]);
  });
});
