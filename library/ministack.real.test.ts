/**
 * A campaign against a real emulator and the committed list of what is known to differ there: a change in driver or
 * rules shows. Takes Python 3 and two minutes; run with CONFORMANCE_REAL=1.
 */
import { readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { z } from 'zod';
import { conformance } from './vitest.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1';

const listSchema = z.record(
  z.string(),
  z.strictObject({ reason: z.string(), isIntermittent: z.literal(true).exactOptional() }),
);
const list = new URL('../docs/divergences/ministack.known.json', import.meta.url);

describe.skipIf(!isAsked)('ministack (skipped unless CONFORMANCE_REAL=1: it installs and starts it)', () => {
  conformance({
    target: 'ministack',
    seed: 1,
    scenarios: 60,
    known: listSchema.parse(JSON.parse(readFileSync(list, 'utf8'))),
  });
});
