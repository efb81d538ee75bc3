/** The commands beside `run`, on targets and rules of a test's own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memory } from '../adapters/memory/index.ts';
import type { Capability } from '../engine/capabilities.ts';
import { historyOf, miniature, scenarioOf } from '../engine/testing/miniatures.ts';
import { reportSchema } from '../reports/json.ts';
import { brokenTarget, inTemporaryFolder, inWorld } from './testing/inWorld.ts';
import { serving, silenced } from './testing/spawned.ts';
import { realWorld } from './world.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const write = (name: string, value: unknown) => writeFileSync(name, JSON.stringify(value));
/** The whole catalogue, on the real model. */
const real = { groups: realWorld.groups, source: realWorld.source, openTarget: async () => memory() };

describe('no words, and help', () => {
  test('without a word says what it is and gives three commands to try', async () => {
    const { code, stdout } = await inWorld([]);
    expect([code, stdout.match(/^ {2}lambda-conformance .+$/gm)?.length]).toEqual([0, 3]);
  });

  test('the commands it gives to try are understood', async () => {
    const { stdout } = await inWorld([]);
    for (const line of stdout.match(/^ {2}lambda-conformance .+$/gm) ?? []) {
      const words = line.trim().split(' ').slice(1);
      if (words[0] === 'run') words.push('--scenarios', '2');
      const { code, stderr } = await inWorld(words, real);
      expect([code, stderr], line).toEqual([0, '']);
    }
  });

  test('--help lists every command that there is, and exits with 0', async () => {
    const { code, stdout } = await inWorld(['--help']);
    expect(code).toBe(0);
    for (const command of ['run', 'list', 'explain', 'replay', 'report', 'selftest', 'doctor', 'sweep']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
      expect((await inWorld([command, '--help'])).stdout).toContain(`lambda-conformance ${command}`);
    }
  });

  test('help of a command is its --help, and of none the whole', async () => {
    for (const [help, flag] of [
      [
        ['help', 'run'],
        ['run', '--help'],
      ],
      [['help'], ['--help']],
    ] as const) {
      expect(await inWorld(help)).toEqual(await inWorld(flag));
    }
    const { code, stderr } = await inWorld(['help', 'runn']);
    expect([code, stderr]).toEqual([
      ...[2, "Unknown command 'runn' (Did you mean run?) See lambda-conformance --help.\n"],
    ]);
  });

  test('a wrong flag of a command points to the help of that command', async () => {
    const { code, stderr } = await inWorld(['run', '--scenarios', 'many']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('See lambda-conformance run --help.\n')]);
    expect((await inWorld(['list', '--nothing'])).stderr).toContain('See lambda-conformance list --help.\n');
  });

  test('what may be left out is told: doctor then looks at memory, and rules may be several', async () => {
    const help = async (command: string) => (await inWorld([command, '--help'])).stdout.replace(/\s+/g, ' ');
    expect(await help('doctor')).toContain('Without a flag it looks at memory');
    expect((await inWorld(['doctor'], real)).stdout).toContain('memory');
    for (const command of ['run', 'list', 'replay', 'selftest']) {
      expect(await help(command)).toContain('these rules, apart by commas');
    }
    expect(await help('run')).toContain('an earlier run there is replaced');
  });

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await inWorld(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('list', () => {
  test('shows id, level and sentence, within 80 columns', async () => {
    const { stdout } = await inWorld(['list'], real);
    const wide = stdout.split('\n').filter((line) => line.length > 80);
    expect(wide).toEqual([]);
    for (const group of await realWorld.groups()) {
      for (const { id, level } of group.rules)
        expect(stdout).toMatch(new RegExp(`^ {2}${id} +${level} `, 'm'));
    }
  });

  test('narrows by rules and level', async () => {
    const { stdout } = await inWorld(['list', '--rules', 'mini-*', '--level', 'must', '--json']);
    expect(JSON.parse(stdout).map(({ id }: { id: string }) => id)).toEqual([
      ...['MINI-ONE-01', 'MINI-NEVER-01', 'MINI-METRIC-01'],
    ]);
  });

  test('as JSON has pages with their evidence', async () => {
    const { stdout } = await inWorld(['list', '--rules', 'ASYNC-RETRY-01', '--json'], real);
    const [rule] = JSON.parse(stdout);
    expect(rule).toMatchObject({ id: 'ASYNC-RETRY-01', level: 'MUST', group: 'ASYNC', judges: true });
    expect(rule.pages[0].url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });
});

describe('explain', () => {
  test('shows a rule with its pages and how to run only it, whatever the case of its id', async () => {
    const { stdout } = await inWorld(['explain', 'async-retry-01'], real);
    expect(stdout).toContain('ASYNC-RETRY-01 (MUST)');
    expect(stdout).toContain(
      'https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html',
    );
    expect(stdout).toContain('lambda-conformance run --rules ASYNC-RETRY-01');
  });

  test('shows of every rule all that its definition says', async () => {
    for (const group of await realWorld.groups()) {
      for (const { id, needs = [], note, isSilent } of group.rules) {
        const { stdout } = await inWorld(['explain', id], real);
        const text = stdout.replace(/\s+/g, ' ');
        for (const need of needs.flat()) expect(text).toContain(`${need}: `);
        if (note !== undefined) expect(text).toContain(`Note: ${note.replace(/\s+/g, ' ')}`);
        expect(text.includes('pages do not say'), id).toBe(isSilent === true);
      }
    }
  });

  test('runs a scenario on the model: minutes of retries at once, the same for the same seed', async () => {
    write('s.json', {
      scenario: 1,
      functions: [{ name: 'f' }],
      steps: [
        {
          atSeconds: 0,
          do: 'invoke',
          function: 'f',
          type: 'Event',
          event: 'e1',
          payload: {},
          plan: ['throw'],
        },
      ],
    });
    const timeline = async (...words: string[]) => {
      const { stdout, code } = await inWorld(['explain', 's.json', ...words], real);
      expect(code).toBe(0);
      return stdout.split('\n').slice(2).join('\n');
    };
    const first = await timeline('--seed', '4');
    expect(first.match(/attempt \d {2}✗ throw/g)).toHaveLength(3);
    expect(await timeline('--seed', '4')).toBe(first);
    expect(await timeline('--seed', '5')).not.toBe(first);
  });

  test('shows a history as it was observed', async () => {
    write(
      'h.json',
      historyOf(scenarioOf(2), () => 2),
    );
    const { stdout } = await inWorld(['explain', 'h.json']);
    expect(stdout.match(/attempt 2/g)).toHaveLength(2);
  });

  test('shows a counterexample with expected, observed and marks', async () => {
    await inWorld(['run', '--scenarios', '50', '--seed', '5'], { openTarget: brokenTarget });
    const { stdout } = await inWorld(['explain', '.conformance/broken/MINI-ONE-01.json']);
    expect(stdout).toContain('MINI-ONE-01 (MUST) on broken');
    expect(stdout).toContain('Expected  one attempt');
    expect(stdout).toContain('◀ here');
  });
});

describe('replay', () => {
  const words = (...more: string[]) => ['replay', 's.json', '--target', 'miniature', ...more];
  beforeEach(() => write('s.json', scenarioOf(3)));

  test('says for each run what broke, and how often of how many', async () => {
    let runs = 0;
    const everyThird = () =>
      miniature(() => 1, {
        ...{ isRealTime: true, jobs: 1 },
        run: async ({ scenario }) => {
          const attempts = runs++ % 3 === 0 ? 2 : 1;
          return historyOf(scenario, () => attempts);
        },
      });
    const { code, stdout } = await inWorld(words('-n', '6'), { openTarget: async () => everyThird() });
    expect(code).toBe(1);
    expect(stdout.match(/^run \d: nothing broke$/gm)).toHaveLength(4);
    expect(stdout.match(/^run \d: MINI-ONE-01 \(MUST\): expected one attempt, observed 2$/gm)).toHaveLength(
      2,
    );
    expect(stdout).toContain('MINI-ONE-01 broke in 2 of 6 runs.');
    expect(stdout).toContain('◀ here');
  });

  test('says that nothing broke, and exits with 0', async () => {
    const { code, stdout } = await inWorld(words('-n', '2'));
    expect([code, stdout.includes('No rule broke in 2 of 2 runs.')]).toEqual([0, true]);
  });

  test('of a counterexample that is mended says so', async () => {
    await inWorld(['run', '--scenarios', '50', '--seed', '5'], { openTarget: brokenTarget });
    const { code, stdout } = await inWorld(['replay', '.conformance/broken/MINI-ONE-01.json']);
    expect([code, stdout.includes('MINI-ONE-01 broke in 0 of 1 runs.')]).toEqual([0, true]);
  });

  test('goes to the target on which the counterexample was found, unless another is named', async () => {
    await inWorld(['run', '--scenarios', '50', '--seed', '5'], { openTarget: brokenTarget });
    const chosen: unknown[] = [];
    const world = {
      targetNames: () => ['memory', 'broken'],
      openTarget: async (choice: object) => {
        chosen.push(choice);
        return miniature();
      },
    };
    const file = '.conformance/broken/MINI-ONE-01.json';
    await inWorld(['replay', file], world);
    await inWorld(['replay', file, '--target', 'memory'], world);
    await inWorld(['replay', file, '--endpoint', 'http://127.0.0.1:9'], world);
    // One run: no target need be ready for more at once.
    const mostAtOnce = 1;
    expect(chosen).toEqual([
      { name: 'broken', mostAtOnce },
      { name: 'memory', mostAtOnce },
      { endpoint: 'http://127.0.0.1:9', mostAtOnce },
    ]);
  });

  test('decides only the rules that are asked for', async () => {
    const { code, stdout } = await inWorld(words('--rules', 'MINI-OBSERVE-01'), { openTarget: brokenTarget });
    expect([code, stdout.includes('No rule broke')]).toEqual([0, true]);
  });

  test('says how many rules and subjects were decided', async () => {
    const { stdout } = await inWorld(words('-n', '2', '--rules', 'MINI-ONE-01'));
    expect(stdout).toContain('1 rule and 6 subjects were decided.');
    const json = JSON.parse((await inWorld(words('--json', '--rules', 'MINI-ONE-01'))).stdout);
    expect(json.runs[0].subjects).toEqual({ 'MINI-ONE-01': 3 });
  });

  test('that decides nothing is no pass', async () => {
    const { code, stdout } = await inWorld(words('--rules', 'MINI-NEVER-01'));
    expect(code).toBe(4);
    expect(stdout).toContain('nothing in it concerns the rules chosen.');
    expect(stdout).not.toContain('No rule broke');
  });

  test('runs side by side what a real clock bears', async () => {
    const seen = { now: 0, most: 0 };
    const openTarget = async () =>
      miniature(() => 1, {
        ...{ isRealTime: true, jobs: 4 },
        run: async ({ scenario }) => {
          seen.most = Math.max(seen.most, ++seen.now);
          await new Promise((resolve) => setTimeout(resolve, 5));
          seen.now--;
          return historyOf(scenario, () => 1);
        },
      });
    await inWorld(words('-n', '9'), { openTarget });
    expect(seen.most).toBe(4);
  });

  test('as JSON has every run with its entries', async () => {
    const { stdout } = await inWorld(words('-n', '2', '--json'), { openTarget: brokenTarget });
    const { runs, target } = JSON.parse(stdout);
    expect([runs.length, target.name, runs[0].broken[0].rule]).toEqual([2, 'broken', 'MINI-ONE-01']);
    expect(runs[0].entries[runs[0].broken[0].marks[0]]).toMatchObject({ kind: 'started' });
  });
});

describe('report', () => {
  const run = (...more: string[]) => [
    'run',
    '--scenarios',
    '50',
    '--seed',
    '5',
    '--out',
    'run.jsonl',
    ...more,
  ];

  test('tells the same as the run did, with the same exit code', async () => {
    const ran = await inWorld(run(), { openTarget: brokenTarget });
    expect(await inWorld(['report', 'run.jsonl'])).toEqual(ran);
  });

  test('writes any report and prints JSON', async () => {
    await inWorld(run());
    const words = ['report', 'run.jsonl', '--json', '--report', 'md=r.md,junit=r.xml'];
    const { stdout, stderr } = await inWorld(words);
    expect(stderr).toBe('Wrote the md report to r.md.\nWrote the junit report to r.xml.\n');
    expect(reportSchema.parse(JSON.parse(stdout)).isComplete).toBe(true);
    expect([existsSync('r.md'), existsSync('r.xml')]).toEqual([true, true]);
  });

  test('of a run that was cut off anywhere tells what is there, and that it was cut off', async () => {
    await inWorld(run(), { openTarget: brokenTarget });
    const text = readFileSync('run.jsonl', 'utf8');
    const headerEnd = text.indexOf('\n') + 1;
    for (let at = headerEnd; at < text.length - 1; at += 97) {
      writeFileSync('cut.jsonl', text.slice(0, at));
      const { code, stdout, stderr } = await inWorld(['report', 'cut.jsonl', '--json']);
      const { isComplete, verdicts } = JSON.parse(stdout);
      expect([stderr, isComplete, code]).toEqual(['', false, verdicts.VIOLATED > 0 ? 1 : 3]);
    }
  });

  test('names the rules that this version does not know', async () => {
    await inWorld(run());
    const rules = (await realWorld.groups()).slice(0, 1);
    const { stderr } = await inWorld(['report', 'run.jsonl'], { groups: async () => rules });
    expect(stderr).toMatch(/^Left out, for this lambda-conformance does not know them: MINI-ONE-01, .*\n$/);
  });
});

describe('selftest', () => {
  test('shows for a rule the mutants that it notices', async () => {
    const { code, stdout } = await inWorld(
      ['selftest', '--rules', 'ASYNC-RETRY-01', '--scenarios', '2000'],
      real,
    );
    expect(stdout).toMatch(/^ASYNC-RETRY-01 +MUST +(\d+) of \1 +yes /m);
    expect(code).toBe(0);
  });

  test('does not hold where a rule has no mutant', async () => {
    const { code, stdout } = await inWorld(['selftest', '--rules', 'MINI-NEVER-01', '--scenarios', '10'], {
      source: realWorld.source,
    });
    expect([code, stdout.includes('1 rule without a mutant')]).toEqual([1, true]);
  });

  test('does not hold where a rule accuses the innocent', async () => {
    const [group] = (await realWorld.groups()).filter(({ id }) => id === 'ASYNC');
    const rule = group?.rules.find(({ id }) => id === 'ASYNC-RETRY-01');
    if (rule === undefined) throw new Error('the catalogue has ASYNC-RETRY-01');
    const accusing = {
      ...rule,
      decide: (view: Parameters<typeof rule.decide>[0], judge: Parameters<typeof rule.decide>[1]) => {
        if (view.events.length > 0) judge.broken({ expected: 'nothing', observed: 'events', entries: [] });
      },
    };
    const groups = async () => [{ id: 'ASYNC', title: 'One', rules: [accusing] }];
    const { code, stdout } = await inWorld(['selftest', '--scenarios', '100', '--json'], {
      groups,
      source: realWorld.source,
    });
    const { isProven, rules } = JSON.parse(stdout);
    expect([code, isProven, rules[0].falseAlarms.length > 1]).toEqual([1, false, true]);
  });
});

describe('doctor and sweep', () => {
  test('doctor of a target by its name shows what it can do, and closes it', async () => {
    let closed = 0;
    const openTarget = async () => miniature(() => 1, { close: async () => void closed++ });
    const { code, stdout } = await inWorld(['doctor', '--target', 'miniature'], { openTarget });
    expect([code, closed]).toEqual([0, 1]);
    expect(stdout).toMatch(/✓ async: /);
    expect(stdout).toMatch(/· buses: /);
  });

  test('doctor says how many rules can be decided, and of a target that runs no handler what can be judged there', async () => {
    const offering = (...capabilities: Capability[]) => ({
      openTarget: async () => miniature(() => 1, { capabilities: new Set(capabilities) }),
    });
    const running = await inWorld(['doctor', '--target', 'miniature'], offering('invoke', 'async', 'buses'));
    expect(running.stdout).toMatch(/^3 of 4 rules can be decided there\.$/m);
    const { stdout } = await inWorld(['doctor', '--target', 'miniature'], offering('controlPlane'));
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /It runs no handler, so that requests to the control plane and their answers are judged, and nothing else: 0 of \d+ rules can be decided there\./,
    );
  });

  test('an endpoint whose functions run nowhere can be judged by a profile that says so, and else not', async () => {
    const { url, server } = await serving((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      response.end('{"Functions":[],"State":"Active","Configuration":{"State":"Active"}}');
    });
    try {
      const words = ['doctor', '--endpoint', url];
      const unknown = await inWorld(words);
      expect(unknown.code).toBe(3);
      expect(unknown.stdout.replace(/\s+/g, ' ')).toMatch(
        /✗ report .*if they run nowhere, requests to the control plane and their answers can be judged all the same/,
      );
      const openTarget = async () =>
        miniature(() => 1, { capabilities: new Set<Capability>(['controlPlane']) });
      const known = await inWorld([...words, '--target', 'miniature'], { openTarget });
      expect(known.code).toBe(0);
      expect(known.stdout).toContain('It runs no handler, so that requests to the control plane');
    } finally {
      await silenced(server);
    }
  }, 30_000);

  test('sweep where nothing was left says so', async () => {
    expect(await inWorld(['sweep'])).toEqual({
      code: 0,
      stdout: 'There is nothing to remove.\n',
      stderr: '',
    });
  });

  test('sweep tells what it cannot remove, and exits with 3', async () => {
    await inWorld(['run', '--scenarios', '1']);
    const lines = [
      { do: 'open', pid: 999_999_999, endpoint: 'http://127.0.0.1:1' },
      { do: 'make', kind: 'function', name: 'lc-0-fn1' },
    ];
    writeFileSync('.conformance/journal-0.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { code, stdout, stderr } = await inWorld(['sweep']);
    expect([code, stdout]).toEqual([3, '.conformance/journal-0.jsonl: 0 resources removed.\n']);
    expect(stderr).toMatch(
      /^\.conformance\/journal-0\.jsonl: could not be removed: function lc-0-fn1: ECONNREFUSED\n$/,
    );
  });
});
