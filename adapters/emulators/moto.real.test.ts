/** Against a real emulator: takes Python 3, and a minute. Run with CONFORMANCE_REAL=1. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import type { Target } from '../../engine/target.ts';
import { openTarget } from '../index.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1';

describe.skipIf(!isAsked)(
  'moto (skipped unless CONFORMANCE_REAL=1: it installs and starts an emulator)',
  () => {
    let target: Target;
    beforeAll(async () => {
      target = await openTarget({ name: 'moto' });
    }, 180_000);
    afterAll(() => target.close(), 60_000);

    const run = (scenario: object) =>
      target.run(
        { scenario: scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], ...scenario }), seed: 1 },
        new AbortController().signal,
      );

    test('is known to run no handler, and found to offer the rest', () => {
      for (const lacking of ['invoke', 'async', 'provisioned'] as const)
        expect(target.capabilities.has(lacking), lacking).toBe(false);
      for (const offered of ['controlPlane', 'eventInvokeConfig', 'sqs', 'kinesis', 'dynamodb'] as const)
        expect(target.capabilities.has(offered), offered).toBe(true);
    });

    test('answers requests', { timeout: 60_000 }, async () => {
      const input = { FunctionName: 'f', MaximumRetryAttempts: 1 };
      const step = { atSeconds: 0, do: 'request', operation: 'PutFunctionEventInvokeConfig', input };
      const { entries } = await run({ steps: [step] });
      expect(entries.find(({ kind }) => kind === 'answered')).toMatchObject({
        output: { MaximumRetryAttempts: 1 },
      });
    });

    test('is not asked for an invocation', async () => {
      const step = { atSeconds: 0, do: 'invoke', function: 'f', event: 'e1', plan: ['ok'] };
      expect((await run({ steps: [step] })).entries).toMatchObject([
        { kind: 'declined', capability: 'invoke' },
        { kind: 'closed' },
      ]);
    });
  },
);
