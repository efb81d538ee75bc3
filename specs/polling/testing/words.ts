/** The lines of the notation, taken apart: a verb, its words, what the prepositions say, and what follows the colon. */

/** Words that tell something about the line, each with the one after it. */
const PREPOSITIONS = ['to', 'of', 'on', 'in', 'with', 'count', 'version', 'into', 'as'] as const;
export type Preposition = (typeof PREPOSITIONS)[number];

export interface Line {
  readonly verb: string;
  /** What stands after the verb, ranges such as `r1..r3` written out. */
  readonly words: readonly string[];
  readonly said: Partial<Readonly<Record<Preposition, string>>>;
  /** Seconds; undefined where the line has none. */
  readonly at: number | undefined;
  /** What follows the colon; undefined without one. */
  readonly result: Result | undefined;
}

/** The second half of a line. */
export interface Result {
  readonly words: readonly string[];
  readonly at: number | undefined;
}

/** A line as it is written. JSON in it has no blanks. */
export function lineOf(text: string): Line {
  const colon = text.indexOf(': ');
  const head = halfOf(colon < 0 ? text : text.slice(0, colon));
  const tail = colon < 0 ? undefined : halfOf(text.slice(colon + 2));
  const [verb = '', ...rest] = head.words;
  const words: string[] = [];
  const said: Partial<Record<Preposition, string>> = {};
  for (let place = 0; place < rest.length; place++) {
    const word = rest[place] ?? '';
    const preposition = PREPOSITIONS.find((known) => known === word);
    if (preposition === undefined) words.push(...writtenOut(word));
    else said[preposition] = rest[++place] ?? '';
  }
  return { verb, words, said, at: head.at, result: tail };
}

function halfOf(text: string): Result {
  const words: string[] = [];
  let at: number | undefined;
  for (const word of text.trim().split(/\s+/)) {
    if (/^@-?[\d.]+$/.test(word)) at = Number(word.slice(1));
    else if (word !== '') words.push(word);
  }
  return { words, at };
}

/** `r1..r3` as `r1 r2 r3`, with what follows a slash at each: `r1..r3/a`. */
function writtenOut(word: string): string[] {
  const [, stem = '', from, again, to, rest = ''] =
    /^([a-z]+)(\d+)\.\.([a-z]+)(\d+)(\/.*)?$/.exec(word) ?? [];
  if (from === undefined || again !== stem) return [word];
  const found: string[] = [];
  for (let k = Number(from); k <= Number(to); k++) found.push(`${stem}${k}${rest}`);
  return found;
}

/** `queue/orders` as `queue:orders`. */
export const resourceOf = (word: string): string => word.replace('/', ':');
