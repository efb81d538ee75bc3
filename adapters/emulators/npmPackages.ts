import { runToEnd } from './installing.ts';

/**
 * Installs npm packages, each with its exact version, in a folder of their own. Their install scripts are not run.
 * @throws TargetError with what to do, where there is no npm or it fails
 */
export function installPackages(packages: readonly string[], home: string): Promise<void> {
  return runToEnd(
    'npm',
    ['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', home, ...packages],
    `npm could not install ${packages.join(', ')}`,
    'npm comes with Node: put it on the PATH.',
  );
}
