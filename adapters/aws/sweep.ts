import { rmSync } from 'node:fs';
import { contact } from './alive.ts';
import { makeClients } from './clients.ts';
import { JOURNAL_FOLDER, Journal, journalFiles, readJournal } from './journal.ts';
import { Maker } from './maker.ts';
import { Namer } from './names.ts';
import { removeAll } from './removal.ts';

export interface Swept {
  readonly journal: string;
  readonly removed: number;
  /** What could not be removed, each with the reason: its journal stays. */
  readonly failed: readonly string[];
  /** The run still goes on: nothing was touched. */
  readonly isRunning?: true;
}

/**
 * Removes what killed runs left, as their journals list it. Journals of runs that still go on are passed over.
 * @param options.endpoint only journals of this endpoint, and resources there
 */
export async function sweep(options: { endpoint?: string; folder?: string } = {}): Promise<Swept[]> {
  const swept: Swept[] = [];
  for (const path of journalFiles(options.folder ?? JOURNAL_FOLDER)) {
    const left = readJournal(path);
    if (options.endpoint !== undefined && left.endpoint !== options.endpoint) continue;
    if (left.pid !== undefined && left.pid !== process.pid && isRunning(left.pid)) {
      swept.push({ journal: path, removed: 0, failed: [], isRunning: true });
      continue;
    }
    swept.push({ journal: path, ...(await sweepOne(left, path)) });
  }
  return swept;
}

async function sweepOne(left: ReturnType<typeof readJournal>, path: string): Promise<Omit<Swept, 'journal'>> {
  if (left.resources.length === 0) {
    rmSync(path, { force: true });
    return { removed: 0, failed: [] };
  }
  const clients = makeClients({
    ...(left.endpoint === undefined ? {} : { url: left.endpoint }),
    ...(left.region === undefined ? {} : { region: left.region }),
  });
  try {
    // A target that was the run's own child died with it, and all that had been made there.
    if (left.isOurs === true && (await contact(clients)).is === 'nothing') {
      rmSync(path, { force: true });
      return { removed: 0, failed: [] };
    }
    const journal = Journal.reopen(path, left.resources);
    const outcome = await removeAll(left.resources, new Maker(clients, new Namer('sweep'), journal));
    journal.finish();
    return outcome;
  } finally {
    clients.destroy();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
