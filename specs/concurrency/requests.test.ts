import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { prov01, prov04, res04 } from './requests.ts';

const f = { FunctionName: 'f' };
const INVALID = '400 InvalidParameterValueException: out of range';
const reserve = (count: number) => ({ ...f, ReservedConcurrentExecutions: count });
const provision = (count: number, Qualifier = '1') => ({
  ...f,
  Qualifier,
  ProvisionedConcurrentExecutions: count,
});
const versions = { function: { versions: 2 } };

describe('CONC-RES-04', () => {
  test('is kept by a reserve that leaves 100, and by the refusal of one that leaves 99', () => {
    const seen = requests(
      {},
      ['PutFunctionConcurrency', reserve(900), 200],
      ['PutFunctionConcurrency', reserve(901), INVALID],
    );
    expect(decided(res04, seen)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by a reserve that leaves 99', () => {
    const seen = requests({}, ['PutFunctionConcurrency', reserve(901), 200]);
    expect(decided(res04, seen).broken).toMatchObject([{ observed: 'accepted with 200' }]);
  });

  test('counts what other functions have reserved, as long as it is certain', () => {
    const g = { name: 'g', timeoutSeconds: 3, reservedConcurrency: 500 };
    const scenario = { functions: [{ name: 'f', timeoutSeconds: 3 }, g] };
    const settled = requests({ scenario }, ['PutFunctionConcurrency', reserve(401), 200]);
    expect(decided(res04, settled).broken).toHaveLength(1);
    const changing = requests(
      { scenario },
      ['DeleteFunctionConcurrency', { FunctionName: 'g' }, 204],
      ['PutFunctionConcurrency', reserve(401), 200, 1],
    );
    expect(decided(res04, changing)).toMatchObject({ kept: 0, broken: [] });
  });

  test('goes by the account limit of the scenario', () => {
    const scenario = { account: { concurrency: 20, unreservedMinimum: 10 } };
    const seen = requests({ scenario }, ['PutFunctionConcurrency', reserve(11), 200]);
    expect(decided(res04, seen).broken).toHaveLength(1);
  });

  test('says nothing of a reserve of 0', () => {
    expect(decided(res04, requests({}, ['PutFunctionConcurrency', reserve(0), INVALID]))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });
});

describe('CONC-PROV-01', () => {
  test('is kept by refusals in both directions', () => {
    const seen = requests(
      versions,
      ['PutProvisionedConcurrencyConfig', provision(2), 202],
      ['PutFunctionConcurrency', reserve(1), INVALID],
      ['PutFunctionConcurrency', reserve(2), 200],
      ['PutProvisionedConcurrencyConfig', provision(1, '2'), INVALID],
      ['PutProvisionedConcurrencyConfig', provision(3), INVALID],
    );
    expect(decided(prov01, seen)).toMatchObject({ kept: 4, broken: [] });
  });

  test('is broken by more provisioned than reserved, whichever came last', () => {
    const seen = requests(
      versions,
      ['PutFunctionConcurrency', reserve(2), 200],
      ['PutProvisionedConcurrencyConfig', provision(3), 202],
      ['PutFunctionConcurrency', reserve(1), 200],
    );
    expect(decided(prov01, seen).broken).toMatchObject([
      { entries: [{ call: 'c1' }] },
      { entries: [{ call: 'c2' }] },
    ]);
  });

  test('says nothing without a reserve, or without provisioned concurrency', () => {
    const seen = requests(
      versions,
      ['PutProvisionedConcurrencyConfig', provision(5), 202],
      ['DeleteProvisionedConcurrencyConfig', { ...f, Qualifier: '1' }, 204],
      ['PutFunctionConcurrency', reserve(1), 200],
    );
    expect(decided(prov01, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not accuse while the reserve is being changed', () => {
    const seen = requests(
      versions,
      ['PutFunctionConcurrency', reserve(5), 200, 1],
      ['PutFunctionConcurrency', reserve(1), 200, 60],
      ['PutProvisionedConcurrencyConfig', provision(3), 202, 61],
    );
    expect(decided(prov01, seen)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('CONC-PROV-04', () => {
  test('is kept by a version and an alias that are taken, and by the refusal of $LATEST', () => {
    const seen = requests(
      { function: { versions: 2, aliases: [{ name: 'live', version: '2' }] } },
      ['PutProvisionedConcurrencyConfig', provision(1), 202],
      ['PutProvisionedConcurrencyConfig', provision(1, 'live'), 202],
      ['PutProvisionedConcurrencyConfig', provision(1, '$LATEST'), INVALID],
    );
    expect(decided(prov04, seen)).toMatchObject({ kept: 3, broken: [] });
  });

  test('is broken by provisioned concurrency for $LATEST', () => {
    const seen = requests(versions, ['PutProvisionedConcurrencyConfig', provision(1, '$LATEST'), 202]);
    expect(decided(prov04, seen).broken).toHaveLength(1);
  });

  test('says nothing of a version that is not there', () => {
    const seen = requests(versions, ['PutProvisionedConcurrencyConfig', provision(1, '7'), INVALID]);
    expect(decided(prov04, seen)).toMatchObject({ kept: 0, broken: [] });
  });
});
