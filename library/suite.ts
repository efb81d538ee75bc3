/** This suite itself. Apart, because it is asked for where the catalogue need not be loaded. */
import { createRequire } from 'node:module';

/** Scenarios of a campaign on a simulated clock that names no number; on a real one the plan says how many. */
export const DEFAULT_SCENARIOS = 20_000;

/** The version of this package. */
export function suiteVersion(): string {
  const require = createRequire(import.meta.url);
  // The package's own manifest: two folders up from dist/library, one from library.
  for (const manifest of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = require(manifest) as { readonly name?: string; readonly version?: string };
      if (name === 'lambda-conformance' && version !== undefined) return version;
    } catch {
      // Not there: the other place is tried.
    }
  }
  return 'unknown';
}
