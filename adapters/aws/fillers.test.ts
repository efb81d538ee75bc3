import { expect, test } from 'vitest';
import { contract, expand } from './fillers.ts';

test('a filler comes back as it went out, wherever it stands', () => {
  const value = { a: [{ $filler: 5_000 }], b: 'xxx', c: null };
  const expanded = expand(value);
  expect(JSON.stringify(expanded)).toContain('x'.repeat(4_998));
  expect(contract(expanded)).toEqual(value);
});

test('a filler of n bytes is n bytes of JSON', () => {
  expect(JSON.stringify(expand({ $filler: 2_000 })).length).toBe(2_000);
});

test('short strings and strings with other letters stay', () => {
  expect(contract('x'.repeat(100))).toBe('x'.repeat(100));
  expect(contract(`${'x'.repeat(5_000)}y`)).toBe(`${'x'.repeat(5_000)}y`);
});

test('bodies and data that are JSON text of a filler are told by the bytes they take', () => {
  const text = `"${'x'.repeat(2_998)}"`;
  expect(contract(text)).toEqual({ $filler: 3_004 });
  const data = Buffer.from(text).toString('base64');
  expect(contract({ data })).toEqual({ data: { $filler: data.length + 2 } });
  expect(contract(`"${'x'.repeat(2_998)}y"`)).toBe(`"${'x'.repeat(2_998)}y"`);
});
