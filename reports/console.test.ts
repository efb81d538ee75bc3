import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { coloursFor } from './colours.ts';
import { consoleReport } from './console.ts';
import { plainReport } from './counterexample.ts';
import { counterexampleFile, counterexampleFileSchema } from './counterexampleFile.ts';
import { withVerdict } from './summary.ts';
import { exampleLines, exampleSummary } from './testing/exampleRun.ts';

const summary = exampleSummary();
const savedAs = new Map([['ONE-VIOLATED-01', '.conformance/some-emulator/ONE-VIOLATED-01.json']]);

describe('what a person reads', () => {
  const text = consoleReport(summary, { savedAs, runFile: 'run.jsonl' });

  test('has verdicts by group, with no column for a verdict that nobody got', () => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('kept violated'));
    expect(lines.slice(at, at + 4)).toEqual([
      '                 kept violated warned observed vacuous unknown unsupp.',
      'The first group     1        1      1        ·       ·       ·       ·',
      'The second group    ·        ·      ·        1       1       1       1',
      'all                 1        1      1        1       1       1       1',
    ]);
    expect(consoleReport(summary, { columns: 100 })).toContain(
      '                  kept  violated  warned  observed  vacuous  unknown  unsupported',
    );
  });

  test('keeps to 80 columns, but for what is to be copied', () => {
    const wide = text.split('\n').filter((line) => line.length > 80);
    expect(wide.filter((line) => !/^ +(lambda-conformance|https:|\{"scenario")/.test(line))).toEqual([]);
  });

  test('reports a broken MUST before a broken SHOULD', () => {
    expect(text.indexOf('VIOLATED  ONE-VIOLATED-01 (MUST)')).toBe(0);
    expect(text.indexOf('WARNED  ONE-WARNED-01 (SHOULD)')).toBeGreaterThan(0);
  });

  test('gives for a broken rule sentence, page, expected, observed with k of n, timeline, replay and a hint', () => {
    const report = text.slice(0, text.indexOf('WARNED'));
    for (const part of [
      'The sentence of ONE-VIOLATED-01',
      'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html',
      'Expected  at most 2 attempts of e1',
      'in 4 of 5 runs',
      'Broken by 12 of 100 subjects',
      '    f          timeout 3 s\n    f:$LATEST  1 retry, failure → queue:failed',
      '◀ here',
      'lambda-conformance replay .conformance/some-emulator/ONE-VIOLATED-01.json --target some-emulator',
      'It does not recur every time',
    ]) {
      expect(report).toContain(part);
    }
  });

  test('names the rules that are left, with the reason', () => {
    expect(text).toMatch(/VACUOUS: .*\n {2}TWO-VACUOUS-01/);
    expect(text).toMatch(/UNKNOWN: .*\n {2}the observer <stopped> too early: TWO-UNKNOWN-01/);
    expect(text).toMatch(/UNSUPPORTED: .*\n {2}the target does not have: buses: TWO-UNSUPPORTED-01/);
    expect(text).toMatch(/ERROR: .*\n {2}scenario 33: rule X failed/);
  });

  test('cuts what a target answered at length', () => {
    const lines = exampleLines(true).map((line) =>
      line.line === 'chunk' ? { ...line, errors: [{ scenario: 33, message: 'x '.repeat(2_000) }] } : line,
    );
    const shown = consoleReport(exampleSummary(lines));
    expect(shown).toContain('…');
    expect(shown.match(/x /g)?.length ?? 0).toBeLessThan(500);
  });

  test('ends with counts, the seed and one sentence', () => {
    expect(text).toContain('1,199 scenarios, 5,000 events, 6,000 attempts, 70,000 observations');
    expect(text).toMatch(/5,160\s+subjects/);
    expect(text).toContain('Target some-emulator 1.5, seed 42.');
    expect(text).toContain('Does not conform: 1 MUST violated.');
  });

  test('says that a run was cut off, and never that it conforms when nothing was kept', () => {
    const lines = exampleLines(true).filter(({ line }) => line === 'header');
    const cut = consoleReport(exampleSummary(lines));
    expect(cut).toContain('was cut off before its end');
    expect(cut).not.toContain('Conforms');
  });

  test('is the same with and without colours', () => {
    const coloured = consoleReport(summary, { savedAs, runFile: 'run.jsonl', colours: coloursFor(true) });
    expect(coloured).not.toBe(text);
    expect(stripVTControlCharacters(coloured)).toBe(stripVTControlCharacters(text));
  });
});

test('a broken rule without a saved file shows its scenario, to be saved by hand', () => {
  const [violated] = withVerdict(summary, 'VIOLATED');
  const text = violated === undefined ? '' : plainReport(violated);
  expect(text).toContain('The scenario\n    {"scenario":1');
});

test('a broken rule for which no scenario was looked for says so', () => {
  const lines = exampleLines().filter(({ line }) => line !== 'counterexample');
  expect(consoleReport(exampleSummary(lines))).toContain(
    '12 of 100 subjects broke it. No smallest scenario was looked for',
  );
});

test('the file of a counterexample is what its schema says', () => {
  const [violated] = withVerdict(summary, 'VIOLATED');
  const content = violated === undefined ? undefined : counterexampleFile(summary.result.header, violated);
  expect(counterexampleFileSchema.parse(JSON.parse(JSON.stringify(content)))).toEqual(content);
});
