import { describe, expect, test } from 'vitest';
import { planOf } from './plan.ts';
import type { MutantVariant } from './selftest.ts';
import type { ScenarioSource } from './source.ts';
import { historyOf, miniRules, scenarioOf } from './testing/miniatures.ts';
import { AWS_TOLERANCES } from './tolerances.ts';

/** Scenario number i has 1 + i mod 10 events, one a second. */
const source: ScenarioSource = {
  seed: 7,
  draw: (index) => ({ scenario: scenarioOf(1 + (index % 10)), shrinks: () => [] }),
};

const reference = {
  name: 'reference',
  simulate: (scenario: ReturnType<typeof scenarioOf>) => historyOf(scenario, () => 1),
  tolerances: AWS_TOLERANCES,
};

/** One that gives the `ordinal`-th event an attempt too many: nothing shorter shows it. */
const wrongFrom = (ordinal: number): MutantVariant => ({
  name: `wrong from event ${ordinal} on`,
  breaks: ['MINI-ONE-01'],
  simulate: (scenario) => historyOf(scenario, (event) => (Number(event.slice(1)) >= ordinal ? 2 : 1)),
  tolerances: AWS_TOLERANCES,
});

const options = {
  source,
  rules: miniRules,
  reference,
  mutants: [wrongFrom(2), wrongFrom(4)],
  // A scenario of n events then takes n + 2.5 seconds.
  tolerances: { ...AWS_TOLERANCES, retryTimeScale: 0 },
  jobs: 1,
  drawn: 30,
};

const eventsOf = (index: number) => source.draw(index).scenario.steps.length;

describe('a plan', () => {
  test('is the shortest scenario that shows all mutants and decides all rules that any does', () => {
    const plan = planOf(options);
    expect(plan.scenarios.map(({ index }) => eventsOf(index))).toEqual([4]);
    expect(plan.shown.map(({ mutant }) => mutant)).toEqual([
      'wrong from event 2 on',
      'wrong from event 4 on',
    ]);
    expect([plan.left, plan.rules.includes('MINI-ONE-01')]).toEqual([[], true]);
  });

  test('is the same for the same options', () => {
    expect(planOf(options)).toEqual(planOf(options));
  });

  test('names what no drawn scenario shows, and which rules none decides', () => {
    const plan = planOf({ ...options, mutants: [wrongFrom(2), wrongFrom(11)] });
    expect(plan.left).toEqual([{ mutant: 'wrong from event 11 on', rule: 'MINI-ONE-01' }]);
    expect(plan.rulesLeft).toEqual(['MINI-NEVER-01']);
  });

  test('does not rest on a mutant that shows by chance', () => {
    let runs = 0;
    const moody: MutantVariant = {
      ...wrongFrom(1),
      simulate: (scenario) => {
        const attempts = runs++ % 2 === 0 ? 2 : 1;
        return historyOf(scenario, () => attempts);
      },
    };
    const { shown } = planOf({ ...options, mutants: [moody], drawn: 1 });
    const always: MutantVariant = { ...moody, simulate: (scenario) => historyOf(scenario, () => 2) };
    expect([shown.length, planOf({ ...options, mutants: [always], drawn: 1 }).shown.length]).toEqual([0, 1]);
  });

  test('stays within its time: what takes longer is left', () => {
    const plan = planOf({ ...options, withinSeconds: 5 });
    expect(plan.scenarios.map(({ index }) => eventsOf(index))).toEqual([2]);
    expect(plan.left.map(({ mutant }) => mutant)).toEqual(['wrong from event 4 on']);
    expect(plan.expectedSeconds).toBeLessThanOrEqual(5);
  });
});
