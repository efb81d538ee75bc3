import { fillerText, isFiller, type Json } from '../../engine/json.ts';

/** A string that is only `x` and at least so long is written as a filler in a history. */
const FILLER_FROM_BYTES = 1_000;

/** `value` as it goes over the wire: each filler becomes the string it stands for. */
export function expand(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isFiller(value)) return JSON.parse(fillerText(value.$filler)) as string;
  if (Array.isArray(value)) return value.map((item: Json) => expand(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]));
}

/** `value` as a history holds it: long runs of `x` become fillers again. */
export function contract(value: Json): Json {
  if (typeof value === 'string') {
    const bytes = fillerBytes(value);
    return bytes === undefined ? value : { $filler: bytes };
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => contract(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, contract(item)]));
}

/** Bytes of the JSON text of a string that is a filler, as JSON text itself, or in base64; undefined for others. */
function fillerBytes(text: string): number | undefined {
  if (isRunOfX(text)) return text.length + 2;
  // A body is the JSON text of what a scenario says: its quotes are written `\\"`.
  if (isQuotedRunOfX(text)) return text.length + 4;
  const isData = text.length >= FILLER_FROM_BYTES && text.startsWith('Inh4eHh4');
  return isData && isQuotedRunOfX(Buffer.from(text, 'base64').toString()) ? text.length + 2 : undefined;
}

const isQuotedRunOfX = (text: string): boolean =>
  text.startsWith('"x') && text.endsWith('"') && isRunOfX(text.slice(1, -1));

function isRunOfX(text: string): boolean {
  return text.length + 2 >= FILLER_FROM_BYTES && text[0] === 'x' && text === 'x'.repeat(text.length);
}
