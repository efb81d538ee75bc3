import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { type RequestLine, requests } from '../testing/requests.ts';
import { api01 } from './rate.ts';

const THROTTLED = '429 TooManyRequestsException: Rate exceeded';
const burst = (count: number, answer: RequestLine[2], operation: RequestLine[0] = 'GetFunctionConcurrency') =>
  Array.from({ length: count }, (_, k): RequestLine => [operation, { FunctionName: 'f' }, answer, k / count]);

describe('LIM-API-01', () => {
  test('reports a throttle of one of 15 requests in a second', () => {
    const seen = requests({}, ...burst(14, 200), [
      'GetFunctionConcurrency',
      { FunctionName: 'f' },
      THROTTLED,
      0.99,
    ]);
    expect(decided(api01, seen).observed).toContain('within the quota: throttled');
  });

  test('reports what becomes of the 16th', () => {
    const { observed } = decided(api01, requests({}, ...burst(16, 200)));
    expect(observed[0]).toBe('within the quota: served');
    expect(observed.at(-1)).toBe('above the quota: served');
    const throttled = requests({}, ...burst(15, 200), [
      'GetFunctionConcurrency',
      { FunctionName: 'f' },
      THROTTLED,
      1,
    ]);
    expect(decided(api01, throttled).observed.at(-1)).toBe('above the quota: throttled');
  });

  test('counts GetFunction apart, up to 100', () => {
    const seen = requests({}, ...burst(50, 200, 'GetFunction'));
    expect(new Set(decided(api01, seen).observed)).toEqual(new Set(['within the quota: served']));
  });

  test('forgets what is more than a second ago, and does not count invocations', () => {
    const later: RequestLine = ['GetFunctionConcurrency', { FunctionName: 'f' }, 200, 5];
    expect(decided(api01, requests({}, ...burst(15, 200), later)).observed.at(-1)).toBe(
      'within the quota: served',
    );
    expect(decided(api01, requests({}, ['Invoke', { FunctionName: 'f' }, 200])).observed).toEqual([]);
  });
});
