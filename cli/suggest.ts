import { closest, distance } from 'fastest-levenshtein';

/** ` (did you mean memory?)` where one of the names is close to what was written, else nothing. */
export function suggestion(written: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const lower = written.toLowerCase();
  const near = closest(
    lower,
    names.map((name) => name.toLowerCase()),
  );
  if (distance(lower, near) > Math.max(2, Math.floor(written.length / 4))) return '';
  const name = names.find((candidate) => candidate.toLowerCase() === near);
  return name === undefined ? '' : ` (did you mean ${name}?)`;
}
