import { expect, test } from 'vitest';
import { of, run } from './testing/run.ts';

test('the sums count attempts, errors, throttles and events, and leave out what did not happen', () => {
  const entries = run({
    function: { reservedConcurrency: 1 },
    steps: [
      { type: 'Event', event: 'e1', payload: 1, plan: ['throw'] },
      {
        atSeconds: 30,
        type: 'RequestResponse',
        event: 'e2',
        payload: 2,
        plan: [{ do: 'ok', afterSeconds: 2 }],
      },
      { atSeconds: 31, type: 'RequestResponse', event: 'e3', payload: 3 },
    ],
  });
  const sums = Object.fromEntries(of(entries, 'metric').map(({ name, value }) => [name, value]));
  expect(sums).toEqual({
    Invocations: 4,
    Errors: 3,
    Throttles: 1,
    AsyncEventsReceived: 1,
    AsyncEventsDropped: 1,
  });
});
