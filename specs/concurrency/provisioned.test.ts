import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { prov02, prov03 } from './provisioned.ts';

const provisioned = (concurrency: number, reservedConcurrency?: number) => ({
  functions: [
    {
      versions: 1,
      provisioned: [{ qualifier: '1', concurrency }],
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    },
  ],
});
const ran = (at: number, until: number, qualifier = '1'): SeenCall => ({
  at,
  step: { qualifier },
  attempts: [{ planned: 'ok', at, until, version: qualifier }],
  answered: {},
});
const RESERVED = 'ReservedFunctionConcurrentInvocationLimitExceeded';
const throttled = (at: number, reason = RESERVED, qualifier = '1'): SeenCall => ({
  at,
  step: { qualifier },
  rejected: { status: 429, error: 'TooManyRequestsException', reason },
});

describe('CONC-PROV-02', () => {
  test('is kept by attempts beyond the provisioned level, up to the reserve', () => {
    const view = seen(provisioned(1, 2), ran(0, 5), ran(1, 5), throttled(2));
    expect(decided(prov02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a throttle at the provisioned level', () => {
    const view = seen(provisioned(1, 3), ran(0, 5), throttled(2));
    expect(decided(prov02, view).broken).toMatchObject([{ observed: `429 ${RESERVED}` }]);
    const unreserved = seen(provisioned(1), ran(0, 5), throttled(2, 'ConcurrentInvocationLimitExceeded'));
    expect(decided(prov02, unreserved).broken).toHaveLength(1);
  });

  test('is broken by attempts beyond the reserve', () => {
    expect(decided(prov02, seen(provisioned(1, 2), ran(0, 5), ran(1, 5), ran(2, 3))).broken).toHaveLength(1);
  });

  test('says nothing of a function that is not asked for more than is provisioned, or cannot have more', () => {
    expect(decided(prov02, seen(provisioned(1, 2), ran(0, 5)))).toMatchObject({ kept: 0 });
    expect(decided(prov02, seen(provisioned(2, 2), ran(0, 5), ran(1, 5), throttled(2)))).toMatchObject({
      kept: 0,
    });
    expect(decided(prov02, seen({}, ran(0, 5), throttled(2)))).toMatchObject({ kept: 0 });
  });

  test('does not mind a throttle of the rate, nor one of a version that is not provisioned', () => {
    for (const call of [
      throttled(2, 'ReservedFunctionInvocationRateLimitExceeded'),
      throttled(2, RESERVED, '$LATEST'),
    ]) {
      expect(decided(prov02, seen(provisioned(2, 3), ran(0, 5), ran(0, 5), call))).toMatchObject({
        kept: 1,
        broken: [],
      });
    }
  });

  test('counts what was accepted and not yet seen to start', () => {
    const waiting: SeenCall = { at: 1, step: { type: 'Event', qualifier: '1' }, answered: {} };
    const view = seen(provisioned(1, 2), ran(0, 5), waiting, throttled(2));
    expect(decided(prov02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('reckons with what is reserved or provisioned for other functions', () => {
    const [f] = provisioned(1).functions;
    const view = seen(
      {
        account: { concurrency: 4, unreservedMinimum: 0 },
        functions: [
          { name: 'f', ...f },
          { name: 'g', reservedConcurrency: 2 },
        ],
      },
      ran(0, 5),
      ran(1, 5),
      throttled(2, 'ConcurrentInvocationLimitExceeded'),
    );
    expect(decided(prov02, view)).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('CONC-PROV-03', () => {
  test('is kept by a throttle of $LATEST', () => {
    expect(decided(prov03, seen(provisioned(2, 2), throttled(0, RESERVED, '$LATEST')))).toMatchObject({
      kept: 1,
    });
  });

  test('is broken by a call of $LATEST that is served, also from the queue', () => {
    expect(decided(prov03, seen(provisioned(2, 2), ran(0, 1, '$LATEST'))).broken).toHaveLength(1);
    const event = { ...ran(0, 1, '$LATEST'), step: { type: 'Event' } } as const;
    expect(decided(prov03, seen(provisioned(2, 2), event)).broken).toHaveLength(1);
  });

  test('says nothing of the provisioned version, nor where some of the reserve is left', () => {
    expect(decided(prov03, seen(provisioned(2, 2), ran(0, 1)))).toMatchObject({ kept: 0 });
    expect(decided(prov03, seen(provisioned(1, 2), ran(0, 1, '$LATEST')))).toMatchObject({ kept: 0 });
  });

  test('does not judge while provisioned concurrency is being taken away', () => {
    const view = seen(
      provisioned(2, 2),
      { at: 0, request: 'DeleteProvisionedConcurrencyConfig', input: { FunctionName: 'f', Qualifier: '1' } },
      ran(1, 2, '$LATEST'),
    );
    expect(decided(prov03, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is open for a refusal for another reason', () => {
    const view = seen(provisioned(2, 2), { step: { payload: 1 }, rejected: { status: 415 } });
    expect(decided(prov03, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
