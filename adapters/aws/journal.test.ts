import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Journal, journalFiles, readJournal } from './journal.ts';
import { tempFolder } from './testing/tempFolder.ts';

const begin = () => Journal.begin('abc', { url: 'http://127.0.0.1:1', region: 'eu-west-1' }, tempFolder());

test('a resource is on disk before it is made, and off the list when it is gone', () => {
  const journal = begin();
  journal.make('function', 'lc-abc-fn1');
  journal.make('queue', 'lc-abc-qu2');
  expect(readFileSync(journal.path, 'utf8')).toContain('lc-abc-qu2');
  journal.gone('function', 'lc-abc-fn1');
  expect(readJournal(journal.path)).toEqual({
    path: journal.path,
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    pid: process.pid,
    resources: [{ kind: 'queue', name: 'lc-abc-qu2' }],
  });
});

test('a last line that a kill cut short is passed over', () => {
  const journal = begin();
  journal.make('queue', 'lc-abc-qu1');
  appendFileSync(journal.path, '{"do":"make","kind":"fun');
  expect(readJournal(journal.path).resources).toEqual([{ kind: 'queue', name: 'lc-abc-qu1' }]);
});

test('the file goes when nothing is left, and stays when something is', () => {
  const journal = begin();
  journal.make('queue', 'lc-abc-qu1');
  journal.finish();
  expect(journalFiles(join(journal.path, '..'))).toEqual([journal.path]);
  journal.gone('queue', 'lc-abc-qu1');
  journal.finish();
  expect(existsSync(journal.path)).toBe(false);
});

test('a folder that does not exist has no journals', () => {
  expect(journalFiles('/nowhere/at/all')).toEqual([]);
});
