/**
 * What a recorded value must look like, as JSON: a value stands for itself, an object for one that has at least these
 * keys, a list for one of just these items. Objects with one key that begins with `$` are the words below.
 */
import { type Json, jsonEqual } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';

/** The words, and what each says of the value in its place. */
export const WORDS = {
  $absent: 'there is no such key',
  $any: 'there is something, whatever it is',
  $text: 'a text that the regular expression finds something in',
  $number: 'a number',
  $as: 'what all places with this letter have in common',
  $unlike: 'something else than the places with this letter',
  $oneOf: 'what one of these templates says',
  $only: 'an object with these keys and no others',
} as const;
type Word = keyof typeof WORDS;

export const absent: Json = { $absent: true };
export const any: Json = { $any: true };
export const number: Json = { $number: true };
export const text = (pattern: string): Json => ({ $text: pattern });
export const as = (letter: string): Json => ({ $as: letter });
export const unlike = (letter: string): Json => ({ $unlike: letter });
export const oneOf = (...templates: Json[]): Json => ({ $oneOf: templates });
export const only = (keys: { readonly [key: string]: Json }): Json => ({ $only: keys });

/** Where a value differs from its template. */
export interface Mismatch {
  /** `body.requestContext.condition`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly observed: string;
}

/** The word of a template and what it is said of, where the template is one. */
export function wordOf(template: Json): { readonly word: Word; readonly said: Json } | undefined {
  const entries = Object.entries(asObject(template) ?? {});
  const [first] = entries;
  if (first === undefined || entries.length > 1 || !Object.hasOwn(WORDS, first[0])) return undefined;
  return { word: first[0] as Word, said: first[1] };
}

/**
 * The first place at which the value is not as the template says; undefined where it is.
 * @param letters values of the letters that were met so far; new ones are added
 */
export function mismatch(
  template: Json,
  value: Json | undefined,
  letters: Map<string, Json>,
  path = '',
): Mismatch | undefined {
  const word = wordOf(template);
  if (word !== undefined) return wordMismatch(word.word, word.said, value, letters, path);
  if (Array.isArray(template)) {
    if (!Array.isArray(value)) return differ(path, template, value);
    if (value.length !== template.length) return differ(path, template, value);
    return firstOf(template, (item, index) => mismatch(item, value[index], letters, `${path}[${index}]`));
  }
  const keys = asObject(template);
  if (keys === undefined) return template === value ? undefined : differ(path, template, value);
  const object = asObject(value);
  if (object === undefined) return differ(path, template, value);
  return keysMismatch(keys, object, letters, path);
}

const keysMismatch = (
  keys: { readonly [key: string]: Json },
  object: { readonly [key: string]: Json },
  letters: Map<string, Json>,
  path: string,
): Mismatch | undefined =>
  firstOf(Object.entries(keys), ([key, item]) =>
    mismatch(item, object[key], letters, path === '' ? key : `${path}.${key}`),
  );

function wordMismatch(
  word: Word,
  said: Json,
  value: Json | undefined,
  letters: Map<string, Json>,
  path: string,
): Mismatch | undefined {
  const told = (expected: string) => ({ path, expected, observed: shown(value) });
  switch (word) {
    case '$absent':
      return value === undefined ? undefined : told('nothing');
    case '$any':
      return value === undefined ? told('something') : undefined;
    case '$number':
      return typeof value === 'number' ? undefined : told('a number');
    case '$text': {
      const isFound = typeof value === 'string' && new RegExp(String(said), 's').test(value);
      return isFound ? undefined : told(`text like /${String(said)}/`);
    }
    case '$as': {
      if (value === undefined) return told(`${String(said)}, which several places have in common`);
      const known = letters.get(String(said));
      if (known === undefined) letters.set(String(said), value);
      else if (!jsonEqual(known, value)) return told(`the same as elsewhere, ${shown(known)}`);
      return undefined;
    }
    case '$unlike': {
      const known = letters.get(String(said));
      if (value === undefined) return told('something');
      return known !== undefined && jsonEqual(known, value)
        ? told(`another than ${shown(known)}`)
        : undefined;
    }
    case '$oneOf': {
      const choices = Array.isArray(said) ? said : [said];
      const isOne = choices.some((choice) => {
        const tried = new Map(letters);
        if (mismatch(choice, value, tried, path) !== undefined) return false;
        for (const [letter, meant] of tried) letters.set(letter, meant);
        return true;
      });
      return isOne ? undefined : told(choices.map(shown).join(' or '));
    }
    case '$only': {
      const keys = asObject(said) ?? {};
      const object = asObject(value);
      if (object === undefined) return told(shown(said));
      const stray = Object.keys(object).find((key) => !Object.hasOwn(keys, key));
      if (stray !== undefined) return { path, expected: `no key ${stray}`, observed: shown(object[stray]) };
      return keysMismatch(keys, object, letters, path);
    }
  }
}

function firstOf<T>(
  items: readonly T[],
  look: (item: T, index: number) => Mismatch | undefined,
): Mismatch | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

const differ = (path: string, template: Json, value: Json | undefined): Mismatch => ({
  path,
  expected: shown(template),
  observed: shown(value),
});

const SHOWN_CHARACTERS = 160;

/** A value in a sentence. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const word = wordOf(value);
  if (word?.word === '$absent') return 'nothing';
  if (word?.word === '$text') return `text like /${String(word.said)}/`;
  const whole = JSON.stringify(value);
  return whole.length <= SHOWN_CHARACTERS ? whole : `${whole.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
