import { describe, expect, test } from 'vitest';
import { filler, fillerText, jsonBytes, jsonEqual } from './json.ts';

describe('jsonEqual', () => {
  test('compares by what the texts say', () => {
    expect(jsonEqual({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] })).toBe(true);
    expect(jsonEqual({ a: [-0] }, { a: [0] })).toBe(true);
    expect(jsonEqual(Object.assign(Object.create(null), { a: 1 }), { a: 1 })).toBe(true);
  });

  test.each([
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [[], {}],
    [{ toString: 1 }, { valueOf: 1 }],
    [null, {}],
    [undefined, null],
    [1, '1'],
  ])('tells %j from %j', (a, b) => {
    expect(jsonEqual(a, b)).toBe(false);
    expect(jsonEqual(b, a)).toBe(false);
  });
});

test('a filler has the bytes of the text it stands for', () => {
  expect(jsonBytes(filler(1_000))).toBe(1_000);
  expect(Buffer.byteLength(fillerText(1_000))).toBe(1_000);
  expect(jsonBytes('\u20ac')).toBe(5);
});
