/** Against AWS's runtime interface emulator: takes Python 3 with pip, npm, and half a minute. Run with CONFORMANCE_REAL=1. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import type { Target } from '../../engine/target.ts';
import { openTarget } from '../index.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1' && process.platform === 'linux';

describe.skipIf(!isAsked)(
  'rie (skipped unless CONFORMANCE_REAL=1 on Linux: it installs and starts an emulator)',
  () => {
    let target: Target;
    beforeAll(async () => {
      target = await openTarget({ name: 'rie' });
    }, 120_000);
    afterAll(() => target.close(), 60_000);

    test('attempts that end in each way are seen, one after the other', async () => {
      const step = (event: string, plan: string) => ({
        ...{ atSeconds: 0, do: 'invoke', function: 'f', event, payload: { event }, plan: [plan] },
      });
      const steps = [step('e1', 'ok'), step('e2', 'throw'), step('e3', 'exit'), step('e4', 'timeout')];
      const scenario = scenarioSchema.parse({
        scenario: 1,
        functions: [{ name: 'f', timeoutSeconds: 2 }],
        steps: [...steps, step('e5', 'unserializable')],
      });
      const { entries } = await target.run({ scenario, seed: 1 }, new AbortController().signal);
      const started = entries.filter((entry) => entry.kind === 'started');
      expect(started.map(({ event, planned }) => `${event} ${planned}`)).toEqual([
        ...['e1 ok', 'e2 throw', 'e3 exit', 'e4 timeout', 'e5 unserializable'],
      ]);
      // A process that ended is not used again, and one that did not is.
      const [first, second, third, fourth, fifth] = started.map(({ environment }) => environment);
      expect([second, third]).toEqual([first, first]);
      expect(new Set([third, fourth, fifth]).size).toBe(3);
      expect(entries.find((entry) => entry.kind === 'answered')).toMatchObject({ payload: { event: 'e1' } });
    }, 60_000);
  },
);
