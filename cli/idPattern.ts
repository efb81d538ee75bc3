/** Patterns over ids of rules and cases: `ASYNC-*`, `{SYNC,CONC}-*`. */
import picomatch from 'picomatch';
import { UsageError } from './usageError.ts';

/**
 * Whether an id fits the pattern, or one of several apart by commas. Upper and lower case alike.
 * @param what it is a pattern of, with an example: the end of a sentence
 * @throws UsageError where it is no pattern
 */
export function idMatcher(pattern: string, what: string): (id: string) => boolean {
  // Commas within braces belong to the pattern.
  const patterns = pattern.split(/,(?![^{]*\})/).map((part) => part.trim());
  const options = { nocase: true, strictBrackets: true };
  try {
    return picomatch(patterns, options);
  } catch {
    throw new UsageError(`"${pattern}" is no pattern of ${what}.`);
  }
}
