import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_BEHAVIOUR, ruleBook } from '../reports/ruleBook.ts';
import { catalogue } from '../specs/catalogue.ts';
import { goldenPage } from './goldenPage.ts';
import { keptResults } from './results/page.ts';

const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), 'utf8');

test('the rule book is what the catalogue says (else: npm run docs)', () => {
  expect(read('rule-book.md')).toBe(ruleBook(catalogue));
});

test('the page of golden cases is what the cases say (else: npm run docs)', () => {
  expect(read('golden.md')).toBe(goldenPage());
});

test('the page of results is what the run files beside it say (else: npm run docs)', () => {
  expect(read('results', 'README.md')).toBe(keptResults());
});

test('the README shows the same table of error behaviour as the rule book', () => {
  for (const line of ERROR_BEHAVIOUR.filter((text) => text.startsWith('|')))
    expect(read('..', 'README.md')).toContain(line);
});
