import { describe, expect, test } from 'vitest';
import { breachIn } from '../../../engine/deciding.ts';
import { type InvokeStep, type Scenario, scenarioSchema } from '../../../engine/scenario.ts';
import { killMutants, type Variant } from '../../../engine/selftest.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { asyncQueueRules } from '../../../specs/async/queue.ts';
import type { Neighbour } from '../mutant.ts';
import { neighbours } from '../neighbours.ts';
import { simulate } from '../simulate.ts';
import { asyncQueueMutants } from './asyncQueue.ts';
import { loopMutants } from './loops.ts';

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

const queues = [{ name: 'done' }, { name: 'failed' }, { name: 'dead' }];

/** A scenario of the function `f`, with queues for whatever is told of its events. */
const scenario = (f: object, ...steps: readonly InvokeStep[]): Scenario =>
  scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f', timeoutSeconds: 3, ...f }],
    queues,
    steps,
  });

const told = { onSuccess: 'queue:done', onFailure: 'queue:failed' };
const configured = (more: object) => ({ eventInvoke: [{ qualifier: '$LATEST', ...told, ...more }] });

/** Twelve handlers of 30 s on a reserve of 1: the last ones wait for minutes. */
const busy = event('busy', { plan: [{ do: 'ok', afterSeconds: 30 }], times: 12, payload: 'busy' });

const scenarios: readonly Scenario[] = [
  scenario({ deadLetter: 'queue:dead' }, event('e1'), event('e2', { plan: ['throw', 'ok'] })),
  scenario(
    configured({ maximumRetryAttempts: 1 }),
    event('e1'),
    event('e2', { plan: ['ok'], payload: null }),
  ),
  scenario(configured({}), event('e1', { plan: ['timeout', 'ok'] }), event('e2', { plan: ['exit', 'ok'] })),
  scenario(configured({ maximumRetryAttempts: 0 }), event('e1', { plan: [{ do: 'ok', afterSeconds: 2 }] })),
  scenario(configured({ maximumEventAgeSeconds: 60 }), event('e1', { payload: null })),
  scenario(
    {},
    event('e1', { payload: { $filler: 700_000 } }),
    event('e2', { payload: { $filler: 2_000_000 } }),
    event('e3', { payload: { $filler: 8_000_000 } }),
  ),
  scenario({ reservedConcurrency: 0, ...configured({}) }, event('e1')),
  scenario({ reservedConcurrency: 1, timeoutSeconds: 60, ...configured({}) }, busy),
  scenario(
    { reservedConcurrency: 1, timeoutSeconds: 60, ...configured({ maximumEventAgeSeconds: 60 }) },
    busy,
  ),
  scenario(
    { reservedConcurrency: 1, timeoutSeconds: 60 },
    event('e1', { plan: [{ do: 'throw', afterSeconds: 30 }] }),
    event('e2', { plan: [{ do: 'throw', afterSeconds: 30 }] }),
    event('e3', { plan: [{ do: 'throw', afterSeconds: 30 }] }),
  ),
  scenario(
    { recursiveLoop: 'Terminate', ...configured({}) },
    event('e1', { plan: [{ do: 'ok', chainTo: 'f' }] }),
  ),
  scenario({ recursiveLoop: 'Allow' }, event('e1', { plan: [{ do: 'ok', chainTo: 'f' }] })),
  scenario({}, event('e1', { plan: [{ do: 'ok', chainTo: 'f', chainType: 'RequestResponse' }] })),
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
  test.each(asyncQueueMutants.map((mutant) => [mutant.name, mutant] as const))('%s', (_name, mutant) => {
    const breaks = mutant.breaks.filter(
      (id) => id !== 'ASYNC-RECUR-04' && asyncQueueRules.some((rule) => rule.id === id),
    );
    const variants = [{ ...variant(mutant.name, mutant), breaks }];
    const reference = variant('reference', {});
    const kills = [...killMutants(variants, reference, asyncQueueRules, source, 3 * scenarios.length)];
    expect(kills.filter((kill) => kill.scenario === undefined)).toEqual([]);
    expect(kills.map(({ rule }) => rule).sort()).toEqual(breaks.sort());
  });
});

test('every MUST and SHOULD of the queue has a mutant', () => {
  const broken = new Set([...asyncQueueMutants, ...loopMutants].flatMap(({ breaks }) => breaks));
  const without = asyncQueueRules.filter(({ level, id }) => level !== 'MAY' && !broken.has(id));
  expect(without.map(({ id }) => id)).toEqual([]);
});

describe('no rule of the queue fires over 50 seeds', () => {
  const variants: readonly Partial<Neighbour>[] = [{ name: 'the reference model' }, ...neighbours];
  test.each(variants.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const tolerances = { ...AWS_TOLERANCES, ...one.tolerances };
    const fired = new Set<string>();
    for (const of of scenarios) {
      for (let seed = 0; seed < 50; seed++) {
        const seen = viewOf(simulate(of, seed, one), tolerances);
        for (const rule of asyncQueueRules) {
          const breach = breachIn(rule, seen);
          if (breach === undefined) continue;
          fired.add(`${rule.id}: expected ${breach.expected}, observed ${breach.observed} (seed ${seed})`);
        }
      }
    }
    expect([...fired]).toEqual([]);
  });
});
