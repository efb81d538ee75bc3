/** The command was used wrongly: one sentence for the user, with what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What went wrong with a file, in words: `it is not there`, `you may not write it`. */
export function fileTrouble(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return TROUBLES[code] ?? (error instanceof Error ? error.message : String(error));
}

/** One sentence for what a file or the disk refused; undefined for any other error. */
export function refusedByDisk(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  const trouble = TROUBLES[String(error.code)];
  if (trouble === undefined) return undefined;
  const what = 'path' in error && typeof error.path === 'string' ? error.path : 'What was to be printed';
  return `${what} could not be ${error.syscall === 'write' ? 'written' : 'used'}: ${trouble}.`;
}

const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'its name is too long',
};
