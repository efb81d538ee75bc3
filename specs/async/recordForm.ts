/** The form of an invocation record, member by member. */
import { asObject, type JsonObject } from '../../engine/record.ts';

export interface Allowance {
  /** An attempt ran, so that there is a response to tell of. */
  readonly mustTellResponse: boolean;
  readonly mayLackPayloads: boolean;
  readonly mayLackResponsePayload: boolean;
}

export interface Fault {
  readonly expected: string;
  readonly observed: string;
}

/**
 * What is wrong with the form of a record; undefined where nothing is.
 *
 * AWS, invocation-async-retain-records.html, "Example invocation record": version, timestamp, requestContext with four
 * members, requestPayload, responseContext with two or three, responsePayload.
 */
export function formFault(record: JsonObject | undefined, allowance: Allowance): Fault | undefined {
  if (record === undefined) return { expected: 'an invocation record', observed: 'no JSON object' };
  if (record['version'] !== '1.0') return fault('version', '"1.0"', record);
  if (!isTimestamp(record['timestamp'])) return fault('timestamp', 'an ISO 8601 time', record);
  const request = asObject(record['requestContext']);
  if (request === undefined) return fault('requestContext', 'an object', record);
  for (const name of ['requestId', 'functionArn', 'condition']) {
    if (!isText(request[name])) return fault(name, 'a text in requestContext', request);
  }
  if (typeof request['approximateInvokeCount'] !== 'number')
    return fault('approximateInvokeCount', 'a number in requestContext', request);
  if (record['requestPayload'] === undefined && !allowance.mayLackPayloads)
    return fault('requestPayload', 'a member', record);
  return responseFault(record, allowance);
}

function responseFault(record: JsonObject, allowance: Allowance): Fault | undefined {
  if (record['responseContext'] === undefined && !allowance.mustTellResponse) return undefined;
  const response = asObject(record['responseContext']);
  if (response === undefined) return fault('responseContext', 'an object', record);
  if (typeof response['statusCode'] !== 'number')
    return fault('statusCode', 'a number in responseContext', response);
  if (!isText(response['executedVersion']))
    return fault('executedVersion', 'a text in responseContext', response);
  const mayLack = allowance.mayLackPayloads || allowance.mayLackResponsePayload;
  if (record['responsePayload'] === undefined && !mayLack)
    return fault('responsePayload', 'a member', record);
  return undefined;
}

const fault = (name: string, expected: string, holder: JsonObject): Fault => ({
  expected: `${name}: ${expected}`,
  observed:
    holder[name] === undefined ? `no ${name}` : `${name}: ${JSON.stringify(holder[name]).slice(0, 100)}`,
});

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** `2025-11-24T12:00:00.000Z`, with or without parts of a second. Looked at by place: this is asked of every record. */
function isTimestamp(value: unknown): boolean {
  if (typeof value !== 'string' || value.length < 17) return false;
  if (value[4] !== '-' || value[7] !== '-' || value[10] !== 'T' || value[13] !== ':') return false;
  return !Number.isNaN(Date.parse(value));
}
