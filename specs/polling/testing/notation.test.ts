import { describe, expect, test } from 'vitest';
import { asObject } from '../../../engine/record.ts';
import { scenarioSchema } from '../../../engine/scenario.ts';
import { evt01, mqEvt01 } from '../../kafkaMq/events.ts';
import { event01 } from '../../sqs/event.ts';
import { decided } from '../../testing/notation.ts';
import { type Given, polled } from './notation.ts';

describe('the notation of polling histories', () => {
  test('writes down what is sent, attempted, redriven and left', () => {
    const view = polled(
      {
        queue: { redrive: { to: 'queue:dead', maxReceiveCount: 1 } },
        scenario: { queues: [{ name: 'dead' }] },
      },
      'send r1..r3 @0',
      'batch r1 r2 @1: throw @1.5',
      'batch r3 @2: timeout',
      'redriven r1 r2 @40',
      'left r3 @50',
    );
    const [first, second] = view.batches;
    expect(first?.records.map((record) => record?.id)).toEqual(['r1', 'r2']);
    expect([first?.attempt.succeeded, first?.attempt.endedLatest]).toEqual([false, 1.5]);
    expect([second?.attempt.outcome, second?.attempt.ended]).toEqual(['timeout', undefined]);
    expect(view.records.get('r2')?.redriven.map(({ at }) => at)).toEqual([40]);
    expect(view.sources.get('queue:q')?.remaining?.records).toEqual(['r3']);
    expect(view.watchedUntil).toBe(Number.POSITIVE_INFINITY);
  });

  test('counts receives, and takes a count that is told', () => {
    const view = polled({}, 'send r1', 'batch r1: throw', 'batch r1 count 4 @30: throw', 'batch r1 @60: ok');
    expect(view.batches.map(({ seen }) => seen[0]?.receiveCount)).toEqual([1, 4, 5]);
  });

  test('has batch responses in the form of each kind of source', () => {
    const resultOf = (given: Given) =>
      polled(given, 'send r1 r2', 'batch r1 r2 @1: report r2').batches[0]?.attempt.ended?.result;
    expect(resultOf({})).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-r2' }] });
    expect(resultOf({ kafkaTopic: {} })).toEqual({
      batchItemFailures: [{ itemIdentifier: { partition: 'k-0', offset: 1 } }],
    });
  });

  test('tells failure records of a stream by the places of their batch', () => {
    const view = polled(
      { stream: {}, mapping: { onFailure: 'queue:q', startingPosition: 'LATEST' } },
      'send r1..r3 on 1',
      'batch r1..r3 @1: throw',
      'failed r2..r3 RetryAttemptsExhausted 1 @2',
    );
    const [failure] = view.mappings.get('m')?.failures ?? [];
    const body = failure?.entry.kind === 'delivered' ? asObject(failure.entry.body) : undefined;
    expect(asObject(body?.['KinesisBatchInfo'])).toMatchObject({
      shardId: 'shardId-000000000001',
      startSequenceNumber: view.batches[0]?.seen[1]?.id,
      endSequenceNumber: view.batches[0]?.seen[2]?.id,
      batchSize: 2,
    });
  });

  test('puts what requests change into the settings of a mapping', () => {
    const view = polled(
      {},
      'request UpdateEventSourceMapping {"UUID":"mapping:m","BatchSize":3} @5: 202',
      'request CreateEventSourceMapping {"EventSourceArn":"queue:q","FunctionName":"f"} as n @6: 202',
      'request UpdateEventSourceMapping {"UUID":"mapping:m","BatchSize":4} @60: 400 ValidationException',
    );
    expect(view.mappings.get('m')?.settings.map(({ value }) => value?.batchSize)).toEqual([10, 3]);
    expect(view.mappings.get('n')?.steady?.batchSize).toBe(10);
    expect(view.requests[2]?.rejected?.error).toBe('ValidationException');
  });

  test.each([
    ['a queue', {}, event01],
    ['a FIFO queue', { queue: { fifo: true } }, event01],
    ['a topic on Amazon MSK', { kafkaTopic: {} }, evt01],
    ['a topic on a cluster of one’s own', { kafkaTopic: { on: 'selfManaged' } }, evt01],
    ['ActiveMQ', { brokerQueue: {} }, mqEvt01],
    ['RabbitMQ', { brokerQueue: { engine: 'rabbitMq' } }, mqEvt01],
  ] as const)('has the whole event of %s', (_name, given, rule) => {
    const view = polled(given, 'send r1/a r2/a', 'batch r1 r2 @1: ok');
    expect(decided(rule, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is about scenarios that could be run', () => {
    const { history } = polled(
      { table: {}, mapping: { startingPosition: 'TRIM_HORIZON' }, mappings: [{ name: 'n' }] },
      'send r1/a r2/a @1',
      'batch r1 @2 of n: ok',
      'denied table/t @3',
      'removed table/t @4',
    );
    expect(scenarioSchema.parse(history.scenario)).toEqual(history.scenario);
  });

  test.each(['sent r1', 'batch r1: ok', 'batch: perhaps', 'batch of nobody: ok'])('refuses "%s"', (line) => {
    expect(() => polled({}, line)).toThrow();
  });
});
