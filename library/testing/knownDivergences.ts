/** The committed lists of what is known to differ on an emulator, for the tests that hold them against it. */
import { readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import { test } from 'vitest';
import { breachOf } from '../../engine/deciding.ts';
import { expectedSeconds } from '../../engine/expectedSeconds.ts';
import { type Scenario, scenarioSchema } from '../../engine/scenario.ts';
import type { Target } from '../../engine/target.ts';
import { baselineSchema, type KnownDivergence } from '../../reports/baseline.ts';
import { rules } from '../../specs/catalogue.ts';

const divergences = new URL('../../docs/divergences/', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, divergences), 'utf8'));

export const knownDivergences = (name: string): readonly KnownDivergence[] =>
  baselineSchema.parse(readJson(`${name}.baseline.json`)).divergences;

/** What depends on the moment does not break each time, and what is mended never. */
const TRIES = 3;

/**
 * One test for each known divergence: it breaks by its scenario. `jobs` of them run side by side, the longest first.
 * Those that are left to `replay` are skipped, each with the reason. Returns what begins them before the tests do,
 * beside something else.
 */
export function eachKnownBreaks(
  name: string,
  target: () => Target,
  jobs: number,
  leftToReplay: Readonly<Record<string, string>> = {},
): () => void {
  const ids = knownDivergences(name).map(({ rule }) => rule);

  const breaks = async (id: string, scenario: Scenario): Promise<boolean> => {
    const rule = rules.find((one) => one.id === id);
    const { tolerances } = target();
    for (let run = 0; run < TRIES; run++) {
      const history = await target().run({ scenario, seed: 1 }, new AbortController().signal);
      if (rule !== undefined && breachOf(rule, history, tolerances) !== undefined) return true;
    }
    return false;
  };

  const begun = new Map<string, Promise<boolean>>();
  const begin = () => {
    if (begun.size > 0) return;
    // Fewer side by side than a campaign: here each one counts.
    const limited = pLimit(jobs);
    const { tolerances } = target();
    const scenarios = ids
      .filter((id) => leftToReplay[id] === undefined)
      .map((id) => {
        const scenario = scenarioSchema.parse(readJson(`${name}/${id}.json`));
        return { id, scenario, seconds: expectedSeconds(scenario, tolerances) };
      });
    for (const { id, scenario } of scenarios.sort((one, other) => other.seconds - one.seconds)) {
      const run = limited(() => breaks(id, scenario));
      // Its test tells.
      run.catch(() => undefined);
      begun.set(id, run);
    }
  };

  for (const id of ids)
    test.concurrent(`${id} breaks by its scenario, or is mended`, { timeout: 180_000 }, async (context) => {
      context.skip(leftToReplay[id] !== undefined, leftToReplay[id]);
      begin();
      context.expect(await begun.get(id), `mended: take ${id} from the list and its page`).toBe(true);
    });
  return begin;
}
