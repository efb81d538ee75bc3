import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided, history } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { inv01, inv02, inv04 } from './invocation.ts';

const dryRun = (more: Record<string, Json>) => ({ FunctionName: 'f', InvocationType: 'DryRun', ...more });
const INVALID = '400 InvalidParameterValueException: no such value';
const UNKNOWN = '404 ResourceNotFoundException: Function not found';

describe('LIM-INV-01', () => {
  test('is kept by the documented words that are taken, and by refusals of others', () => {
    const seen = requests(
      {},
      ['Invoke', dryRun({ LogType: 'Tail' }), 204],
      ['Invoke', { FunctionName: 'f', InvocationType: 'Sync' }, INVALID],
      ['Invoke', dryRun({ LogType: 'All' }), '400 ValidationException: '],
    );
    expect(decided(inv01, seen)).toMatchObject({ kept: 3, broken: [] });
  });

  test('is broken by an unknown word that is taken, and by a known one that is not', () => {
    const seen = requests(
      {},
      ['Invoke', { FunctionName: 'f', InvocationType: 'Sync' }, 200],
      ['Invoke', dryRun({ LogType: 'None' }), INVALID],
    );
    expect(decided(inv01, seen).broken).toHaveLength(2);
  });

  test('says nothing of a call that names neither, nor of one to a function that is not there', () => {
    const seen = requests(
      {},
      ['Invoke', { FunctionName: 'f' }, 200],
      ['Invoke', dryRun({ FunctionName: 'missing' }), UNKNOWN],
    );
    expect(decided(inv01, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not accuse a new function that is not active yet', () => {
    const seen = requests({ function: { fresh: true } }, [
      'Invoke',
      dryRun({ LogType: 'Tail' }),
      '400 InvalidParameterValueException: not now',
    ]);
    expect(decided(inv01, seen)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('LIM-INV-02', () => {
  test('is kept where too long is invalid, and as long as may be is merely unknown', () => {
    const seen = requests(
      {},
      ['Invoke', dryRun({ Qualifier: 'q'.repeat(129) }), '400 ValidationException: '],
      ['Invoke', dryRun({ FunctionName: 'n'.repeat(257) }), INVALID],
      ['Invoke', dryRun({ Qualifier: 'q'.repeat(128) }), UNKNOWN],
      ['Invoke', dryRun({ FunctionName: 'n'.repeat(64) }), UNKNOWN],
      ['CreateFunction', { FunctionName: 'n'.repeat(65) }, INVALID],
    );
    expect(decided(inv02, seen)).toMatchObject({ kept: 5, broken: [], unknown: [] });
  });

  test('is broken by a long name that is merely unknown, and by one in range that is invalid', () => {
    const seen = requests(
      {},
      ['Invoke', dryRun({ Qualifier: 'q'.repeat(129) }), UNKNOWN],
      ['Invoke', dryRun({ FunctionName: 'n'.repeat(64) }), INVALID],
      ['CreateFunction', { FunctionName: 'n'.repeat(65) }, 201],
    );
    expect(decided(inv02, seen).broken).toHaveLength(3);
  });

  test('leaves open how a bare name between 65 and 256 characters is refused', () => {
    const seen = requests(
      {},
      ['Invoke', dryRun({ FunctionName: 'n'.repeat(65) }), UNKNOWN],
      ['Invoke', dryRun({ FunctionName: 'n'.repeat(65) }), INVALID],
    );
    expect(decided(inv02, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('says nothing where there are no requests', () => {
    expect(decided(inv02, requests({}))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('LIM-INV-04', () => {
  const contextOf = (bytes: number) => 'A'.repeat(bytes);

  test('is kept by 3,583 bytes that are taken and 3,584 that are refused', () => {
    const seen = requests(
      {},
      ['Invoke', dryRun({ ClientContext: contextOf(3_583) }), 204],
      ['Invoke', dryRun({ ClientContext: contextOf(3_584) }), '413 RequestTooLargeException: '],
    );
    expect(decided(inv04, seen)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by 3,584 bytes that are taken', () => {
    const seen = requests({}, ['Invoke', dryRun({ ClientContext: contextOf(3_584) }), 204]);
    expect(decided(inv04, seen).broken).toMatchObject([{ observed: 'accepted with 204' }]);
  });

  test('judges calls by the length of their context’s base64', () => {
    const taken = 'e1: call, ok, answer 200';
    const long = { custom: { k: 'x'.repeat(2_700) } };
    expect(decided(inv04, called(taken, long)).broken).toHaveLength(1);
    expect(decided(inv04, called('e1: call, reject 400 InvalidParameterValueException', long))).toMatchObject(
      {
        kept: 1,
        broken: [],
      },
    );
    expect(decided(inv04, called(taken, { custom: {} }))).toMatchObject({ kept: 1, broken: [] });
  });

  test('does not accuse a refusal of a short context for another reason', () => {
    const seen = called('e1: call, reject 429 TooManyRequestsException', { custom: {} });
    expect(decided(inv04, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 1 } });
  });

  test('says nothing of a call without a context', () => {
    expect(decided(inv04, requests({}, ['Invoke', dryRun({}), 204]))).toMatchObject({ kept: 0, broken: [] });
  });

  function called(line: string, clientContext: Json): View {
    const { scenario, entries } = history({}, line);
    const steps = scenario.steps.map((step) => (step.do === 'invoke' ? { ...step, clientContext } : step));
    return viewOf({ scenario: { ...scenario, steps }, entries }, AWS_TOLERANCES);
  }
});
