import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../engine/record.ts';
import type { FunctionSpec } from '../../engine/scenario.ts';
import { changed, redelivered, withBody } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { dest10, dest14, dest15 } from './destinationTargets.ts';

const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const recordAt = (resource: string) =>
  view({ onFailure: resource, retries: 0 }, 'e1: accept, fail, record RetriesExhausted 1');

describe('ASYNC-DEST-10', () => {
  test.each(['queue:failed', 'topic:failed', 'bus:failed', 'bucket:failed'])('is kept at %s', (resource) => {
    expect(decided(dest10, recordAt(resource))).toMatchObject(KEPT);
  });

  test('is broken by a record that is wrapped for a queue', () => {
    const seen = recordAt('queue:failed');
    const wrapped = redelivered(seen, (entry) => ({ ...entry, body: { Message: entry.body } }));
    expect(decided(dest10, wrapped).broken).toMatchObject([
      { expected: 'the record itself at queue:failed' },
    ]);
  });

  test.each<[string, JsonObject[string]]>([
    ['source', 'aws.lambda'],
    ['detail-type', 'Lambda Function Invocation Result - Success'],
    ['resources', []],
    ['resources', ['arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST']],
  ])('is broken at EventBridge by another %s', (name, value) => {
    expect(decided(dest10, withBody(recordAt('bus:failed'), { [name]: value })).broken).toHaveLength(1);
  });

  test('takes the scenario’s word for the ARN of a bus', () => {
    const resources = ['arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST', 'bus:failed'];
    expect(decided(dest10, withBody(recordAt('bus:failed'), { resources }))).toMatchObject(KEPT);
  });

  test.each(['e1.json', 'aws/lambda/async/f/e1', 'aws/lambda/async/f/2025/11/x/e1'])(
    'is broken by a key %s',
    (objectKey) => {
      const seen = redelivered(recordAt('bucket:failed'), (entry) => ({ ...entry, objectKey }));
      expect(decided(dest10, seen).broken).toMatchObject([{ observed: objectKey }]);
    },
  );

  test('says nothing without a record, nor of a key that is not shown', () => {
    expect(decided(dest10, view({ onFailure: 'queue:failed' }, 'e1: accept, ok'))).toMatchObject(SILENT);
    const seen = redelivered(recordAt('bucket:failed'), ({ objectKey: _, ...entry }) => entry);
    expect(decided(dest10, seen)).toMatchObject(KEPT);
  });
});

describe('ASYNC-DEST-14', () => {
  const large: Given = { onFailure: 'topic:failed', retries: 0, payload: { $filler: 300_000 } };

  test('tells what became of a record too large for SNS', () => {
    const lost = view(large, 'e1: accept, fail');
    const arrived = view(large, 'e1: accept, fail, record RetriesExhausted 1');
    expect(decided(dest14, lost).observed).toEqual(['did not arrive']);
    expect(decided(dest14, arrived).observed).toEqual(['arrived with its payload']);
    expect(decided(dest14, withBody(arrived, { requestPayload: undefined })).observed).toEqual([
      'arrived without its payload',
    ]);
  });

  test('says nothing of small records, of queues, and of an observer who left', () => {
    expect(decided(dest14, recordAt('topic:failed')).observed).toEqual([]);
    expect(
      decided(dest14, view({ ...large, onFailure: 'queue:failed' }, 'e1: accept, fail')).observed,
    ).toEqual([]);
    expect(decided(dest14, view({ ...large, closedAt: 1 }, 'e1: accept, fail')).observed).toEqual([]);
  });
});

describe('ASYNC-DEST-15', () => {
  const f: FunctionSpec = {
    name: 'f',
    timeoutSeconds: 3,
    eventInvoke: [{ qualifier: '$LATEST', onSuccess: 'function:g' }],
  };
  const toG = (g: Partial<FunctionSpec>): Given => ({
    onSuccess: 'function:g',
    scenario: { functions: [f, { name: 'g', timeoutSeconds: 3, ...g }] },
  });

  test('is kept by a function that gets the record', () => {
    expect(decided(dest15, view(toG({}), 'e1: accept, ok, record Success 1'))).toMatchObject(KEPT);
  });

  test('is broken by a function that gets the result alone', () => {
    const seen = view(toG({}), 'e1: accept, ok, record Success 1');
    const bare = changed(seen, (entry) =>
      entry.kind === 'started' && entry.about !== undefined ? { ...entry, payload: { id: 'e1' } } : entry,
    );
    expect(decided(dest15, bare).broken).toMatchObject([{ observed: '{"id":"e1"}' }]);
  });

  test('is broken by a function that is not invoked', () => {
    expect(decided(dest15, view(toG({}), 'e1: accept, ok')).broken).toHaveLength(1);
  });

  test('is open where the function has no capacity', () => {
    expect(decided(dest15, view(toG({ reservedConcurrency: 0 }), 'e1: accept, ok'))).toMatchObject({
      broken: [],
      unknown: [expect.stringContaining('capacity')],
    });
  });

  const ofItself = { FunctionName: 'f', DestinationConfig: { OnFailure: { Destination: 'function:f' } } };

  test('is kept by the refusal of a function as its own destination, and broken by its acceptance', () => {
    const refused = requests({}, [
      'PutFunctionEventInvokeConfig',
      ofItself,
      '400 InvalidParameterValueException',
    ]);
    const accepted = requests({}, ['PutFunctionEventInvokeConfig', ofItself, 200]);
    expect(decided(dest15, refused)).toMatchObject(KEPT);
    expect(decided(dest15, accepted).broken).toMatchObject([
      { observed: 'PutFunctionEventInvokeConfig answered 200' },
    ]);
  });

  test('says nothing of other destinations', () => {
    expect(decided(dest15, recordAt('queue:failed'))).toMatchObject(SILENT);
  });
});
