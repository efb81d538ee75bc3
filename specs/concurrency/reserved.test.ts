import { describe, expect, test } from 'vitest';
import { polled } from '../polling/testing/notation.ts';
import { type SeenCall, type SeenRequest, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { res01, res02, res03, res05 } from './reserved.ts';

const reserve = (reservedConcurrency: number) => ({ functions: [{ reservedConcurrency }] });
const ran = (at: number, until: number, step: SeenCall['step'] = {}): SeenCall => ({
  at,
  step,
  attempts: [{ planned: 'ok', at, until }],
  answered: {},
});
const put = (at: number, value: number): SeenRequest => ({
  at,
  request: 'PutFunctionConcurrency',
  input: { FunctionName: 'f', ReservedConcurrentExecutions: value },
});

describe('CONC-RES-01', () => {
  test('is kept by attempts one after the other', () => {
    expect(decided(res01, seen(reserve(1), ran(0, 2), ran(2.1, 4)))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by one attempt too many at once, whatever its qualifier and type', () => {
    const setting = { functions: [{ reservedConcurrency: 1, versions: 1 }] };
    const view = seen(setting, ran(0, 5), ran(2, 3, { qualifier: '1', type: 'Event' }));
    expect(decided(res01, view).broken).toMatchObject([{ observed: '2', entries: [{ attempt: 'a-e2-1' }] }]);
  });

  test('is broken, too, by one that is over in no time; which is in nobody’s way itself', () => {
    const view = seen(reserve(1), ran(0, 5), ran(2, 2.01));
    expect(decided(res01, view).broken).toMatchObject([{ observed: '2', entries: [{ attempt: 'a-e2-1' }] }]);
    expect(decided(res01, seen(reserve(1), ran(0, 0.01), ran(0.005, 2))).broken).toEqual([]);
  });

  test('says nothing of a function without a reserve, nor of one that was never asked for more', () => {
    expect(decided(res01, seen({}, ran(0, 5), ran(2, 3)))).toMatchObject({ kept: 0, broken: [] });
    expect(decided(res01, seen(reserve(2), ran(0, 5), ran(2, 3)))).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not mind what still runs when the reserve is lowered', () => {
    const view = seen(reserve(3), ran(0, 90), ran(0, 90), put(1, 1), ran(91, 92));
    expect(decided(res01, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('grants a settling interval to a lowered reserve, and none afterwards', () => {
    expect(decided(res01, seen(reserve(2), ran(0, 90), put(1, 1), ran(4, 5))).broken).toEqual([]);
    expect(decided(res01, seen(reserve(2), ran(0, 90), put(1, 1), ran(9, 10))).broken).toHaveLength(1);
  });

  test('is open for provisioned environments while others still run beyond a lowered reserve', () => {
    const provisioned = [{ qualifier: '1', concurrency: 1 }];
    const view = seen(
      { functions: [{ versions: 1, provisioned }] },
      ran(0, 90),
      ran(0, 90),
      put(1, 2),
      ran(70, 80, { qualifier: '1' }),
    );
    expect(decided(res01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('is open where provisioned concurrency is given while others run', () => {
    const input = { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 1 };
    const setting = { functions: [{ versions: 1, reservedConcurrency: 1 }] };
    const given: SeenRequest = { at: 1, request: 'PutProvisionedConcurrencyConfig', input };
    const view = seen(setting, ran(0, 9), given, ran(2, 3, { qualifier: '1' }));
    expect(decided(res01, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not count an attempt that was killed, nobody knows when exactly', () => {
    const killed: SeenCall = { at: 0, attempts: ['timeout'], answered: {} };
    expect(decided(res01, seen(reserve(1), killed, ran(2.5, 3))).broken).toEqual([]);
  });

  test('does not count an attempt of which nothing more was heard', () => {
    const lost: SeenCall = { at: 0, attempts: [{ planned: 'ok', ended: null }], hungUp: 1 };
    expect(decided(res01, seen(reserve(1), lost, ran(2.5, 3))).broken).toEqual([]);
  });
});

describe('CONC-RES-02', () => {
  const setting = {
    account: { concurrency: 3, unreservedMinimum: 0 },
    functions: [{ name: 'f' }, { name: 'g', reservedConcurrency: 2 }],
  };

  test('is kept by functions that stay within what is left', () => {
    expect(decided(res02, seen(setting, ran(0, 1), ran(2, 3)))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by the use of an idle reserve', () => {
    const { broken } = decided(res02, seen(setting, ran(0, 5), ran(2, 3)));
    expect(broken).toMatchObject([
      { expected: 'at most 1 attempts in flight on functions without a reserve' },
    ]);
  });

  test('says nothing where nothing is reserved, or there is enough for all', () => {
    const alone = { ...setting, functions: [{}] };
    expect(decided(res02, seen(alone, ran(0, 5), ran(2, 3)))).toMatchObject({ kept: 0, broken: [] });
    expect(
      decided(
        res02,
        seen({ ...setting, account: { concurrency: 4, unreservedMinimum: 0 } }, ran(0, 5), ran(2, 3)),
      ),
    ).toMatchObject({ kept: 0 });
  });

  test('does not count what runs on the reserve itself', () => {
    const view = seen(
      setting,
      ran(0, 5),
      ran(1, 4, { function: 'g' }),
      ran(1, 4, { function: 'g' }),
      ran(5.1, 6),
    );
    expect(decided(res02, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('takes a reserve that is being set for not yet taken from the others', () => {
    const later = { ...setting, functions: [{ name: 'f' }, { name: 'g' }] };
    const input = { FunctionName: 'g', ReservedConcurrentExecutions: 2 };
    const request: SeenRequest = { at: 1, request: 'PutFunctionConcurrency', input };
    expect(decided(res02, seen(later, request, ran(1, 5), ran(2, 3), ran(2, 3), ran(3, 4))).broken).toEqual(
      [],
    );
  });
});

describe('CONC-RES-03', () => {
  test('is kept by a function that starts nothing', () => {
    const view = seen(reserve(0), { rejected: { status: 429 } }, { step: { type: 'Event' }, answered: {} });
    expect(decided(res03, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an attempt, from the queue too', () => {
    expect(decided(res03, seen(reserve(0), ran(0, 1, { type: 'Event' }))).broken).toHaveLength(1);
  });

  test('is broken by an attempt of a mapping; and kept where the records wait', () => {
    const given = { function: { reservedConcurrency: 0 } };
    expect(decided(res03, polled(given, 'send r1 @0', 'batch r1 @1: ok')).broken).toHaveLength(1);
    expect(decided(res03, polled(given, 'send r1 @0'))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(res03, polled(given)).kept).toBe(0);
  });

  test('says nothing of other reserves, nor of a function that nobody calls', () => {
    expect(decided(res03, seen(reserve(1), ran(0, 1)))).toMatchObject({ kept: 0 });
    expect(decided(res03, seen(reserve(0)))).toMatchObject({ kept: 0 });
  });

  test('grants a settling interval on the way to 0, and the time from admission to start', () => {
    expect(decided(res03, seen({}, put(1, 0), ran(6.5, 7)))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(res03, seen({}, put(1, 0), ran(7.5, 8))).broken).toHaveLength(1);
  });

  test('is open where a second change was on its way at the same time', () => {
    const view = seen({}, put(1, 0), put(1, 5), ran(50, 51));
    expect(decided(res03, view)).toMatchObject({ broken: [] });
    expect(decided(res03, seen({}, put(1, 5), put(1, 0), ran(50, 51))).broken).toEqual([]);
  });

  test('is over as soon as the reserve may have been given back', () => {
    expect(decided(res03, seen(reserve(0), put(1, 1), ran(1.1, 2)))).toMatchObject({ kept: 1, broken: [] });
  });
});

describe('CONC-RES-05', () => {
  test('reports whether a changed reserve was heeded at once', () => {
    const refused: SeenCall = { at: 2, rejected: { status: 429, error: 'TooManyRequestsException' } };
    expect(decided(res05, seen({}, put(1, 0), refused)).observed).toEqual(['with the answer']);
    expect(decided(res05, seen({}, put(1, 0), ran(2, 3))).observed).toEqual(['some time after the answer']);
    expect(decided(res05, seen({}, put(1, 7), ran(2, 3))).observed).toEqual(['not to be seen']);
    expect(decided(res05, seen({}, ran(0, 9), put(1, 1), ran(2, 3))).observed).toEqual([
      'some time after the answer',
    ]);
  });

  test('says nothing where no reserve is changed', () => {
    expect(decided(res05, seen(reserve(1), ran(0, 1))).observed).toEqual([]);
  });
});
