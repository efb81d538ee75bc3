/** Writing a run file: a line is on disk before the next thing happens, so that a kill loses at most one line. */
import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunLine } from '../engine/runFile.ts';
import { TargetError } from '../engine/target.ts';
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
    try {
      mkdirSync(dirname(path), { recursive: true });
      requireOrdinary(path);
      this.file = openSync(path, 'a');
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(
        `${path} cannot be written: ${fileTrouble(error)}. Choose another file with --out.`,
      );
    }
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

  close(): void {
    closeSync(this.file);
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
