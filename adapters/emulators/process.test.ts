import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
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

async function look(url: string): Promise<{ folder: string; pids: number[] }> {
  return (await (await fetch(url)).json()) as { folder: string; pids: number[] };
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

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('nothing is left when we end by %s', async (signal) => {
  const spec = specAt(await freePort());
  const script = `const { startProcess } = await import(${JSON.stringify(new URL('./process.ts', import.meta.url))});
    await startProcess(${JSON.stringify(spec)}); console.log('ready'); setInterval(() => {}, 1000);`;
  const us = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => us.stdout.once('data', resolve));
  const { folder, pids } = await look(spec.healthUrl);
  us.kill(signal);
  expect(await eventually(() => !pids.some(isAlive) && !existsSync(folder))).toBe(true);
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
