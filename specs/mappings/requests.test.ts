import { describe, expect, test } from 'vitest';
import type { Json } from '../../engine/json.ts';
import { type Given, polled } from '../polling/testing/notation.ts';
import { decided } from '../testing/notation.ts';
import { dest01, dupesm01, tmo01 } from './requests.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const refused = '400 InvalidParameterValueException';

const create = (input: Record<string, Json>, answer: string): string =>
  `request CreateEventSourceMapping ${JSON.stringify(input)} as other @0: ${answer}`;

describe('POLL-DEST-01: destinations of mappings', () => {
  const given: Given = { scenario: { queues: [{ name: 'failed' }], streams: [{ name: 's' }] } };
  const asking = (source: string, side: string, answer: string) =>
    polled(
      given,
      create(
        {
          FunctionName: 'f',
          EventSourceArn: source,
          DestinationConfig: { [side]: { Destination: 'queue:failed' } },
        },
        answer,
      ),
    );

  test.each([
    ['stream:s', 'OnSuccess'],
    ['queue:q', 'OnSuccess'],
    ['queue:q', 'OnFailure'],
  ])('of %s %s: refused kept, taken broken', (source, side) => {
    expect(decided(dest01, asking(source, side, refused))).toMatchObject(kept);
    expect(decided(dest01, asking(source, side, '202')).broken).toHaveLength(1);
  });

  test('OnFailure of a stream is not concerned', () => {
    expect(decided(dest01, asking('stream:s', 'OnFailure', '202')).kept).toBe(0);
  });
});

test('POLL-DUPESM-01: what becomes of a second mapping is reported', () => {
  const observed = (answer: string) =>
    decided(dupesm01, polled({}, create({ FunctionName: 'f', EventSourceArn: 'queue:q' }, answer))).observed;
  expect(observed('409 ResourceConflictException')).toEqual(['refused with 409']);
  expect(observed('202')).toEqual(['a second mapping taken']);
  expect(observed(refused)).toEqual(['refused otherwise']);
});

describe('POLL-TMO-01: functions of Kafka and Amazon MQ run at most 14 minutes', () => {
  const asking = (timeoutSeconds: number, source: string, answer: string) =>
    polled(
      {
        scenario: {
          functions: [{ name: 'slow', timeoutSeconds }],
          kafkaTopics: [{ name: 'k', on: 'msk' }],
          brokerQueues: [{ name: 'b', engine: 'rabbitMq' }],
        },
      },
      create({ FunctionName: 'slow', EventSourceArn: source }, answer),
    );

  test.each(['kafka:k', 'broker:b'])('15 minutes on %s: refused kept, taken broken', (source) => {
    expect(decided(tmo01, asking(900, source, refused))).toMatchObject(kept);
    expect(decided(tmo01, asking(900, source, '202')).broken).toHaveLength(1);
  });

  test('14 minutes are not concerned, nor are queues', () => {
    expect(decided(tmo01, asking(840, 'kafka:k', '202')).kept).toBe(0);
    expect(decided(tmo01, asking(900, 'queue:q', '202')).kept).toBe(0);
  });
});
