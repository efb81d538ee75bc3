/** Installs LocalStack as a plain process: finds a Python 3.13, and lets it do the work. */
import { execFile, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { TargetError } from '../../engine/target.ts';
import type { Installed } from './plainProcess.ts';

/** The Python package that is found on PYTHONPATH: executor, supervisor, installation. */
export const PROCESS_FOLDER = fileURLToPath(new URL('process/', import.meta.url));

const outcomeSchema = z.strictObject({ lacks: z.record(z.string(), z.string()) });
const installations = new Map<string, Promise<Installed>>();

/**
 * Installs LocalStack into `folder/localstack-VERSION`, once for each process of ours; what is there stays.
 * @throws TargetError where there is no Python 3.13, or pip, npm or Maven fail
 */
export function installed(version: string, folder = '.conformance'): Promise<Installed> {
  const home = resolve(folder, `localstack-${version}`);
  const running = installations.get(home) ?? install(home);
  installations.set(home, running);
  return running;
}

async function install(folder: string): Promise<Installed> {
  const output = await run(await findPython(), [
    // Leaves no __pycache__ in our own package.
    '-B',
    join(PROCESS_FOLDER, 'lambda_conformance_localstack/install.py'),
    folder,
  ]);
  const { lacks } = outcomeSchema.parse(JSON.parse(output));
  for (const why of Object.values(lacks)) {
    process.stderr.write(`LocalStack runs without what follows from this: ${why}.\n`);
  }
  return { python: join(folder, 'venv/bin/python'), programs: join(folder, 'lib'), lacks };
}

/** Runs a command, its stderr on ours. Returns what it wrote to stdout. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', (error) => fail(new TargetError(`${command} could not be run: ${error.message}.`)));
    child.on('close', (code) => {
      if (code === 0) done(output);
      else fail(new TargetError('LocalStack could not be installed: see above.'));
    });
  });
}

/**
 * A Python 3.13, for which LocalStack 4.14.0 and localemu 1.3.2 are made: that of PYTHON, of PATH, or the newest one of pyenv.
 * @throws TargetError where there is none
 */
export async function findPython(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): Promise<string> {
  const named = env['PYTHON'] ?? '';
  const candidates = [
    ...(named === '' ? [] : [named]),
    'python3.13',
    ...pyenvPythons(env['PYENV_ROOT'] ?? join(home, '.pyenv')),
    'python3',
  ];
  for (const candidate of candidates) if (await isPython313(candidate, env)) return candidate;
  const places = 'not as PYTHON, not as python3.13 on PATH, not under ~/.pyenv/versions';
  throw new TargetError(
    `As a plain process LocalStack, as its fork localemu, needs Python 3.13, and there is none: ${places}. Install it (\`pyenv install 3.13\`), or start it yourself and give its address with --endpoint.`,
  );
}

function pyenvPythons(root: string): string[] {
  const versions = join(root, 'versions');
  try {
    return readdirSync(versions)
      .filter((name) => /^3\.13(\D|$)/.test(name))
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(versions, name, 'bin/python3.13'));
  } catch {
    return [];
  }
}

async function isPython313(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  // Modules that a Python built without their libraries does not have.
  const question = 'import sys, ssl, sqlite3, venv; print(*sys.version_info[:2])';
  return promisify(execFile)(command, ['-c', question], { env: { ...env } }).then(
    ({ stdout }) => stdout.trim() === '3 13',
    () => false,
  );
}
