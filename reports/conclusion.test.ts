import { describe, expect, test } from 'vitest';
import type { RunLine } from '../engine/runFile.ts';
import { conclusionOf } from './conclusion.ts';
import { consoleReport } from './console.ts';
import { jsonReport, reportSchema } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { exampleLines, exampleSummary } from './testing/exampleRun.ts';

/** The example with nothing broken; of 2,000 scenarios that were asked for 1,199 were decided and one failed. */
function lines(
  footer: Partial<RunLine & { line: 'footer' }> | undefined,
  asked: number | null = 2_000,
): RunLine[] {
  const kept = exampleLines(true).filter(({ line }) => line !== 'counterexample');
  return [
    ...kept.map((line): RunLine => {
      if (line.line === 'header') return { ...line, scenarios: asked };
      return line.line === 'chunk' ? { ...line, rules: { 'ONE-KEPT-01': tally } } : line;
    }),
    ...(footer === undefined ? [] : [{ line: 'footer' as const, elapsedSeconds: 1, ...footer }]),
  ];
}
const tally = { subjects: 3, broken: 0, unknown: 0, observed: {} };
const interrupted = exampleSummary(lines({ interrupted: true }));

describe('a run that did not come to its end', () => {
  test('does not conform, nor fail: it says how far it came', () => {
    expect(conclusionOf(interrupted)).toEqual({
      tone: 'open',
      sentence:
        'Interrupted after 1,199 of 2,000 scenarios: 1 rule kept, none violated so far; 5 rules could not be decided.',
    });
    expect(conclusionOf(exampleSummary(lines(undefined))).sentence).toMatch(
      /^Cut off after 1,199 of 2,000 scenarios: .* none violated so far/,
    );
  });

  test('does not conform where a MUST is violated already', () => {
    expect(conclusionOf(exampleSummary(exampleLines(true)))).toEqual({
      tone: 'bad',
      sentence: 'Cut off after 1,199 of 1,200 scenarios, and does not conform: 1 MUST violated.',
    });
  });

  test('says so in every report', () => {
    const sentence = 'Interrupted after 1,199 of 2,000 scenarios: 1 rule kept, none violated so far';
    for (const report of [consoleReport, markdownReport, junitReport]) {
      const text = report(interrupted).replace(/\s+/g, ' ');
      expect(text).toContain(sentence);
      expect(text).not.toMatch(/Conforms|No MUST is violated/);
    }
    expect(reportSchema.parse(JSON.parse(JSON.stringify(jsonReport(interrupted))))).toMatchObject({
      ...{ isComplete: false, ending: 'interrupted', scenarios: 1_199, scenariosAsked: 2_000 },
    });
  });
});

test('a run whose time was up is whole, and says that the time was up', () => {
  const summary = exampleSummary(lines({}));
  expect([summary.ending, summary.isComplete]).toEqual(['time up', true]);
  for (const report of [consoleReport, markdownReport]) {
    expect(report(summary)).toMatch(/1,199 of 2,000 scenarios: the time was up/);
  }
  expect(conclusionOf(summary).sentence).toMatch(/^Conforms: /);
  expect(exampleSummary(lines({}, null)).ending).toBe('time up');
});

test('a run of all its scenarios is whole, though one of them failed', () => {
  expect(exampleSummary(exampleLines()).ending).toBe('whole');
});

test('a run that decided nothing passes in no report', () => {
  const summary = exampleSummary(exampleLines().filter(({ line }) => line === 'header' || line === 'footer'));
  for (const report of [consoleReport, markdownReport]) {
    const text = report(summary).replace(/\s+/g, ' ');
    expect(text).toContain('No rule was found kept or violated; 6 rules could not be decided.');
    expect(text).not.toMatch(/Conforms|No MUST is violated/);
  }
});

test('a shard is measured by its share', () => {
  const shard = (index: number): RunLine[] =>
    lines({ interrupted: true }, 10).map((line) =>
      line.line === 'header' ? { ...line, shard: { index, of: 4 } } : line,
    );
  expect([1, 2, 3, 4].map((index) => exampleSummary(shard(index)).asked)).toEqual([3, 3, 2, 2]);
});
