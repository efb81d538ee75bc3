import type { Scenario } from './scenario.ts';
import type { Tolerances } from './tolerances.ts';

/** What a repeated attempt costs at least where nothing else is known. */
const ATTEMPT_SECONDS = 0.5;

/**
 * About how long a scenario lasts on a real clock: until its last step, then as long as its longest plan takes with
 * the waits between its attempts. It serves to start the long ones first, and for nothing else.
 */
export function expectedSeconds(scenario: Scenario, tolerances: Tolerances): number {
  const { queues = [], mappings = [], steps } = scenario;
  let visibilitySeconds = 0;
  for (const { visibilityTimeoutSeconds = 30 } of mappings.length > 0 ? queues : [])
    visibilitySeconds = Math.max(visibilitySeconds, visibilityTimeoutSeconds);
  let windowSeconds = 0;
  for (const { windowSeconds: own = 0, tumblingWindowSeconds = 0 } of mappings)
    windowSeconds = Math.max(windowSeconds, own, tumblingWindowSeconds);
  let lastStep = 0;
  let attempts = 0;
  for (const step of steps) {
    lastStep = Math.max(lastStep, step.atSeconds);
    if (step.do === 'invoke') attempts = Math.max(attempts, step.plan.length);
    if (step.do !== 'send') continue;
    for (const { plan } of step.records) attempts = Math.max(attempts, plan.length);
    // On a stream those that fail come one after the other.
    if (!step.to.startsWith('queue:')) attempts += step.records.filter(({ plan }) => plan.length > 1).length;
  }
  const ageSeconds = Math.max(
    0,
    ...mappings.map(({ maximumRecordAgeSeconds = -1, maximumRetryAttempts = -1 }) =>
      maximumRetryAttempts < 0 ? maximumRecordAgeSeconds : 0,
    ),
  );
  const betweenAttempts =
    mappings.length > 0 ? visibilitySeconds + tolerances.pollingRetrySeconds : 60 * tolerances.retryTimeScale;
  return lastStep + Math.max(ageSeconds, windowSeconds + attempts * (ATTEMPT_SECONDS + betweenAttempts));
}
