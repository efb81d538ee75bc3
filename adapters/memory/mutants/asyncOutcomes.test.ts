import { describe, expect, test } from 'vitest';
import { breachIn } from '../../../engine/deciding.ts';
import { type InvokeStep, type Scenario, type Step, scenarioSchema } from '../../../engine/scenario.ts';
import { killMutants, type Variant } from '../../../engine/selftest.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { asyncOutcomeRules } from '../../../specs/async/outcomes.ts';
import type { Neighbour } from '../mutant.ts';
import { neighbours } from '../neighbours.ts';
import { simulate } from '../simulate.ts';
import { asyncOutcomeMutants } from './asyncOutcomes.ts';

const event = (id: string, more: Partial<InvokeStep> = {}): InvokeStep => ({
  atSeconds: 0,
  do: 'invoke',
  function: 'f',
  type: 'Event',
  event: id,
  payload: { id },
  plan: ['throw'],
  ...more,
});

const places = {
  queues: [{ name: 'done' }, { name: 'failed' }, { name: 'dead' }, { name: 'other' }],
  topics: [{ name: 'failed' }, { name: 'dead' }],
  buses: [{ name: 'all' }],
  buckets: [{ name: 'failed' }],
};

/** A scenario of the function `f`, a function `g` for its records, and places of every kind. */
const scenario = (f: object, ...steps: readonly Step[]): Scenario =>
  scenarioSchema.parse({
    scenario: 1,
    functions: [
      { name: 'f', timeoutSeconds: 3, ...f },
      { name: 'g', timeoutSeconds: 3 },
    ],
    ...places,
    steps,
  });

const configured = (more: object) => ({ eventInvoke: [{ qualifier: '$LATEST', ...more }] });
const told = { onSuccess: 'queue:done', onFailure: 'queue:failed' };
const retried = event('e2', { plan: ['throw', 'ok'] });
const remove = (resource: string): Step => ({ atSeconds: 0, do: 'remove', resource });

const ofQualifiers = {
  deadLetter: 'queue:dead',
  versions: 1,
  aliases: [{ name: 'live', version: '1' }],
  eventInvoke: [
    { qualifier: '$LATEST', maximumRetryAttempts: 2, onFailure: 'queue:other' },
    { qualifier: 'live', maximumRetryAttempts: 0, ...told },
  ],
};

const scenarios: readonly Scenario[] = [
  scenario(configured(told), event('e1'), retried),
  scenario(
    { deadLetter: 'queue:dead', ...configured({ ...told, maximumRetryAttempts: 1 }) },
    event('e1', { plan: [{ do: 'throw', message: `first ${'m'.repeat(1_500)} last` }] }),
    event('e2', { plan: ['timeout'], payload: [null, { deep: 'smörgås' }] }),
    event('e3', { plan: ['ok', 'ok'], type: 'RequestResponse' }),
    event('e4', { plan: ['throw'], type: 'RequestResponse' }),
  ),
  scenario({ deadLetter: 'topic:dead' }, event('e1'), retried),
  scenario(configured({ onSuccess: 'bus:all', onFailure: 'bus:all' }), event('e1'), retried),
  scenario(configured({ onFailure: 'bucket:failed' }), event('e1'), retried),
  scenario(configured({ onSuccess: 'function:g', onFailure: 'function:g' }), event('e1'), retried),
  scenario(
    configured({ onFailure: 'topic:failed', maximumRetryAttempts: 0 }),
    event('e1', { payload: { $filler: 300_000 } }),
  ),
  scenario(
    configured({ ...told, maximumRetryAttempts: 0 }),
    remove('queue:done'),
    remove('queue:failed'),
    event('e1', { atSeconds: 5 }),
    event('e2', { atSeconds: 5, plan: ['ok'] }),
  ),
  scenario(
    { deadLetter: 'queue:dead', ...configured({ maximumRetryAttempts: 0 }) },
    remove('queue:dead'),
    event('e1', { atSeconds: 5 }),
  ),
  scenario({ deadLetter: 'queue:dead', reservedConcurrency: 0, ...configured(told) }, event('e1'), {
    atSeconds: 30,
    do: 'request',
    operation: 'DeleteFunctionConcurrency',
    input: { FunctionName: 'f' },
  }),
  scenario({ deadLetter: 'queue:dead', reservedConcurrency: 0, ...configured(told) }, event('e1')),
  scenario(ofQualifiers, event('e1', { qualifier: 'live' }), event('e2'), event('e3', { qualifier: '1' })),
  scenario(
    {},
    {
      atSeconds: 0,
      do: 'request',
      operation: 'PutFunctionEventInvokeConfig',
      input: { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: 'function:f' } } },
    },
  ),
];

const source = {
  seed: 7,
  draw: (index: number) => ({
    scenario: scenarios[index % scenarios.length] ?? scenario({}),
    shrinks: () => [],
  }),
};

const variant = (name: string, options: Parameters<typeof simulate>[2]): Variant => ({
  name,
  simulate: (of, seed) => simulate(of, seed, options),
  tolerances: AWS_TOLERANCES,
});

describe('each mutant is noticed by the rules it breaks', () => {
  test.each(asyncOutcomeMutants.map((mutant) => [mutant.name, mutant] as const))('%s', (_name, mutant) => {
    const breaks = mutant.breaks.filter((id) => asyncOutcomeRules.some((rule) => rule.id === id));
    const variants = [{ ...variant(mutant.name, mutant), breaks }];
    const reference = variant('reference', {});
    const kills = [...killMutants(variants, reference, asyncOutcomeRules, source, 2 * scenarios.length)];
    expect(kills.filter((kill) => kill.scenario === undefined)).toEqual([]);
    expect(kills.map(({ rule }) => rule).sort()).toEqual(breaks.sort());
  });
});

/** Rules about requests, whose mutants stand with those of limits and validation. */
const ABOUT_REQUESTS = new Set(['ASYNC-DEST-11', 'ASYNC-DLQ-06', 'ASYNC-CFG-03']);

test('every MUST and SHOULD about what becomes of an event has a mutant', () => {
  const broken = new Set(asyncOutcomeMutants.flatMap(({ breaks }) => breaks));
  const without = asyncOutcomeRules.filter(
    ({ level, id }) => level !== 'MAY' && !broken.has(id) && !ABOUT_REQUESTS.has(id),
  );
  expect(without.map(({ id }) => id)).toEqual([]);
});

describe('no rule about what becomes of an event fires over 50 seeds', () => {
  const variants: readonly Partial<Neighbour>[] = [{ name: 'the reference model' }, ...neighbours];
  test.each(variants.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const tolerances = { ...AWS_TOLERANCES, ...one.tolerances };
    const fired = new Set<string>();
    for (const of of scenarios) {
      for (let seed = 0; seed < 50; seed++) {
        const seen = viewOf(simulate(of, seed, one), tolerances);
        for (const rule of asyncOutcomeRules) {
          const breach = breachIn(rule, seen);
          if (breach === undefined) continue;
          fired.add(`${rule.id}: expected ${breach.expected}, observed ${breach.observed} (seed ${seed})`);
        }
      }
    }
    expect([...fired]).toEqual([]);
  });
});
