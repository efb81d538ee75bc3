/** Ctrl-C, as a terminal sends it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { type FakeLambda, fakeLambda } from './testing/fakeLambda.ts';
import { spawned, started } from './testing/spawned.ts';

const root = mkdtempSync(join(tmpdir(), 'lambda-conformance-interrupts-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});
const folder = () => mkdtempSync(join(root, 'run-'));

/** Waits until it holds; the test's own timeout is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
const journals = (cwd: string) => {
  const home = join(cwd, '.conformance');
  return existsSync(home) ? readdirSync(home).filter((file) => file.startsWith('journal-')) : [];
};

describe('Ctrl-C once', () => {
  test('finishes what is under way, reports, and can be resumed', async () => {
    const cwd = folder();
    const words = ['run', '--scenarios', '1000000', '--seed', '3', '--out', 'run.jsonl'];
    const { child, ended } = started(words, cwd);
    await until(() => sizeOf(join(cwd, 'run.jsonl')) > 20_000);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/^Interrupted after [\d,]+ of 1,000,000 scenarios: \d+ rules kept/m);
    expect(stdout).not.toContain('Conforms');
    expect(stderr).toContain('Finishing what is under way; once more stops at once.');
    expect(stdout).toContain('The run was interrupted before its end: --resume goes on with it.');
    const lines = readFileSync(join(cwd, 'run.jsonl'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ line: 'footer', interrupted: true });
  }, 60_000);

  test('on a real clock waits for what runs, reports it and removes what was made', async () => {
    const cwd = folder();
    const lambda = await fakeLambda();
    const words = [
      'run',
      '--endpoint',
      lambda.url,
      '--jobs',
      '8',
      '--scenarios',
      '100000',
      '--rules',
      'SYNC-*',
    ];
    const { child, ended } = started([...words, '--out', 'run.jsonl'], cwd);
    await until(() => lambda.invocations() > 8);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    await lambda.close();
    // The exit code is that of the result, whatever the fake's is.
    const { code: reported } = await spawned(['report', 'run.jsonl'], cwd);
    expect([code, [1, 3].includes(reported ?? -1)], stderr).toEqual([reported, true]);
    expect(stdout).toContain('The run was interrupted');
    expect(journals(cwd), stderr).toEqual([]);
  }, 120_000);
});

describe('Ctrl-C twice', () => {
  const stoppedTwice = async (cwd: string, lambda: FakeLambda, hangsFrom: number) => {
    const { child, ended } = started(
      ['run', '--endpoint', lambda.url, '--jobs', '8', '--rules', 'SYNC-*', '--scenarios', '500'],
      cwd,
    );
    await until(() => lambda.invocations() >= hangsFrom);
    child.kill('SIGINT');
    await pause(300);
    child.kill('SIGINT');
    const before = performance.now();
    const result = await ended;
    return { ...result, tookMs: performance.now() - before };
  };

  test('stops at once, and leaves a journal that sweep cleans', async () => {
    const cwd = folder();
    const lambda = await fakeLambda((k) => (k >= 4 ? 'hang' : 'run'));
    const { code, stdout, stderr, tookMs } = await stoppedTwice(cwd, lambda, 4);
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain('Stopped: --resume goes on with the run, `lambda-conformance sweep` removes');
    expect(tookMs).toBeLessThan(2_000);
    expect(journals(cwd)).toHaveLength(1);
    const swept = await spawned(['sweep'], cwd);
    await lambda.close();
    expect([swept.code, swept.stderr]).toEqual([0, '']);
    expect(swept.stdout).toMatch(/journal-\w+\.jsonl: \d+ resources? removed\./);
    expect(journals(cwd)).toEqual([]);
  }, 60_000);
});

test('a reader that goes away ends the command without a word', async () => {
  const { child, ended } = started(['list'], folder());
  child.stdout?.destroy();
  const { stderr } = await ended;
  expect(stderr).toBe('');
}, 30_000);
