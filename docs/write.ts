/** Writes the generated pages of this folder anew: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleBook } from '../reports/ruleBook.ts';
import { catalogue } from '../specs/catalogue.ts';

writeFileSync(join(import.meta.dirname, 'rule-book.md'), ruleBook(catalogue));
