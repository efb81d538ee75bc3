/**
 * A real emulator and the committed list of what is known to differ there: a change in driver or rules shows, and so
 * does one of the emulator. Takes Python 3 and two minutes; run with CONFORMANCE_REAL=1.
 */
import { readFileSync } from 'node:fs';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTarget } from '../adapters/index.ts';
import { breachOf } from '../engine/deciding.ts';
import { scenarioSchema } from '../engine/scenario.ts';
import type { Target } from '../engine/target.ts';
import { baselineSchema } from '../reports/baseline.ts';
import { rules } from '../specs/catalogue.ts';
import { conformance } from './vitest.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1';

const divergences = new URL('../docs/divergences/', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, divergences), 'utf8'));
const baseline = baselineSchema.parse(readJson('ministack.baseline.json')).divergences;

describe.skipIf(!isAsked)('ministack (skipped unless CONFORMANCE_REAL=1: it installs and starts it)', () => {
  conformance({ target: 'ministack', seed: 1, scenarios: 60, baseline });

  describe('each known divergence', () => {
    // Fewer side by side than a campaign: here each one counts.
    const limited = pLimit(8);
    let target: Target;
    beforeAll(async () => {
      target = await openTarget({ name: 'ministack' });
    }, 120_000);
    afterAll(() => target.close(), 60_000);

    const breaks = async (id: string): Promise<boolean> => {
      const rule = rules.find((one) => one.id === id);
      const scenario = scenarioSchema.parse(readJson(`ministack/${id}.json`));
      const history = await target.run({ scenario, seed: 1 }, new AbortController().signal);
      return rule !== undefined && breachOf(rule, history, target.tolerances) !== undefined;
    };

    test.concurrent.each(baseline.map(({ rule }) => rule))(
      '%s breaks by its scenario, or is mended',
      {
        timeout: 120_000,
      },
      async (id) => {
        expect(await limited(() => breaks(id)), `mended: take ${id} from the list and its page`).toBe(true);
      },
    );
  });
});
