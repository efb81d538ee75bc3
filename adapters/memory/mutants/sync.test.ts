import { describe, expect, test } from 'vitest';
import { type Scenario, scenarioSchema } from '../../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { syncRules } from '../../../specs/sync/index.ts';
import { decided } from '../../../specs/testing/notation.ts';
import { type SimulateOptions, simulate } from '../simulate.ts';
import { syncMutants } from './sync.ts';

const scenario = (functions: object[], ...steps: object[]): Scenario =>
  scenarioSchema.parse({
    scenario: 1,
    functions,
    steps: steps.map((step, index) => ({
      ...{ atSeconds: index / 2, do: 'invoke', function: 'f', event: `e${index + 1}` },
      ...('body' in step ? {} : { payload: { n: index } }),
      ...step,
    })),
  });

const outcomes = ['ok', 'nothing', 'throw', 'timeout', 'exit', 'oversize', 'unserializable'];
const versions = {
  versions: 2,
  aliases: [{ name: 'live', version: '1', additional: { version: '2', weight: 0.5 } }],
};
const clientContext = { custom: { tenant: 'a' } };

/** Between them they give every rule its subjects. */
const scenarios: readonly Scenario[] = [
  scenario(
    [{ name: 'f', timeoutSeconds: 3, ...versions }],
    ...outcomes.map((outcome) => ({ plan: [outcome], type: 'RequestResponse' })),
    ...outcomes.map((outcome) => ({ plan: [outcome], type: 'RequestResponse', stream: true })),
    { plan: [{ do: 'ok', afterSeconds: 2 }] },
    { type: 'DryRun' },
    { body: '{"n":' },
    { function: 'nobody' },
    { qualifier: 'gone' },
    { qualifier: 'live', times: 60 },
    { payload: { $filler: 7_000_000 } },
    { payload: { $filler: 5_000_000 } },
    { contentType: 'application/xml' },
    { clientContext },
    { clientContext, type: 'Event' },
    { logType: 'Tail', plan: [{ do: 'ok', logBytes: 9_000 }] },
    { plan: [{ do: 'ok', afterSeconds: 2 }], hangUpAfterSeconds: 1 },
  ),
  scenario([{ name: 'f', reservedConcurrency: 0 }], { type: 'RequestResponse' }),
  scenario(
    [{ name: 'f', timeoutSeconds: 60, reservedConcurrency: 1 }],
    { plan: [{ do: 'ok', afterSeconds: 20 }] },
    { atSeconds: 5, plan: ['ok'] },
    { atSeconds: 6, plan: ['ok'] },
  ),
  scenario([{ name: 'f', fresh: true }], {}, {}),
  scenario([{ name: 'f', timeoutSeconds: 60, initSeconds: 12 }], {}, {}),
  ...(['Terminate', 'Allow'] as const).map((recursiveLoop) =>
    scenario([{ name: 'f', timeoutSeconds: 900, recursiveLoop }], {
      plan: [{ do: 'ok', chainTo: 'f', chainType: 'RequestResponse' }],
    }),
  ),
];

/** What each rule found over all scenarios, with one seed. */
function findings(seed: number, options: SimulateOptions = {}) {
  const broken = new Map<string, string>();
  const labels = new Map<string, Set<string>>();
  const subjects = new Set<string>();
  for (const one of scenarios) {
    const view = viewOf(simulate(one, seed, options), AWS_TOLERANCES);
    for (const rule of syncRules) {
      const found = decided(rule, view);
      for (const breach of found.broken) broken.set(rule.id, `${breach.expected}; saw ${breach.observed}`);
      for (const label of found.observed) {
        labels.set(rule.id, (labels.get(rule.id) ?? new Set()).add(label));
      }
      if (found.kept + found.broken.length + found.observed.length > 0) subjects.add(rule.id);
    }
  }
  return { broken, labels, subjects };
}

/** Seeds enough for what a seed draws: how long a function is Pending, how a burst falls together. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('synchronous mutants', () => {
  const reference = findings(1);

  test.each(syncMutants.flatMap((mutant) => mutant.breaks.map((id) => ({ id, mutant }))))(
    '$id notices: $mutant.name',
    ({ id, mutant: { policy, tamper } }) => {
      const isNoticed = SEEDS.some((seed) => {
        const { broken, labels } = findings(seed, { policy, tamper });
        const isNew = [...(labels.get(id) ?? [])].some(
          (label) => reference.labels.get(id)?.has(label) !== true,
        );
        return broken.has(id) || isNew;
      });
      expect(isNoticed).toBe(true);
    },
  );

  test('each MUST and SHOULD has one', () => {
    const noticed = new Set(syncMutants.flatMap(({ breaks }) => breaks));
    expect(
      syncRules.filter(({ id, level }) => level !== 'MAY' && !noticed.has(id)).map(({ id }) => id),
    ).toEqual([]);
  });
});

describe('the reference model', () => {
  test('breaks none of the synchronous rules, whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++) expect(Object.fromEntries(findings(seed).broken)).toEqual({});
  });

  test('gives each of them something to speak of', () => {
    const spoken = new Set(SEEDS.flatMap((seed) => [...findings(seed).subjects]));
    expect(syncRules.map(({ id }) => id).filter((id) => !spoken.has(id))).toEqual([]);
  });
});
