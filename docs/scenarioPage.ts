/** The parts of scenarios.md that can be held against the code: its examples, its timelines, its tables. */
import { simulate } from '../adapters/memory/index.ts';
import { type Scenario, scenarioSchema } from '../engine/scenario.ts';
import { timelineOf } from '../reports/timeline.ts';
import { timelineText } from '../reports/timelineText.ts';

/** As `explain` has it where no seed is given. */
const SEED = 1;

/** The scenarios of the page, in order. @throws ZodError, SyntaxError where one is no scenario */
export function examplesOf(page: string): Scenario[] {
  const examples: Scenario[] = [];
  for (const block of page.matchAll(/^```json\n([\s\S]*?)^```$/gm)) examples.push(exampleIn(block[1] ?? ''));
  return examples;
}

const exampleIn = (text: string): Scenario => scenarioSchema.parse(JSON.parse(text));

/** The page with the timeline of each example drawn anew that has one. */
export function withTimelines(page: string): string {
  let example = '';
  return page.replace(/^```(json|timeline)\n([\s\S]*?)^```$/gm, (block, kind: string, content: string) => {
    if (kind === 'json') {
      example = content;
      return block;
    }
    const lines = timelineText(timelineOf(simulate(exampleIn(example), SEED)));
    return `\`\`\`timeline\n${lines.join('\n')}\n\`\`\``;
  });
}

/** One row of a table: what is said of a key. */
export interface KeyRow {
  readonly key: string;
  readonly value: string;
  readonly standard: string;
}

/** The tables of keys, by the object that they describe, e.g. `functions[].aliases[]`. */
export function keyTables(page: string): Map<string, KeyRow[]> {
  const tables = new Map<string, KeyRow[]>();
  let current: KeyRow[] | undefined;
  for (const line of page.split('\n')) {
    if (!line.startsWith('|')) {
      current = undefined;
      continue;
    }
    const [first = '', value = '', standard = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    if (value === 'value') {
      current = [];
      for (const name of first.split(', ')) tables.set(name.replaceAll('`', ''), current);
    } else if (!first.startsWith('---')) {
      current?.push({ key: first.replaceAll('`', ''), value, standard });
    }
  }
  return tables;
}
