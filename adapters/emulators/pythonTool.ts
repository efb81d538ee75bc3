import { join } from 'node:path';
import { installedOnce, runToEnd } from './installing.ts';

const HELP = 'Set PYTHON to its path.';
const pythonOf = () => process.env['PYTHON'] ?? 'python3';

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
  python = pythonOf(),
): Promise<string> {
  const home = await installedOnce(folder, folderOf(requirement), async (made) => {
    const needed = `Python 3.10 or newer with its venv module is needed for ${requirement}`;
    await runToEnd(python, ['-m', 'venv', made], needed, HELP);
    await runToEnd(
      join(made, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement],
      `pip could not install ${requirement}`,
      HELP,
    );
  });
  return join(home, 'bin', command);
}

/** A requirement as the name of a folder: what stands in brackets would be a pattern to many a shell. */
const folderOf = (requirement: string): string => requirement.replace(/[^\w.]+/g, '-');

/**
 * Downloads the wheel of a Python package, and nothing that it depends on, to a folder.
 * @param requirement with its exact version
 * @throws TargetError with what to do, where there is no Python 3 with pip or it fails
 */
export function downloadWheel(requirement: string, folder: string): Promise<void> {
  return runToEnd(
    pythonOf(),
    [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--dest',
      folder,
      requirement,
    ],
    `Python 3 with pip is needed to download ${requirement}`,
    HELP,
  );
}
