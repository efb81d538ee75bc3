/** What is left to decide where no handler runs: scenarios of requests alone, and the rules that say they need no more. */
import { expect, test } from 'vitest';
import { ALL_CAPABILITIES, without } from '../../engine/capabilities.ts';
import { decidable } from '../../engine/deciding.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { scenarioSource } from '../../generators/source.ts';
import { rules } from '../../specs/catalogue.ts';
import { simulate } from './simulate.ts';

const capabilities = new Set(without([...ALL_CAPABILITIES], ['invoke']));
const source = scenarioSource({ seed: 1, capabilities, isRealTime: false });
const scenarios = Array.from({ length: 2_000 }, (_, index) => source.draw(index).scenario);

/** Requests that are drawn only beside attempts. */
const NOT_DRAWN = ['SQS-VIS-07', 'STR-DST-07'];

test('all that is drawn are requests, and none of them invokes', () => {
  const steps = scenarios.flatMap((scenario) => scenario.steps);
  expect(steps.length).toBeGreaterThan(scenarios.length);
  expect(steps.filter((step) => step.do !== 'request' || step.operation === 'Invoke')).toEqual([]);
});

test('rules of requests have subjects there, and none of them is broken', () => {
  const here = decidable(rules, { capabilities });
  const met = new Set<string>();
  const broken: string[] = [];
  scenarios.forEach((scenario, seed) => {
    const view = viewOf(simulate(scenario, seed), AWS_TOLERANCES);
    for (const rule of here) {
      const selected = rule.subjects(view);
      if (selected.length > 0) met.add(rule.id);
      const judge = { kept() {}, unknown() {}, observed() {}, broken: () => void broken.push(rule.id) };
      rule.decide(view, judge, selected);
    }
  });
  expect(broken).toEqual([]);
  expect(here.length).toBeGreaterThan(40);
  expect(here.map(({ id }) => id).filter((id) => !met.has(id))).toEqual(NOT_DRAWN);
});

test('a rule that does not say so needs handlers', () => {
  const here = new Set(decidable(rules, { capabilities }).map(({ id }) => id));
  for (const id of ['SYNC-RESP-01', 'ASYNC-RETRY-01', 'SQS-BATCH-01', 'POLL-STATE-02'])
    expect(here).not.toContain(id);
});

test('without invoke there is nothing that only handlers show', () => {
  expect(capabilities.has('async')).toBe(false);
  expect(capabilities.has('sqs')).toBe(true);
  expect(without(['sqs', 'async', 'fifo'], ['fifo'])).toEqual(['sqs', 'async']);
});
