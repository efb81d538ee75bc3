/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A JSON string too large to carry about: `{ "$filler": bytes }` stands for a string whose JSON text, quotes
 * included, has that many bytes. A target expands it on the wire and writes it back in this form when it
 * recognises it, so that scenarios and histories stay small while payloads reach the limits.
 */
export interface Filler {
  readonly $filler: number;
}

/** The filler that stands for a JSON text of `bytes` bytes. */
export const filler = (bytes: number): Filler & { readonly [key: string]: Json } => ({ $filler: bytes });

/** Whether `value` is a filler, and not an object that a user's function saw. */
export function isFiller(value: Json | undefined): value is Filler & { readonly [key: string]: Json } {
  return (
    typeof value === 'object' && value !== null && '$filler' in value && typeof value['$filler'] === 'number'
  );
}

/** The text that a filler stands for: a JSON string of exactly `bytes` bytes (at least the two quotes). */
export const fillerText = (bytes: number): string => `"${'x'.repeat(Math.max(0, bytes - 2))}"`;

/**
 * Equality of JSON values, as their texts have it: key order does not count, `0` equals `-0` at any depth (there is
 * no other text for it), and nor do prototypes.
 */
export function jsonEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && itemsEqual(a, b);
  return membersEqual(a as JsonMembers, b as JsonMembers);
}

type JsonMembers = { readonly [key: string]: Json };

function itemsEqual(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!jsonEqual(a[index], b[index])) return false;
  return true;
}

function membersEqual(a: JsonMembers, b: JsonMembers): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (!Object.hasOwn(b, key) || !jsonEqual(a[key], b[key])) return false;
  return true;
}

/** Texts known to be no JSON: to find that out costs an exception, and the same few recur over and over. */
const noJson = new Set<string>();
const MOST_REMEMBERED = 64;

/** The JSON value that `text` writes; undefined where it is no JSON. */
export function parsedJson(text: string): Json | undefined {
  if (noJson.has(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    if (noJson.size < MOST_REMEMBERED) noJson.add(text);
    return undefined;
  }
}

/** Bytes of the UTF-8 JSON text of `value`; a filler counts what it stands for. */
export function jsonBytes(value: Json): number {
  if (isFiller(value)) return value.$filler;
  return Buffer.byteLength(JSON.stringify(value));
}
