import { expect, test } from 'vitest';
import { failureOf, isDecline, isNeverMade, type Refusal } from './failures.ts';

const refused = (status: number, error: string, message = ''): Refusal => ({
  kind: 'refused',
  status,
  error,
  message,
});

test.each([
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED', $metadata: {} }), 'closed'],
  [Object.assign(new AggregateError([{ code: 'ECONNREFUSED' }])), 'closed'],
  [
    Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET', $metadata: {} }),
    'broken',
  ],
  [Object.assign(new Error('Request aborted'), { name: 'AbortError' }), 'slow'],
  [Object.assign(new SyntaxError('Unexpected token <'), { $metadata: { httpStatusCode: 200 } }), 'foreign'],
  [new Error('No value provided for input HTTP label: FunctionName.'), 'unsent'],
  [Object.assign(new Error('x'), { $fault: 'client', $metadata: { httpStatusCode: 400 } }), 'refused'],
])('%s is %s', (thrown, kind) => {
  expect(failureOf(thrown).kind).toBe(kind);
});

test.each([
  refused(501, 'Unknown'),
  refused(405, 'Unknown'),
  refused(400, 'UnknownOperationException'),
  refused(400, 'InvalidAction'),
  refused(500, 'InternalFailure', 'The API action PutFunctionRecursionConfig is not yet implemented'),
])('it says that it does not offer this: %j', (refusal) => {
  expect(isDecline(refusal)).toBe(true);
});

test('another language than the API’s says that it is not offered, but for a gateway’s page', () => {
  const page = (status: number) => ({ kind: 'foreign', message: 'a web page', status }) as const;
  expect([404, 501, 200, 502, 503, 504].map((status) => isDecline(page(status)))).toEqual([
    ...[true, true, true, false, false, false],
  ]);
});

test.each([
  refused(400, 'InvalidParameterValueException', 'The runtime nodejs4.3 is not supported'),
  refused(404, 'ResourceNotFoundException', 'Function not found: f'),
  refused(429, 'TooManyRequestsException', 'Rate Exceeded.'),
  refused(500, 'ServiceException', 'Internal error'),
])('it refuses this input only: %j', (refusal) => {
  expect(isDecline(refusal)).toBe(false);
});

test.each([
  [refused(400, 'InvalidParameterValueException'), true],
  [refused(501, 'NotImplemented'), true],
  [refused(500, 'InternalFailure', 'API for service sns not yet implemented'), true],
  [refused(500, 'ServiceException'), false],
  [{ kind: 'closed', message: 'ECONNREFUSED' } as const, true],
  [{ kind: 'foreign', message: 'a web page', status: 404 } as const, true],
  [{ kind: 'foreign', message: 'a web page', status: 502 } as const, false],
  [{ kind: 'foreign', message: 'a web page', status: 201 } as const, false],
  [{ kind: 'slow', message: '' } as const, false],
  [{ kind: 'broken', message: 'ECONNRESET' } as const, false],
])('a creation that failed like this made nothing for certain: %j %s', (failure, isCertain) => {
  expect(isNeverMade(failure)).toBe(isCertain);
});
