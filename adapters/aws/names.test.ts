import { expect, test } from 'vitest';
import { Namer, Renaming } from './names.ts';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:0:function:lc-r-fn000001';
const renaming = new Renaming(
  [
    { ref: 'function:f', realName: 'lc-r-fn000001', arn: FUNCTION_ARN },
    {
      ref: 'queue:q',
      realName: 'lc-r-qu000002',
      arn: 'arn:aws:sqs:us-east-1:0:lc-r-qu000002',
      url: 'http://h/0/lc-r-qu000002',
    },
  ],
  'lc-r-fn000009-',
);

test('requests get the names and ARNs of the target, wherever they stand', () => {
  const input = {
    FunctionName: 'f',
    DestinationConfig: { OnFailure: { Destination: 'queue:q' }, OnSuccess: { Destination: 'function:f' } },
    Other: ['queue:q', 'function:f:live', 'f', 7],
  };
  expect(renaming.toTarget(input)).toEqual({
    FunctionName: 'lc-r-fn000001',
    DestinationConfig: {
      OnFailure: { Destination: 'arn:aws:sqs:us-east-1:0:lc-r-qu000002' },
      OnSuccess: { Destination: FUNCTION_ARN },
    },
    Other: ['arn:aws:sqs:us-east-1:0:lc-r-qu000002', `${FUNCTION_ARN}:live`, 'f', 7],
  });
});

test('a function that is not declared gets a name of the run, a name that is none stays', () => {
  expect(renaming.toTarget({ FunctionName: 'nobody' })).toEqual({ FunctionName: 'lc-r-fn000009-nobody' });
  expect(renaming.toTarget({ FunctionName: 'not a name!' })).toEqual({ FunctionName: 'not a name!' });
});

test('a function, stream or table that is not declared has an ARN that nothing has', () => {
  const asked = ['function:nothing', 'stream:nothing', 'table:nothing'];
  expect(renaming.toTarget(asked)).toEqual([
    'arn:aws:lambda:us-east-1:0:function:lc-r-fn000009-nothing',
    'arn:aws:kinesis:us-east-1:0:stream/lc-r-fn000009-nothing',
    'arn:aws:dynamodb:us-east-1:0:table/lc-r-fn000009-nothing/stream/2025-01-01T00:00:00.000',
  ]);
});

test('a name that is too long keeps its length, and is of the run', () => {
  expect(renaming.toTarget({ FunctionName: 'x'.repeat(65) })).toEqual({
    FunctionName: `lc-r-fn000009-${'x'.repeat(51)}`,
  });
});

test('what comes back speaks of the scenario again', () => {
  expect(
    renaming.toScenario({
      FunctionArn: `${FUNCTION_ARN}:$LATEST`,
      Destination: 'arn:aws:sqs:us-east-1:0:lc-r-qu000002',
      Message: 'Function not found: lc-r-fn000009-nobody',
    }),
  ).toEqual({
    FunctionArn: 'arn:aws:lambda:us-east-1:0:function:f:$LATEST',
    Destination: 'queue:q',
    Message: 'Function not found: nobody',
  });
});

test('queues have URLs where the API wants URLs, and come back under one name', () => {
  expect(renaming.toTarget({ QueueUrl: 'queue:q', EventSourceArn: 'queue:q' })).toEqual({
    QueueUrl: 'http://h/0/lc-r-qu000002',
    EventSourceArn: 'arn:aws:sqs:us-east-1:0:lc-r-qu000002',
  });
  expect(renaming.toScenario({ QueueUrl: 'http://h/0/lc-r-qu000002' })).toEqual({ QueueUrl: 'queue:q' });
});

test('a queue that is declared nowhere, or is to be made, has a name of the run', () => {
  expect(renaming.toTarget({ EventSourceArn: 'queue:missing', QueueName: 'extra' })).toEqual({
    EventSourceArn: 'arn:aws:sqs:us-east-1:0:lc-r-fn000009-missing',
    QueueName: 'lc-r-fn000009-extra',
  });
  expect(renaming.toTarget({ QueueUrl: 'queue:missing' })).toEqual({
    QueueUrl: 'http://h/0/lc-r-fn000009-missing',
  });
});

test('a function may be named with its qualifier', () => {
  expect(renaming.toTarget({ FunctionName: 'f:live' })).toEqual({ FunctionName: 'lc-r-fn000001:live' });
});

test('a mapping has its UUID as soon as that is known', () => {
  const later = new Renaming([], 'lc-r-fn000009-');
  expect(later.toTarget({ UUID: 'mapping:m' })).toEqual({ UUID: 'mapping:m' });
  later.add({ ref: 'mapping:m', realName: 'a-b-c', arn: 'a-b-c' });
  expect(later.toTarget({ UUID: 'mapping:m' })).toEqual({ UUID: 'a-b-c' });
  expect(later.toScenario({ UUID: 'a-b-c' })).toEqual({ UUID: 'mapping:m' });
});

test('no name of a run begins with another', () => {
  const namer = new Namer('r');
  const names = Array.from({ length: 200 }, () => namer.next('function'));
  expect(new Set(names.map((name) => name.length)).size).toBe(1);
  expect(new Set(names).size).toBe(200);
});
