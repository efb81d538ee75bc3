import { expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { groupsOf, isReusable } from './groups.ts';

const scenario = (change: object) =>
  scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], steps: [], ...change });
const keys = (change: object) => groupsOf(scenario(change)).map(({ key }) => key);

test('functions with the same dead-letter queue are lent together with it, others alone', () => {
  const groups = groupsOf(
    scenario({
      functions: [{ name: 'f', deadLetter: 'queue:d' }, { name: 'g', deadLetter: 'queue:d' }, { name: 'h' }],
      queues: [{ name: 'd' }, { name: 'other' }],
    }),
  );
  expect(
    groups.map(({ places, functions }) => [places.map((p) => p.ref), functions.map((f) => f.name)]),
  ).toEqual([
    [['queue:d'], ['f', 'g']],
    [['queue:other'], []],
    [[], ['h']],
  ]);
});

test('names make no difference, what CreateFunction says does', () => {
  expect(keys({ functions: [{ name: 'f' }] })).toEqual(keys({ functions: [{ name: 'g' }] }));
  expect(keys({ functions: [{ name: 'f' }] })).not.toEqual(
    keys({ functions: [{ name: 'f', timeoutSeconds: 9 }] }),
  );
  expect(keys({ functions: [{ name: 'f' }] })).not.toEqual(keys({ functions: [{ name: 'f', versions: 1 }] }));
  const reserved = { functions: [{ name: 'f', reservedConcurrency: 1 }] };
  expect(keys(reserved)).toEqual(keys({}));
});

test.each([
  [
    'a change of its configuration',
    { do: 'request', operation: 'PutFunctionConcurrency', input: { FunctionName: 'f' } },
  ],
  ['its removal', { do: 'remove', resource: 'function:f' }],
])('a function is not lent again after %s', (_, step) => {
  const changed = scenario({ steps: [{ atSeconds: 0, ...step }] });
  expect(groupsOf(changed).map((group) => isReusable(group, changed))).toEqual([false]);
});

test('a function is lent again after it was only looked at', () => {
  const looked = scenario({
    steps: [{ atSeconds: 0, do: 'request', operation: 'GetFunction', input: { FunctionName: 'f' } }],
  });
  expect(groupsOf(looked).map((group) => isReusable(group, looked))).toEqual([true]);
});

test('a fresh function is new each time', () => {
  const fresh = scenario({ functions: [{ name: 'f', fresh: true }] });
  expect(groupsOf(fresh).map((group) => isReusable(group, fresh))).toEqual([false]);
});
