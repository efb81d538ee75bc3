import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TargetError } from '../../engine/target.ts';

/**
 * The command of a Python package, installed once in an environment of its own below `.conformance/`.
 * @param requirement with its exact version, and extras if any, e.g. `moto[server]==5.2.5`
 * @returns the absolute path of the command
 * @throws TargetError with what to do, where there is no Python 3 or pip fails
 */
export async function pythonTool(
  requirement: string,
  command: string,
  folder = '.conformance',
  python = process.env['PYTHON'] ?? 'python3',
): Promise<string> {
  const home = resolve(folder, folderOf(requirement));
  const tool = join(home, 'bin', command);
  if (existsSync(join(home, 'complete'))) return tool;
  mkdirSync(folder, { recursive: true });
  rmSync(home, { recursive: true, force: true });
  await run(
    python,
    ['-m', 'venv', home],
    `Python 3.10 or newer with its venv module is needed for ${requirement}`,
  );
  const pip = join(home, 'bin', 'python');
  await run(
    pip,
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement],
    `pip could not install ${requirement}`,
  );
  // Whoever was killed before this line begins again.
  mkdirSync(join(home, 'complete'));
  return tool;
}

/** A requirement as the name of a folder: what stands in brackets would be a pattern to many a shell. */
const folderOf = (requirement: string): string => requirement.replace(/[^\w.]+/g, '-');

function run(command: string, args: readonly string[], complaint: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-2_000);
    });
    child.on('error', (error) =>
      fail(new TargetError(`${complaint}: ${error.message}. Set PYTHON to its path.`)),
    );
    child.on('exit', (code) => {
      const reason = errors.trim().split('\n').at(-1) ?? '';
      if (code === 0) done();
      else fail(new TargetError(`${complaint}: ${reason === '' ? `exit ${code}` : reason}`));
    });
  });
}
