import { describe, expect, test } from 'vitest';
import { type Scenario, scenarioSchema } from '../../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { acc01, rate01, rps01 } from '../../../specs/concurrency/account.ts';
import { env01 } from '../../../specs/concurrency/environments.ts';
import { prov02, prov03 } from '../../../specs/concurrency/provisioned.ts';
import { res01, res02, res03, res05 } from '../../../specs/concurrency/reserved.ts';
import { thr01 } from '../../../specs/concurrency/throttles.ts';
import { decided } from '../../../specs/testing/notation.ts';
import { type SimulateOptions, simulate } from '../simulate.ts';
import { concurrencyMutants } from './concurrency.ts';

// The other rules of the group are about control-plane requests, and tested with those.
const rules = [res01, res02, res03, res05, acc01, rate01, rps01, prov02, prov03, env01, thr01];

const scenario = (more: object, ...steps: object[]): Scenario =>
  scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 60 }],
    ...more,
    steps: steps.map((step, index) => ({
      ...{ atSeconds: index, do: 'invoke', function: 'f', event: `e${index + 1}`, payload: { n: index } },
      ...step,
    })),
  });

const long = { plan: [{ do: 'ok', afterSeconds: 20 }] };
const reserve = (concurrency: number): object => ({
  ...{ do: 'request', operation: 'PutFunctionConcurrency' },
  ...{ input: { FunctionName: 'f', ReservedConcurrentExecutions: concurrency } },
  ...{ function: undefined, event: undefined, payload: undefined },
});
const bare = (step: object): object =>
  Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined));

const f = { name: 'f', timeoutSeconds: 60, versions: 1 };
const provisioned = [{ qualifier: '1', concurrency: 1 }];

/** Between them they give every rule its subjects. */
const scenarios: readonly Scenario[] = [
  scenario(
    { functions: [{ ...f, reservedConcurrency: 1 }] },
    long,
    { ...long, qualifier: '1' },
    { type: 'Event' },
  ),
  scenario({ functions: [{ ...f, reservedConcurrency: 0 }] }, {}, { type: 'Event' }),
  scenario(
    {
      account: { concurrency: 3, unreservedMinimum: 0 },
      functions: [f, { name: 'g', timeoutSeconds: 60, reservedConcurrency: 2 }],
    },
    { ...long, times: 5 },
  ),
  scenario(
    { functions: [{ ...f, reservedConcurrency: 3, provisioned }] },
    ...Array(4).fill({ ...long, qualifier: '1' }),
  ),
  scenario(
    { functions: [{ ...f, reservedConcurrency: 1, provisioned }] },
    {},
    { qualifier: '1' },
    { type: 'Event' },
  ),
  scenario({}, { times: 5 }, { times: 5 }, { times: 5, type: 'Event' }),
];

/** A hundred requests a second on a reserve of 1. */
const rapid = scenario(
  { functions: [{ ...f, reservedConcurrency: 1 }] },
  ...Array.from({ length: 60 }, (_, n) => ({ atSeconds: n / 100, type: 'RequestResponse' })),
);

/** A reserve that is taken away while calls come. */
const changing = scenarioSchema.parse({
  scenario: 1,
  functions: [f],
  steps: [
    bare({ atSeconds: 0, ...reserve(0) }),
    ...Array.from({ length: 8 }, (_, n) => ({
      ...{ atSeconds: 0.02 + n / 4, do: 'invoke', function: 'f', event: `e${n + 1}`, payload: n },
    })),
  ],
});

/** Messages for a function that has no capacity to spare, or none at all. */
const polling = [1, 0].map((reservedConcurrency) =>
  scenarioSchema.parse({
    scenario: 1,
    functions: [{ ...f, reservedConcurrency }],
    queues: [{ name: 'q', visibilityTimeoutSeconds: 360 }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [
      { atSeconds: 0, do: 'invoke', function: 'f', event: 'e1', payload: 1, ...long },
      { atSeconds: 5, do: 'send', to: 'queue:q', records: [{ record: 'r1' }] },
    ],
  }),
);

/** More at once than an environment can be made for. */
const crowd = scenario(
  { account: { concurrency: 3_000, unreservedMinimum: 0 } },
  { atSeconds: 0, ...long, times: 1_000 },
  { atSeconds: 0.1, ...long, times: 100 },
);

function findings(on: readonly Scenario[], seed: number, options: SimulateOptions = {}) {
  const broken = new Map<string, string>();
  const subjects = new Set<string>();
  for (const one of on) {
    const view = viewOf(simulate(one, seed, options), AWS_TOLERANCES);
    for (const rule of rules) {
      const found = decided(rule, view);
      for (const breach of found.broken) broken.set(rule.id, `${breach.expected}; saw ${breach.observed}`);
      if (found.kept + found.broken.length + found.observed.length > 0) subjects.add(rule.id);
    }
  }
  return { broken, subjects };
}

const all = [...scenarios, rapid, changing, ...polling, crowd];

describe('mutants of concurrency', () => {
  test.each(concurrencyMutants.flatMap((mutant) => mutant.breaks.map((id) => ({ id, mutant }))))(
    '$id notices: $mutant.name',
    ({ id, mutant: { policy, tamper } }) => {
      const isNoticed = [1, 2, 3].some((seed) => findings(all, seed, { policy, tamper }).broken.has(id));
      expect(isNoticed).toBe(true);
    },
  );

  test('each MUST and SHOULD has one', () => {
    const noticed = new Set(concurrencyMutants.flatMap(({ breaks }) => breaks));
    expect(rules.filter(({ id, level }) => level !== 'MAY' && !noticed.has(id)).map(({ id }) => id)).toEqual(
      [],
    );
  });
});

describe('the reference model', () => {
  test('breaks none of the rules of concurrency, whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const on = seed <= 5 ? all : [...scenarios, rapid, changing];
      expect(Object.fromEntries(findings(on, seed).broken)).toEqual({});
    }
  });

  test('gives each of them something to speak of', () => {
    const spoken = new Set([1, 2, 3].flatMap((seed) => [...findings(all, seed).subjects]));
    expect(rules.map(({ id }) => id).filter((id) => !spoken.has(id))).toEqual([]);
  });
});
