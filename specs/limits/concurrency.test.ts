import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { conc01, conc02 } from './concurrency.ts';

const f = { FunctionName: 'f' };
const INVALID = '400 InvalidParameterValueException: out of range';
const reserve = (count: number) => ({ ...f, ReservedConcurrentExecutions: count });
const provision = (count: number) => ({ ...f, Qualifier: '1', ProvisionedConcurrentExecutions: count });

describe('LIM-CONC-01', () => {
  test('is kept by a reserve of 0, and by refusals of -1, of none and of a version', () => {
    const seen = requests(
      { function: { versions: 1 } },
      ['PutFunctionConcurrency', reserve(0), 200],
      ['PutFunctionConcurrency', reserve(-1), '400 ValidationException: '],
      ['PutFunctionConcurrency', f, INVALID],
      ['PutFunctionConcurrency', { ...reserve(1), FunctionName: 'function:f:1' }, INVALID],
    );
    expect(decided(conc01, seen)).toMatchObject({ kept: 4, broken: [] });
  });

  test('is broken by a reserve of -1 that is taken, by one of 0 that is not, and by one for a version', () => {
    const seen = requests(
      { function: { versions: 1 } },
      ['PutFunctionConcurrency', reserve(-1), 200],
      ['PutFunctionConcurrency', reserve(0), INVALID],
      ['PutFunctionConcurrency', { ...reserve(1), FunctionName: 'function:f:1' }, 200],
    );
    expect(decided(conc01, seen).broken).toHaveLength(3);
  });

  test('says nothing where there is no such request', () => {
    const seen = requests({}, ['GetFunctionConcurrency', f, { status: 200, output: {} }]);
    expect(decided(conc01, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not accuse a refusal for what other functions of the account have reserved', () => {
    const unreserved =
      "400 InvalidParameterValueException: decreases account's UnreservedConcurrentExecution below its minimum";
    const seen = requests({}, ['PutFunctionConcurrency', reserve(5), unreserved]);
    expect(decided(conc01, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 1 } });
  });
});

describe('LIM-CONC-02', () => {
  test('is kept by 1 for a version, and by refusals of 0 and of no qualifier', () => {
    const seen = requests(
      { function: { versions: 1 } },
      ['PutProvisionedConcurrencyConfig', provision(1), 202],
      ['PutProvisionedConcurrencyConfig', provision(0), '400 ValidationException: '],
      ['PutProvisionedConcurrencyConfig', { ...f, ProvisionedConcurrentExecutions: 1 }, INVALID],
    );
    expect(decided(conc02, seen)).toMatchObject({ kept: 3, broken: [] });
  });

  test('is broken by 0 that is taken, and by a configuration for no qualifier', () => {
    const seen = requests(
      { function: { versions: 1 } },
      ['PutProvisionedConcurrencyConfig', provision(0), 202],
      ['PutProvisionedConcurrencyConfig', { ...f, ProvisionedConcurrentExecutions: 1 }, 202],
    );
    expect(decided(conc02, seen).broken).toHaveLength(2);
  });

  test('says nothing where there is no such request', () => {
    const seen = requests({}, ['GetProvisionedConcurrencyConfig', { ...f, Qualifier: '1' }, 200]);
    expect(decided(conc02, seen)).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not accuse the refusal of an alias whose version is provisioned already', () => {
    const seen = requests(
      { function: { versions: 1, aliases: [{ name: 'live', version: '1' }] } },
      ['PutProvisionedConcurrencyConfig', provision(1), 202],
      [
        'PutProvisionedConcurrencyConfig',
        { ...provision(1), Qualifier: 'live' },
        '409 ResourceConflictException: Alias is on an already Provisioned version',
      ],
    );
    expect(decided(conc02, seen)).toMatchObject({ kept: 1, broken: [] });
  });
});
