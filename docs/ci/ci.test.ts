/**
 * The GitHub Action and the examples: they are YAML, no input is unused or unknown, and the steps that are shell do
 * here, on the in-memory model, what they say.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const repository = join(import.meta.dirname, '../..');
const text = readFileSync(join(repository, 'action.yml'), 'utf8');

const step = z.strictObject({
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: z.record(z.string(), z.string()).optional(),
  shell: z.literal('bash').optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
});
const action = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    branding: z.strictObject({ icon: z.string(), color: z.string() }),
    inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })),
    outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
    runs: z.strictObject({ using: z.literal('composite'), steps: z.array(step) }),
  })
  .parse(parse(text));
const { steps } = action.runs;

describe('the action', () => {
  test('uses every input, and no other', () => {
    const used = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('has an input for each flag that says what is run', () => {
    const bin = join(repository, 'bin/lambda-conformance.js');
    const { stdout } = spawnSync(process.execPath, [bin, 'run', '--help'], { encoding: 'utf8' });
    const flags = [...stdout.matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm)].map(([, flag]) => flag ?? '');
    expect(flags).toContain('endpoint');
    // Where it writes is the action's own affair, `--strict` is `fail-on`, and `--level` is for a first look.
    const others = ['out', 'report', 'json', 'resume', 'strict', 'level', 'help'];
    expect(flags.filter((flag) => !(flag in action.inputs) && !others.includes(flag))).toEqual([]);
  });

  test('puts what a user gives nowhere into the text of a script', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
  });

  test('pins every action by its version', () => {
    const uses = steps.flatMap((one) => one.uses ?? []);
    expect(uses.length).toBeGreaterThan(1);
    for (const name of uses) expect(name).toMatch(/@v\d+\.\d+\.\d+$/);
  });

  test('sets each variable of a step, and a step reads each that is set', () => {
    for (const { env = {}, run = '' } of steps) {
      const read = new Set([...run.matchAll(/\$\{?([A-Z][A-Z_]+)/g)].map(([, name]) => name ?? ''));
      const given = [...Object.keys(env), 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'];
      expect([...read].filter((name) => !given.includes(name))).toEqual([]);
      expect(Object.keys(env).filter((name) => !read.has(name))).toEqual([]);
    }
  });
});

describe('its steps', { timeout: 120_000 }, () => {
  let workspace = '';
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'lambda-conformance-action-'));
  });
  afterEach(() => {
    rmSync(workspace, { recursive: true, force: true });
  });

  interface Ran {
    /** Of the first step that failed, else of the last. */
    readonly code: number;
    readonly stdout: string;
    readonly outputs: Readonly<Record<string, string>>;
    readonly summary: string;
    /** What npm was called with. */
    readonly npm: string;
  }

  /** Runs the shell steps as the runner does: one after the other, each with its environment, until one fails. */
  function ran(inputs: Readonly<Record<string, string>>): Ran {
    const values = new Map(
      Object.entries(action.inputs).map(([name, { default: usual }]) => [
        `inputs.${name}`,
        inputs[name] ?? usual,
      ]),
    );
    values.set('github.action_path', repository).set('runner.temp', join(workspace, 'temp'));
    const npmLog = fakeNpm();
    const summary = join(workspace, 'summary.md');
    writeFileSync(summary, '');
    let stdout = '';
    let code = 0;
    for (const { id, env = {}, run } of steps) {
      if (run === undefined) continue;
      const output = join(workspace, 'output');
      writeFileSync(output, '');
      const script = join(workspace, 'script.sh');
      writeFileSync(script, run);
      const { NO_COLOR: _n, FORCE_COLOR: _f, ...own } = process.env;
      const result = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
        ...{ cwd: workspace, encoding: 'utf8' },
        env: {
          ...own,
          PATH: [join(workspace, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
          ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filledIn(value, values)])),
          ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' },
        },
      });
      stdout += result.stdout + result.stderr;
      for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
        const at = line.indexOf('=');
        values.set(`steps.${id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
      }
      code = result.status ?? -1;
      if (code !== 0) break;
    }
    const outputs = Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, filledIn(value, values)]),
    );
    outputs['artifact'] = values.get('steps.run.outputs.artifact') ?? '';
    const npm = existsSync(npmLog) ? readFileSync(npmLog, 'utf8').trim() : '';
    return { code, stdout, outputs, summary: readFileSync(summary, 'utf8'), npm };
  }

  /** An npm that only notes what it is asked for: the packages of this repository are here already. */
  function fakeNpm(): string {
    const log = join(workspace, 'npm.log');
    mkdirSync(join(workspace, 'bin'), { recursive: true });
    writeFileSync(join(workspace, 'bin/npm'), `#!/bin/sh\necho "$@" >> "${log}"\n`);
    chmodSync(join(workspace, 'bin/npm'), 0o755);
    return log;
  }

  const filledIn = (value: string, values: ReadonlyMap<string, string>): string =>
    value.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => values.get(name) ?? '');

  const small = { scenarios: '40', seed: '3', rules: 'ASYNC-RETRY-*' };

  test('a run that conforms: reports, a summary, an artifact, and no annotation', () => {
    const { code, stdout, outputs, summary, npm } = ran(small);
    expect(code, stdout).toBe(0);
    expect(outputs).toEqual({
      'exit-code': '0',
      'run-file': 'conformance/run.jsonl',
      artifact: 'conformance',
    });
    expect(summary).toMatch(/^# Conformance of memory with AWS Lambda/);
    expect(readdirSync(join(workspace, 'conformance')).sort()).toEqual([
      ...['junit.xml', 'report.json', 'report.md', 'run.jsonl'],
    ]);
    expect(stdout).not.toMatch(/^::/m);
    expect(npm).toBe(`ci --omit=dev --no-audit --no-fund --prefix ${repository}`);
  });

  test('shards and their merge: only the merge writes a summary', () => {
    for (const shard of ['1/2', '2/2']) {
      const { code, outputs, summary } = ran({ ...small, shard });
      const name = shard.replace('/', '-of-');
      expect([code, outputs['artifact'], summary]).toEqual([0, `conformance-${name}`, '']);
    }
    const merged = ran({ merge: 'conformance/run-*.jsonl', 'report-folder': 'merged', artifact: '' });
    expect([merged.code, merged.outputs['artifact']], merged.stdout).toEqual([0, '']);
    expect(merged.summary).toContain('merged of 2 shards');
  });

  /** A run file of the first run, changed so that a rule of it is broken. */
  function brokenShard(): void {
    ran({ ...small, shard: '1/1' });
    const file = join(workspace, 'conformance/run-1-of-1.jsonl');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/("ASYNC-RETRY-01":\{"subjects":\d+,"broken":)0/, '$11'),
    );
  }

  test('a violation is annotated, and fails, unless it is in the baseline or never to fail', () => {
    brokenShard();
    const merge = { merge: 'conformance/run-1-of-1.jsonl' };
    const failed = ran(merge);
    expect([failed.code, failed.outputs['exit-code'], failed.outputs['artifact']]).toEqual([
      1,
      '1',
      'conformance',
    ]);
    expect(failed.stdout).toMatch(/^::error title=ASYNC-RETRY-01 \(MUST\)::/m);
    expect(ran({ ...merge, 'fail-on': 'never' })).toMatchObject({ code: 0, outputs: { 'exit-code': '1' } });
    const divergences = [{ rule: 'ASYNC-RETRY-01', reason: 'issue 1' }];
    writeFileSync(join(workspace, 'known.json'), JSON.stringify({ baseline: 1, divergences }));
    const known = ran({ ...merge, baseline: 'known.json' });
    expect([known.code, known.stdout.includes('::error')]).toEqual([0, false]);
  });

  test('what is undecided fails where that is asked for', () => {
    const few = { ...small, scenarios: '1', rules: 'ASYNC-*' };
    expect(ran(few).code).toBe(0);
    expect(ran({ ...few, 'fail-on': 'undecided' })).toMatchObject({ code: 4, outputs: { 'exit-code': '4' } });
  });

  test.each([
    [{ 'fail-on': 'sometimes' }, 2, '::error::fail-on is "sometimes": give violation, undecided or never.'],
    [{ target: 'memry', 'fail-on': 'never' }, 2, 'did you mean memory?'],
    [{ endpoint: 'http://127.0.0.1:9', 'fail-on': 'never' }, 3, 'Nothing answers at http://127.0.0.1:9'],
    [{ ...small, shard: '1/2', seed: '' }, 2, 'A shard needs a --seed'],
    [{ ...small, time: 'soon' }, 2, 'Write it like 90s'],
    [{ 'time-scale': '60' }, 2, 'Write it like 1/60'],
    [{ ...small, jobs: 'many' }, 2, '--jobs'],
    [
      { endpoint: 'http://127.0.0.1:9', 'collector-host': 'here', target: 'memory' },
      2,
      'memory has no endpoint',
    ],
  ])('%j fails, whatever is to fail', (inputs, code, sentence) => {
    const result = ran(inputs);
    expect([result.code, result.outputs['artifact']]).toEqual([code, '']);
    expect(result.stdout).toContain(sentence);
  });

  test('what looks like shell in an input is only a value', () => {
    const { code, stdout } = ran({ rules: '"; touch owned; echo "$(touch owned)' });
    expect([code, existsSync(join(workspace, 'owned'))]).toEqual([2, false]);
    expect(stdout).toContain('No rule is called');
  });

  test('a version is installed from the registry, beside the workspace', () => {
    const { code, npm } = ran({ version: '0.1.0' });
    const temp = join(workspace, 'temp/lambda-conformance');
    expect(npm).toBe(`install --no-audit --no-fund --prefix ${temp} lambda-conformance@0.1.0`);
    // Nothing was installed by this npm, so that there is nothing to run.
    expect(code).not.toBe(0);
  });
});

describe('the examples', () => {
  const example = (name: string): unknown => parse(readFileSync(join(import.meta.dirname, name), 'utf8'));

  test('GitHub: every step that uses the action gives inputs that it has', () => {
    const { jobs } = z
      .object({ jobs: z.record(z.string(), z.object({ steps: z.array(z.looseObject({})) })) })
      .parse(example('github-actions.yml'));
    const ours = Object.values(jobs)
      .flatMap((job) => job.steps)
      .filter(({ uses }) => String(uses).startsWith('OWNER/lambda-conformance@'));
    expect(ours).toHaveLength(2);
    for (const one of ours) {
      const names = Object.keys(z.record(z.string(), z.unknown()).parse(one['with']));
      expect(names.filter((name) => !(name in action.inputs))).toEqual([]);
    }
  });

  test('GitLab: the commands are what the command line understands', { timeout: 60_000 }, () => {
    const jobs = z.record(z.string(), z.unknown()).parse(example('gitlab-ci.yml'));
    const scripts = Object.values(jobs).flatMap((job) => {
      const { success, data } = z.object({ script: z.array(z.string()) }).safeParse(job);
      return success ? data.script : [];
    });
    const commands = scripts.filter((line) => line.startsWith('npx lambda-conformance'));
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const [, , name = ''] = command.split(' ');
      const bin = join(repository, 'bin/lambda-conformance.js');
      const { stdout } = spawnSync(process.execPath, [bin, name, '--help'], { encoding: 'utf8' });
      const flags = [...command.matchAll(/ (--[a-z-]+)/g)].map(([, flag]) => flag ?? '');
      expect(flags.filter((flag) => !stdout.includes(`${flag} `))).toEqual([]);
    }
  });
});
