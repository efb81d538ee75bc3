/** A file's lines, one after the other, without reading the whole of it into memory. */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileTrouble, UsageError } from './usageError.ts';

export interface FileLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Position in the file after the line, its newline included. */
  readonly end: number;
  /** It has a newline: it was written to its end. */
  readonly isWhole: boolean;
}

const BLOCK_BYTES = 256 * 1_024;
/** A line that is longer was not written by this program. */
const LONGEST_LINE_BYTES = 64 * 1_024 * 1_024;
const NEWLINE = 10;

/** @throws UsageError where the file cannot be read, or has a line longer than `longestBytes` (64 MiB) */
export function* linesOf(path: string, longestBytes = LONGEST_LINE_BYTES): Generator<FileLine> {
  const file = openToRead(path);
  try {
    let parts: Buffer[] = [];
    let partBytes = 0;
    let number = 0;
    let end = 0;
    const taken = (isWhole: boolean): FileLine => {
      const raw = Buffer.concat(parts).toString('utf8');
      // A byte order mark, as editors of some systems write it, is no part of the first line.
      const text = number === 0 && raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
      end += partBytes + (isWhole ? 1 : 0);
      parts = [];
      partBytes = 0;
      return { text, number: ++number, end, isWhole };
    };
    for (;;) {
      const block = readBlock(file, path);
      if (block.length === 0) break;
      let from = 0;
      for (let at = block.indexOf(NEWLINE); at >= 0; at = block.indexOf(NEWLINE, from)) {
        parts.push(block.subarray(from, at));
        partBytes += at - from;
        from = at + 1;
        yield taken(true);
      }
      parts.push(block.subarray(from));
      partBytes += block.length - from;
      if (partBytes > longestBytes) {
        throw new UsageError(
          `${path} is not a run file: its line ${number + 1} is longer than any of them has.`,
        );
      }
    }
    if (partBytes > 0) yield taken(false);
  } finally {
    closeSync(file);
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${fileTrouble(error)}.`);
  }
}

function readBlock(file: number, path: string): Buffer {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  try {
    return block.subarray(0, readSync(file, block));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${fileTrouble(error)}.`);
  }
}
