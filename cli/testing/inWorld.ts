/** The command run in this process, on targets and rules of a test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../engine/plan.ts';
import type { Target } from '../../engine/target.ts';
import { countingSource, miniature, miniRules } from '../../engine/testing/miniatures.ts';
import { main } from '../main.ts';
import { realWorld, type World } from '../world.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a world whose every target is the miniature, unless `more` says otherwise. */
export async function inWorld(words: readonly string[], more: Partial<World> = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const world: World = {
    ...realWorld,
    env: {},
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    targetNames: () => ['memory', 'miniature'],
    openTarget: async () => miniature(),
    groups: async () => [{ id: 'MINI', title: 'Miniatures', rules: miniRules }],
    source: async ({ seed }) => ({ ...countingSource, seed }),
    plan: async () => firstDrawn(80),
    ...more,
  };
  const code = await main(words, world);
  return { code, stdout, stderr };
}

/** A plan of the first so many scenarios: what is drawn is then what is run. */
const firstDrawn = (count: number): Plan => ({
  ...{ drawn: count, rules: [], rulesLeft: [], shown: [], left: [], expectedSeconds: count },
  scenarios: Array.from({ length: count }, (_, index) => ({ index, expectedSeconds: 1 })),
});

/** A target that gives the third event, and all that follow, an attempt too many. */
export const brokenTarget = async (): Promise<Target> =>
  miniature((event) => (Number(event.slice(1)) >= 3 ? 2 : 1), { name: 'broken' });

/** A temporary folder that the process works in; call what is returned to go back and remove it. */
export function inTemporaryFolder(): { readonly path: string; readonly leave: () => void } {
  const before = process.cwd();
  const path = mkdtempSync(join(tmpdir(), 'lambda-conformance-cli-'));
  process.chdir(path);
  return {
    path,
    leave: () => {
      process.chdir(before);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
