/** For tests of the model: one queue, `queue:q`, that one mapping, `m`, reads for the function `f`. */
import type { Entry } from '../../../engine/history.ts';
import type { SimulateOptions } from '../simulate.ts';
import { of, run } from './run.ts';

type Settings = Readonly<Record<string, unknown>>;

/** What differs from a standard queue with AWS's defaults, and a function with a timeout of 3 s. */
export interface QueueSetup {
  readonly function?: Settings;
  readonly queue?: Settings;
  readonly mapping?: Settings;
  readonly queues?: readonly Settings[];
  readonly mappings?: readonly Settings[];
  readonly functions?: readonly Settings[];
  readonly seed?: number;
  readonly options?: SimulateOptions;
}

/** What is seen of such a queue. A step that says `records` only sends them to it, at once. */
export const poll = (setup: QueueSetup, ...steps: readonly Settings[]): readonly Entry[] =>
  run(
    {
      functions: [{ name: 'f', timeoutSeconds: 3, ...setup.function }, ...(setup.functions ?? [])],
      queues: [{ name: 'q', ...setup.queue }, ...(setup.queues ?? [])],
      mappings: [
        { name: 'm', source: 'queue:q', function: 'f', ...setup.mapping },
        ...(setup.mappings ?? []),
      ],
      steps: steps.map((step) => ({
        ...(step['do'] === undefined ? { do: 'send', to: 'queue:q' } : {}),
        ...step,
      })),
    },
    setup.seed,
    setup.options,
  );

/** An attempt that holds records: when it began and ended, and the scenario's ids of its records. */
export interface SeenBatch {
  readonly at: number;
  /** NaN: it was killed, and nobody saw its end. */
  readonly until: number;
  readonly mapping: string;
  readonly records: readonly string[];
  readonly receives: readonly number[];
}

/** All attempts with records, in their order. */
export function batchesIn(entries: readonly Entry[]): SeenBatch[] {
  const ends = new Map(of(entries, 'ended').map(({ attempt, at }) => [attempt, at]));
  return of(entries, 'started').map(({ at, attempt, mapping = '', records = [] }) => ({
    at,
    until: ends.get(attempt) ?? Number.NaN,
    mapping,
    records: records.map(({ record = '' }) => record),
    receives: records.map(({ receiveCount = 0 }) => receiveCount),
  }));
}

/** The records of all attempts, in the order in which they were seen. */
export const recordsIn = (entries: readonly Entry[]): string[] =>
  batchesIn(entries).flatMap(({ records }) => records);

/** What the queue holds when the observer leaves. */
export const leftIn = (entries: readonly Entry[], resource = 'queue:q'): readonly string[] | undefined =>
  of(entries, 'remaining').find((entry) => entry.resource === resource)?.records;

/** What arrived at the resource: the scenario's ids of records. */
export const arrivedAt = (entries: readonly Entry[], resource: string): (string | undefined)[] =>
  of(entries, 'delivered').flatMap((entry) => (entry.resource === resource ? [entry.record] : []));

/** The most attempts at once; those of which no end was seen last `seconds`. */
export function mostAtOnce(batches: readonly SeenBatch[], seconds = 3): number {
  const changes = batches.flatMap(({ at, until }): [number, number][] => [
    [at, 1],
    [Number.isNaN(until) ? at + seconds : until, -1],
  ]);
  changes.sort(([a, x], [b, y]) => a - b || x - y);
  let now = 0;
  let most = 0;
  for (const [, change] of changes) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}
