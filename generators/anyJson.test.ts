import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { anyJson } from './anyJson.ts';
import { randomOf } from './fc.ts';

const drawn = Array.from({ length: 3_000 }, (_, index) => anyJson.generate(randomOf(3, index), 3).value);
const share = (holds: (text: string) => boolean) =>
  drawn.filter((value) => holds(JSON.stringify(value))).length / drawn.length;

describe('arbitrary JSON', () => {
  test('is the same after the wire', () => {
    // Strict: `0` is not `-0`, and an object without a prototype is not a plain one.
    const changed = drawn.filter((value) => !isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value));
    expect(changed).toEqual([]);
  });

  test('has characters beyond ASCII and beyond 16 bits, escapes, nested values and odd keys', () => {
    expect(share((text) => /[\u0080-\uffff]/.test(text))).toBeGreaterThan(0.2);
    expect(share((text) => /[\u{10000}-\u{10ffff}]/u.test(text))).toBeGreaterThan(0.05);
    expect(share((text) => text.includes('\\'))).toBeGreaterThan(0.1);
    expect(share((text) => /^[[{].*[[{]/.test(text))).toBeGreaterThan(0.1);
    expect(share((text) => /"[^"a-zA-Z0-9]+":/.test(text))).toBeGreaterThan(0.2);
  });

  test('shrinks to the simplest value, whether it was drawn or comes from a file', () => {
    for (const value of drawn.slice(0, 300)) {
      expect(anyJson.canShrinkWithoutContext(value)).toBe(true);
      let current: unknown = value;
      for (let steps = 0; ; steps++) {
        expect(steps).toBeLessThan(200);
        const next = anyJson.shrink(current as never, undefined).getNthOrLast(0);
        if (next === null) break;
        current = next.value;
      }
      // Of doubles it is not worth the runs.
      if (typeof value !== 'number') expect([null, '', [], {}]).toContainEqual(current);
    }
  });
});
