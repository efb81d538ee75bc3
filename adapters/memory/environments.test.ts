import { describe, expect, test } from 'vitest';
import { of, run, SEEDS } from './testing/run.ts';

const call = (event: string, atSeconds: number, plan: readonly unknown[] = ['ok']) => ({
  atSeconds,
  type: 'RequestResponse',
  event,
  payload: event,
  plan,
});

test('an environment is used again, by one attempt at a time', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const sleeping = [{ do: 'ok', afterSeconds: 1 }];
    const started = of(
      run({ steps: [call('e1', 0, sleeping), call('e2', 0.5, sleeping), call('e3', 3)] }, seed),
      'started',
    );
    const [first, second, third] = started.map(({ environment }) => environment);
    expect(first).not.toBe(second);
    expect([first, second]).toContain(third);
  }
});

test('versions have environments of their own', () => {
  const steps = [call('e1', 0), { ...call('e2', 1), qualifier: '1' }];
  const [first, second] = of(run({ function: { versions: 1 }, steps }), 'started');
  expect(first?.environment).not.toBe(second?.environment);
});

describe('initialisation', () => {
  const startsAt = (f: Record<string, unknown>, ...plans: string[]) =>
    of(
      run({ function: f, steps: plans.map((plan, index) => call(`e${index}`, 100 * index, [plan])) }),
      'started',
    ).map(({ at }) => at % 100);

  test('comes before the first attempt in an environment, and not before the next', () => {
    const [first, second] = startsAt({ initSeconds: 4 }, 'ok', 'ok');
    expect(first).toBeGreaterThanOrEqual(4);
    expect(second).toBeLessThan(0.1);
  });

  test.each(['timeout', 'exit'])('comes again after a %s', (outcome) => {
    const f = { initSeconds: 4 };
    const [, second] = startsAt(f, outcome, 'ok');
    expect(second).toBeGreaterThanOrEqual(4);
    const entries = run({ function: f, steps: [call('e1', 0, [outcome]), call('e2', 50)] });
    const environments = of(entries, 'started').map(({ environment }) => environment);
    expect(new Set(environments).size).toBe(1);
  });

  test('beyond ten seconds is run again with the invocation', () => {
    const [first] = startsAt({ initSeconds: 12, timeoutSeconds: 30 }, 'ok');
    expect(first).toBeGreaterThanOrEqual(22);
  });

  test('beyond ten seconds and the timeout: the call times out and no handler is entered', () => {
    const entries = run({ function: { initSeconds: 12 }, steps: [call('e1', 0)] });
    expect(of(entries, 'started')).toEqual([]);
    expect(of(entries, 'answered')).toMatchObject([
      { status: 200, functionError: 'Unhandled', payload: { errorType: 'Sandbox.Timedout' } },
    ]);
  });
});
