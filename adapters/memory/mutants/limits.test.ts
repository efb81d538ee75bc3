import { describe, expect, test } from 'vitest';
import { breachOf } from '../../../engine/deciding.ts';
import type { Rule } from '../../../engine/rule.ts';
import type { RequestStep, Scenario, Step } from '../../../engine/scenario.ts';
import { scenarioSchema } from '../../../engine/scenario.ts';
import { killMutants, type Variant } from '../../../engine/selftest.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { requestInputs } from '../../../generators/requests.ts';
import { cfg03, dest11, dlq06 } from '../../../specs/async/configuration-requests.ts';
import { prov01, prov04, res04 } from '../../../specs/concurrency/requests.ts';
import { limitRules } from '../../../specs/limits/index.ts';
import { decided } from '../../../specs/testing/notation.ts';
import { simulate } from '../simulate.ts';
import { limitMutants } from './limits.ts';
import { mappingLimitMutants } from './mappingLimits.ts';

const rules: readonly Rule[] = [...limitRules, dest11, dlq06, cfg03, res04, prov01, prov04];

/** What all scenarios of this file declare. */
const declared = {
  scenario: 1,
  functions: [{ name: 'f', timeoutSeconds: 3, versions: 2, aliases: [{ name: 'live', version: '1' }] }],
  queues: [
    { name: 'failed' },
    { name: 'dead' },
    { name: 'failedfifo', fifo: true },
    { name: 'deadfifo', fifo: true },
  ],
  topics: [{ name: 'news' }, { name: 'deadnews' }, { name: 'newsfifo', fifo: true }],
  buses: [{ name: 'orders' }],
  buckets: [{ name: 'archive' }],
} as const;

const scenarioOf = (steps: readonly Step[]): Scenario => scenarioSchema.parse({ ...declared, steps });

const request = (
  atSeconds: number,
  operation: RequestStep['operation'],
  input: RequestStep['input'],
): RequestStep => ({ atSeconds, do: 'request', operation, input: { FunctionName: 'f', ...input } });

const invoke = (event: string, more: object): Step => ({
  atSeconds: 0,
  do: 'invoke',
  function: 'f',
  event,
  plan: ['ok'],
  ...more,
});

/** Each input that is worth drawing, alone. */
const alone = requestInputs.flatMap(({ operation, valid, invalid }) =>
  [...valid, ...invalid].map((input) => scenarioOf([{ ...request(0, operation, input), input }])),
);

/** What takes more than one request, or a call. */
const together: readonly Scenario[] = [
  scenarioOf([
    request(0, 'PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 }),
    request(20, 'UpdateFunctionEventInvokeConfig', { MaximumRetryAttempts: 0 }),
    request(40, 'PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 1 }),
    request(60, 'GetFunctionEventInvokeConfig', {}),
  ]),
  scenarioOf([
    request(0, 'PutFunctionConcurrency', { ReservedConcurrentExecutions: 2 }),
    request(20, 'PutProvisionedConcurrencyConfig', { Qualifier: '1', ProvisionedConcurrentExecutions: 2 }),
    request(40, 'PutFunctionConcurrency', { ReservedConcurrentExecutions: 1 }),
    request(60, 'PutProvisionedConcurrencyConfig', { Qualifier: '2', ProvisionedConcurrentExecutions: 1 }),
  ]),
  scenarioOf([
    request(0, 'GetFunctionConcurrency', {}),
    request(0.1, 'GetFunctionConcurrency', {}),
    request(0.2, 'GetFunction', {}),
  ]),
  scenarioOf([
    invoke('e1', { payload: { $filler: 7_000_000 } }),
    invoke('e2', { payload: { $filler: 2_000_000 }, type: 'Event' }),
    invoke('e3', { payload: { $filler: 300_000 }, type: 'Event' }),
    invoke('e4', { payload: 4, plan: ['oversize'] }),
    invoke('e5', { payload: 5, clientContext: { custom: { k: 'x' } } }),
  ]),
];

const scenarios = [...alone, ...together];
const source = {
  seed: 7,
  draw: (index: number) => ({ scenario: scenarios[index] ?? scenarioOf([]), shrinks: () => [] }),
};

const variant = (name: string, options: Parameters<typeof simulate>[2]): Variant => ({
  name,
  simulate: (scenario, seed) => simulate(scenario, seed, options),
  tolerances: AWS_TOLERANCES,
});

const reference = variant('reference', {});

describe('each mutant is noticed by the rules it breaks', () => {
  test.each(limitMutants.map((mutant) => [mutant.name, mutant] as const))('%s', (_name, mutant) => {
    const variants = [{ ...variant(mutant.name, { policy: mutant.policy }), breaks: mutant.breaks }];
    const kills = [...killMutants(variants, reference, rules, source, scenarios.length)];
    expect(kills.map(({ rule }) => rule).sort()).toEqual([...mutant.breaks].sort());
    expect(kills.filter(({ scenario }) => scenario === undefined)).toEqual([]);
  });
});

test('every rule of limits has a mutant', () => {
  const broken = new Set([...limitMutants, ...mappingLimitMutants].flatMap(({ breaks }) => breaks));
  expect(rules.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
});

test('no rule fires on the reference model, over 50 seeds', () => {
  const fired: string[] = [];
  for (const scenario of scenarios) {
    for (let seed = 0; seed < 50; seed++) {
      const history = simulate(scenario, seed);
      for (const rule of rules) {
        const breach = breachOf(rule, history, AWS_TOLERANCES);
        if (breach !== undefined) fired.push(`${rule.id}: ${breach.expected}, ${breach.observed}`);
      }
    }
  }
  expect(fired).toEqual([]);
});

/** What some rules want to be there before the request that they speak of. */
const preparations: readonly (readonly Step[])[] = [
  [],
  [request(0, 'PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 })],
  [request(0, 'PutFunctionConcurrency', { ReservedConcurrentExecutions: 3 })],
];

/** Whether the rule speaks of some request among these, one after each preparation. */
function hasSubject(rule: Rule, inputs: readonly RequestStep[]): boolean {
  return inputs.some((input) =>
    preparations.some((before) => {
      const view = viewOf(simulate(scenarioOf([...before, input]), 1), AWS_TOLERANCES);
      const { kept, broken, observed } = decided(rule, view);
      return kept + broken.length + observed.length > 0;
    }),
  );
}

describe('each rule that is named for an operation has subjects among its inputs', () => {
  test.each(requestInputs)('$operation: $rules', ({ operation, rules: ids, valid, invalid }) => {
    const inputs = [...valid, ...invalid].map((input) => ({ ...request(60, operation, input), input }));
    const without = ids.filter((id) => {
      const rule = rules.find((known) => known.id === id);
      return rule === undefined || !hasSubject(rule, inputs);
    });
    expect(without).toEqual([]);
  });
});
