/** For tests of the model: one topic of Kafka, `kafka:k`, or a broker's queue, `broker:b`, that one mapping, `m`, reads for the function `f`. */
import type { Entry } from '../../../engine/history.ts';
import type { SimulateOptions } from '../simulate.ts';
import { run } from './run.ts';

type Settings = Readonly<Record<string, unknown>>;

/** What differs from a topic of one partition that is read from its beginning, and a function with a timeout of 3 s. */
export interface LogSetup {
  readonly function?: Settings;
  readonly topic?: Settings;
  /** Instead of a topic: the queue of a broker with this engine. */
  readonly engine?: 'activeMq' | 'rabbitMq';
  readonly mapping?: Settings;
  /** No mapping is declared: the steps make one. */
  readonly isUnmapped?: true;
  readonly mappings?: readonly Settings[];
  readonly functions?: readonly Settings[];
  /** Seed 1 where it is absent. */
  readonly seed?: number;
  readonly policy?: SimulateOptions['policy'];
}

/**
 * What is seen of such a source. A step that says `records` only sends them to it, at once. There are `queue:failed`,
 * `bucket:failed` and `kafka:failed` as destinations. Batches hold one partition, where `policy` does not say otherwise.
 */
export function consume(setup: LogSetup, ...steps: readonly Settings[]): readonly Entry[] {
  const { engine } = setup;
  const source = engine === undefined ? 'kafka:k' : 'broker:b';
  const m = { name: 'm', source, function: 'f', ...setup.mapping };
  return run(
    {
      functions: [{ name: 'f', timeoutSeconds: 3, ...setup.function }, ...(setup.functions ?? [])],
      kafkaTopics: [
        { name: 'k', on: 'msk', ...setup.topic },
        { name: 'failed', on: 'msk' },
      ],
      ...(engine === undefined ? {} : { brokerQueues: [{ name: 'b', engine }] }),
      queues: [{ name: 'failed' }],
      buckets: [{ name: 'failed' }],
      mappings: [...(setup.isUnmapped === true ? [] : [m]), ...(setup.mappings ?? [])],
      steps: steps.map((step) => ({
        ...(step['do'] === undefined ? { do: 'send', to: source } : {}),
        ...step,
      })),
    },
    setup.seed,
    { policy: { kafkaMixesPartitionsShare: 0, ...setup.policy } },
  );
}

/** A request about the mapping `m`, or another one. */
export const update = (atSeconds: number, input: Settings, mapping = 'm') => ({
  atSeconds,
  do: 'request',
  operation: 'UpdateEventSourceMapping',
  input: { UUID: `mapping:${mapping}`, ...input },
});

export const create = (atSeconds: number, mapping: string, input: Settings) => ({
  atSeconds,
  do: 'request',
  operation: 'CreateEventSourceMapping',
  mapping,
  input: { FunctionName: 'f', ...input },
});

export const remove = (atSeconds: number, mapping = 'm') => ({
  atSeconds,
  do: 'request',
  operation: 'DeleteEventSourceMapping',
  input: { UUID: `mapping:${mapping}` },
});
