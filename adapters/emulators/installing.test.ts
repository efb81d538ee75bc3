import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { tempFolder } from '../aws/testing/tempFolder.ts';
import { installedOnce } from './installing.ts';

const SCRIPT = join(import.meta.dirname, 'testing/install.ts');

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

function run(folder: string): Run {
  const child = spawn(process.execPath, [SCRIPT, folder]);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, ...said })) };
}

const logOf = (folder: string): string[] =>
  existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [];

test('of three runs that install the same at the same moment one does so, and the others wait and say so once', async () => {
  const folder = tempFolder();
  const runs = await Promise.all([run(folder), run(folder), run(folder)].map(({ ended }) => ended));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(new Set(runs.map(({ stdout }) => stdout))).toEqual(new Set([join(folder, 'tool-1.0')]));
  expect(logOf(folder)).toEqual(['begun', 'ended']);
  expect(readFileSync(join(folder, 'tool-1.0', 'tool'), 'utf8')).toBe('here');
  const waiting = 'tool-1.0 is being installed by another run: waiting for it.\n';
  // One that comes when all is there has nothing to wait for.
  expect(runs.filter(({ stderr }) => stderr === waiting).length).toBeGreaterThan(0);
  expect(runs.filter(({ stderr }) => stderr !== '' && stderr !== waiting)).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(['log', 'tool-1.0']);
}, 30_000);

test('an installer that was killed leaves nothing that the next one takes for whole', async () => {
  const folder = tempFolder();
  const { child, ended } = run(folder);
  await vi.waitFor(() => expect(logOf(folder)).toEqual(['begun']), { timeout: 10_000 });
  child.kill('SIGKILL');
  await ended;
  // As if a minute had passed, after which whoever has not renewed its lock is dead.
  const longAgo = new Date(Date.now() - 61_000);
  utimesSync(join(folder, 'tool-1.0.lock'), longAgo, longAgo);
  expect(await run(folder).ended).toMatchObject({ code: 0, stderr: '' });
  expect(logOf(folder)).toEqual(['begun', 'begun', 'ended']);
  expect(existsSync(join(folder, 'tool-1.0', 'complete'))).toBe(true);
}, 30_000);

test('an installation that fails is begun again by the next one, in an empty folder', async () => {
  const folder = tempFolder();
  const failing = installedOnce(folder, 'tool', async () => {
    throw new Error('no network');
  });
  await expect(failing).rejects.toThrow('no network');
  const seen: string[][] = [];
  await installedOnce(folder, 'tool', async (home) => {
    seen.push(readdirSync(home));
  });
  expect(seen).toEqual([[]]);
});
