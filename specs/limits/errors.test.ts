import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { err01 } from './errors.ts';

const f = { FunctionName: 'f' };
const three = { ...f, MaximumRetryAttempts: 3 };
const one = { ...f, MaximumRetryAttempts: 1 };
const missing = { FunctionName: 'missing', MaximumRetryAttempts: 1 };

describe('LIM-ERR-01', () => {
  test('is kept by AWS’s names and statuses', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', three, '400 ValidationException: '],
      ['PutFunctionEventInvokeConfig', f, '400 InvalidParameterValueException: '],
      ['PutFunctionEventInvokeConfig', missing, '404 ResourceNotFoundException: '],
      ['UpdateFunctionEventInvokeConfig', one, '404 ResourceNotFoundException: '],
      ['GetFunctionConcurrency', f, '429 TooManyRequestsException: '],
    );
    expect(decided(err01, seen)).toMatchObject({ kept: 5, broken: [], unknown: [] });
  });

  test('is broken by other names and other statuses', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', three, '422 ValidationException: '],
      ['PutFunctionEventInvokeConfig', three, '400 BadRequest: '],
      ['PutFunctionEventInvokeConfig', missing, '400 ResourceNotFoundException: no such function'],
      ['PutFunctionEventInvokeConfig', missing, '404 NotFound: '],
      ['GetFunctionConcurrency', f, '429 SlowDown: '],
      ['PutFunctionEventInvokeConfig', three, '500 InternalError: '],
    );
    expect(decided(err01, seen).broken).toHaveLength(6);
  });

  test('says nothing of what is accepted, nor of refusals whose reason is not known', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', three, 200],
      ['PutFunctionEventInvokeConfig', one, '418 Teapot: '],
    );
    expect(decided(err01, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('lets a request that is invalid and for nothing be refused for either', () => {
    const both = { FunctionName: 'missing', MaximumRetryAttempts: 3 };
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', both, '400 ValidationException: '],
      ['PutFunctionEventInvokeConfig', both, '404 ResourceNotFoundException: '],
      ['UpdateFunctionEventInvokeConfig', three, '404 ResourceNotFoundException: '],
    );
    expect(decided(err01, seen)).toMatchObject({ kept: 3, broken: [] });
  });

  test('leaves open what was in conflict, without permission, or met a service that is down', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', three, '409 ResourceConflictException: '],
      ['PutFunctionEventInvokeConfig', three, '403 AccessDeniedException: '],
      ['PutFunctionEventInvokeConfig', three, '503 ServiceUnavailable: '],
    );
    expect(decided(err01, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 3 } });
  });

  test('does not expect 404 of a function that the scenario creates or removes', () => {
    const created = requests(
      {},
      ['CreateFunction', { FunctionName: 'extra' }, 201],
      ['GetFunction', { FunctionName: 'extra' }, '400 InvalidParameterValueException: '],
    );
    const removed = requests(
      { scenario: { steps: [{ atSeconds: 9, do: 'remove', resource: 'function:f' }] } },
      ['GetFunction', f, '404 ResourceNotFoundException: '],
    );
    expect(decided(err01, created)).toMatchObject({ kept: 0, broken: [] });
    expect(decided(err01, removed)).toMatchObject({ kept: 0, broken: [] });
  });
});
