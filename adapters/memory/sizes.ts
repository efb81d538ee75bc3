/** Bytes of JSON texts, without writing them where they are certainly small. */
import { isFiller, type Json, jsonBytes } from '../../engine/json.ts';

/** Below so many bytes no limit of Lambda or of a destination is near. */
const SMALL_BYTES = 65_536;

/** At least the bytes of the JSON text of `value`; exactly those where that may be more than 64 KB. */
export function payloadBytesOf(value: Json): number {
  if (isFiller(value)) return value.$filler;
  const most = atMost(value);
  return most <= SMALL_BYTES ? most : jsonBytes(value);
}

/** No text of `value` has more bytes: each character counts as the six of `\u0000`. */
function atMost(value: Json): number {
  switch (typeof value) {
    case 'string':
      return 6 * value.length + 2;
    case 'number':
      return 26;
    case 'boolean':
      return 5;
  }
  if (value === null) return 4;
  let sum = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) sum += atMost(item) + 1;
    return sum;
  }
  const object = value as { readonly [key: string]: Json };
  for (const key in object) {
    const item = object[key];
    if (item !== undefined) sum += 6 * key.length + 4 + atMost(item);
  }
  return sum;
}

/** Bytes of the base64 text of `bytes` bytes. */
export const base64Bytes = (bytes: number): number => 4 * Math.ceil(bytes / 3);
