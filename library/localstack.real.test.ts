/**
 * LocalStack as a plain process, installed by the run itself, and the committed list of what is known to differ there.
 * Takes Python 3.13, Maven, Java 17 and two to three minutes; run with CONFORMANCE_REAL=1.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTarget } from '../adapters/index.ts';
import type { Target } from '../engine/target.ts';
import { eachKnownBreaks, knownDivergences } from './testing/knownDivergences.ts';
import { conformance } from './vitest.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1';

/** The same target for somebody who closes what he is given. */
const lent = (target: Target): Target => ({
  name: target.name,
  version: target.version,
  capabilities: target.capabilities,
  tolerances: target.tolerances,
  notJudged: target.notJudged ?? {},
  isRealTime: target.isRealTime,
  jobs: target.jobs,
  run: (scenario, signal) => target.run(scenario, signal),
  close: async () => undefined,
});

describe.skipIf(!isAsked)('localstack (skipped unless CONFORMANCE_REAL=1: it installs and starts it)', () => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget({ name: 'localstack' });
  }, 180_000);
  afterAll(() => target.close(), 60_000);

  test('it offers what LocalStack has, and is not judged by what our executor decides', () => {
    expect([...target.capabilities]).toEqual(
      expect.arrayContaining(['sqs', 'kinesis', 'dynamodb', 'pending']),
    );
    expect(target.capabilities.has('stream')).toBe(false);
    expect(Object.keys(target.notJudged ?? {})).toContain('SYNC-TIMEOUT-01');
  });

  describe('a campaign', () => {
    // Few scenarios, for each takes seconds; the list below asks for each known divergence.
    conformance({
      target: () => lent(target),
      seed: 1,
      scenarios: 20,
      baseline: knownDivergences('localstack'),
    });
  });

  describe('each known divergence', () => {
    eachKnownBreaks('localstack', () => target, 8);
  });
});
