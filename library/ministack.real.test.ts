/**
 * A real emulator and the committed list of what is known to differ there: a change in driver or rules shows, and so
 * does one of the emulator. Takes Python 3 and two minutes; run with CONFORMANCE_REAL=1.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { openTarget } from '../adapters/index.ts';
import type { Target } from '../engine/target.ts';
import { eachKnownBreaks, knownDivergences } from './testing/knownDivergences.ts';
import { conformance } from './vitest.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1';

describe.skipIf(!isAsked)('ministack (skipped unless CONFORMANCE_REAL=1: it installs and starts it)', () => {
  conformance({ target: 'ministack', seed: 1, scenarios: 60, baseline: knownDivergences('ministack') });

  describe('each known divergence', () => {
    let target: Target;
    beforeAll(async () => {
      target = await openTarget({ name: 'ministack' });
    }, 120_000);
    afterAll(() => target.close(), 60_000);
    eachKnownBreaks('ministack', () => target, 8);
  });
});
