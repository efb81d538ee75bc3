import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { TargetError } from '../../engine/target.ts';
import { freePort, startProcess } from './process.ts';

/** A server that says where its temporary folder is, with a child of its own. */
const SERVER = `
const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
require('http').createServer((request, response) => response.end(
  JSON.stringify({ folder: process.env.TMPDIR, pids: [process.pid, child.pid] }))).listen(+process.argv[1], '127.0.0.1');`;

const specAt = (port: number) => ({
  name: 'tiny',
  command: process.execPath,
  args: ['-e', SERVER, String(port)],
  healthUrl: `http://127.0.0.1:${port}/`,
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits up to five seconds for `what` to become true. */
async function eventually(what: () => boolean): Promise<boolean> {
  for (let left = 100; left > 0 && !what(); left--) await new Promise((resolve) => setTimeout(resolve, 50));
  return what();
}

interface Seen {
  readonly folder: string;
  readonly pids: readonly number[];
}

async function look(url: string): Promise<Seen> {
  return (await (await fetch(url)).json()) as Seen;
}

test('a stopped emulator leaves neither processes nor its folder', async () => {
  const spec = specAt(await freePort());
  const running = await startProcess(spec);
  const { folder, pids } = await look(spec.healthUrl);
  expect(existsSync(folder)).toBe(true);
  expect(running.lastWords()).toBeUndefined();
  await running.stop();
  expect(await eventually(() => !pids.some(isAlive))).toBe(true);
  expect(existsSync(folder)).toBe(false);
});

/** A process of ours that runs these emulators, once they are ready. */
async function runningAll(specs: readonly object[], before = ''): Promise<ChildProcess> {
  const script = `${before}
    const { startProcess } = await import(${JSON.stringify(new URL('./process.ts', import.meta.url))});
    for (const spec of ${JSON.stringify(specs)}) await startProcess(spec);
    console.log('ready'); setInterval(() => {}, 1000);`;
  const us = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void us.kill('SIGKILL'));
  await new Promise((resolve) => us.stdout.once('data', resolve));
  return us;
}

test.each([
  ['SIGKILL', 1],
  ['SIGTERM', 1],
  ['SIGTERM', 2],
  ['SIGINT', 2],
] as const)('nothing is left when we end by %s, with %i running', async (signal, count) => {
  const specs = [];
  for (let left = count; left > 0; left--) specs.push(specAt(await freePort()));
  const us = await runningAll(specs);
  const seen = await Promise.all(specs.map(({ healthUrl }) => look(healthUrl)));
  us.kill(signal);
  expect(await eventually(() => us.signalCode !== null)).toBe(true);
  expect(us.signalCode).toBe(signal);
  const isGone = ({ folder, pids }: Seen) => !pids.some(isAlive) && !existsSync(folder);
  expect(await eventually(() => seen.every(isGone))).toBe(true);
});

test('a signal that somebody else handles is theirs: all run on until they end us', async () => {
  const specs = [specAt(await freePort()), specAt(await freePort())];
  const us = await runningAll(specs, "process.on('SIGTERM', () => setTimeout(() => process.exit(7), 500));");
  const seen = await Promise.all(specs.map(({ healthUrl }) => look(healthUrl)));
  us.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(seen.every(({ pids }) => pids.every(isAlive))).toBe(true);
  expect(await eventually(() => us.exitCode === 7)).toBe(true);
  expect(await eventually(() => !seen.some(({ pids }) => pids.some(isAlive)))).toBe(true);
});

test('an emulator that ends at once is told in one sentence, with what it said', async () => {
  const starting = startProcess({
    name: 'tiny',
    command: process.execPath,
    args: ['-e', 'console.error("port taken"); process.exit(3)'],
    healthUrl: 'http://127.0.0.1:1/',
  });
  await expect(starting).rejects.toThrow(TargetError);
  await expect(starting).rejects.toThrow(/tiny ended as soon as it began.*port taken/);
});

test('an emulator that never becomes ready is stopped', async () => {
  const starting = startProcess({
    name: 'tiny',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    healthUrl: 'http://127.0.0.1:1/',
    readyWithinSeconds: 0.3,
  });
  await expect(starting).rejects.toThrow(/was not ready after 0.3 s/);
});
