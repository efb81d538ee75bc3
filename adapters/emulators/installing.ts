import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TargetError } from '../../engine/target.ts';
import { locked } from './installLock.ts';

/**
 * A folder below `folder` that `work` has filled once; it is empty when `work` begins. Of several processes that ask
 * for the same one at the same time, one does the work, and the others wait for its end.
 * @returns its absolute path
 * @throws TargetError where another process took the installation over, because this one stood still for a minute
 */
export async function installedOnce(
  folder: string,
  name: string,
  work: (home: string) => Promise<void>,
): Promise<string> {
  const home = resolve(folder, name);
  const complete = join(home, 'complete');
  if (existsSync(complete)) return home;
  mkdirSync(resolve(folder), { recursive: true });
  const held = await locked(home, name);
  try {
    if (existsSync(complete)) return home;
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    await work(home);
    held.check();
    // Whoever was killed before this line begins again.
    mkdirSync(complete);
  } finally {
    await held.release();
  }
  return home;
}

/**
 * Runs a command of an installation to its end.
 * @param complaint how the sentence begins that says why it failed
 * @param help what to do where the command is not there at all
 * @throws TargetError where it fails
 */
export function runToEnd(
  command: string,
  args: readonly string[],
  complaint: string,
  help: string,
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    child.on('error', (error) => fail(new TargetError(`${complaint}: ${error.message}. ${help}`)));
    child.on('exit', (code) => {
      const reason = errors.trim().split('\n').at(-1) ?? '';
      if (code === 0) done();
      else fail(new TargetError(`${complaint}: ${reason === '' ? `exit ${code}` : reason}`));
    });
  });
}
