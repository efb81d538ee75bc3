import { expect, test } from 'vitest';
import { type Json, jsonBytes } from '../../engine/json.ts';
import { base64Bytes, payloadBytesOf } from './sizes.ts';

test.each<[string, Json]>([
  ['null', null],
  ['control characters', '\u0000\u0001'],
  ['text beyond ASCII', 'smörgås 🍰'],
  ['numbers', [1e21, -1.5e-7, 0, 123_456_789.123]],
  ['objects', { a: { b: [true, false, {}] }, 'key "quoted"': 'x' }],
])('never less than the bytes of %s', (_what, value) => {
  expect(payloadBytesOf(value)).toBeGreaterThanOrEqual(jsonBytes(value));
});

test('exact where a limit may be near', () => {
  const large = { text: 'x'.repeat(100_000) };
  expect(payloadBytesOf(large)).toBe(jsonBytes(large));
  expect(payloadBytesOf({ $filler: 6_291_456 })).toBe(6_291_456);
});

test('base64 takes four bytes for three', () => {
  expect([0, 1, 3, 4].map(base64Bytes)).toEqual([0, 4, 4, 8]);
});
