/** The runs that are kept in this folder, and the page about them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foldFile } from '../../cli/fold.ts';
import { resultsPage } from '../../reports/results.ts';
import { catalogue } from '../../specs/catalogue.ts';

const DIVERGENCES = join(import.meta.dirname, '..', 'divergences');

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
      return { summary, file, replayOf };
    }),
  );
}
