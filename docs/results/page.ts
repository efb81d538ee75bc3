/** The runs that are kept in this folder, and the page about them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldFile } from '../../cli/fold.ts';
import { baselineSchema } from '../../reports/baseline.ts';
import { resultsPage } from '../../reports/results.ts';
import { catalogue } from '../../specs/catalogue.ts';

const DIVERGENCES = join(import.meta.dirname, '..', 'divergences');

/** What is written down of a target's divergences, by rule. */
function reasonsOf(target: string): ReadonlyMap<string, string> {
  const path = join(DIVERGENCES, `${target}.baseline.json`);
  if (!existsSync(path)) return new Map();
  const { divergences } = baselineSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return new Map(divergences.map(({ rule, reason }) => [rule, reason]));
}

/** The page as the run files of this folder have it. */
export function keptResults(): string {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.jsonl'));
  return resultsPage(
    files.sort().map((file) => {
      const summary = foldFile(join(import.meta.dirname, file), catalogue);
      const { name } = summary.result.header.target;
      const replayOf = (rule: string) =>
        existsSync(join(DIVERGENCES, name, `${rule}.json`))
          ? `../divergences/${name}/${rule}.json`
          : undefined;
      const known = reasonsOf(name);
      return { summary, file, replayOf, reasonOf: (rule: string) => known.get(rule) };
    }),
  );
}
