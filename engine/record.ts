/** Telling an invocation record from a dead letter, and reading it out of its envelope. */
import type { Delivered } from './history.ts';
import { type Json, parsedJson } from './json.ts';
import type { Scenario } from './scenario.ts';
import type { QueueSpec } from './sourceSpec.ts';
import type { Delivery } from './view.ts';

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

/** On the wire a queue's redrive policy is JSON text; a scenario may write it as what that text says. */
export function redriveIn(policy: Json | undefined): QueueSpec['redrive'] | undefined {
  const said = asObject(typeof policy === 'string' ? parsedJson(policy) : policy);
  const to = said?.['deadLetterTargetArn'];
  const count = Number(said?.['maxReceiveCount']);
  return typeof to === 'string' ? { to, maxReceiveCount: count } : undefined;
}

/**
 * Tells dead letters from invocation records. The resource decides: one that only dead letters may reach gets dead
 * letters, whatever they look like. Where both may arrive, a record is known by its `requestContext`.
 */
export class DeliveryRoles {
  private readonly mayBeDeadLetter = new Set<unknown>();
  private readonly mayBeRecord = new Set<unknown>();
  private readonly mayBeBatchRecord = new Set<unknown>();
  private readonly mayBeRedriven = new Set<unknown>();

  constructor(scenario: Scenario) {
    for (const spec of scenario.functions) {
      if (spec.deadLetter !== undefined) this.mayBeDeadLetter.add(spec.deadLetter);
      for (const config of spec.eventInvoke ?? []) {
        this.mayBeRecord.add(config.onSuccess);
        this.mayBeRecord.add(config.onFailure);
      }
    }
    for (const { redrive } of scenario.queues ?? [])
      if (redrive !== undefined) this.mayBeRedriven.add(redrive.to);
    for (const { onFailure } of scenario.mappings ?? [])
      if (onFailure !== undefined) this.mayBeBatchRecord.add(onFailure);
    for (const step of scenario.steps) {
      if (step.do !== 'request') continue;
      if (step.operation.endsWith('EventSourceMapping')) {
        const onFailure = asObject(asObject(step.input['DestinationConfig'])?.['OnFailure']);
        this.mayBeBatchRecord.add(onFailure?.['Destination']);
        continue;
      }
      const redrive = redriveIn(asObject(step.input['Attributes'])?.['RedrivePolicy']);
      if (redrive !== undefined) this.mayBeRedriven.add(redrive.to);
      this.mayBeDeadLetter.add(asObject(step.input['DeadLetterConfig'])?.['TargetArn']);
      const destinations = asObject(step.input['DestinationConfig']);
      this.mayBeRecord.add(asObject(destinations?.['OnSuccess'])?.['Destination']);
      this.mayBeRecord.add(asObject(destinations?.['OnFailure'])?.['Destination']);
    }
  }

  /** What a delivery is. */
  of(delivered: Delivered): Delivery['role'] {
    const { resource } = delivered;
    // The driver and the model name the record that a message from a source queue is.
    if (delivered.record !== undefined && this.mayBeRedriven.has(resource)) return 'redriven';
    if (this.mayBeBatchRecord.has(resource)) {
      if (!this.mayBeRecord.has(resource) && !this.mayBeDeadLetter.has(resource)) return 'batchRecord';
      const record = recordIn(resource, delivered.body);
      if (record?.['requestContext'] !== undefined && record['requestPayload'] === undefined)
        return 'batchRecord';
    }
    if (!this.mayBeDeadLetter.has(delivered.resource)) return 'record';
    if (!this.mayBeRecord.has(delivered.resource)) return 'deadLetter';
    const looksLikeRecord = recordIn(delivered.resource, delivered.body)?.['requestContext'] !== undefined;
    return looksLikeRecord ? 'record' : 'deadLetter';
  }
}
