/** The command was used wrongly: one sentence for the user, with what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What went wrong with a file, in words: `it is not there`, `you may not write it`. */
export function fileTrouble(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return TROUBLES[code] ?? (error instanceof Error ? error.message : String(error));
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
