import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { History } from '../../engine/history.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import { ScenarioError, type Target, TargetError } from '../../engine/target.ts';
import { tempFolder } from '../aws/testing/tempFolder.ts';
import { servesDeclared } from './driver.ts';
import type { DeclaredProfile } from './profile.ts';

const SERVER = fileURLToPath(new URL('testing/fakeServer.cjs', import.meta.url));

interface Fake {
  readonly target: Target;
  /** How many servers were started so far. */
  readonly starts: () => number;
}

/** A target of the fake server. `diesAt`: by the number of the start, the call on which that server dies. */
async function fake(change: Partial<DeclaredProfile> = {}, diesAt: readonly number[] = []): Promise<Fake> {
  let starts = 0;
  const profile: DeclaredProfile = {
    name: 'fake',
    homepage: '',
    version: '1',
    capabilities: ['invoke', 'environments', 'names', 'overlap'],
    tolerances: { retryTimeScale: 0.001, schedulingSlackSeconds: 0.1 },
    jobs: 4,
    functions: { timeoutsSeconds: [1, 3], ofEach: 2 },
    install: async () => '',
    server: async (_home, port, functions) => ({
      name: 'fake',
      command: process.execPath,
      args: [SERVER, String(port), JSON.stringify(functions)],
      env: { DIES_AT: String(diesAt[starts++] ?? 0) },
      healthUrl: `http://127.0.0.1:${port}/`,
      healthStatus: 404,
    }),
    ...change,
  };
  const target = await servesDeclared(profile)({ folder: tempFolder() });
  onTestFinished(() => target.close());
  return { target, starts: () => starts };
}

const call = (event: string, payload: unknown, change: object = {}) => ({
  ...{ atSeconds: 0, do: 'invoke', function: 'f', event, payload },
  ...change,
});
const run = async (target: Target, steps: object[], timeoutSeconds = 1): Promise<History> =>
  target.run(
    {
      scenario: scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f', timeoutSeconds }], steps }),
      seed: 1,
    },
    new AbortController().signal,
  );
const kinds = ({ entries }: History) => entries.map(({ kind }) => kind);

test('calls and attempts are seen, under the names of the scenario', async () => {
  const { target } = await fake();
  const history = await run(target, [call('e1', { n: 1 }, { plan: ['throw'] })]);
  expect(kinds(history)).toEqual(['requested', 'started', 'ended', 'answered', 'closed']);
  expect(history.entries[1]).toMatchObject({
    function: 'f',
    event: 'e1',
    payload: { n: 1 },
    planned: 'throw',
  });
  expect(history.entries[3]).toMatchObject({ functionError: 'Unhandled' });
});

test('where calls may not overlap, one waits for the other', async () => {
  const { target } = await fake({ functions: 'each', capabilities: ['invoke', 'environments'] });
  const plan = [{ do: 'ok', afterSeconds: 0.2 }];
  const history = await run(target, [call('e1', { n: 1 }, { plan }), call('e2', { n: 2 }, { plan })]);
  const once = ['requested', 'started', 'ended', 'answered'];
  expect(kinds(history)).toEqual([...once, ...once, 'closed']);
});

test.each([
  ['async', [call('e1', {}, { type: 'Event' })], 1],
  ['dryRun', [call('e1', {}, { type: 'DryRun' })], 1],
  ['stream', [call('e1', {}, { stream: true })], 1],
  ['versions', [call('e1', {}, { qualifier: '7' })], 1],
  ['overlap', [call('e1', {}, { times: 2 })], 1],
  ['names', [call('e1', {}, { function: 'nobody' })], 1],
  [
    'controlPlane',
    [{ atSeconds: 0, do: 'request', operation: 'GetFunction', input: { FunctionName: 'f' } }],
    1,
  ],
  ['controlPlane', [call('e1', {})], 2],
] as const)('a scenario that needs %s is declined', async (capability, steps, timeoutSeconds) => {
  const { target } = await fake({ capabilities: ['invoke'] });
  const history = await run(target, [...steps], timeoutSeconds);
  expect(kinds(history)).toEqual(['declined', 'closed']);
  expect(history.entries[0]).toMatchObject({ capability });
});

test('no function is lent twice: when all were used another server is started', async () => {
  const { target, starts } = await fake();
  for (const n of [1, 2, 3]) expect(kinds(await run(target, [call('e1', { n })]))).toContain('answered');
  // The first function was for the look whether functions report.
  expect(starts()).toBe(2);
});

test('a server that dies by the way is started anew, and what ran there runs again', async () => {
  const { target, starts } = await fake({}, [3]);
  const first = await run(target, [call('e1', { n: 1 })]);
  const second = await run(target, [call('e1', { n: 2 })], 3);
  const third = await run(target, [call('e1', { n: 3 })], 3);
  for (const history of [first, second, third]) expect(kinds(history)).toContain('answered');
  // One that goes on, and one on which the second was tried again.
  expect(starts()).toBe(3);
});

test.each(['each', { timeoutsSeconds: [1], ofEach: 9 }] as const)(
  'a scenario that ends the server is told with its last words, and the others have their results: %j',
  async (functions) => {
    const { target } = await fake({ functions });
    const slow = [{ do: 'ok', afterSeconds: 0.3 }];
    const beside = run(target, [call('e1', { n: 1 }, { plan: slow })]);
    const deadly = run(target, [call('e1', 'die')]);
    await expect(deadly).rejects.toThrow(ScenarioError);
    await expect(deadly).rejects.toThrow(/did not survive this scenario.*boom at call/);
    expect(kinds(await beside)).toContain('answered');
    expect(kinds(await run(target, [call('e1', { n: 2 })]))).toContain('answered');
  },
);

test('an endpoint that runs already has not the functions', async () => {
  const opening = servesDeclared({} as DeclaredProfile)({ endpoint: 'http://127.0.0.1:1' });
  await expect(opening).rejects.toThrow(TargetError);
});
