import { describe, expect, test } from 'vitest';
import { changeDocument, documentOf, filterOf, matchesAny } from './filterPattern.ts';

/** Whether a body of SQS gets through a pattern on it. */
const lets = (pattern: string, body: string): boolean =>
  matchesAny([`{"body":${pattern}}`], documentOf('sqs', body));

describe('filter patterns', () => {
  // AWS, invocation-eventfiltering.html: the table of comparison operators.
  test.each([
    ['Null', '{"UserID":[null]}', '{"UserID":null}', '{"UserID":"x"}'],
    ['Empty', '{"LastName":[""]}', '{"LastName":""}', '{"LastName":"x"}'],
    ['Equals', '{"Name":["Alice"]}', '{"Name":"Alice"}', '{"Name":"alice"}'],
    [
      'Equals (ignore case)',
      '{"Name":[{"equals-ignore-case":"alice"}]}',
      '{"Name":"ALICE"}',
      '{"Name":"Bob"}',
    ],
    [
      'And',
      '{"Location":["New York"],"Day":["Monday"]}',
      '{"Location":"New York","Day":"Monday"}',
      '{"Location":"New York","Day":"Tuesday"}',
    ],
    ['Or', '{"PaymentType":["Credit","Debit"]}', '{"PaymentType":"Debit"}', '{"PaymentType":"Cash"}'],
    [
      'Or (several fields)',
      '{"$or":[{"Location":["New York"]},{"Day":["Monday"]}]}',
      '{"Location":"Paris","Day":"Monday"}',
      '{"Location":"Paris","Day":"Friday"}',
    ],
    ['Not', '{"Weather":[{"anything-but":["Raining"]}]}', '{"Weather":"Sunny"}', '{"Weather":"Raining"}'],
    ['Numeric (equals)', '{"Price":[{"numeric":["=",100]}]}', '{"Price":100.0}', '{"Price":101}'],
    ['Numeric (range)', '{"Price":[{"numeric":[">",10,"<=",20]}]}', '{"Price":20}', '{"Price":10}'],
    ['Exists', '{"ProductName":[{"exists":true}]}', '{"ProductName":1}', '{"Other":1}'],
    ['Does not exist', '{"ProductName":[{"exists":false}]}', '{"Other":1}', '{"ProductName":1}'],
    ['Begins with', '{"Region":[{"prefix":"us-"}]}', '{"Region":"us-east-1"}', '{"Region":"eu-us-1"}'],
    ['Ends with', '{"FileName":[{"suffix":".png"}]}', '{"FileName":"a.png"}', '{"FileName":"a.png.gz"}'],
  ])('%s', (_name, pattern, through, out) => {
    expect([lets(pattern, through), lets(pattern, out)]).toEqual([true, false]);
  });

  test('compare plain numbers by how they are written', () => {
    expect(lets('{"n":[300]}', '{"n":300}')).toBe(true);
    expect(lets('{"n":[300]}', '{"n":300.0}')).toBe(false);
    expect(lets('{"n":[300]}', '{"n":3.0e2}')).toBe(false);
    expect(lets('{"n":[3.0e2]}', '{"n":3.0e2}')).toBe(true);
  });

  test('let exists speak of leaves only', () => {
    expect(lets('{"a":[{"exists":true}]}', '{"a":{"b":1}}')).toBe(false);
    expect(lets('{"a":{"b":[{"exists":true}]}}', '{"a":{"b":1}}')).toBe(true);
  });

  test('take any element of a list', () => {
    expect(lets('{"tags":["b"]}', '{"tags":["a","b"]}')).toBe(true);
    expect(lets('{"items":{"k":[1]}}', '{"items":[{"k":2},{"k":1}]}')).toBe(true);
    expect(lets('{"tags":["c"]}', '{"tags":["a","b"]}')).toBe(false);
  });

  test('are for text or for JSON, and what is of the other kind does not get through', () => {
    expect(lets('["plain"]', 'plain')).toBe(true);
    expect(lets('{"a":[1]}', 'plain')).toBe(false);
    expect(lets('["{}"]', '{}')).toBe(false);
    // Not even where the pattern asks that a key be absent, or be none of some values.
    expect(lets('{"a":[{"exists":false}]}', 'plain')).toBe(false);
    expect(lets('{"a":[{"anything-but":["b"]}]}', 'plain')).toBe(false);
  });

  test('are alternatives where there are several; without any all gets through', () => {
    const document = documentOf('kinesis', '{"kind":"b"}');
    expect(matchesAny(['{"data":{"kind":["a"]}}', '{"data":{"kind":["b"]}}'], document)).toBe(true);
    expect(matchesAny(['{"data":{"kind":["a"]}}'], document)).toBe(false);
    expect(matchesAny([], document)).toBe(true);
  });

  test('see a change of an item as its stream record has it', () => {
    const document = changeDocument('INSERT', { NewImage: { n: { N: '5' } } });
    expect(matchesAny(['{"eventName":["INSERT"]}'], document)).toBe(true);
    expect(matchesAny(['{"dynamodb":{"NewImage":{"n":{"N":["5"]}}}}'], document)).toBe(true);
    expect(matchesAny(['{"eventName":["REMOVE"]}'], document)).toBe(false);
  });

  test.each([
    '',
    'null',
    '[]',
    '{"body":',
    '{"body":"a"}',
    '{"body":[]}',
    '{"body":{}}',
    '{"body":[["a"]]}',
    '{"body":[{"suffixes":"a"}]}',
    '{"body":[{"prefix":1}]}',
    '{"body":[{"numeric":["~",1]}]}',
    '{"body":[{"numeric":[">","1"]}]}',
    '{"body":[{"exists":"true"}]}',
    '{"body":[{"prefix":"a","suffix":"b"}]}',
    '{"$or":[{"a":[1]}]}',
  ])('%s is none', (text) => {
    expect(filterOf(text)).toBeUndefined();
  });

  test('of which the last of two equal keys counts', () => {
    expect(lets('{"a":["x"],"a":["y"]}', '{"a":"y"}')).toBe(true);
    expect(lets('{"a":["x"],"a":["y"]}', '{"a":"x"}')).toBe(false);
  });
});
