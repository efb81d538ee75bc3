import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { absent, any, as, mismatch, number, oneOf, only, text, unlike } from './template.ts';

const differs = (template: Json, value: Json | undefined, letters = new Map<string, Json>()) =>
  mismatch(template, value, letters);

describe('a value that is as the template says', () => {
  test.each<[string, Json, Json | undefined]>([
    ['itself', 'a', 'a'],
    ['null', null, null],
    ['an object with more keys', { a: 1 }, { a: 1, b: 2 }],
    ['a list of just these items', [1, any], [1, null]],
    ['nothing', absent, undefined],
    ['a key that is not there', { a: absent }, {}],
    ['something', any, null],
    ['text', text('^a.c$'), 'a\nc'],
    ['a number', number, 0],
    ['one of several', oneOf(absent, null), null],
    ['these keys and no others', only({ a: 1, b: absent }), { a: 1 }],
    ['a filler, which is no word', { $filler: 2_000 }, { $filler: 2_000 }],
  ])('%s', (_what, template, value) => {
    expect(differs(template, value)).toBeUndefined();
  });
});

describe('a value that is not is told with its place', () => {
  test.each<[Json, Json | undefined, string, string, string]>([
    [{ a: { b: 1 } }, { a: { b: 2 } }, 'a.b', '1', '2'],
    [{ a: null }, {}, 'a', 'null', 'nothing'],
    [[1], [1, 2], '', '[1]', '[1,2]'],
    [{ a: [{ b: any }] }, { a: [{}] }, 'a[0].b', 'something', 'nothing'],
    [{ a: absent }, { a: null }, 'a', 'nothing', 'null'],
    [number, '1', '', 'a number', '"1"'],
    [text('^b'), 'ab', '', 'text like /^b/', '"ab"'],
    [only({ a: 1 }), { a: 1, b: 2 }, '', 'no key b', '2'],
    [oneOf(1, absent), 2, '', '1 or nothing', '2'],
    [{ a: 1 }, [1], '', '{"a":1}', '[1]'],
  ])('%j, %j', (template, value, path, expected, observed) => {
    expect(differs(template, value)).toEqual({ path, expected, observed });
  });
});

test('a letter is the same everywhere, and unlike is not', () => {
  const letters = new Map<string, Json>();
  expect(differs(as('R'), { id: 1 }, letters)).toBeUndefined();
  expect(differs(as('R'), { id: 1 }, letters)).toBeUndefined();
  expect(differs(as('R'), { id: 2 }, letters)).toMatchObject({ observed: '{"id":2}' });
  expect(differs(unlike('R'), { id: 2 }, letters)).toBeUndefined();
  expect(differs(unlike('R'), { id: 1 }, letters)).toMatchObject({ expected: 'another than {"id":1}' });
});

test('a letter that was met in a choice that does not fit has no value', () => {
  const letters = new Map<string, Json>();
  expect(differs(oneOf({ a: as('R'), b: 1 }, { a: any }), { a: 7, b: 2 }, letters)).toBeUndefined();
  expect(letters.size).toBe(0);
});
