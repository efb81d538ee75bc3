/** Keeps run files in this folder, condensed, under their targets' names: `npm run results -- RUN.jsonl …`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLinesOf } from '../../cli/readRun.ts';
import { condensed } from '../../engine/condense.ts';
import { keptResults } from './page.ts';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  process.stderr.write('Name the run files to keep: npm run results -- RUN.jsonl\n');
  process.exit(2);
}
for (const path of paths) {
  const lines = condensed([...runLinesOf(path)].map(({ line }) => line));
  const [header] = lines;
  if (header?.line !== 'header') continue;
  const file = join(import.meta.dirname, `${header.target.name.replace(/[^\w.-]+/g, '-')}.jsonl`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
writeFileSync(join(import.meta.dirname, 'README.md'), keptResults());
