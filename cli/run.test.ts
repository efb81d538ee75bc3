import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LeftBehind } from '../adapters/aws/leftBehind.ts';
import { TargetError } from '../engine/target.ts';
import { historyOf, miniature, neverApplies, oneAttempt } from '../engine/testing/miniatures.ts';
import { reportSchema } from '../reports/json.ts';
import { brokenTarget, inTemporaryFolder, inWorld } from './testing/inWorld.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const run = (...words: string[]) => ['run', '--scenarios', '50', '--seed', '5', ...words];
const groupOf =
  (...rules: (typeof oneAttempt)[]) =>
  async () => [{ id: 'MINI', title: 'Miniatures', rules }];

describe('the exit code of a run', () => {
  test('is 0 where nothing is violated', async () => {
    expect(await inWorld(run())).toMatchObject({ code: 0, stderr: '' });
  });

  test('is 1 where a MUST is violated', async () => {
    expect(await inWorld(run(), { openTarget: brokenTarget })).toMatchObject({ code: 1 });
  });

  test('is 0 where only a SHOULD is broken', async () => {
    const groups = groupOf({ ...oneAttempt, level: 'SHOULD' });
    const { code, stdout } = await inWorld(run(), { openTarget: brokenTarget, groups });
    expect([code, stdout.includes('WARNED  MINI-ONE-01')]).toEqual([0, true]);
  });

  test('is 4 with --strict where a rule is left without a subject, and 0 where none is', async () => {
    expect(await inWorld(run('--strict'))).toMatchObject({ code: 4 });
    expect(await inWorld(run('--strict'), { groups: groupOf(oneAttempt) })).toMatchObject({ code: 0 });
  });

  test('is 1 with --strict where a MUST is violated as well', async () => {
    expect(await inWorld(run('--strict'), { openTarget: brokenTarget })).toMatchObject({ code: 1 });
  });

  test('is 3 where a rule itself fails', async () => {
    const crashing = {
      ...oneAttempt,
      decide: () => {
        throw new Error('our own defect');
      },
    };
    const { code, stdout } = await inWorld(run(), { groups: groupOf(crashing) });
    expect([code, stdout.includes('our own defect')]).toEqual([3, true]);
  });
});

describe('a run', () => {
  test('names vacuous rules, and prints seed and counts', async () => {
    const { stdout } = await inWorld(run());
    expect(stdout).toMatch(/VACUOUS: .*\n {2}MINI-NEVER-01/);
    expect(stdout).toContain('50 scenarios, 275 events');
    expect(stdout).toContain('seed 5');
  });

  test('draws another seed each time, and says which', async () => {
    const seeds = new Set<string | undefined>();
    for (let k = 0; k < 3; k++) {
      const { stdout } = await inWorld(['run', '--scenarios', '5']);
      seeds.add(/seed (\d+)/.exec(stdout)?.[1]);
    }
    expect([seeds.size, seeds.has(undefined)]).toEqual([3, false]);
  });

  test('saves the smallest scenario of a broken rule, which replays on the line it prints', async () => {
    const world = { openTarget: brokenTarget, targetNames: () => ['memory', 'broken'] };
    const { stdout } = await inWorld(run(), world);
    const line = /lambda-conformance (replay .*)/.exec(stdout)?.[1] ?? '';
    expect(line).toBe('replay .conformance/broken/MINI-ONE-01.json --target broken');
    expect(await inWorld(line.split(' '), world)).toMatchObject({ code: 1 });
    expect((await inWorld(line.split(' '), { targetNames: world.targetNames })).code).toBe(0);
  });

  test('prints with --json one JSON value and nothing else', async () => {
    const { stdout } = await inWorld(run('--json'), { openTarget: brokenTarget });
    expect(reportSchema.parse(JSON.parse(stdout))).toMatchObject({
      seed: 5,
      scenarios: 50,
      verdicts: { VIOLATED: 1 },
    });
  });

  test('writes the reports it is asked for', async () => {
    await inWorld(run('--report', 'md=out/report.md,json=report.json', '--report', 'junit=report.xml'));
    expect(readFileSync('out/report.md', 'utf8')).toContain('# Conformance of miniature');
    expect(reportSchema.parse(JSON.parse(readFileSync('report.json', 'utf8'))).scenarios).toBe(50);
    expect(readFileSync('report.xml', 'utf8')).toContain('<testsuites');
  });

  test('decides only the rules and levels that are asked for', async () => {
    const idsOf = async (...words: string[]) => {
      const { stdout } = await inWorld(run('--json', ...words));
      return JSON.parse(stdout).rules.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf('--rules', 'mini-o*')).toEqual(['MINI-ONE-01', 'MINI-OBSERVE-01']);
    expect(await idsOf('--rules', 'MINI-{ONE,NEVER}-01,MINI-METRIC-01')).toEqual([
      ...['MINI-ONE-01', 'MINI-NEVER-01', 'MINI-METRIC-01'],
    ]);
    expect(await idsOf('--level', 'must')).toEqual(['MINI-ONE-01', 'MINI-NEVER-01', 'MINI-METRIC-01']);
  });

  test('closes its target, also when it fails', async () => {
    let closed = 0;
    const close = async () => {
      closed++;
    };
    await inWorld(run(), { openTarget: async () => miniature(() => 1, { close }) });
    const failing = () => {
      throw new TargetError('It is gone: start it again.');
    };
    await inWorld(run(), { openTarget: async () => miniature(() => 1, { close, run: failing }) });
    expect(closed).toBe(2);
  });

  test('on a target that dies says so in one line, exits with 3, and can be resumed', async () => {
    let left = 20;
    const dying = async () =>
      miniature(() => 1, {
        ...{ isRealTime: true, jobs: 1 },
        run: async ({ scenario }) => {
          if (left-- === 0) throw new TargetError('The target does not answer any more: start it again.');
          return historyOf(scenario, () => 1);
        },
      });
    const { code, stderr, stdout } = await inWorld(run('--out', 'run.jsonl'), { openTarget: dying });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr.replace(/^Planned: .*\nThis run takes 50 .*\n/, '')).toBe(
      'The target does not answer any more: start it again. What was decided until then is in run.jsonl: --resume goes on with it.\n',
    );
    left = 1_000;
    const resumed = await inWorld(
      ['run', '--resume', '--out', 'run.jsonl', '--target', 'miniature', '--json'],
      {
        openTarget: dying,
      },
    );
    expect([resumed.code, JSON.parse(resumed.stdout).scenarios, left]).toEqual([0, 50, 970]);
  });

  test('of a plan says how much of it a shard takes, and one with a number of scenarios', async () => {
    const real = { openTarget: async () => miniature(() => 1, { isRealTime: true, jobs: 1 }) };
    const told = async (...words: string[]) =>
      (await inWorld(run('--out', 'run.jsonl', ...words), real)).stderr;
    expect(await told('--scenarios', '80')).toMatch(/^Planned: 80 scenarios .*\n$/);
    expect(await told('--scenarios', '30')).toMatch(/^This run takes 30 of them, in about 30\.0 s\.$/m);
    expect(await told('--scenarios', '81', '--shard', '2/4')).toMatch(
      /^This run takes 20 of them, in about/m,
    );
  });

  test('on a target that cannot be opened leaves the earlier run as it is', async () => {
    await inWorld(run('--out', 'run.jsonl'));
    const before = readFileSync('run.jsonl', 'utf8');
    const openTarget = async () => {
      throw new TargetError('Nothing answers there: start it.');
    };
    const { code, stderr } = await inWorld(run('--out', 'run.jsonl'), { openTarget });
    expect([code, stderr]).toEqual([3, 'Nothing answers there: start it.\n']);
    expect(readFileSync('run.jsonl', 'utf8')).toBe(before);
  });

  test('tells what could not be removed, and keeps its own exit code', async () => {
    const close = async () => {
      throw new Error('access denied');
    };
    const { code, stderr } = await inWorld(run(), { openTarget: async () => miniature(() => 1, { close }) });
    expect([code, stderr]).toEqual([
      ...[0, 'Not all was removed (access denied): `lambda-conformance sweep` removes the rest.\n'],
    ]);
  });

  test('tells what is left behind in the words of whoever left it', async () => {
    const close = async () => {
      throw new LeftBehind('1 resource could not be removed (queue q: denied): `sweep` tries again.');
    };
    const { stderr } = await inWorld(run(), { openTarget: async () => miniature(() => 1, { close }) });
    expect(stderr).toBe('1 resource could not be removed (queue q: denied): `sweep` tries again.\n');
  });

  test('ends after its time', async () => {
    const { stdout, code } = await inWorld(['run', '--time', '0.2s', '--json']);
    expect([code, JSON.parse(stdout).scenarios > 0]).toEqual([0, true]);
  });

  test('in a shard runs its share, into a file of its own', async () => {
    const { stdout } = await inWorld(run('--shard', '2/5', '--json'));
    expect(JSON.parse(stdout)).toMatchObject({ scenarios: 10, shard: { index: 2, of: 5 } });
    expect(existsSync('.conformance/memory/run-2-of-5.jsonl')).toBe(true);
  });
});

describe('--resume', () => {
  const resume = (...words: string[]) => inWorld(['run', '--resume', '--out', 'run.jsonl', ...words]);
  const interrupted = async () => {
    await inWorld(run('--out', 'run.jsonl'));
    const lines = readFileSync('run.jsonl', 'utf8').trimEnd().split('\n');
    writeFileSync('run.jsonl', `${lines[0]}\n`);
    return lines;
  };

  test('of a file that is not there yet begins the run', async () => {
    expect(await resume('--scenarios', '10', '--seed', '5')).toMatchObject({ code: 0 });
  });

  test('takes seed, scenarios and rules from the file', async () => {
    const lines = await interrupted();
    await resume('--target', 'miniature');
    const again = readFileSync('run.jsonl', 'utf8').trimEnd().split('\n');
    expect(again.slice(0, -1)).toEqual(lines.slice(0, -1));
  });

  test('writes over the footer of a run that was interrupted', async () => {
    await interrupted();
    const footer = JSON.stringify({ line: 'footer', elapsedSeconds: 1, interrupted: true });
    writeFileSync('run.jsonl', `${readFileSync('run.jsonl', 'utf8')}${footer}\n`);
    await resume('--target', 'miniature');
    const footers = readFileSync('run.jsonl', 'utf8').match(/"footer"/g);
    expect(footers).toHaveLength(1);
  });

  test.each([
    [['--seed', '6'], '--seed 5, and this is 6'],
    [['--scenarios', '60'], '--scenarios 50, and this is 60'],
    [['--shard', '1/2'], '--shard none, and this is 1/2'],
    [['--rules', 'MINI-ONE-01'], 'give the same --rules and --level'],
    [['--target', 'miniature', '--level', 'may', '--seed', '7'], '--seed 5, and this is 7'],
  ])('with %j, which is another run, says so', async (words, sentence) => {
    await interrupted();
    const before = readFileSync('run.jsonl', 'utf8');
    const { code, stderr } = await resume(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readFileSync('run.jsonl', 'utf8')).toBe(before);
  });

  test('on another target says so', async () => {
    await interrupted();
    const { code, stderr } = await inWorld(
      ['run', '--resume', '--out', 'run.jsonl', '--target', 'miniature'],
      {
        openTarget: brokenTarget,
      },
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      'run.jsonl was run on miniature 1, and this is broken 1: choose the same target, or begin anew without --resume.\n',
    );
  });
});

test('a rule that never applied does not hide behind one that did', async () => {
  const { stdout, code } = await inWorld(run(), { groups: groupOf(neverApplies) });
  expect(code).toBe(4);
  expect(stdout).toContain('No rule was found kept or violated; 1 rule could not be decided.');
});
