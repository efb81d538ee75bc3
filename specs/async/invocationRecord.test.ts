import { describe, expect, test } from 'vitest';
import { withBody, withContext } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { dest04, dest05, dest06, dest07, dest09 } from './invocationRecord.ts';

const both: Given = { onSuccess: 'queue:done', onFailure: 'queue:failed' };
const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const success = view(both, 'e1: accept, fail, ok, record Success 2');
const failure = view({ ...both, retries: 1 }, 'e1: accept, fail, fail, record RetriesExhausted 2');
const nothing = view(both, 'e1: accept, ok');

describe('ASYNC-DEST-04', () => {
  test('is kept by records of success and failure, on any kind of destination', () => {
    expect(decided(dest04, success)).toMatchObject(KEPT);
    expect(decided(dest04, failure)).toMatchObject(KEPT);
    const onBus = view({ onSuccess: 'bus:done' }, 'e1: accept, ok, record Success 1');
    expect(decided(dest04, onBus)).toMatchObject(KEPT);
  });

  test.each([
    ['version', '2.0'],
    ['timestamp', undefined],
    ['timestamp', 'yesterday'],
    ['requestContext', undefined],
    ['requestPayload', undefined],
    ['responseContext', undefined],
    ['responsePayload', undefined],
  ])('is broken by a record with %s %s', (name, value) => {
    expect(decided(dest04, withBody(success, { [name]: value })).broken).toHaveLength(1);
  });

  test.each(['requestId', 'functionArn', 'condition', 'approximateInvokeCount'])(
    'is broken by a request context without %s',
    (name) => {
      expect(
        decided(dest04, withContext(success, 'requestContext', { [name]: undefined })).broken,
      ).toHaveLength(1);
    },
  );

  test.each(['statusCode', 'executedVersion'])('is broken by a response context without %s', (name) => {
    expect(
      decided(dest04, withContext(success, 'responseContext', { [name]: undefined })).broken,
    ).toHaveLength(1);
  });

  test('says nothing without a record', () => {
    expect(decided(dest04, nothing)).toMatchObject(SILENT);
  });

  test('is kept without a response where no attempt ran', () => {
    const given: Given = { ...both, function: { reservedConcurrency: 0 } };
    const seen = view(given, 'e1: accept, record ZeroReservedConcurrency 0');
    expect(decided(dest04, seen)).toMatchObject(KEPT);
  });

  test('is kept without a result where the handler returned nothing', () => {
    const seen = view(both, 'e1: accept, nothing, record Success 1');
    expect(decided(dest04, withBody(seen, { responsePayload: undefined }))).toMatchObject(KEPT);
  });
});

describe('ASYNC-DEST-05', () => {
  test('is kept by RetriesExhausted', () => {
    expect(decided(dest05, failure)).toMatchObject(KEPT);
  });

  test('is broken by another condition', () => {
    const seen = withContext(failure, 'requestContext', { condition: 'RetryAttemptsExhausted' });
    expect(decided(dest05, seen).broken).toMatchObject([{ observed: '"RetryAttemptsExhausted"' }]);
  });

  test('says nothing of a success, nor of an event that is too old', () => {
    expect(decided(dest05, success)).toMatchObject(SILENT);
    const expired = view({ ...both, ageSeconds: 60 }, 'e1: accept, fail, record EventAgeExceeded 1');
    expect(decided(dest05, expired)).toMatchObject(SILENT);
  });

  test('is open where the event grew too old with its last attempt', () => {
    const given: Given = { ...both, retries: 1, ageSeconds: 65 };
    const seen = view(given, 'e1: accept, fail, timeout@63, record EventAgeExceeded 2');
    expect(decided(dest05, seen)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('ASYNC-DEST-06', () => {
  test('is kept by the number of attempts', () => {
    expect(decided(dest06, success)).toMatchObject(KEPT);
    expect(decided(dest06, failure)).toMatchObject(KEPT);
  });

  test('is broken by the number of retries', () => {
    const seen = view(both, 'e1: accept, fail, ok, record Success 1');
    expect(decided(dest06, seen).broken).toMatchObject([
      { expected: 'approximateInvokeCount 2', observed: '1' },
    ]);
  });

  test('says nothing without a record', () => {
    expect(decided(dest06, nothing)).toMatchObject(SILENT);
  });

  test('is open where tries were throttled, which may be counted', () => {
    const seen = view(both, 'e1: accept, throttle, ok@3, record Success 2');
    expect(decided(dest06, seen)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('grants as many as the budget of duplicates', () => {
    const given: Given = { ...both, tolerances: { duplicateBudget: 1 } };
    expect(decided(dest06, view(given, 'e1: accept, ok, ok, record Success 1'))).toMatchObject(KEPT);
  });
});

describe('ASYNC-DEST-07', () => {
  test('is kept by the payload as it was sent, whatever the order of its keys', () => {
    const seen = view({ ...both, payload: { a: 1, b: [null] } }, 'e1: accept, ok, record Success 1');
    expect(decided(dest07, seen)).toMatchObject(KEPT);
    expect(decided(dest07, withBody(seen, { requestPayload: { b: [null], a: 1 } }))).toMatchObject(KEPT);
  });

  test('is broken by a payload as a text', () => {
    expect(decided(dest07, withBody(success, { requestPayload: '{"id":"e1"}' })).broken).toHaveLength(1);
  });

  test('says nothing without a record', () => {
    expect(decided(dest07, nothing)).toMatchObject(SILENT);
  });

  test('is open where a large payload is left out', () => {
    const given: Given = { onFailure: 'topic:failed', retries: 0, payload: { $filler: 300_000 } };
    const seen = view(given, 'e1: accept, fail, record RetriesExhausted 1');
    expect(decided(dest07, withBody(seen, { requestPayload: undefined })).broken).toEqual([]);
  });
});

describe('ASYNC-DEST-09', () => {
  test('is kept by a record after the last attempt', () => {
    expect(decided(dest09, success)).toMatchObject(KEPT);
  });

  test('is broken by a record before the end of its attempt', () => {
    const seen = view(both, 'e1: accept, ok@5, record Success 1@4.9');
    expect(decided(dest09, seen).broken).toMatchObject([{ observed: 'before it' }]);
  });

  test('is broken by an ARN without a qualifier', () => {
    const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
    const seen = withContext(success, 'requestContext', { functionArn });
    expect(decided(dest09, seen).broken).toMatchObject([{ expected: 'functionArn with a qualifier' }]);
  });

  test('says nothing without a record', () => {
    expect(decided(dest09, nothing)).toMatchObject(SILENT);
  });

  test('grants that the clocks of function and observer differ a little', () => {
    expect(decided(dest09, view(both, 'e1: accept, ok@5, record Success 1@5.06'))).toMatchObject(KEPT);
  });

  test('is kept by a duplicate attempt after the record', () => {
    const given: Given = { ...both, tolerances: { duplicateBudget: 1 } };
    expect(decided(dest09, view(given, 'e1: accept, ok, record Success 1, ok@5'))).toMatchObject(KEPT);
  });
});
