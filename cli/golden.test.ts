/** `replay --golden`, on the reference model and on wrong ones. */
import { expect, test } from 'vitest';
import { memory } from '../adapters/memory/index.ts';
import { ALL_CAPABILITIES } from '../engine/capabilities.ts';
import { ScenarioError } from '../engine/target.ts';
import { inWorld } from './testing/inWorld.ts';

const golden = (ids: string, ...more: string[]) => ['replay', '--golden', ids, ...more];
const model = { openTarget: async () => memory() };
/** A model that retries once too often. */
const eager = { openTarget: async () => memory({ policy: { maximumRetryAttempts: 3 } }) };

test('all cases are kept on the model', async () => {
  const { code, stdout, stderr } = await inWorld(['replay', '--golden'], model);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^(\d+) golden cases on memory: \1 kept, 0 broken, 0 not observable\.$/m);
});

test('a broken case is told with what was expected, what was seen, the page and the timeline', async () => {
  const { code, stdout } = await inWorld(golden('A07', '-n', '2'), eager);
  expect(code).toBe(1);
  expect(stdout).toContain("BROKEN          A07  a dead letter is the event's own bytes");
  expect(stdout).toContain('in 2 of 2 runs');
  expect(stdout).toContain('expected 3 attempts of e1, saw 4');
  expect(stdout).toContain('AWS: https://docs.aws.amazon.com/');
  expect(stdout).toContain('◀ here');
  expect(stdout).toContain('1 golden case on memory: 0 kept, 1 broken, 0 not observable.');
});

test('as JSON it is all on stdout, and the history of what broke', async () => {
  const { code, stdout } = await inWorld(golden('A07,S0*', '--json'), eager);
  const report = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(report.cases).toMatchObject([
    {
      id: 'A07',
      state: 'broken',
      expectations: expect.arrayContaining([
        expect.objectContaining({ expect: 'attempts', state: 'broken', observed: '4' }),
      ]),
      entries: expect.any(Array),
    },
    ...['S01', 'S03', 'S04', 'S05', 'S07', 'S09'].map((id) => ({ id, state: 'kept' })),
  ]);
  expect(report.cases[1]).not.toHaveProperty('entries');
});

test('what the target lacks or cannot run is not observable; nothing else is exit code 4', async () => {
  const lacking = {
    openTarget: async () => ({
      ...memory(),
      capabilities: new Set([...ALL_CAPABILITIES].filter((name) => name !== 'sqs')),
    }),
  };
  const { code, stdout } = await inWorld(golden('Q01'), lacking);
  expect(code).toBe(4);
  expect(stdout).toMatch(
    /^not observable {2}Q01 {2}.*\n {4}the target has not: event source mappings of SQS/,
  );
  const unable = {
    openTarget: async () => ({
      ...memory(),
      run: async () => {
        throw new ScenarioError('It cannot be run here.');
      },
    }),
  };
  expect((await inWorld(golden('S01'), unable)).stdout).toContain('It cannot be run here.');
});

test('on a real clock cases run side by side, as many as the target bears, and are told in their order', async () => {
  let running = 0;
  let most = 0;
  const target = memory();
  const real = {
    openTarget: async () => ({
      ...target,
      isRealTime: true,
      jobs: 3,
      run: async (numbered: Parameters<typeof target.run>[0], signal: AbortSignal) => {
        most = Math.max(most, ++running);
        const steps = numbered.scenario.steps.length;
        for (let turn = 0; turn < 10 - Math.min(9, steps); turn++) await new Promise(setImmediate);
        running--;
        return target.run(numbered, signal);
      },
    }),
  };
  const { stdout } = await inWorld(golden('{S,V}*'), real);
  const ids = [...stdout.matchAll(/^kept +(\w+)/gm)].map(([, id]) => id);
  expect(most).toBe(3);
  expect(ids).toEqual([...ids].sort());
});

test.each([
  [['replay'], /nothing to replay: give a file, or --golden/],
  [['replay', '--golden', 'Z99'], /No golden case is called Z99/],
  [['replay', 's.json', '--golden'], /either s\.json or --golden/],
  [golden('A*', '--rules', 'ASYNC-*'), /leave out --rules or --golden/],
])('%j is told what is wrong', async (words, sentence) => {
  const { code, stderr } = await inWorld(words, model);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
});
