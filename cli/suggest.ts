import { closest, distance } from 'fastest-levenshtein';

/** Of the names, the one that is close to what was written; undefined where none is. Case does not count. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const lower = written.toLowerCase();
  const near = closest(
    lower,
    names.map((name) => name.toLowerCase()),
  );
  const changes = distance(lower, near);
  // Of a word of two letters anything of two letters would be near.
  if (changes > Math.max(2, Math.floor(written.length / 4)) || changes >= written.length) return undefined;
  return names.find((candidate) => candidate.toLowerCase() === near);
}

/** ` (did you mean memory?)` where one of the names is close to what was written, else nothing. */
export function suggestion(written: string, names: readonly string[]): string {
  const name = nearest(written, names);
  return name === undefined ? '' : ` (did you mean ${name}?)`;
}
