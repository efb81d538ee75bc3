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

const polling = {
  queues: [
    { name: 'inbox', visibilityTimeoutSeconds: 2, redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
    { name: 'dead' },
    { name: 'failed' },
    { name: 'unread' },
  ],
  streams: [{ name: 's' }],
  mappings: [
    { name: 'm', source: 'queue:inbox', function: 'f' },
    { name: 'n', source: 'stream:s', function: 'f', onFailure: 'queue:failed' },
  ],
  steps: [{ atSeconds: 0, do: 'send', to: 'queue:unread', records: [{ record: 'r1' }] }],
};

test('what mappings read, and what is only sent to, is looked into by nobody; dead letters and destinations are', () => {
  const places = groupsOf(scenario(polling)).flatMap((group) => group.places);
  const sources = places.filter(({ source }) => source !== undefined).map(({ ref }) => ref);
  expect(sources).toEqual(['queue:inbox', 'queue:unread', 'stream:s']);
});

test('sources and dead-letter queues are made for one scenario alone, functions and destinations are lent again', () => {
  const all = scenario(polling);
  const reusable = groupsOf(all).filter((group) => isReusable(group, all));
  expect(
    reusable.flatMap(({ places, functions }) => [
      ...places.map((p) => p.ref),
      ...functions.map((f) => f.name),
    ]),
  ).toEqual(['queue:failed', 'f']);
  const other = scenario({ queues: [{ name: 'dead' }] });
  const keyOf = (ref: string) => groupsOf(all).find(({ places }) => places[0]?.ref === ref)?.key;
  expect(keyOf('queue:failed')).toBe(groupsOf(other)[0]?.key);
  expect(keyOf('queue:dead')).not.toBe(groupsOf(other)[0]?.key);
});

test('a queue whose attributes a step sets is not lent again', () => {
  const input = { QueueUrl: 'queue:q', Attributes: { VisibilityTimeout: '0' } };
  const set = scenario({
    queues: [{ name: 'q' }],
    steps: [{ atSeconds: 0, do: 'request', operation: 'SetQueueAttributes', input }],
  });
  expect(groupsOf(set).map((group) => isReusable(group, set))).toEqual([false, true]);
});
