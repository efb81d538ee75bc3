import { expect, test } from 'vitest';
import { of, run, SEEDS } from './testing/run.ts';

test('a new function is Pending first, refuses calls, and then is Active and takes them', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const call = (event: string, atSeconds: number) => ({ atSeconds, event, payload: event });
    const entries = run({ function: { fresh: true }, steps: [call('e1', 0.1), call('e2', 6)] }, seed);
    const states = of(entries, 'state').map(({ state }) => state);
    expect(states.at(-1)).toBe('Active');
    expect(new Set(states.slice(0, -1))).toEqual(new Set(['Pending']));
    expect(of(entries, 'rejected')).toMatchObject([{ status: 409, error: 'ResourceConflictException' }]);
    expect(of(entries, 'started')).toMatchObject([{ event: 'e2' }]);
  }
});

test('any other function is ready, and nobody asks', () => {
  expect(of(run({ steps: [{ event: 'e1' }] }), 'state')).toEqual([]);
});
