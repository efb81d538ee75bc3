/** A run that is killed at any moment goes on with nothing lost and nothing doubled. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';

const bin = join(import.meta.dirname, '../bin/lambda-conformance.js');
const folder = mkdtempSync(join(tmpdir(), 'lambda-conformance-resume-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const SCENARIOS = 6_000;
const words = (out: string) => ['run', '--scenarios', `${SCENARIOS}`, '--seed', '11', '--out', out];

/** The lines of a run file without what differs from run to run: times. */
const timeless = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
    .filter(({ line }) => line !== 'footer')
    .map((line) => (line.line === 'header' ? { ...line, startedAt: '' } : line));

const complete = (out: string, ...more: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...words(out), ...more], { encoding: 'utf8' });
  expect(stderr.includes('    at '), stderr).toBe(false);
  return status;
};

const sizeOf = (file: string): number => {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
};

/** Starts the run, and kills it without warning once the file has grown to `bytes`. */
async function killedAt(out: string, bytes: number, ...more: string[]): Promise<void> {
  const run = spawn(process.execPath, [bin, ...words(out), ...more], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => run.once('exit', () => resolve()));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && sizeOf(out) < bytes) await pause(2);
  run.kill('SIGKILL');
  await ended;
}

test('killed at random points and resumed, a run file is the same as of a run that nobody killed', async () => {
  const whole = join(folder, 'whole.jsonl');
  expect(complete(whole)).toBe(0);
  const size = statSync(whole).size;
  for (let round = 0; round < 4; round++) {
    const out = join(folder, `killed-${round}.jsonl`);
    // Twice, the second time while it goes on from the first.
    await killedAt(out, Math.random() * size * 0.6);
    await killedAt(out, Math.random() * size, '--resume');
    expect(complete(out, '--resume')).toBe(0);
    expect(timeless(out)).toEqual(timeless(whole));
  }
}, 300_000);

test('a line that was cut off is run again', () => {
  const whole = join(folder, 'whole-2.jsonl');
  complete(whole);
  const text = readFileSync(whole, 'utf8');
  for (const share of [0.15, 0.5, 0.9]) {
    const out = join(folder, `cut-${share}.jsonl`);
    writeFileSync(out, text.slice(0, Math.floor(text.length * share)));
    expect(complete(out, '--resume')).toBe(0);
    expect(timeless(out)).toEqual(timeless(whole));
  }
}, 300_000);

test('a finished run has nothing to resume, and stays as it is', () => {
  const out = join(folder, 'finished.jsonl');
  complete(out);
  const before = readFileSync(out, 'utf8');
  expect(complete(out, '--resume')).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe(before);
}, 300_000);
