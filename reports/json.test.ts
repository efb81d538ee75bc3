import { expect, test } from 'vitest';
import { jsonReport, reportSchema } from './json.ts';
import { exampleLines, exampleSummary } from './testing/exampleRun.ts';

const report = (lines = exampleLines()) => JSON.parse(JSON.stringify(jsonReport(exampleSummary(lines))));

test('a JSON report is what its schema says, complete or cut off', () => {
  reportSchema.parse(report());
  expect(reportSchema.parse(report(exampleLines(true)))).toMatchObject({ isComplete: false });
});

test('a JSON report has every rule with its verdict, and reasons where there is none', () => {
  const verdicts = report().rules.map(({ id, verdict, reason }: Record<string, string>) => [
    id,
    verdict,
    reason,
  ]);
  expect(verdicts).toEqual([
    ['ONE-KEPT-01', 'KEPT', undefined],
    ['ONE-VIOLATED-01', 'VIOLATED', undefined],
    ['ONE-WARNED-01', 'WARNED', undefined],
    ['TWO-OBSERVED-01', 'OBSERVED', undefined],
    ['TWO-VACUOUS-01', 'VACUOUS', undefined],
    ['TWO-UNKNOWN-01', 'UNKNOWN', 'the observer <stopped> too early'],
    ['TWO-UNSUPPORTED-01', 'UNSUPPORTED', 'the target does not have: buses'],
  ]);
});

test('a JSON report counts what was done and what came of it', () => {
  expect(report()).toMatchObject({
    ...{ scenarios: 1199, events: 5000, subjects: 5160, isComplete: true, elapsedSeconds: 83.4 },
    verdicts: {
      KEPT: 1,
      VIOLATED: 1,
      WARNED: 1,
      OBSERVED: 1,
      VACUOUS: 1,
      UNKNOWN: 1,
      UNSUPPORTED: 1,
      ERROR: 0,
    },
  });
});

test('a JSON report carries the smallest scenario of a broken rule', () => {
  const { counterexample } = report().rules[1];
  expect(counterexample).toMatchObject({ path: '417:0:2', broke: 4, runs: 5, marks: [6] });
  expect(counterexample.scenario.steps).toHaveLength(1);
});
