/** Reading a small file of JSON that a user gave: whatever it is instead is told in one sentence. */
import { readFileSync, statSync } from 'node:fs';
import { fileTrouble, UsageError } from './usageError.ts';

const LARGEST_BYTES = 16 * 1_024 * 1_024;

/**
 * @param what the file is to hold, e.g. `a scenario`
 * @param ofRunFile what is to be done with a run file instead: the rest of a sentence
 * @throws UsageError telling what the file is instead, and what to do
 */
export function readJsonFile(
  path: string,
  what: string,
  ofRunFile: (path: string) => string,
): { readonly value: unknown; readonly text: string } {
  const text = readSmall(path, what);
  if (text.startsWith('{"line":"header"')) {
    throw new UsageError(`${path} is a run file: ${ofRunFile(path)}`);
  }
  if (text.trim() === '') throw new UsageError(`${path} is empty: give a file with ${what}.`);
  try {
    return { value: JSON.parse(text), text };
  } catch (error) {
    throw new UsageError(`${path} is not JSON (${jsonTrouble(error, text)}): give a file with ${what}.`);
  }
}

/** Why a text is not JSON, without the text itself: it may be anything, and of any length. */
function jsonTrouble(error: unknown, text: string): string {
  // What is no UTF-8 was read as U+FFFD.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\0-\x08\x0E-\x1F\uFFFD]/.test(text.slice(0, LOOKED_AT))) return 'it is no text';
  const message = error instanceof Error ? error.message : String(error);
  if (/ end of |Unterminated/.test(message) || message.includes(`position ${text.length} `)) {
    return 'it seems to be cut off';
  }
  const [place] = /line \d+ column \d+/.exec(message) ?? [];
  if (place !== undefined) return `the mistake is at ${place}`;
  const [token] = /^Unexpected token '[!-~]'/.exec(message) ?? [];
  return token === undefined ? 'it begins with something else' : token.replace('U', 'u');
}

const LOOKED_AT = 4_096;

function readSmall(path: string, what: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new UsageError(`${path} is no file: give one with ${what}.`);
    if (stat.size > LARGEST_BYTES) {
      const megabytes = Math.round(stat.size / 1_024 / 1_024);
      throw new UsageError(
        `${path} has ${megabytes} MB, and ${what} at most 16: if it is a run file, \`lambda-conformance report\` reads it.`,
      );
    }
    // Editors of some systems begin a text with a byte order mark, which is no JSON.
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${fileTrouble(error)}.`);
  }
}

/**
 * @param what it is a version of: `scenario`
 * @throws UsageError where it is a version that only a later lambda-conformance reads
 */
export function requireVersion(path: string, what: string, version: unknown, ours: number): void {
  if (typeof version !== 'number' || version <= ours) return;
  throw new UsageError(
    `${path} is a ${what} of version ${version}, and this lambda-conformance reads ${ours}: install a newer one.`,
  );
}

/** An object, and no array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
