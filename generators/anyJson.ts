/**
 * Arbitrary JSON, small but odd: what travels through several parsers, queues and languages is where payloads get
 * mangled. No value of it changes on the wire: there is no `-0`, and no key that means something to JavaScript.
 */
import type { Json } from '../engine/json.ts';
import { choice } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';

/** One character at a time: what texts are escaped for, what is not ASCII, and what is more than one UTF-16 unit. */
const character = choice(
  ...['a', 'B', '7', ' ', '"', '\\', '/', '\n', '\t', '\r', '\u0000', '\u001f', '\u007f', '.', '$', '%', '+']
    .concat([
      '<',
      '&',
      "'",
      '{',
      '}',
      'é',
      'ß',
      'Ж',
      'ع',
      '漢',
      '\u00a0',
      '\u0301',
      '\u200d',
      '\u2028',
      '\ufeff',
    ])
    .concat(['\ufffd', '\uffff', '🍰', '𝒳', '\u{10ffff}'])
    .map((unit) => [1, unit] as const),
);

const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff;

/** Any character beyond ASCII: no key can be `__proto__`. */
const anyCharacter = fc
  .integer({ min: 0x80, max: 0x10ffff })
  .filter((codePoint) => !isSurrogate(codePoint))
  .map(String.fromCodePoint, codePointOf);

function codePointOf(unit: unknown): number {
  const codePoint = typeof unit === 'string' ? unit.codePointAt(0) : undefined;
  if (codePoint === undefined || String.fromCodePoint(codePoint) !== unit)
    throw new TypeError('this is no single character');
  return codePoint;
}

const text = fc.string({
  unit: fc.oneof({ weight: 7, arbitrary: character }, { weight: 1, arbitrary: anyCharacter }),
  maxLength: 6,
});

/** Whole numbers and others, at the ends of what a double holds, and where texts turn to exponents. */
const oddNumber = choice(
  ...[
    0,
    1,
    -1,
    0.1,
    1e21,
    1e-7,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 1,
    1 - 2 ** 53,
    2 ** 63,
    5e-324,
    Number.MAX_VALUE,
  ].map((number) => [1, number] as const),
);

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError('this is no number');
  return value;
}

const leaf: Arbitrary<Json> = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: choice<Json>([1, null], [1, true], [1, false]) },
  { weight: 4, arbitrary: text },
  { weight: 3, arbitrary: oddNumber },
  { weight: 1, arbitrary: fc.integer() },
  // Adding 0 makes `0` of `-0`. Not shrunk: a double has a hundred simpler ones, and each costs a run.
  {
    weight: 1,
    arbitrary: fc.noShrink(fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0, numberOf)),
  },
);

/** Values with so many levels of arrays and objects about them at most. */
function nested(levels: number): Arbitrary<Json> {
  if (levels === 0) return leaf;
  const inner = nested(levels - 1);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(inner, { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(text, inner, { maxKeys: 3, noNullPrototype: true }) },
  );
}

export const anyJson: Arbitrary<Json> = nested(3);
