import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { baselineSchema, baselineText } from '../../reports/baseline.ts';
import { rules } from '../../specs/catalogue.ts';

const read = (...path: string[]) => readFileSync(join(import.meta.dirname, ...path), 'utf8');
const targets = readdirSync(import.meta.dirname).flatMap(
  (file) => /^(.+)\.baseline\.json$/.exec(file)?.[1] ?? [],
);

describe.each(targets)('%s', (target) => {
  const text = read(`${target}.baseline.json`);
  const baseline = baselineSchema.parse(JSON.parse(text));
  const known = baseline.divergences.map(({ rule }) => rule);
  const page = read(`${target}.md`);

  test('the baseline is written as the command writes it', () => {
    expect(text).toBe(baselineText(baseline));
  });

  test('each known divergence is of a rule that there is, stands on the page and has a scenario', () => {
    const ids = new Set(rules.map(({ id }) => id));
    expect(known.filter((id) => !ids.has(id))).toEqual([]);
    const row = new RegExp(`^\\| ([A-Z0-9-]+) \\|.*\\(${target}/([A-Z0-9-]+)\\.json\\) \\|$`, 'gm');
    const shown = [...page.matchAll(row)].map(([, rule, file]) => `${rule} ${file}`);
    expect(shown.sort()).toEqual(known.map((id) => `${id} ${id}`).sort());
    expect(readdirSync(join(import.meta.dirname, target)).sort()).toEqual(
      known.map((id) => `${id}.json`).sort(),
    );
  });

  test.each(known)('the scenario of %s is valid', (id) => {
    scenarioSchema.parse(JSON.parse(read(target, `${id}.json`)));
  });
});
