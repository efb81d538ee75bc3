import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { fn01, fn02 } from './functions.ts';

const INVALID = '400 InvalidParameterValueException: out of range';
const timeout = (seconds: number) => ({ FunctionName: 'f', Timeout: seconds });
const made = (output: Record<string, Json>) => ({ status: 201, output });

describe('LIM-FN-01', () => {
  test('is kept by 1 and 900 seconds, by refusals of 0 and 5,401, and by a default of 3', () => {
    const seen = requests(
      {},
      ['UpdateFunctionConfiguration', timeout(1), 200],
      ['UpdateFunctionConfiguration', timeout(900), 200],
      ['UpdateFunctionConfiguration', timeout(0), '400 ValidationException: '],
      ['UpdateFunctionConfiguration', timeout(5_401), INVALID],
      ['CreateFunction', { FunctionName: 'extra' }, made({ Timeout: 3 })],
    );
    expect(decided(fn01, seen)).toMatchObject({ kept: 5, broken: [] });
  });

  test('is broken by 0 seconds that are taken, by 900 that are not, and by another default', () => {
    const seen = requests(
      {},
      ['UpdateFunctionConfiguration', timeout(0), 200],
      ['UpdateFunctionConfiguration', timeout(900), INVALID],
      ['CreateFunction', { FunctionName: 'extra' }, made({ Timeout: 60 })],
    );
    expect(decided(fn01, seen).broken).toHaveLength(3);
  });

  test('tolerates both of what the pages say about 901 to 5,400 seconds', () => {
    const seen = requests(
      {},
      ['UpdateFunctionConfiguration', timeout(901), 200],
      ['UpdateFunctionConfiguration', timeout(5_400), INVALID],
    );
    expect(decided(fn01, seen)).toMatchObject({ kept: 0, broken: [] });
  });

  test('does not accuse a conflict with an update that is under way', () => {
    const seen = requests({}, [
      'UpdateFunctionConfiguration',
      timeout(5),
      '409 ResourceConflictException: an update is in progress',
    ]);
    expect(decided(fn01, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 1 } });
  });
});

describe('LIM-FN-02', () => {
  const environment = (bytes: number) => ({
    FunctionName: 'extra',
    Environment: { Variables: { SIZE: 'x'.repeat(bytes) } },
  });
  const layers = (count: number) => ({ FunctionName: 'extra', Layers: Array(count).fill('arn:aws:lambda') });

  test('is kept by what fits, and by refusals of 5 KB and of six layers', () => {
    const seen = requests(
      {},
      ['CreateFunction', environment(3_000), 201],
      ['CreateFunction', environment(5_000), INVALID],
      ['CreateFunction', layers(6), '403 AccessDeniedException: no such layer'],
      ['CreateFunction', layers(6), INVALID],
    );
    expect(decided(fn02, seen)).toMatchObject({ kept: 3, broken: [], unknown: { length: 1 } });
  });

  test('is broken by 5 KB or six layers that are taken', () => {
    const seen = requests(
      {},
      ['CreateFunction', environment(5_000), 201],
      ['CreateFunction', layers(6), 201],
    );
    expect(decided(fn02, seen).broken).toHaveLength(2);
  });

  test('says nothing of what is about 4 KB, nor of layers that may not be there', () => {
    const seen = requests(
      {},
      ['CreateFunction', environment(4_090), 201],
      ['CreateFunction', layers(5), INVALID],
    );
    expect(decided(fn02, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});
