import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { eic01, eic02, eic03, eic04 } from './eventInvokeConfig.ts';

const f = { FunctionName: 'f' };
const INVALID = '400 InvalidParameterValueException: no';
const VALIDATION = '400 ValidationException: 1 validation error detected';

describe('LIM-EIC-01', () => {
  test('is kept by refusals of 3 and -1, under either of the two names', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 3 }, VALIDATION],
      ['UpdateFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: -1 }, INVALID],
    );
    expect(decided(eic01, seen)).toMatchObject({ kept: 2, broken: [], unknown: [] });
  });

  test('is broken by 3 retries that are accepted', () => {
    const seen = requests({}, ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 3 }, 200]);
    expect(decided(eic01, seen).broken).toMatchObject([{ observed: 'accepted with 200' }]);
  });

  test('is broken by 2 retries that are refused', () => {
    const seen = requests({}, ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 2 }, INVALID]);
    expect(decided(eic01, seen).broken).toMatchObject([{ entries: [{ kind: 'rejected' }] }]);
  });

  test('is broken by a target that fails where it should refuse', () => {
    const line = [
      'PutFunctionEventInvokeConfig',
      { ...f, MaximumRetryAttempts: 3 },
      '500 InternalError: ',
    ] as const;
    expect(decided(eic01, requests({}, line)).broken).toHaveLength(1);
  });

  test('says nothing of a configuration without retries', () => {
    const seen = requests({}, ['PutFunctionEventInvokeConfig', { ...f, MaximumEventAgeInSeconds: 60 }, 200]);
    expect(decided(eic01, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not accuse a refusal of a valid number for what else is wrong in the request', () => {
    const seen = requests(
      {},
      [
        'PutFunctionEventInvokeConfig',
        { ...f, MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 1 },
        VALIDATION,
      ],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 1, Qualifier: 'nobody' }, INVALID],
      ['PutFunctionEventInvokeConfig', { FunctionName: 'g', MaximumRetryAttempts: 1 }, INVALID],
    );
    expect(decided(eic01, seen)).toMatchObject({ kept: 0, broken: [] });
  });

  test('leaves open what was throttled, in conflict, without permission or never answered', () => {
    const three = { ...f, MaximumRetryAttempts: 3 };
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', three, '429 TooManyRequestsException: '],
      ['PutFunctionEventInvokeConfig', three, '409 ResourceConflictException: '],
      ['PutFunctionEventInvokeConfig', three, '403 AccessDeniedException: '],
      ['PutFunctionEventInvokeConfig', three, undefined],
    );
    expect(decided(eic01, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 3 } });
  });

  test('says nothing of a target that declines the operation', () => {
    const three = { ...f, MaximumRetryAttempts: 3 };
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', three, '501 NotImplemented: '],
      ['PutFunctionEventInvokeConfig', three, '404 UnknownOperationException: '],
    );
    expect(decided(eic01, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not accuse a refusal with 404 of a value out of range for a function that is not there', () => {
    const line = [
      'PutFunctionEventInvokeConfig',
      { FunctionName: 'missing', MaximumRetryAttempts: 3 },
      '404 ResourceNotFoundException: ',
    ] as const;
    expect(decided(eic01, requests({}, line))).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('LIM-EIC-02', () => {
  test('is kept at both ends of the range, and refused beyond them', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', { ...f, MaximumEventAgeInSeconds: 60 }, 200],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumEventAgeInSeconds: 21_600 }, 200],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumEventAgeInSeconds: 59 }, VALIDATION],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumEventAgeInSeconds: 21_601 }, VALIDATION],
    );
    expect(decided(eic02, seen)).toMatchObject({ kept: 4, broken: [] });
  });

  test('is broken by an age of 59 seconds that is accepted', () => {
    const seen = requests({}, [
      'UpdateFunctionEventInvokeConfig',
      { ...f, MaximumEventAgeInSeconds: 59 },
      200,
    ]);
    expect(decided(eic02, seen).broken).toMatchObject([{ observed: 'accepted with 200' }]);
  });

  test('says nothing of a configuration without an age', () => {
    const seen = requests({}, ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 0 }, 200]);
    expect(decided(eic02, seen)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('LIM-EIC-03', () => {
  const to = (Destination: string) => ({ ...f, DestinationConfig: { OnFailure: { Destination } } });
  const scenario = { queues: [{ name: 'failed' }] };

  test('is kept by a queue that is taken, and by refusals of long and malformed ones', () => {
    const seen = requests(
      { scenario },
      ['PutFunctionEventInvokeConfig', to('queue:failed'), 200],
      ['PutFunctionEventInvokeConfig', to('not-an-arn'), VALIDATION],
      [
        'PutFunctionEventInvokeConfig',
        to(`arn:aws:sqs:us-east-1:123456789012:${'q'.repeat(330)}`),
        VALIDATION,
      ],
      ['PutFunctionEventInvokeConfig', f, INVALID],
    );
    expect(decided(eic03, seen)).toMatchObject({ kept: 4, broken: [] });
  });

  test('is broken by what is no ARN and by a Put of nothing', () => {
    const seen = requests(
      { scenario },
      ['PutFunctionEventInvokeConfig', to('not-an-arn'), 200],
      ['PutFunctionEventInvokeConfig', f, 200],
    );
    expect(decided(eic03, seen).broken).toHaveLength(2);
  });

  test('says nothing of an Update of nothing, nor of an ARN that is not of the scenario', () => {
    const seen = requests(
      { scenario },
      ['UpdateFunctionEventInvokeConfig', f, 200],
      ['PutFunctionEventInvokeConfig', to('arn:aws:sqs:us-east-1:123456789012:other'), INVALID],
    );
    expect(decided(eic03, seen)).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not accuse a refusal that speaks of the role’s permissions', () => {
    const refusal =
      "400 InvalidParameterValueException: The function's execution role does not have permissions";
    const seen = requests({ scenario }, ['PutFunctionEventInvokeConfig', to('queue:failed'), refusal]);
    expect(decided(eic03, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 1 } });
  });
});

describe('LIM-EIC-04', () => {
  const update = { ...f, MaximumRetryAttempts: 1 };

  test('is kept by 404', () => {
    const seen = requests({}, ['UpdateFunctionEventInvokeConfig', update, '404 ResourceNotFoundException: ']);
    expect(decided(eic04, seen)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is not kept by a target that looks in vain for the function, which is there', () => {
    const lost = '404 ResourceNotFoundException: Function not found: /functions/f/event-invoke-config';
    const seen = requests({}, ['UpdateFunctionEventInvokeConfig', update, lost]);
    expect(decided(eic04, seen)).toMatchObject({ kept: 0, broken: [], unknown: [expect.any(String)] });
    const none = "404 ResourceNotFoundException: The function f doesn't have an EventInvokeConfig";
    expect(decided(eic04, requests({}, ['UpdateFunctionEventInvokeConfig', update, none]))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by an Update that makes a configuration', () => {
    const seen = requests({}, ['UpdateFunctionEventInvokeConfig', update, 200]);
    expect(decided(eic04, seen).broken).toMatchObject([{ observed: 'accepted with 200' }]);
  });

  test('applies again after a Delete', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', update, 200],
      ['DeleteFunctionEventInvokeConfig', f, 204],
      ['UpdateFunctionEventInvokeConfig', update, 200],
    );
    expect(decided(eic04, seen).broken).toMatchObject([{ entries: [{ call: 'c2' }] }]);
  });

  test('says nothing where a configuration is declared, was put, or may still be there', () => {
    const declared = requests(
      { function: { eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }] } },
      ['UpdateFunctionEventInvokeConfig', update, 200],
    );
    const put = requests(
      {},
      ['PutFunctionEventInvokeConfig', update, 200],
      ['UpdateFunctionEventInvokeConfig', update, 200],
      ['DeleteFunctionEventInvokeConfig', f, 204],
      ['UpdateFunctionEventInvokeConfig', update, 200, 120.5],
    );
    expect(decided(eic04, declared)).toMatchObject({ kept: 0, broken: [] });
    expect(decided(eic04, put)).toMatchObject({ kept: 0, broken: [] });
  });

  test('says nothing of an Update beside a Put that is not over', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', update, 200, 1],
      ['UpdateFunctionEventInvokeConfig', update, 200, 1.01],
    );
    expect(decided(eic04, seen)).toMatchObject({ kept: 0, broken: [] });
  });
});
