/** Two run files side by side. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memory } from '../adapters/memory/index.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import { comparisonSchema } from '../reports/comparisonJson.ts';
import { brokenTarget, inTemporaryFolder, inWorld } from './testing/inWorld.ts';
import { realWorld, type World } from './world.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const real = { groups: realWorld.groups, source: realWorld.source, openTarget: async () => memory() };
/** An emulator for which a minute is a second, which retries once more, and whose dead letters have no attributes. */
const emulator = {
  ...real,
  openTarget: async () => ({
    ...memory({
      policy: { maximumRetryAttempts: 3, retryDelaysSeconds: [1, 2, 3] },
      tamper: () => (entry) => {
        if (entry.kind !== 'delivered') return entry;
        const { attributes: _, ...bare } = entry;
        return bare;
      },
    }),
    ...{ name: 'emulator', version: '2', tolerances: { ...AWS_TOLERANCES, retryTimeScale: 1 / 60 } },
  }),
};
const run = (out: string, world: Partial<World>, ...more: string[]) =>
  inWorld(['run', '--scenarios', '400', '--seed', '3', '--rules', 'ASYNC-*', '--out', out, ...more], world);

describe('two targets', () => {
  beforeEach(async () => {
    await run('a.jsonl', real);
    await run('b.jsonl', emulator);
  });

  test('verdicts that differ come first, then numbers, then fields', async () => {
    const { code, stdout, stderr } = await inWorld(['compare', 'a.jsonl', 'b.jsonl'], real);
    expect([code, stderr]).toEqual([1, '']);
    const places = [
      /^A {2}memory, seed 3, 400 scenarios$/m,
      /^B {2}emulator 2, seed 3, 400 scenarios$/m,
      /^On B a minute of Lambda's asynchronous waits is 1 s\.$/m,
      /^\d+ verdicts differ, of \d+ rules that both decided:$/m,
      /^ {2}ASYNC-RETRY-01 +A KEPT +B VIOLATED \(\d+ of \d+\)$/m,
      /^Measured: /m,
      /^ {2}event that always fails: attempts +3 +4 \(3–4\)$/m,
      /^≠ event: wait before the 2nd attempt +6\d s \(\d+–\d+\) +1/m,
      /^Fields that only one of the two ever has:$/m,
      /^ {2}dead letter: ErrorCode +always +never$/m,
    ].map((line) => stdout.search(line));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test.each([60, 80, 100])('fits into %i columns', async (columns) => {
    let text = '';
    const world = { ...real, stdout: { columns, write: (part: string) => (text += part) } };
    await inWorld(['compare', 'a.jsonl', 'b.jsonl'], world);
    expect(text).toContain('wait before the 3rd attempt');
    expect(text.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });

  test('as JSON is what its schema says, with counts', async () => {
    const { code, stdout } = await inWorld(['compare', 'a.jsonl', 'b.jsonl', '--json'], real);
    const comparison = comparisonSchema.parse(JSON.parse(stdout));
    expect([code, comparison.a.retryTimeScale, comparison.b.retryTimeScale]).toEqual([1, 1, 1 / 60]);
    expect(comparison.measures.find(({ name }) => name === 'asyncAttempts')).toMatchObject({
      a: { count: expect.any(Number), min: 3, median: 3, max: 3 },
      // Where two retries are configured it keeps to them.
      b: { min: 3, median: 4, max: 4 },
      isApart: false,
    });
    expect(comparison.measures.find(({ name }) => name === 'asyncSecondSeconds')?.isApart).toBe(true);
    expect(comparison.fields).toContainEqual({
      ...{ of: 'deadLetter', field: 'RequestID' },
      a: { present: expect.any(Number), of: expect.any(Number) },
      b: { present: 0, of: expect.any(Number) },
    });
  });

  test('as Markdown has a table of each', async () => {
    const { stdout } = await inWorld(['compare', 'a.jsonl', 'b.jsonl', '--md'], real);
    expect(stdout).toMatch(/^# memory and emulator 2$/m);
    expect(stdout).toMatch(/^\| ASYNC-RETRY-01 \| KEPT \| VIOLATED \(/m);
    expect(stdout).toMatch(
      /^\| event that always fails: attempts \| 3 \| 4 \(3–4\) \| {2}\| \d+ \| \d+ \|$/m,
    );
    expect(stdout).toMatch(/^\| dead letter: ErrorCode \| always \| never \| ≠ \|$/m);
  });

  test('the other way round says the same of the other', async () => {
    const { code, stdout } = await inWorld(['compare', 'b.jsonl', 'a.jsonl', '--json'], real);
    const [there, back] = [
      comparisonSchema.parse(
        JSON.parse((await inWorld(['compare', 'a.jsonl', 'b.jsonl', '--json'], real)).stdout),
      ),
      comparisonSchema.parse(JSON.parse(stdout)),
    ];
    expect(code).toBe(1);
    expect(back.verdicts.map(({ rule, a, b }) => ({ rule, a: b, b: a }))).toEqual(
      there.verdicts.map(({ rule, a, b }) => ({ rule, a, b })),
    );
  });
});

test('a run and itself: no verdict differs, and nothing is apart', async () => {
  await run('a.jsonl', real);
  const { code, stdout } = await inWorld(['compare', 'a.jsonl', 'a.jsonl'], real);
  expect([code, stdout.includes('No verdict differs, of ')]).toEqual([0, true]);
  expect(stdout).not.toMatch(/^≠ |^Fields|^Observed otherwise|^Decided in one/m);
});

test('measures survive shards: merged they are those of the whole', async () => {
  await run('a.jsonl', real);
  for (const index of [1, 2, 3]) await run(`${index}.jsonl`, real, '--shard', `${index}/3`);
  await inWorld(['merge', '1.jsonl', '2.jsonl', '3.jsonl', '--out', 'm.jsonl'], real);
  const { stdout } = await inWorld(['compare', 'a.jsonl', 'm.jsonl', '--json'], real);
  const { measures } = comparisonSchema.parse(JSON.parse(stdout));
  expect(measures.length).toBeGreaterThan(4);
  for (const { a, b } of measures) expect(b).toEqual(a);
});

test('a rule of which only one run says something is no difference; rules of one run alone are left out', async () => {
  await inWorld(['run', '--scenarios', '40', '--seed', '5', '--out', 'a.jsonl'], {
    openTarget: brokenTarget,
  });
  await inWorld(['run', '--scenarios', '2', '--seed', '5', '--rules', 'MINI-O*', '--out', 'b.jsonl']);
  const { code, stdout } = await inWorld(['compare', 'a.jsonl', 'b.jsonl']);
  expect(code).toBe(1);
  expect(stdout).toContain('2 rules of one run only are left out.');
  expect(stdout).toMatch(/^1 verdict differs, of 2 rules that both decided:$/m);
});

test('two runs with nothing in common are no pass', async () => {
  await inWorld(['run', '--scenarios', '4', '--seed', '5', '--rules', 'MINI-ONE-01', '--out', 'a.jsonl']);
  await inWorld(['run', '--scenarios', '4', '--seed', '5', '--rules', 'MINI-OBSERVE-01', '--out', 'b.jsonl']);
  expect(await inWorld(['compare', 'a.jsonl', 'b.jsonl'])).toMatchObject({ code: 4 });
});

test.each<[string[], RegExp]>([
  [['none.jsonl', 'none.jsonl'], /^none\.jsonl is not there: /],
  [['a.jsonl'], /missing required argument 'b'/i],
  [['a.jsonl', 'b.jsonl', '--json', '--md'], /'--md' cannot be used with option '--json'/],
])('compare %j is refused in one sentence', async (words, sentence) => {
  const { code, stdout, stderr } = await inWorld(['compare', ...words]);
  expect([code, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 1]);
  expect(stderr).toMatch(sentence);
});
