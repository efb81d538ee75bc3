import { expect, test } from 'vitest';
import { markdownReport } from './markdown.ts';
import { exampleLines, exampleSummary } from './testing/exampleRun.ts';

const page = markdownReport(exampleSummary());
/** Cells of a table's row; a `\|` belongs to its cell. */
const cells = (row: string) => row.split(/(?<!\\)\|/).length - 2;

test('every rule has a row of the same number of cells, whatever its sentence has in it', () => {
  const rows = page.split('\n').filter((line) => /^\| \[(ONE|TWO)-/.test(line));
  expect(rows).toHaveLength(7);
  expect(new Set(rows.map(cells))).toEqual(new Set([5]));
});

test('texts from outside are no HTML and no Markdown', () => {
  const prose = page
    .replace(/```[\s\S]*?```/g, '')
    .replace(/<(details|summary|\/summary|\/details|br|https:[^>]*)>/g, '');
  expect(prose).not.toMatch(/<[a-z/]/);
  expect(prose).toContain('&lt;em&gt;as AWS&lt;/em&gt;');
});

test('a broken rule is shown with page, expected, observed, timeline and scenario', () => {
  const section = page.slice(page.indexOf('## Violated'), page.indexOf('## Warned'));
  expect(section).toContain('### ONE-VIOLATED-01 (MUST)');
  expect(section).toContain('- **Expected** at most 2 attempts of e1');
  expect(section).toContain('in 4 of 5 runs');
  expect(section).toContain('◀ here');
  expect(section).toContain('"functions"');
});

test('what was observed, and why something was not decided, stands with its rule', () => {
  expect(page).toMatch(/TWO-OBSERVED-01.*in order \(7\), out \\\| of order \(3\)/);
  expect(page).toMatch(/TWO-UNKNOWN-01.*the observer &lt;stopped&gt; too early/);
});

test('a run that was cut off says so', () => {
  expect(markdownReport(exampleSummary(exampleLines(true)))).toContain('did not come to its end');
});
