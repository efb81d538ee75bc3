/** Reading a run file, line by line. */
import { RUN_FORMAT, type RunLine, runLineSchema } from '../engine/runFile.ts';
import { issuesOf } from './issue.ts';
import { type FileLine, linesOf } from './lines.ts';
import { UsageError } from './usageError.ts';

/** A line of a run file, and where it ends in the file. */
export interface PlacedLine {
  readonly line: RunLine;
  readonly end: number;
  readonly isWhole: boolean;
}

/** A header is a few kilobytes: what has more before its first newline is no run file. */
const LONGEST_HEADER_BYTES = 1_024 * 1_024;

/**
 * The lines of a run file. A last line that was cut off is left out; everything else that is wrong is told.
 * @throws UsageError where it is no run file, is of a newer version, or is damaged in its middle
 */
export function* runLinesOf(path: string): Generator<PlacedLine> {
  requireHeader(path);
  for (const text of linesOf(path)) {
    const line = parsed(path, text);
    if (line !== undefined) yield { line, end: text.end, isWhole: text.isWhole };
  }
}

/**
 * Whether a file begins as a run file does, whole or cut off. Looks at the beginning only, so that a large file of
 * another kind is refused at once.
 * @throws UsageError where it cannot be read, or has a line longer than any run file's header
 */
export function isRunFile(path: string): boolean {
  for (const first of linesOf(path, LONGEST_HEADER_BYTES)) {
    const value = json(first.text);
    if (value === undefined) return !first.isWhole && first.text.startsWith('{"line":"header"');
    return isRecord(value) && value['line'] === 'header';
  }
  return false;
}

function requireHeader(path: string): void {
  if (isRunFile(path)) return;
  throw new UsageError(
    `${path} is not a run file: its first line is no header. \`lambda-conformance run --out FILE\` writes one.`,
  );
}

function parsed(path: string, { text, number, isWhole }: FileLine): RunLine | undefined {
  const value = json(text);
  if (value === undefined) {
    if (!isWhole) return undefined;
    throw new UsageError(
      `${path} is damaged: its line ${number} is not JSON. Delete it from there on to save the rest.`,
    );
  }
  if (isRecord(value) && value['line'] === 'header' && Number(value['format']) > RUN_FORMAT) {
    throw new UsageError(
      `${path} is a run file of format ${String(value['format'])}, and this lambda-conformance reads ${RUN_FORMAT}: install a newer one.`,
    );
  }
  const { success, data, error } = runLineSchema.safeParse(value);
  if (success) return data;
  throw new UsageError(`${path} is damaged: line ${number}:${issuesOf(error, runLineSchema, value)}`);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
