import { expect, test } from 'vitest';
import { recurring } from './recurring.ts';

test('what recurs is answered once, but for long texts, and as if it were answered anew', () => {
  let asked = 0;
  const length = recurring((text) => {
    asked++;
    return text.length;
  });
  const long = 'x'.repeat(201);
  expect([length('ab'), length('ab'), length('abc'), length(long), length(long)]).toEqual([
    2, 2, 3, 201, 201,
  ]);
  expect(asked).toBe(4);
});

test('it keeps no more than so much', () => {
  let asked = 0;
  const same = recurring((text) => {
    asked++;
    return text;
  });
  for (let k = 0; k <= 10_000; k++) same(`${k}`);
  expect([same('0'), asked]).toEqual(['0', 10_002]);
});
