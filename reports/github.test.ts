import { expect, test } from 'vitest';
import type { RunLine } from '../engine/runFile.ts';
import { githubReport } from './github.ts';
import { exampleCounterexample, exampleLines, exampleSummary } from './testing/exampleRun.ts';

const savedAs = new Map([['ONE-VIOLATED-01', '.conformance/a,b/ONE-VIOLATED-01.json']]);

test('an error for a MUST, a warning for a SHOULD, each on a line of its own', () => {
  const lines = exampleLines().map(
    (line): RunLine => (line.line === 'chunk' ? { ...line, errors: [] } : line),
  );
  const text = githubReport(exampleSummary(lines), savedAs);
  expect(text.trimEnd().split('\n')).toEqual([
    expect.stringMatching(
      /^::error file=\.conformance\/a%2Cb\/ONE-VIOLATED-01\.json,title=ONE-VIOLATED-01 \(MUST\)::The sentence of .*%0AExpected at most 2 attempts of e1; observed .*%0Ahttps:\/\/docs\.aws/,
    ),
    expect.stringMatching(/^::warning title=ONE-WARNED-01 \(SHOULD\)::/),
  ]);
});

test('a failure of the harness, and a run that was cut off, are errors', () => {
  expect(githubReport(exampleSummary(), savedAs)).toMatch(
    /^::error title=The harness failed::.* Scenario 33: rule X failed: our own <defect>%0Awith a second line$/m,
  );
  expect(githubReport(exampleSummary(exampleLines(true)), savedAs)).toMatch(
    /^::error title=The run did not come to its end::Cut off after/m,
  );
});

test('what somebody observed can begin no command of its own', () => {
  const evil = '100%\r\n::error::mine';
  const lines = exampleLines().map((line): RunLine => {
    if (line.line !== 'counterexample') return line;
    return exampleCounterexample(line.rule, { observed: evil, expected: evil });
  });
  const text = githubReport(exampleSummary(lines), savedAs);
  expect(text).toContain('observed 100%25%0D%0A::error::mine');
  expect(text.split('\n').filter((line) => line.startsWith('::error::mine'))).toEqual([]);
});

test('at most ten of a kind, for GitHub drops the others: the last one names the rest', () => {
  const summary = exampleSummary();
  const [violated] = summary.result.rules.filter(({ verdict }) => verdict === 'VIOLATED');
  if (violated === undefined) throw new Error('the example has one');
  const rules = Array.from({ length: 23 }, (_, k) => ({
    ...violated,
    rule: { ...violated.rule, id: `R-${k}` },
  }));
  const many = { ...summary, result: { ...summary.result, rules, errors: [] } };
  const lines = githubReport(many, new Map()).trimEnd().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[9]).toMatch(/^::error title=14 more::R-9 \(MUST\), .*R-22 \(MUST\)\. The summary/);
});
