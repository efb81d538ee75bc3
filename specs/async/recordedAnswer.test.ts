import { describe, expect, test } from 'vitest';
import { withBody, withContext } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { dest08 } from './recordedAnswer.ts';

const both: Given = { onSuccess: 'queue:done', onFailure: 'queue:failed' };
const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const success = view(both, 'e1: accept, fail, ok, record Success 2');
const failure = view({ ...both, retries: 1 }, 'e1: accept, fail, fail, record RetriesExhausted 2');
const nothing = view(both, 'e1: accept, ok');

describe('ASYNC-DEST-08', () => {
  test('is kept by the result, and by the error, of the last attempt', () => {
    expect(decided(dest08, success)).toMatchObject(KEPT);
    expect(decided(dest08, failure)).toMatchObject(KEPT);
  });

  test('is broken by another result', () => {
    expect(decided(dest08, withBody(success, { responsePayload: null })).broken).toHaveLength(1);
  });

  test('is broken by a function error about a success', () => {
    const seen = withContext(success, 'responseContext', { functionError: 'Unhandled' });
    expect(decided(dest08, seen).broken).toMatchObject([{ expected: 'no functionError' }]);
  });

  test('is broken by another status, by a missing function error, by no error message', () => {
    const status = withContext(failure, 'responseContext', { statusCode: 500 });
    const noError = withContext(failure, 'responseContext', { functionError: undefined });
    expect(decided(dest08, status).broken).toMatchObject([{ expected: 'statusCode 200' }]);
    expect(decided(dest08, noError).broken).toMatchObject([{ expected: 'functionError Unhandled' }]);
    expect(decided(dest08, withBody(failure, { responsePayload: {} })).broken).toHaveLength(1);
  });

  test('is broken where a timeout comes last and another error is told', () => {
    const seen = view({ ...both, retries: 0 }, 'e1: accept, timeout, record RetriesExhausted 1');
    expect(decided(dest08, seen).broken).toMatchObject([{ expected: 'the error of attempt 1' }]);
    const told = { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds' };
    expect(decided(dest08, withBody(seen, { responsePayload: told }))).toMatchObject(KEPT);
  });

  test('says nothing without a record', () => {
    expect(decided(dest08, nothing)).toMatchObject(SILENT);
  });

  test('is kept by null where the handler returned nothing', () => {
    const seen = view(both, 'e1: accept, nothing, record Success 1');
    expect(decided(dest08, withBody(seen, { responsePayload: null }))).toMatchObject(KEPT);
  });
});
