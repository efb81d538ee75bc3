import { describe, expect, test } from 'vitest';
import { decided } from '../testing/notation.ts';
import { ddb02, poll01 } from './polling.ts';
import { streamed } from './testing/notation.ts';

describe('STR-POLL-01', () => {
  test('is kept by what is read within seconds', () => {
    expect(decided(poll01, streamed({}, 'r1 @4: ok', 'r2 @5: ok'))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by what waits for longer than a target polls', () => {
    expect(decided(poll01, streamed({}, 'r1 @9: ok')).broken).toHaveLength(1);
    expect(decided(poll01, streamed({ tolerances: { pollSeconds: 10 } }, 'r1 @9: ok')).broken).toEqual([]);
  });

  test('lets a record wait for its batching window, and for the attempt before it', () => {
    expect(decided(poll01, streamed({ mapping: { windowSeconds: 5 } }, 'r1 @9: ok')).broken).toEqual([]);
    expect(decided(poll01, streamed({}, 'r1 @1 for 60: ok', 'r2 @62: ok')).broken).toEqual([]);
  });

  test('says nothing where attempts failed', () => {
    expect(decided(poll01, streamed({}, 'r1 @1: throw', 'r1 @60: ok'))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });
});

describe('STR-DDB-02', () => {
  const two = { kind: 'dynamodb' as const, others: { n: {} } };

  test('is kept where both mappings read a table in time', () => {
    const view = streamed(two, 'r1 @1: ok', 'r1 via n @1.2: ok');
    expect(decided(ddb02, view)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken where one is late, or reads nothing', () => {
    expect(decided(ddb02, streamed(two, 'r1 @1: ok', 'r1 via n @30: ok')).broken).toHaveLength(1);
    expect(decided(ddb02, streamed(two, 'r1 @1: ok')).broken).toHaveLength(1);
  });

  test('does not concern three of them, nor a stream of Kinesis', () => {
    const three = { ...two, others: { n: {}, o: {} } };
    expect(decided(ddb02, streamed(three, 'r1 @1: ok'))).toMatchObject({ kept: 0, broken: [] });
    const kinesis = streamed({ others: { n: {} } }, 'r1 @1: ok');
    expect(decided(ddb02, kinesis)).toMatchObject({ kept: 0, broken: [] });
  });
});
