/** Writes the generated pages of this folder anew, and the timelines of scenarios.md: `npm run docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleBook } from '../reports/ruleBook.ts';
import { catalogue } from '../specs/catalogue.ts';
import { goldenPage } from './goldenPage.ts';
import { keptResults } from './results/page.ts';
import { withTimelines } from './scenarioPage.ts';

writeFileSync(join(import.meta.dirname, 'rule-book.md'), ruleBook(catalogue));
writeFileSync(join(import.meta.dirname, 'golden.md'), goldenPage());
writeFileSync(join(import.meta.dirname, 'results', 'README.md'), keptResults());

const scenarios = join(import.meta.dirname, 'scenarios.md');
writeFileSync(scenarios, withTimelines(readFileSync(scenarios, 'utf8')));
