/**
 * Dead-letter queues and topics. AWS, invocation-async-retain-records.html: the event itself, with the error in
 * three attributes; standard queues and topics only; an event that cannot be sent is deleted.
 */
import type { Delivered } from '../../engine/history.ts';
import type { Attempt } from './attempt.ts';
import { dispatch } from './destinations.ts';
import type { Dispatch } from './dispatch.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';
import { mayWrite } from './polling/steps.ts';
import { recordOf } from './records.ts';
import type { World } from './world.ts';

const ATTRIBUTE_NAMES_BYTES = 120;

/** A discarded event sets out for the function's dead-letter target. */
export function sendDeadLetter(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  resource: string,
  cause: Attempt | undefined,
): void {
  const { payload, payloadBytes } = invocation.asked;
  const { policy } = world;
  const message = errorMessage(world, invocation);
  dispatch(world, {
    role: 'deadLetter',
    isSuccess: false,
    resource,
    invocation,
    owner,
    cause,
    body:
      policy.deadLetterBody === 'event'
        ? payload
        : recordOf(world, owner, invocation, policy.exhaustedCondition, invocation.last),
    // The attributes count as part of the message (ASYNC-DLQ-08).
    bodyBytes: payloadBytes + ATTRIBUTE_NAMES_BYTES + message.length,
    attributes: policy.deadLetterAttributes ? attributesOf(invocation, message) : undefined,
  });
}

function errorMessage(world: World, { last }: Invocation): string {
  const whole = last === undefined || !last.isError ? 'Rate Exceeded.' : last.message;
  return whole.slice(0, world.policy.deadLetterErrorBytes);
}

function attributesOf(
  { requestId, last }: Invocation,
  message: string,
): NonNullable<Delivered['attributes']> {
  return {
    RequestID: { type: 'String', value: requestId },
    // AWS: the HTTP status code; 200 is recorded for function errors.
    ErrorCode: { type: 'Number', value: last === undefined ? '429' : '200' },
    ErrorMessage: { type: 'String', value: message },
  };
}

/** Whether the target takes the dead letter. */
export function takesDeadLetter(world: World, { resource, bodyBytes, owner }: Dispatch): boolean {
  const state = world.account.resources.get(resource);
  if (!mayWrite(world, owner.name, resource)) return false;
  if (state === undefined || !state.exists || state.isFifo) return false;
  if (state.kind === 'queue') return bodyBytes <= world.policy.queueRecordBytes;
  return state.kind === 'topic' && bodyBytes <= world.policy.topicRecordBytes;
}

/** The dead letter as its receiver sees it. */
export function deliveredDeadLetter(world: World, what: Dispatch): Delivered {
  const entry: { -readonly [K in keyof Delivered]: Delivered[K] } = {
    kind: 'delivered',
    at: world.seconds,
    resource: what.resource,
    body: what.body,
  };
  if (what.invocation.asked.event !== undefined) entry.event = what.invocation.asked.event;
  if (what.attributes !== undefined) entry.attributes = what.attributes;
  // Recorded from AWS: the blanks of the call's body are still there.
  const sent = what.invocation.asked.own?.body;
  if (sent !== undefined && sent !== JSON.stringify(what.body) && what.body === what.invocation.asked.payload)
    entry.text = sent;
  return entry;
}
