import type { InvokeStep, Scenario } from './scenario.ts';
import type { MappingSpec } from './sourceSpec.ts';
import type { Tolerances } from './tolerances.ts';

/** What a repeated attempt costs at least where nothing else is known. */
const ATTEMPT_SECONDS = 0.5;
/** AWS, SQS: the visibility timeout of a queue that names none. */
const DEFAULT_VISIBILITY_SECONDS = 30;

/**
 * About how long a scenario lasts on a real clock: until its last step, then as long as the slowest of its calls and
 * mappings needs for its attempts and the waits between them. It serves to start the long ones first, and to plan with
 * short ones.
 */
export function expectedSeconds(scenario: Scenario, tolerances: Tolerances): number {
  const lastStep = Math.max(0, ...scenario.steps.map(({ atSeconds }) => atSeconds));
  const mappings = (scenario.mappings ?? []).map((mapping) => mappingSeconds(mapping, scenario, tolerances));
  const calls = scenario.steps.map((step) => (step.do === 'invoke' ? callSeconds(step, tolerances) : 0));
  return lastStep + Math.max(0, ...mappings, ...calls);
}

/** Only events are tried again. */
function callSeconds({ type, plan }: InvokeStep, { retryTimeScale }: Tolerances): number {
  return type === 'Event' ? plan.length * (ATTEMPT_SECONDS + 60 * retryTimeScale) : ATTEMPT_SECONDS;
}

function mappingSeconds(
  mapping: MappingSpec,
  scenario: Scenario,
  { pollingRetrySeconds }: Tolerances,
): number {
  const { source, windowSeconds = 0, tumblingWindowSeconds = 0 } = mapping;
  const { maximumRecordAgeSeconds = -1, maximumRetryAttempts = -1 } = mapping;
  const plans = scenario.steps.flatMap((step) =>
    step.do === 'send' && step.to === source ? step.records.map(({ plan }) => plan) : [],
  );
  const longest = Math.max(0, ...plans.map((plan) => plan.length));
  const window = Math.max(windowSeconds, tumblingWindowSeconds);
  const queue = scenario.queues?.find(({ name }) => `queue:${name}` === source);
  if (queue !== undefined) {
    const { visibilityTimeoutSeconds = DEFAULT_VISIBILITY_SECONDS } = queue;
    return window + longest * (ATTEMPT_SECONDS + visibilityTimeoutSeconds + pollingRetrySeconds);
  }
  // In order, those that fail come one after the other.
  const failing = plans.filter((plan) => plan.length > 1).length;
  const attempts = window + (longest + failing) * (ATTEMPT_SECONDS + pollingRetrySeconds);
  return maximumRetryAttempts < 0 ? Math.max(attempts, maximumRecordAgeSeconds) : attempts;
}
