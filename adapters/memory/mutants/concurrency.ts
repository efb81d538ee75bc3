/** The reference model with one thing wrong in how it counts and limits concurrency. */
import type { Requested, Started } from '../../../engine/history.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import type { Mutant, Tamper } from '../mutant.ts';

/** An attempt for each request that is refused with 429. */
function leavingBehind(scenario: Scenario): Tamper {
  const requested = new Map<string, Requested>();
  return (entry) => {
    if (entry.kind === 'requested') requested.set(entry.call, entry);
    if (entry.kind !== 'rejected' || entry.status !== 429 || entry.requestId === undefined) return entry;
    const cause = requested.get(entry.call);
    const step = scenario.steps[cause?.step ?? -1];
    if (cause?.event === undefined || step?.do !== 'invoke') return entry;
    const attempt: Started = {
      kind: 'started',
      at: entry.at,
      attempt: `${entry.call}-anyway`,
      function: cause.function ?? step.function,
      version: '$LATEST',
      requestId: entry.requestId,
      event: cause.event,
      payload: step.payload ?? {},
      planned: 'ok',
    };
    return [entry, attempt];
  };
}

export const concurrencyMutants: readonly Mutant[] = [
  { name: 'reserves limit nothing', breaks: ['CONC-RES-01'], policy: { enforcesReserve: false } },
  {
    name: 'pollers do not mind the reserve',
    breaks: ['CONC-RES-01', 'CONC-RES-03'],
    policy: { reserveBindsPollers: false },
  },
  {
    name: 'the reserve counts for each version by itself',
    breaks: ['CONC-RES-01'],
    policy: { reserveCountsPerVersion: true },
  },
  {
    name: 'an idle reserve serves other functions',
    breaks: ['CONC-RES-02'],
    policy: { reserveIsExclusive: false },
  },
  {
    name: 'a function with a reserve of 0 runs',
    breaks: ['CONC-RES-03'],
    policy: { zeroReserveStopsCalls: false },
  },
  {
    name: 'queued events do not mind a reserve of 0',
    breaks: ['CONC-RES-03'],
    policy: { zeroReserveStopsCalls: false, zeroReserveDiscards: false },
  },
  {
    name: 'the account has no limit',
    breaks: ['CONC-ACC-01'],
    policy: { enforcesAccountConcurrency: false },
  },
  {
    name: 'environments as many and as fast as wanted',
    breaks: ['CONC-RATE-01'],
    policy: { newEnvironmentsPerTenSeconds: 1_000_000 },
  },
  {
    name: 'requests a second as many as wanted',
    breaks: ['CONC-RPS-01'],
    policy: { requestsPerConcurrency: 1_000_000 },
  },
  {
    name: 'provisioned concurrency is all that a version has',
    breaks: ['CONC-PROV-02'],
    policy: { provisionedSpillsOver: false },
  },
  {
    name: 'provisioned concurrency comes on top of the reserve',
    breaks: ['CONC-PROV-03'],
    policy: { provisionedTakesOfReserve: false },
  },
  {
    name: 'an environment serves several attempts at once',
    breaks: ['CONC-ENV-01'],
    policy: { attemptsPerEnvironment: 10 },
  },
  {
    name: 'throttles count as invocations',
    breaks: ['CONC-THR-01'],
    policy: { countsThrottlesAsInvocations: true },
  },
  {
    name: 'a throttle leaves an attempt behind',
    breaks: ['CONC-THR-01'],
    tamper: leavingBehind,
  },
];
