/** The committed lists of what is known to differ on an emulator, for the tests that hold them against it. */
import { readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import { expect, test } from 'vitest';
import { breachOf } from '../../engine/deciding.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import type { Target } from '../../engine/target.ts';
import { baselineSchema, type KnownDivergence } from '../../reports/baseline.ts';
import { rules } from '../../specs/catalogue.ts';

const divergences = new URL('../../docs/divergences/', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, divergences), 'utf8'));

export const knownDivergences = (name: string): readonly KnownDivergence[] =>
  baselineSchema.parse(readJson(`${name}.baseline.json`)).divergences;

/** One test for each known divergence: it breaks by its scenario. `jobs` of them run side by side. */
export function eachKnownBreaks(name: string, target: () => Target, jobs: number): void {
  // Fewer side by side than a campaign: here each one counts.
  const limited = pLimit(jobs);
  const scenarioOf = (id: string) => scenarioSchema.parse(readJson(`${name}/${id}.json`));

  const breaks = async (id: string): Promise<boolean> => {
    const rule = rules.find((one) => one.id === id);
    const { tolerances } = target();
    const history = await target().run({ scenario: scenarioOf(id), seed: 1 }, new AbortController().signal);
    return rule !== undefined && breachOf(rule, history, tolerances) !== undefined;
  };

  test.concurrent.each(knownDivergences(name).map(({ rule }) => rule))(
    '%s breaks by its scenario, or is mended',
    { timeout: 180_000 },
    async (id) => {
      expect(await limited(() => breaks(id)), `mended: take ${id} from the list and its page`).toBe(true);
    },
  );
}
