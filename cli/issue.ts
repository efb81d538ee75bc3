/** What is wrong with a file's content, and where, in words. */
import type { z } from 'zod';
import { knownKeys, member } from './knownKeys.ts';
import { nearest } from './suggest.ts';

const MOST_SHOWN = 5;

/**
 * What is wrong with `value`, to be put behind a colon: one mistake on the same line, several on a line each:
 * `steps[0].plan[0]: "thrwo" is none of ok, nothing, throw; did you mean throw?`
 */
export function issuesOf(error: z.ZodError, schema: z.core.$ZodType, value: unknown): string {
  const issues = error.issues.flatMap((issue) => sentences(deepest(issue), schema, value));
  if (issues.length <= 1) return ` ${issues[0] ?? 'it does not fit the format.'}`;
  const lines = issues.slice(0, MOST_SHOWN);
  if (issues.length > MOST_SHOWN) lines.push(`… and ${issues.length - MOST_SHOWN} more.`);
  return `\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** Of a value that may be one of several things: what is wrong with the one that it fits best. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  let best: z.core.$ZodIssue | undefined;
  for (const [first] of issue.errors) {
    if (first === undefined) continue;
    const inner = deepest(first);
    const isDeeper = inner.path.length > (best?.path.length ?? 0);
    // Of another type altogether: that is the last thing that was meant.
    if (best === undefined || isDeeper || (best.code === 'invalid_type' && best.path.length === 0)) {
      best = inner;
    }
  }
  return best === undefined ? issue : { ...best, path: [...issue.path, ...best.path] };
}

function sentences(issue: z.core.$ZodIssue, schema: z.core.$ZodType, value: unknown): string[] {
  const { path } = issue;
  const place = placeOf(path);
  const where = place === '' ? '' : `${place}: `;
  const written = path.reduce(member, value);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path, value);
    return issue.keys.map(
      (key) => `${where}there is no key ${quoted(key)}${choices(key, known, 'there are')}`,
    );
  }
  if (written === undefined && issue.code !== 'custom') return [`${where}it is missing.`];
  const names = namesOf(issue);
  if (names !== undefined) {
    const near = typeof written === 'string' ? nearest(written, names) : undefined;
    const hint = near === undefined ? '.' : `; did you mean ${near}?`;
    return [`${where}${quoted(written)} is none of ${names.join(', ')}${hint}`];
  }
  return [`${where}${issue.message.replace(/\.$/, '')}.`];
}

/** `steps[3].plan[0]`. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** The values of which one must stand there; undefined where it is not about that. */
function namesOf(issue: z.core.$ZodIssue): readonly string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return issue.options.map(String);
  }
  return undefined;
}

function choices(written: string, names: readonly string[], otherwise: string): string {
  const near = nearest(written, names);
  if (near !== undefined) return `; did you mean ${near}?`;
  return names.length === 0 ? '.' : `; ${otherwise} ${names.join(', ')}.`;
}

const LONGEST_QUOTE = 40;

/** A value as JSON, cut where it is long; what is no text stays out of the terminal. */
function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
