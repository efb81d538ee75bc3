import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { baselineSchema, baselineText } from '../../reports/baseline.ts';
import { rules } from '../../specs/catalogue.ts';

const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), 'utf8');
const SUFFIX = '.baseline.json';
const emulators = readdirSync(import.meta.dirname).flatMap((file) =>
  file.endsWith(SUFFIX) ? [file.slice(0, -SUFFIX.length)] : [],
);

test('there are baselines', () => {
  expect(emulators).toContain('ministack');
  expect(emulators).toContain('moto');
});

describe.each(emulators)('%s', (name) => {
  const text = read(`${name}${SUFFIX}`);
  const baseline = baselineSchema.parse(JSON.parse(text));
  const known = baseline.divergences.map(({ rule }) => rule);
  const page = read(`${name}.md`);

  test('the baseline is written as the command writes it', () => {
    expect(text).toBe(baselineText(baseline));
  });

  test('each known divergence is of a rule that there is, stands on the page and has a scenario', () => {
    const ids = new Set(rules.map(({ id }) => id));
    expect(known.filter((id) => !ids.has(id))).toEqual([]);
    const rows = page.matchAll(
      new RegExp(`^\\| ([A-Z0-9-]+) \\|.*\\(${name}/([A-Z0-9-]+)\\.json\\) \\|$`, 'gm'),
    );
    const shown = [...rows].map(([, rule, file]) => `${rule} ${file}`);
    expect(shown.sort()).toEqual(known.map((id) => `${id} ${id}`).sort());
    expect(readdirSync(join(import.meta.dirname, name)).sort()).toEqual(
      known.map((id) => `${id}.json`).sort(),
    );
  });

  test.each(known)('the scenario of %s is valid', (id) => {
    scenarioSchema.parse(JSON.parse(read(name, `${id}.json`)));
  });
});
