/** Writing a run file: a line is on disk before the next thing happens, so that a kill loses at most one line. */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { RunLine } from '../engine/runFile.ts';
import { TargetError } from '../engine/target.ts';
import { isRunFile } from './readRun.ts';
import { fileTrouble, UsageError } from './usageError.ts';

export class RunWriter {
  readonly path: string;
  private readonly file: number;

  /**
   * Opens the file and leaves what is in it.
   * @throws UsageError where the file cannot be written
   */
  constructor(path: string) {
    this.path = path;
    this.file = writable(path, () => openSync(path, 'a'));
  }

  /**
   * From here on it is written.
   * @param keptBytes how much of what is in it stays: 0 begins it anew
   */
  begin(keptBytes: number): void {
    ftruncateSync(this.file, keptBytes);
  }

  /** @throws TargetError where the disk is full or gone: what was written before stays */
  write(line: RunLine): void {
    try {
      appendFileSync(this.file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      throw new TargetError(
        `${this.path} could not be written any further: ${fileTrouble(error)}. Make room and go on with --resume.`,
      );
    }
  }

  /** A file to which nothing was written was made for nothing. */
  close(): void {
    const isEmpty = fstatSync(this.file).size === 0;
    closeSync(this.file);
    if (isEmpty) rmSync(this.path, { force: true });
  }
}

/**
 * Makes the folder of a run file, and looks whether a run may be written there.
 * @throws UsageError where it cannot, or where there is a file that is no run's
 */
export function requireRunFile(path: string): void {
  writable(path, () => mkdirSync(dirname(path), { recursive: true }));
  requireOrdinary(path);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0 || isRunFile(path)) return;
  throw new UsageError(`${path} is not a run file, and a run would write over it: give another --out.`);
}

function writable<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${fileTrouble(error)}. Choose another file with --out.`);
  }
}

/** The report is made from the file, so it must be one that can be read again. */
function requireOrdinary(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile()) {
    throw new UsageError(
      `${path} cannot be the run file: it is ${stat.isDirectory() ? 'a folder' : 'no ordinary file'}. Choose another with --out.`,
    );
  }
}
