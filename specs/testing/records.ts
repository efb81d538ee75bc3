/** What arrives about an event, as a conforming target would send it, for the notation. */
import type { Delivered, Started } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';

/** An event as records and dead letters tell of it. */
export interface Told {
  readonly event: string;
  readonly payload: Json;
  readonly at: number;
  /** `queue:failed`, … */
  readonly resource: string;
}

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f';

/**
 * An invocation record at its destination, in what wraps it there. A function gets it as the payload of an attempt.
 * @param condition `Success`, or any other for a failure; without a response for `ZeroReservedConcurrency`
 */
export function recordEntry(
  { event, payload, at, resource }: Told,
  condition: string,
  count: number,
): Delivered | Started {
  const isOk = condition === 'Success';
  const record: Json = {
    version: '1.0',
    timestamp: '2025-11-24T12:00:00.000Z',
    requestContext: {
      requestId: `r-${event}`,
      functionArn: `${ARN}:$LATEST`,
      condition,
      approximateInvokeCount: count,
    },
    requestPayload: payload,
    ...(condition === 'ZeroReservedConcurrency' ? {} : responseOf(isOk, payload)),
  };
  if (resource.startsWith('function:')) return startedWith(record, event, at, resource.slice(9));
  const delivered = { kind: 'delivered', at, resource, event } as const;
  if (resource.startsWith('bus:')) return { ...delivered, body: busEvent(record, isOk, resource.slice(4)) };
  if (!resource.startsWith('bucket:')) return { ...delivered, body: record };
  return {
    ...delivered,
    body: record,
    objectKey: `aws/lambda/async/f/2025/11/24/2025-11-24T12.00.00-${event}`,
  };
}

const responseOf = (isOk: boolean, payload: Json) => ({
  responseContext: isOk
    ? { statusCode: 200, executedVersion: '$LATEST' }
    : { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  responsePayload: isOk ? payload : { errorType: 'Error', errorMessage: 'thrown' },
});

const busEvent = (record: Json, isOk: boolean, bus: string): Json => ({
  version: '0',
  id: 'event-1',
  'detail-type': `Lambda Function Invocation Result - ${isOk ? 'Success' : 'Failure'}`,
  source: 'lambda',
  account: '123456789012',
  time: '2025-11-24T12:00:00Z',
  region: 'us-east-1',
  resources: [`arn:aws:events:us-east-1:123456789012:event-bus/${bus}`, `${ARN}:$LATEST`],
  detail: record,
});

const startedWith = (payload: Json, about: string, at: number, name: string): Started => ({
  kind: 'started',
  at,
  attempt: `d-${about}`,
  function: name,
  version: '$LATEST',
  requestId: `d-r-${about}`,
  about,
  payload,
  planned: 'ok',
});

/** A dead letter: the event itself, and three attributes. */
export const deadLetterEntry = ({ event, payload, at, resource }: Told): Delivered => ({
  kind: 'delivered',
  at,
  resource,
  event,
  body: payload,
  text: JSON.stringify(payload),
  attributes: {
    RequestID: { type: 'String', value: `r-${event}` },
    ErrorCode: { type: 'Number', value: '200' },
    ErrorMessage: { type: 'String', value: 'thrown' },
  },
});
