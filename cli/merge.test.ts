/** The run files of shards, made one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memory } from '../adapters/memory/index.ts';
import { miniature } from '../engine/testing/miniatures.ts';
import { reportSchema } from '../reports/json.ts';
import { brokenTarget, inTemporaryFolder, inWorld } from './testing/inWorld.ts';
import { realWorld, type World } from './world.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const broken = { openTarget: brokenTarget };
const words = (...more: string[]) => ['run', '--scenarios', '60', '--seed', '5', ...more];
const shard = (index: number, of: number, ...more: string[]) =>
  words('--shard', `${index}/${of}`, '--out', `${index}.jsonl`, ...more);

async function run(of: number, world: Partial<World> = broken): Promise<string[]> {
  for (let index = 1; index <= of; index++) await inWorld(shard(index, of), world);
  return Array.from({ length: of }, (_, at) => `${at + 1}.jsonl`);
}

/** A report without its times. */
const timeless = (path: string) => {
  const {
    startedAt: _s,
    elapsedSeconds: _e,
    merged,
    ...report
  } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { report, merged };
};

test.each<[string, Partial<World>, number]>([
  ['broken', broken, 1],
  ['sound', {}, 0],
])('of a %s target tells what a run in one piece tells, with its exit code', async (_, world, code) => {
  const whole = await inWorld(words('--out', 'whole.jsonl', '--report', 'json=whole.json'), world);
  const merged = await inWorld(
    ['merge', ...(await run(3, world)).reverse(), '--out', 'm.jsonl', '--report', 'json=m.json'],
    world,
  );
  expect([whole.code, merged.code]).toEqual([code, code]);
  expect(timeless('m.json')).toEqual({ ...timeless('whole.json'), merged: 3 });
  expect(merged.stdout).toContain('seed 5, merged of 3 shards.');
});

test('on the real catalogue and the real model as well', async () => {
  const real = { groups: realWorld.groups, source: realWorld.source, openTarget: async () => memory() };
  await inWorld(words('--out', 'whole.jsonl', '--report', 'json=whole.json'), real);
  await inWorld(['merge', ...(await run(2, real)), '--out', 'm.jsonl', '--report', 'json=m.json'], real);
  expect(timeless('m.json').report).toEqual(timeless('whole.json').report);
});

test('without --out it goes where the run in one piece would have gone', async () => {
  await inWorld(['merge', ...(await run(2))], broken);
  expect(existsSync('.conformance/broken/run.jsonl')).toBe(true);
  expect((await inWorld(['report', '.conformance/broken/run.jsonl'])).stdout).toContain('merged of 2 shards');
});

describe('a shard that did not come to its end', () => {
  beforeEach(async () => {
    await run(2, {});
    const text = readFileSync('2.jsonl', 'utf8');
    writeFileSync('2.jsonl', text.slice(0, text.lastIndexOf('{"line":"footer"')));
  });

  test('makes a whole that did not, either', async () => {
    const { code, stdout } = await inWorld(['merge', '1.jsonl', '2.jsonl', '--out', 'm.jsonl']);
    expect(code).toBe(3);
    expect(stdout.replace(/\s+/g, ' ')).toContain('go on with the shard that was, and merge again');
  });

  test('is gone on with, and not the whole', async () => {
    await inWorld(['merge', '1.jsonl', '2.jsonl', '--out', 'm.jsonl']);
    const { code, stderr } = await inWorld(['run', '--resume', '--out', 'm.jsonl']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^m\.jsonl was merged of 2 shards: .*merge again\.\n$/),
    ]);
    expect(await inWorld(['run', '--resume', '--out', '2.jsonl'])).toMatchObject({ code: 0 });
    expect(await inWorld(['merge', '1.jsonl', '2.jsonl', '--out', 'm.jsonl'])).toMatchObject({ code: 0 });
  });
});

describe('is refused in one sentence', () => {
  beforeEach(async () => {
    await run(3);
    await inWorld(words('--out', 'whole.jsonl'), broken);
    await inWorld(['merge', '1.jsonl', '2.jsonl', '3.jsonl', '--out', 'm.jsonl'], broken);
    const other = async (out: string, more: string[], world: Partial<World> = broken) =>
      inWorld(['run', '--shard', '2/3', '--out', out, ...more], world);
    await other('seed.jsonl', ['--scenarios', '60', '--seed', '6']);
    await other('few.jsonl', ['--scenarios', '59', '--seed', '5']);
    await other('rules.jsonl', ['--scenarios', '60', '--seed', '5', '--rules', 'MINI-ONE-01']);
    await other('target.jsonl', ['--scenarios', '60', '--seed', '5'], {});
    await other('able.jsonl', ['--scenarios', '60', '--seed', '5'], {
      openTarget: async () =>
        miniature(() => 1, { name: 'broken', capabilities: new Set(['async', 'metrics']) }),
    });
    await inWorld(words('--shard', '2/4', '--out', 'of4.jsonl'), broken);
    const text = readFileSync('2.jsonl', 'utf8');
    writeFileSync('suite.jsonl', text.replace(/"suite":"[^"]*"/, '"suite":"0.0.1"'));
    writeFileSync('planned.jsonl', text.replace('"startedAt"', '"planned":[3,1],"startedAt"'));
    writeFileSync('cut.jsonl', text.slice(0, 40));
    writeFileSync('other.json', '{"a": 1}');
  });

  const one = '1.jsonl was run with';
  const rest = 'only shards of one campaign can be merged.';
  test.each<[string[], string]>([
    [['1.jsonl', '2.jsonl'], 'Shard 3/3 is missing: give the run files of all of them.'],
    [['2.jsonl'], 'Shards 1/3, 3/3 are missing: give the run files of all of them.'],
    [
      ['1.jsonl', '2.jsonl', '3.jsonl', '1.jsonl'],
      '1.jsonl and 1.jsonl are both shard 1/3: give each one once.',
    ],
    [['1.jsonl', 'whole.jsonl'], 'whole.jsonl is no shard: it was run without --shard.'],
    [['m.jsonl', '1.jsonl'], 'm.jsonl is no shard: it is merged already.'],
    [['1.jsonl', 'seed.jsonl', '3.jsonl'], `${one} --seed 5, and seed.jsonl with 6: ${rest}`],
    [['1.jsonl', 'few.jsonl', '3.jsonl'], `${one} --scenarios 60, and few.jsonl with 59: ${rest}`],
    [['1.jsonl', 'of4.jsonl'], `${one} a number of shards of 3, and of4.jsonl with 4: ${rest}`],
    [
      ['1.jsonl', 'target.jsonl', '3.jsonl'],
      `${one} the target broken 1, and target.jsonl with miniature 1: ${rest}`,
    ],
    [
      ['1.jsonl', 'suite.jsonl', '3.jsonl'],
      expect.stringMatching(/ was run with lambda-conformance .*0\.0\.1: only/),
    ],
    [
      ['1.jsonl', 'rules.jsonl', '3.jsonl'],
      expect.stringMatching(/ was run with rules: 4 .* with 1 from MINI-ONE-01/),
    ],
    [['1.jsonl', 'able.jsonl', '3.jsonl'], expect.stringMatching(/could do other things \(invoke\): only/)],
    [
      ['1.jsonl', 'planned.jsonl', '3.jsonl'],
      '1.jsonl and planned.jsonl have other plans: give all shards the same --jobs and --time.',
    ],
    [['cut.jsonl'], 'cut.jsonl was cut off in its first line: run it again.'],
    [['other.json'], expect.stringMatching(/^other\.json is not a run file/)],
    [['none.jsonl'], 'none.jsonl cannot be read: it is not there.'],
    [
      ['1.jsonl', '2.jsonl', '3.jsonl', '--out', './2.jsonl'],
      '2.jsonl is one of the shards, and would be written over: give another --out.',
    ],
    [
      ['1.jsonl', '2.jsonl', '3.jsonl', '--out', 'other.json'],
      expect.stringMatching(/^other\.json is not a run file/),
    ],
  ])('merge %j', async (files, sentence) => {
    const before = readFileSync('2.jsonl', 'utf8');
    const { code, stdout, stderr } = await inWorld(['merge', ...files], broken);
    expect([code, stdout, stderr.trimEnd()]).toEqual([2, '', sentence]);
    expect(readFileSync('2.jsonl', 'utf8')).toBe(before);
  });
});
