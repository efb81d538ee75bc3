import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { rules } from '../../specs/catalogue.ts';

const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), 'utf8');
const known = Object.keys(JSON.parse(read('ministack.known.json')) as object);
const page = read('ministack.md');

test('each known divergence is of a rule that there is, stands on the page and has a scenario', () => {
  const ids = new Set(rules.map(({ id }) => id));
  expect(known.filter((id) => !ids.has(id))).toEqual([]);
  const rows = page.matchAll(/^\| ([A-Z0-9-]+) \|.*\(ministack\/([A-Z0-9-]+)\.json\) \|$/gm);
  const shown = [...rows].map(([, rule, file]) => `${rule} ${file}`);
  expect(shown.sort()).toEqual(known.map((id) => `${id} ${id}`).sort());
  expect(readdirSync(join(import.meta.dirname, 'ministack')).sort()).toEqual(
    known.map((id) => `${id}.json`).sort(),
  );
});

test.each(known)('the scenario of %s is valid', (id) => {
  scenarioSchema.parse(JSON.parse(read('ministack', `${id}.json`)));
});
