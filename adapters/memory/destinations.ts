/**
 * Destinations of asynchronous invocations: SQS, SNS, Lambda, EventBridge, S3.
 * AWS, invocation-async-retain-records.html.
 */
import type { Delivered } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import type { Attempt } from './attempt.ts';
import type { Dispatch } from './dispatch.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation, Result } from './invocation.ts';
import { mayWrite } from './polling/steps.ts';
import { functionArn } from './qualifiers.ts';
import { ENVELOPE_BYTES, isoTime, recordOf } from './records.ts';
import type { World } from './world.ts';

const DELIVERY_LEAST_MS = 3;

/** A record sets out for a destination. */
export function sendRecord(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  resource: string,
  condition: string,
  cause: Attempt | undefined,
  result: Result | undefined,
): void {
  const bodyBytes = ENVELOPE_BYTES + invocation.asked.payloadBytes + (result?.payloadBytes ?? 0);
  dispatch(world, {
    role: 'record',
    isSuccess: result !== undefined && !result.isError,
    resource,
    invocation,
    owner,
    cause,
    body: recordOf(world, owner, invocation, condition, result),
    bodyBytes,
    attributes: undefined,
  });
}

export function dispatch(world: World, what: Dispatch): void {
  const mostMs = Math.max(DELIVERY_LEAST_MS, world.policy.deliveryMostSeconds * 1_000);
  world.clock.in(world.chance.between(DELIVERY_LEAST_MS, mostMs), 'deliver', what);
}

/** Whether the resource takes the record. */
export function takesRecord(world: World, { resource, isSuccess, bodyBytes, owner }: Dispatch): boolean {
  const state = world.account.resources.get(resource);
  if (!mayWrite(world, owner.name, resource)) return false;
  if (state === undefined || !state.exists || state.isFifo) return false;
  const { policy } = world;
  switch (state.kind) {
    case 'queue':
      return bodyBytes <= policy.queueRecordBytes;
    case 'topic':
      // The pages disagree: the record comes without its payloads, or delivery fails. It is drawn.
      return bodyBytes <= policy.topicRecordBytes || world.chance.isTrue(0.5);
    case 'bus':
      return bodyBytes <= policy.busRecordBytes;
    case 'stream':
    case 'table':
    case 'kafka':
    case 'broker':
      return false;
    case 'bucket':
      // AWS, API_OnSuccess.html: S3 is for failures only.
      return !isSuccess;
    case 'function':
      return bodyBytes <= policy.asyncPayloadBytes;
  }
}

/** A record as the receiver of its kind of resource sees it. */
export function deliveredRecord(world: World, what: Dispatch): Delivered {
  const { resource, invocation } = what;
  const entry: { -readonly [K in keyof Delivered]: Delivered[K] } = {
    kind: 'delivered',
    at: world.seconds,
    resource,
    body: what.body,
  };
  if (invocation.asked.event !== undefined) entry.event = invocation.asked.event;
  if (resource.startsWith('topic:') && what.bodyBytes > world.policy.topicRecordBytes)
    entry.body = withoutPayloads(what.body);
  if (resource.startsWith('bus:') && world.policy.wrapsRecordsForBuses) entry.body = busEvent(world, what);
  if (resource.startsWith('bucket:')) entry.objectKey = objectKey(world, what.owner);
  return entry;
}

function withoutPayloads(record: Json): Json {
  const { requestPayload: _request, responsePayload: _response, ...rest } = asObject(record) ?? {};
  return rest;
}

function busEvent(world: World, { body, resource, isSuccess, owner }: Dispatch): Json {
  const record = asObject(body);
  const context = asObject(record?.['requestContext']);
  return {
    version: '0',
    id: world.nextRequestId(),
    'detail-type': `Lambda Function Invocation Result - ${isSuccess ? 'Success' : 'Failure'}`,
    source: 'lambda',
    account: '123456789012',
    time: `${isoTime(world).slice(0, 19)}Z`,
    region: 'us-east-1',
    resources: [
      `arn:aws:events:us-east-1:123456789012:event-bus/${resource.slice('bus:'.length)}`,
      context?.['functionArn'] ?? functionArn(owner.name),
    ],
    detail: body,
  };
}

/** AWS: `aws/lambda/async/<function>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>`. */
function objectKey(world: World, owner: FunctionRuntime): string {
  const time = isoTime(world);
  const day = time.slice(0, 10).replaceAll('-', '/');
  const second = time.slice(0, 19).replaceAll(':', '.');
  return `${world.policy.objectKeyPrefix}${owner.name}/${day}/${second}-${world.nextRequestId()}`;
}
