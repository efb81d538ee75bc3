/**
 * LocalStack as a plain process, installed by the run itself, and the committed list of what is known to differ there.
 * Takes Python 3.13, Maven, Java 17 and two minutes; run with CONFORMANCE_REAL=1.
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
  // The known divergences run beside it.
  jobs: 4,
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

  let begin: () => void;

  describe('a campaign', () => {
    conformance({
      target: () => {
        // Beside it, for the longest of them takes as long as the whole campaign.
        begin();
        return lent(target);
      },
      seed: 1,
      // The worthiest of its plan; each takes seconds, and the list below asks for each known divergence.
      scenarios: 15,
      baseline: knownDivergences('localstack'),
    });
  });

  describe('each known divergence', () => {
    begin = eachKnownBreaks('localstack', () => target, 10, {
      'POLL-STATE-03': 'whether an update falls between two looks of its poller is chance',
      'STR-AGE-01': 'records that fail until they are a minute old: its scenario takes up to two minutes',
    });
  });
});
