/** One run at a time on a run file: two that write to the same one would mix their lines without a word. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileTrouble, UsageError } from './usageError.ts';

/** Locks of this process: a lock with its id that is not among them was left by an earlier one of the same id. */
const mine = new Set<string>();

/**
 * Takes the lock of a run file: a file beside it with the id of the process that writes.
 * @returns gives it back; the end of the process does so too
 * @throws UsageError where another run has it, or the folder cannot be written
 */
export function lockRun(path: string): () => void {
  const lock = `${path}.lock`;
  if (!taken(lock, path)) {
    const holder = holderOf(lock);
    if (holder !== undefined && isAlive(holder, lock)) {
      throw new UsageError(
        `${path} is being written by another run (process ${holder}): wait for its end, or give another --out.`,
      );
    }
    // Left by a run that was killed.
    rmSync(lock, { force: true });
    if (!taken(lock, path)) {
      throw new UsageError(`${path} was just taken by another run: wait for its end, or give another --out.`);
    }
  }
  mine.add(lock);
  const release = () => {
    process.off('exit', release);
    mine.delete(lock);
    rmSync(lock, { force: true });
  };
  process.on('exit', release);
  return release;
}

function taken(lock: string, path: string): boolean {
  try {
    writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new UsageError(`${path} cannot be written: ${fileTrouble(error)}. Choose another file with --out.`);
  }
}

/** The process that a lock names; undefined where it names none. */
function holderOf(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number, lock: string): boolean {
  if (pid === process.pid) return mine.has(lock);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is there, though it may not be signalled.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
