import { describe, expect, test } from 'vitest';
import {
  applyRequest,
  constant,
  DEFAULT_EVENT_INVOKE,
  hasKnownEffect,
  possible,
  settled,
  timelinesOf,
} from './configuration.ts';
import type { RequestStep } from './scenario.ts';

const request = (operation: RequestStep['operation'], input: RequestStep['input']): RequestStep => ({
  atSeconds: 0,
  do: 'request',
  operation,
  input: { FunctionName: 'f', ...input },
});

const changed = [...constant<number | null>(null), { from: 10, bindsAt: 15, value: 2 }];

describe('a setting', () => {
  test('has one value before a change is asked for and after it has settled', () => {
    expect([settled(changed, 0, 9), settled(changed, 16, 99)]).toEqual([null, 2]);
  });

  test('may have either value while a change settles', () => {
    expect(possible(changed, 12, 13)).toEqual([null, 2]);
    expect(settled(changed, 9, 11)).toBeUndefined();
  });

  test('never settles where the answer was not seen', () => {
    const open = [...constant(1), { from: 10, bindsAt: Number.POSITIVE_INFINITY, value: 2 }];
    expect(possible(open, 1_000, 2_000)).toEqual([1, 2]);
  });
});

describe('an event-invoke configuration', () => {
  const before = timelinesOf({
    name: 'f',
    timeoutSeconds: 3,
    eventInvoke: [
      { qualifier: '$LATEST', maximumRetryAttempts: 1, maximumEventAgeSeconds: 60, onFailure: 'queue:q' },
    ],
  });
  const inForceAfter = (step: RequestStep) =>
    applyRequest(before, step, 1, 2).eventInvoke?.get('$LATEST')?.at(-1)?.value;

  test('is replaced as a whole by Put: what is not given has its default again', () => {
    expect(inForceAfter(request('PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 0 }))).toEqual({
      ...DEFAULT_EVENT_INVOKE,
      maximumRetryAttempts: 0,
    });
  });

  test('keeps by Update what is not given', () => {
    expect(inForceAfter(request('UpdateFunctionEventInvokeConfig', { MaximumRetryAttempts: 0 }))).toEqual({
      maximumRetryAttempts: 0,
      maximumEventAgeSeconds: 60,
      onSuccess: undefined,
      onFailure: 'queue:q',
    });
  });

  test('is gone after Delete', () => {
    expect(inForceAfter(request('DeleteFunctionEventInvokeConfig', {}))).toBeNull();
  });

  test('of another qualifier is untouched', () => {
    const step = request('PutFunctionEventInvokeConfig', { Qualifier: '1', MaximumRetryAttempts: 0 });
    expect(inForceAfter(step)).toEqual(before.eventInvoke.get('$LATEST')?.[0]?.value);
  });
});

describe('the effect of an accepted request', () => {
  const effect = (operation: RequestStep['operation'], input: RequestStep['input']) =>
    hasKnownEffect({ atSeconds: 0, do: 'request', operation, input });

  test('is known where all values are in range', () => {
    expect(effect('PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 2 })).toBe(true);
    expect(effect('PutFunctionConcurrency', { ReservedConcurrentExecutions: 0 })).toBe(true);
  });

  test('is not known where the target took what AWS refuses', () => {
    expect(effect('PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 3 })).toBe(false);
    expect(effect('PutFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 59 })).toBe(false);
    expect(effect('UpdateFunctionConfiguration', { Timeout: 0 })).toBe(false);
    expect(effect('UpdateFunctionConfiguration', { DeadLetterConfig: { TargetArn: 'bus:b' } })).toBe(false);
    expect(effect('PutFunctionConcurrency', { ReservedConcurrentExecutions: -1 })).toBe(false);
  });

  test('is not known of an Update of one destination alone: nobody says whether the other one stays', () => {
    const one = { OnSuccess: { Destination: 'queue:done' } };
    const both = { ...one, OnFailure: { Destination: 'queue:failed' } };
    expect(effect('UpdateFunctionEventInvokeConfig', { DestinationConfig: one })).toBe(false);
    expect(effect('UpdateFunctionEventInvokeConfig', { DestinationConfig: both })).toBe(true);
    expect(effect('PutFunctionEventInvokeConfig', { DestinationConfig: one })).toBe(true);
  });
});
