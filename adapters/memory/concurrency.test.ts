import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import { of, run, SEEDS } from './testing/run.ts';

const sleeping = [{ do: 'ok', afterSeconds: 2 }];
const calls = (event: string, times: number, more: Record<string, unknown> = {}) => ({
  type: 'RequestResponse',
  event,
  payload: event,
  plan: sleeping,
  times,
  ...more,
});
const reasons = (entries: readonly Entry[]) => of(entries, 'rejected').map(({ reason }) => reason);

test('no more attempts at once than reserved, over all versions', () => {
  for (const seed of SEEDS.slice(0, 10)) {
    const steps = [calls('e1', 2), calls('e2', 2, { qualifier: '1' })];
    const entries = run({ function: { reservedConcurrency: 2, versions: 1 }, steps }, seed);
    expect(of(entries, 'started')).toHaveLength(2);
    expect(reasons(entries)).toEqual(Array(2).fill('ReservedFunctionConcurrentInvocationLimitExceeded'));
  }
});

test('an idle reserve is no other function’s', () => {
  const entries = run({
    account: { concurrency: 5, unreservedMinimum: 1 },
    functions: [{ name: 'f' }, { name: 'g', reservedConcurrency: 3 }],
    steps: [calls('e1', 5)],
  });
  expect(of(entries, 'started')).toHaveLength(2);
  expect(reasons(entries)).toEqual(Array(3).fill('ConcurrentInvocationLimitExceeded'));
});

test('the account’s limit holds for all functions together', () => {
  const entries = run({
    account: { concurrency: 3, unreservedMinimum: 0 },
    functions: [{ name: 'f' }, { name: 'g' }],
    steps: [calls('e1', 2), calls('e2', 2, { do: 'invoke', function: 'g' })],
  });
  expect(of(entries, 'started')).toHaveLength(3);
  expect(reasons(entries)).toEqual(['ConcurrentInvocationLimitExceeded']);
});

describe('provisioned concurrency', () => {
  const provisioned = { versions: 1, provisioned: [{ qualifier: '1', concurrency: 2 }] };

  test('that adds up to the reserve leaves nothing to $LATEST', () => {
    const steps = [calls('e1', 1), calls('e2', 2, { qualifier: '1' })];
    const entries = run({ function: { ...provisioned, reservedConcurrency: 2 }, steps });
    expect(of(entries, 'started').map(({ version }) => version)).toEqual(['1', '1']);
    expect(reasons(entries)).toEqual(['ReservedFunctionConcurrentInvocationLimitExceeded']);
  });

  test('is exceeded into the reserve, and no further', () => {
    const entries = run({
      function: { ...provisioned, reservedConcurrency: 3 },
      steps: [calls('e1', 4, { qualifier: '1' })],
    });
    expect(of(entries, 'started')).toHaveLength(3);
  });

  test('is initialised before the first call', () => {
    const steps = [calls('e1', 1, { qualifier: '1' })];
    const entries = run({ function: { ...provisioned, initSeconds: 5 }, steps });
    expect(of(entries, 'started')[0]?.at).toBeLessThan(0.1);
  });
});

describe('synchronous requests', () => {
  const quick = (times: number, more: Record<string, unknown> = {}) =>
    calls('e1', times, { plan: ['ok'], ...more });

  test('are ten a second for each unit of the reserve', () => {
    const steps = Array.from({ length: 20 }, (_, index) => ({
      ...quick(1),
      event: `e${index}`,
      payload: index,
      atSeconds: index * 0.04,
    }));
    const warm = { ...quick(1), event: 'warm', payload: 'warm' };
    const after = steps.map((step) => ({ ...step, atSeconds: step.atSeconds + 2 }));
    const entries = run({ function: { reservedConcurrency: 1 }, steps: [warm, ...after] });
    expect(of(entries, 'answered')).toHaveLength(11);
    expect(new Set(reasons(entries))).toEqual(new Set(['ReservedFunctionInvocationRateLimitExceeded']));
  });

  test('events are not counted among them', () => {
    const entries = run({ function: { reservedConcurrency: 1 }, steps: [quick(50, { type: 'Event' })] });
    expect(of(entries, 'answered')).toHaveLength(50);
    expect(of(entries, 'started')).toHaveLength(50);
  });
});

test('a function gets 1,000 new environments in 10 seconds', () => {
  const entries = run({
    account: { concurrency: 3_000, unreservedMinimum: 0 },
    steps: [calls('e1', 900), calls('e2', 900)],
  });
  expect(of(entries, 'started')).toHaveLength(1_000);
});

test('a changed reserve binds within two seconds, and not always at once', () => {
  const put = {
    do: 'request',
    operation: 'PutFunctionConcurrency',
    input: { FunctionName: 'f', ReservedConcurrentExecutions: 0 },
  };
  const at = (atSeconds: number) =>
    SEEDS.map((seed) => of(run({ steps: [put, calls('e1', 1, { atSeconds })] }, seed), 'started').length);
  expect(new Set(at(1))).toEqual(new Set([0, 1]));
  expect(new Set(at(3))).toEqual(new Set([0]));
});
