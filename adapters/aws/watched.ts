import {
  DEFAULT_EVENT_INVOKE,
  type EventInvokeConfig,
  resolveEventInvoke,
} from '../../engine/configuration.ts';
import type { FunctionSpec, InvokeStep, Scenario } from '../../engine/scenario.ts';
import type { Attempt, Observation } from './observation.ts';
import type { WatchedAttempt, WatchedEvent } from './watch.ts';

/** What the watch has to know of each event of the observation whose call is over. */
export function watched(observation: Observation): WatchedEvent[] {
  const { scenario } = observation;
  const attemptsOf = new Map<string, WatchedAttempt[]>();
  const idleSince = new Map<string, number>();
  const slack = observation.tolerances.schedulingSlackSeconds;
  for (const attempt of observation.attempts) {
    const timeoutSeconds = attempt.spec.timeoutSeconds;
    const { at, function: name } = attempt.started;
    // A mapping may try for ever; its attempts are no reason to wait for ever.
    if (attempt.batch !== undefined) continue;
    const over = attempt.endedAt ?? at + timeoutSeconds + slack;
    if (over > (idleSince.get(name) ?? 0)) idleSince.set(name, over);
    if (attempt.event === undefined) continue;
    const siblings = attemptsOf.get(attempt.event.id);
    if (siblings === undefined) attemptsOf.set(attempt.event.id, [watchedAttempt(attempt)]);
    else siblings.push(watchedAttempt(attempt));
  }
  const events: WatchedEvent[] = [];
  for (const [id, done] of observation.callsDone) {
    const step = observation.attribution.events.get(id)?.step;
    const spec = scenario.functions.find(({ name }) => name === step?.function);
    if (step === undefined) continue;
    events.push({
      kind: done.kind,
      doneAt: done.at,
      attempts: attemptsOf.get(id) ?? [],
      deliveredAt: observation.deliveredAt.get(id) ?? [],
      config: spec === undefined ? DEFAULT_EVENT_INVOKE : configOf(scenario, spec, step),
      hasDeadLetter: spec?.deadLetter !== undefined,
      mayLackCapacity: spec !== undefined && mayLackCapacity(scenario, spec),
      functionIdleSince: idleSince.get(step.function) ?? 0,
    });
  }
  return events;
}

const watchedAttempt = (attempt: Attempt): WatchedAttempt => ({
  startedAt: attempt.started.at,
  endedAt: attempt.endedAt,
  succeeded: attempt.succeeded,
  timeoutSeconds: attempt.spec.timeoutSeconds,
});

/** The event-invoke configuration that governs a step's event; undefined where a step changes any, or any's target. */
function configOf(scenario: Scenario, spec: FunctionSpec, step: InvokeStep): EventInvokeConfig | undefined {
  for (const other of scenario.steps) {
    if (other.do === 'remove') return undefined;
    if (other.do !== 'request') continue;
    if (
      /EventInvokeConfig$|^UpdateFunctionConfiguration$/.test(other.operation) &&
      !/^Get/.test(other.operation)
    ) {
      return undefined;
    }
  }
  const qualifier = step.qualifier ?? '$LATEST';
  const own = spec.eventInvoke?.find((config) => config.qualifier === qualifier);
  if (own !== undefined) return resolveEventInvoke(own);
  // AWS does not say whether a version's configuration holds for events sent through an alias of it.
  return (spec.eventInvoke?.length ?? 0) === 0 ? DEFAULT_EVENT_INVOKE : undefined;
}

/** Whether the scenario asks more of the function at once than may be reserved for it. */
function mayLackCapacity(scenario: Scenario, spec: FunctionSpec): boolean {
  if (scenario.account !== undefined || spec.provisioned !== undefined) return true;
  let demand = 0;
  for (const step of scenario.steps) {
    if (step.do === 'invoke') demand += step.times ?? 1;
    if (step.do === 'request' && step.operation === 'PutFunctionConcurrency') return true;
  }
  return spec.reservedConcurrency !== undefined && spec.reservedConcurrency < demand;
}
