/** Telling an invocation record from a dead letter, and reading it out of its envelope. */
import type { Delivered } from './history.ts';
import type { Json } from './json.ts';
import type { Scenario } from './scenario.ts';

export type JsonObject = { readonly [key: string]: Json };

/** `value` as an object, or undefined where it is anything else. */
export const asObject = (value: Json | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

/**
 * The invocation record in a delivery: the body itself, or the `detail` of an EventBridge event. Undefined where
 * the body is no object.
 */
export function recordIn(resource: string, body: Json): JsonObject | undefined {
  const whole = asObject(body);
  return resource.startsWith('bus:') ? asObject(whole?.['detail']) : whole;
}

/**
 * Whether a delivery is a dead letter. The resource decides: one that only dead letters may reach gets dead
 * letters, whatever they look like. Where both may arrive, a record is known by its `requestContext`.
 */
export function isDeadLetter(delivered: Delivered, scenario: Scenario): boolean {
  let mayBeDeadLetter = false;
  let mayBeRecord = false;
  for (const spec of scenario.functions) {
    if (spec.deadLetter === delivered.resource) mayBeDeadLetter = true;
    for (const config of spec.eventInvoke ?? []) {
      if (config.onSuccess === delivered.resource || config.onFailure === delivered.resource)
        mayBeRecord = true;
    }
  }
  for (const step of scenario.steps) {
    if (step.do !== 'request') continue;
    if (asObject(step.input['DeadLetterConfig'])?.['TargetArn'] === delivered.resource)
      mayBeDeadLetter = true;
    const destinations = asObject(step.input['DestinationConfig']);
    if (destinations === undefined) continue;
    for (const side of ['OnSuccess', 'OnFailure']) {
      if (asObject(destinations[side])?.['Destination'] === delivered.resource) mayBeRecord = true;
    }
  }
  if (mayBeDeadLetter && mayBeRecord)
    return recordIn(delivered.resource, delivered.body)?.['requestContext'] === undefined;
  return mayBeDeadLetter;
}
