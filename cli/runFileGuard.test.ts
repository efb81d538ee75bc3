/** A run file is written by one run at a time, and no other file is written over. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TargetError } from '../engine/target.ts';
import { historyOf, miniature } from '../engine/testing/miniatures.ts';
import { inTemporaryFolder, inWorld } from './testing/inWorld.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const words = ['run', '--scenarios', '20', '--seed', '5', '--out', 'run.jsonl'];

describe('a run file that another run writes', () => {
  test('is refused to a second run, and free again after the first', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const openTarget = async () =>
      miniature(() => 1, {
        run: async ({ scenario }) => {
          begin();
          await held;
          return historyOf(scenario, () => 1);
        },
      });
    const first = inWorld(words, { openTarget });
    await begun;
    const { code, stderr, stdout } = await inWorld(words);
    expect([code, stdout, stderr]).toEqual([
      ...[2, ''],
      `run.jsonl is being written by another run (process ${process.pid}): wait for its end, or give another --out.\n`,
    ]);
    release();
    expect(await first).toMatchObject({ code: 0 });
    expect(await inWorld(words)).toMatchObject({ code: 0 });
    expect(existsSync('run.jsonl.lock')).toBe(false);
  });

  test.each([
    ['of a process that is gone', '4194303\n'],
    ['of an earlier process with our id', `${process.pid}\n`],
    ['that was cut off', ''],
  ])('is free where the lock is one %s', async (_, content) => {
    writeFileSync('run.jsonl.lock', content);
    expect(await inWorld(words)).toMatchObject({ code: 0, stderr: '' });
  });

  test('is refused where the process that has the lock is alive', async () => {
    writeFileSync('run.jsonl.lock', `${process.ppid}\n`);
    expect(await inWorld(words)).toMatchObject({ code: 2 });
    expect(readFileSync('run.jsonl.lock', 'utf8')).toBe(`${process.ppid}\n`);
  });
});

describe('--out', () => {
  test.each(['my thesis\n', '{"scenario": 1}', 'x'.repeat(2_000_000)])(
    'writes over no other file',
    async (text) => {
      writeFileSync('run.jsonl', text);
      const { code, stderr } = await inWorld(words);
      expect([code, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
      expect(stderr).toMatch(
        /^run\.jsonl is not a run file: .|^run\.jsonl is not a run file, .*: give another --out\.$/m,
      );
      expect(readFileSync('run.jsonl', 'utf8')).toBe(text);
    },
  );

  test('replaces an earlier run, one that was cut off in its first line, and an empty file', async () => {
    for (const text of ['', '{"line":"header","for', '{"line":"header","format":1}\n']) {
      writeFileSync('run.jsonl', text);
      expect(await inWorld(words), text).toMatchObject({ code: 0 });
    }
  });

  test('leaves no file where the target cannot be opened', async () => {
    const openTarget = async () => {
      throw new TargetError('Nothing answers there: start it.');
    };
    expect(await inWorld(words, { openTarget })).toMatchObject({ code: 3 });
    expect(readdirSync('.')).toEqual([]);
  });
});

test('a shard without a seed is refused, for its sisters would draw other campaigns', async () => {
  const { code, stderr } = await inWorld(['run', '--shard', '1/2']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^A shard needs a --seed, the same for all.*\n$/),
  ]);
});
