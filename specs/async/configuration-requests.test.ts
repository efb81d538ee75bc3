import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { cfg03, dest11, dlq06 } from './configuration-requests.ts';

const f = { FunctionName: 'f' };
const INVALID = '400 InvalidParameterValueException: the destination is invalid';
const scenario = {
  queues: [{ name: 'failed' }, { name: 'failedfifo', fifo: true as const }],
  topics: [{ name: 'news' }, { name: 'newsfifo', fifo: true as const }],
  buses: [{ name: 'orders' }],
  buckets: [{ name: 'archive' }],
};
const onSuccess = (Destination: string) => ({ ...f, DestinationConfig: { OnSuccess: { Destination } } });
const onFailure = (Destination: string) => ({ ...f, DestinationConfig: { OnFailure: { Destination } } });
const deadLetter = (TargetArn: string) => ({ ...f, DeadLetterConfig: { TargetArn } });

describe('ASYNC-DEST-11', () => {
  test('is kept by every kind that is allowed, and by refusals of the others', () => {
    const seen = requests(
      { scenario },
      ['PutFunctionEventInvokeConfig', onSuccess('queue:failed'), 200],
      ['PutFunctionEventInvokeConfig', onSuccess('topic:news'), 200],
      ['PutFunctionEventInvokeConfig', onSuccess('bus:orders'), 200],
      ['PutFunctionEventInvokeConfig', onFailure('bucket:archive'), 200],
      ['PutFunctionEventInvokeConfig', onFailure('queue:failedfifo'), INVALID],
      ['PutFunctionEventInvokeConfig', onSuccess('bucket:archive'), INVALID],
    );
    expect(decided(dest11, seen)).toMatchObject({ kept: 6, broken: [], unknown: [] });
  });

  test('is broken by a FIFO topic or a bucket for successes that is taken, and by a queue that is not', () => {
    const seen = requests(
      { scenario },
      ['PutFunctionEventInvokeConfig', onFailure('topic:newsfifo'), 200],
      ['PutFunctionEventInvokeConfig', onSuccess('bucket:archive'), 200],
      ['PutFunctionEventInvokeConfig', onFailure('queue:failed'), INVALID],
    );
    expect(decided(dest11, seen).broken).toHaveLength(3);
  });

  test('says nothing of a queue that is removed, an unknown one, or the function itself', () => {
    const seen = requests(
      { scenario: { ...scenario, steps: [{ atSeconds: 0, do: 'remove', resource: 'queue:failed' }] } },
      ['PutFunctionEventInvokeConfig', onFailure('queue:failed'), INVALID],
      ['PutFunctionEventInvokeConfig', onFailure('queue:other'), INVALID],
      ['PutFunctionEventInvokeConfig', onFailure('function:f'), INVALID],
    );
    expect(decided(dest11, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});

describe('ASYNC-DLQ-06', () => {
  test('is kept by a queue and a topic that are taken, and by refusals of all else', () => {
    const seen = requests(
      { scenario },
      ['UpdateFunctionConfiguration', deadLetter('queue:failed'), 200],
      ['UpdateFunctionConfiguration', deadLetter('topic:news'), 200],
      ['UpdateFunctionConfiguration', deadLetter('queue:failedfifo'), INVALID],
      ['UpdateFunctionConfiguration', deadLetter('bus:orders'), INVALID],
      ['UpdateFunctionConfiguration', deadLetter('function:f'), INVALID],
    );
    expect(decided(dlq06, seen)).toMatchObject({ kept: 5, broken: [] });
  });

  test('is broken by a FIFO queue or a bucket that is taken', () => {
    const seen = requests(
      { scenario },
      ['UpdateFunctionConfiguration', deadLetter('queue:failedfifo'), 200],
      ['UpdateFunctionConfiguration', deadLetter('bucket:archive'), 200],
    );
    expect(decided(dlq06, seen).broken).toHaveLength(2);
  });

  test('says nothing of the removal of a dead-letter target', () => {
    const seen = requests({ scenario }, ['UpdateFunctionConfiguration', { ...f, DeadLetterConfig: {} }, 200]);
    expect(decided(dlq06, seen)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('ASYNC-CFG-03', () => {
  const shown = (output: Record<string, Json>) => ({ status: 200, output });
  const both = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 };

  test('is kept by a Put that removes the age, read back, and by an Update that keeps it', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', { ...f, ...both }, shown(both)],
      [
        'UpdateFunctionEventInvokeConfig',
        { ...f, MaximumRetryAttempts: 0 },
        shown({ ...both, MaximumRetryAttempts: 0 }),
      ],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 1 }, shown({ MaximumRetryAttempts: 1 })],
      ['GetFunctionEventInvokeConfig', f, shown({ MaximumRetryAttempts: 1 })],
    );
    expect(decided(cfg03, seen)).toMatchObject({ kept: 4, broken: [], unknown: [] });
  });

  test('is broken by a Put that keeps the age, in its answer and in what is read back', () => {
    const kept = shown({ MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 });
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', { ...f, ...both }, shown(both)],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 1 }, kept],
      ['GetFunctionEventInvokeConfig', f, kept],
    );
    expect(decided(cfg03, seen).broken).toMatchObject([
      { entries: [{ call: 'c1' }], observed: '1 retries, 60 s, {}' },
      { entries: [{ call: 'c2' }] },
    ]);
  });

  test('is broken by an Update that forgets a destination', () => {
    const seen = requests(
      { scenario, function: { eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }] } },
      [
        'UpdateFunctionEventInvokeConfig',
        { ...f, MaximumRetryAttempts: 1 },
        shown({ MaximumRetryAttempts: 1, DestinationConfig: {} }),
      ],
    );
    expect(decided(cfg03, seen).broken).toHaveLength(1);
  });

  test('says nothing of answers without a body', () => {
    const seen = requests({}, ['PutFunctionEventInvokeConfig', { ...f, ...both }, 200]);
    expect(decided(cfg03, seen)).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('tolerates defaults where nothing was set, a function’s ARN, and a Get that shows what was before', () => {
    const g = { name: 'g', timeoutSeconds: 3 };
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:g';
    const seen = requests(
      { scenario: { functions: [{ name: 'f', timeoutSeconds: 3 }, g] } },
      [
        'PutFunctionEventInvokeConfig',
        onFailure('function:g'),
        shown({
          MaximumRetryAttempts: 2,
          MaximumEventAgeInSeconds: 21_600,
          DestinationConfig: { OnSuccess: {}, OnFailure: { Destination: arn } },
        }),
        0,
      ],
      ['PutFunctionEventInvokeConfig', { ...f, ...both }, shown(both), 60],
      [
        'GetFunctionEventInvokeConfig',
        f,
        shown({ DestinationConfig: { OnFailure: { Destination: arn } } }),
        61,
      ],
    );
    expect(decided(cfg03, seen)).toMatchObject({ kept: 3, broken: [] });
  });

  test('lets an Update of one destination keep the other or not', () => {
    const function_ = { eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }] };
    const to = { OnSuccess: { Destination: 'topic:news' } };
    const keeps = requests({ scenario, function: function_ }, [
      'UpdateFunctionEventInvokeConfig',
      { ...f, DestinationConfig: to },
      shown({ DestinationConfig: { ...to, OnFailure: { Destination: 'queue:failed' } } }),
    ]);
    const drops = requests({ scenario, function: function_ }, [
      'UpdateFunctionEventInvokeConfig',
      { ...f, DestinationConfig: to },
      shown({ DestinationConfig: to }),
    ]);
    expect(decided(cfg03, keeps)).toMatchObject({ kept: 1, broken: [] });
    expect(decided(cfg03, drops)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by a Get or an Update that does not find what is there, and not just after a Put', () => {
    const notFound = '404 ResourceNotFoundException: ';
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', { ...f, ...both }, shown(both), 0],
      ['GetFunctionEventInvokeConfig', f, notFound, 1],
      ['GetFunctionEventInvokeConfig', f, notFound, 60],
      ['UpdateFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 0 }, notFound, 120],
    );
    expect(decided(cfg03, seen)).toMatchObject({
      kept: 1,
      broken: [{ entries: [{ call: 'c2' }] }, { entries: [{ call: 'c3' }] }],
    });
  });

  test('leaves open what builds on a change whose effect nobody knows', () => {
    const two = { onSuccess: 'queue:failed', onFailure: 'queue:failed' };
    const seen = requests(
      { scenario, function: { eventInvoke: [{ qualifier: '$LATEST', ...two }] } },
      ['UpdateFunctionEventInvokeConfig', onSuccess('topic:news'), 200, 0],
      ['GetFunctionEventInvokeConfig', f, shown(onSuccess('topic:news')), 60],
      ['PutFunctionEventInvokeConfig', { ...f, MaximumRetryAttempts: 3 }, 200, 120],
      ['GetFunctionEventInvokeConfig', f, shown({ MaximumRetryAttempts: 2 }), 180],
    );
    expect(decided(cfg03, seen)).toMatchObject({ kept: 0, broken: [], unknown: { length: 2 } });
  });

  test('leaves open what overlaps with another change', () => {
    const seen = requests(
      {},
      ['PutFunctionEventInvokeConfig', { ...f, ...both }, shown(both), 1],
      ['GetFunctionEventInvokeConfig', f, shown({ MaximumRetryAttempts: 0 }), 1.01],
    );
    expect(decided(cfg03, seen)).toMatchObject({ kept: 1, broken: [], unknown: { length: 1 } });
  });
});
