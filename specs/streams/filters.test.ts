import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { requests } from '../testing/requests.ts';
import { filt01, filt02 } from './filters.ts';
import { streamed } from './testing/notation.ts';

const given = {
  mapping: { filters: [{ data: { n: [1] } }], onFailure: 'queue:failed', maximumRetryAttempts: 0 },
  records: { r1: { body: { n: 2 } }, r2: { body: { n: 1 } } },
};

describe('STR-FILT-01', () => {
  test('is kept where a record is passed over', () => {
    expect(decided(filt01, streamed(given, 'r2: ok'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken where it is delivered, reported, or in the way of others', () => {
    expect(decided(filt01, streamed(given, 'r1 r2: ok')).broken).toHaveLength(1);
    expect(decided(filt01, streamed(given, 'r2: ok', 'failure r1')).broken).toHaveLength(1);
    expect(decided(filt01, streamed(given)).broken).toHaveLength(1);
  });

  test('is not known where nobody watched for what follows', () => {
    expect(decided(filt01, streamed({ ...given, closedAt: 5 })).unknown).toHaveLength(1);
  });

  test('holds what is delivered of a table against the filters', () => {
    const mapping = { filters: [{ eventName: ['REMOVE'] }] };
    expect(decided(filt01, streamed({ kind: 'dynamodb', mapping }, 'r1: ok')).broken).toHaveLength(1);
    const records = { r1: { change: 'remove' } } as const;
    const removed = streamed({ kind: 'dynamodb', mapping, records }, 'r1: ok');
    expect(decided(filt01, removed)).toMatchObject({ kept: 1, broken: [] });
  });

  test('does not concern mappings without filters', () => {
    expect(decided(filt01, streamed({}, 'r1: ok'))).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('STR-FILT-02', () => {
  const text = { ...given, records: { r1: { text: 'plain text' }, r2: { body: { n: 1 } } } };

  test('is kept where text is dropped, and broken where it is delivered', () => {
    expect(decided(filt02, streamed(text, 'r2: ok'))).toMatchObject({ kept: 1, broken: [] });
    expect(decided(filt02, streamed(text, 'r1: ok')).broken).toHaveLength(1);
  });

  test('says nothing of JSON that no filter lets through', () => {
    expect(decided(filt02, streamed(given, 'r2: ok'))).toMatchObject({ kept: 0, broken: [] });
  });

  const asked = (Pattern: string, answer: number | string) =>
    decided(
      filt02,
      requests({ scenario: { streams: [{ name: 's' }] } }, [
        'CreateEventSourceMapping',
        {
          FunctionName: 'f',
          EventSourceArn: 'stream:s',
          StartingPosition: 'LATEST',
          FilterCriteria: { Filters: [{ Pattern }] },
        },
        answer,
      ]),
    );

  test('wants a pattern for text on data refused', () => {
    expect(asked('{"data":["text"]}', 202).broken).toHaveLength(1);
    expect(asked('{"data":["text"]}', '400 InvalidParameterValueException: no')).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('does not concern patterns for JSON, nor for other members', () => {
    expect(asked('{"data":{"n":[1]}}', 202)).toMatchObject({ kept: 0, broken: [] });
    expect(asked('{"partitionKey":["a"]}', 202)).toMatchObject({ kept: 0, broken: [] });
    expect(asked('{"data":[{"exists":true}]}', 202)).toMatchObject({ kept: 0, broken: [] });
  });
});
