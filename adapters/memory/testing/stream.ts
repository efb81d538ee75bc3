/** For tests of the model: one stream, `stream:s`, that one mapping, `m`, reads for the function `f`. */
import type { Entry, Started } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { SimulateOptions } from '../simulate.ts';
import { of, run } from './run.ts';

type Settings = Readonly<Record<string, unknown>>;

/** What differs from a stream of one shard that is read from its beginning, and a function with a timeout of 3 s. */
export interface StreamSetup {
  readonly function?: Settings;
  readonly stream?: Settings;
  /** Instead of a stream: a table, `table:s`. */
  readonly table?: Settings;
  readonly mapping?: Settings;
  readonly mappings?: readonly Settings[];
  readonly functions?: readonly Settings[];
  /** Seed 1 where it is absent. */
  readonly seed?: number;
  readonly policy?: SimulateOptions['policy'];
}

const FULL_BATCHES = { cutsStreamBatchesShare: 0 } as const;

/**
 * What is seen of such a stream. A step that says `records` only sends them to it, at once. There are `queue:failed`,
 * `topic:failed` and `bucket:failed` as destinations. Batches are as large as they may be.
 */
export function read(setup: StreamSetup, ...steps: readonly Settings[]): readonly Entry[] {
  const source = setup.table === undefined ? 'stream:s' : 'table:s';
  return run(
    {
      functions: [{ name: 'f', timeoutSeconds: 3, ...setup.function }, ...(setup.functions ?? [])],
      ...(setup.table === undefined
        ? { streams: [{ name: 's', ...setup.stream }] }
        : { tables: [{ name: 's', ...setup.table }] }),
      queues: [{ name: 'failed' }],
      topics: [{ name: 'failed' }],
      buckets: [{ name: 'failed' }],
      mappings: [
        { name: 'm', source, function: 'f', startingPosition: 'TRIM_HORIZON', ...setup.mapping },
        ...(setup.mappings ?? []),
      ],
      steps: steps.map((step) => ({
        ...(step['do'] === undefined ? { do: 'send', to: source } : {}),
        ...step,
      })),
    },
    setup.seed,
    { policy: { ...FULL_BATCHES, ...setup.policy } },
  );
}

/** So many records, `r1`, `r2`, …; those that `plans` names do what it says. */
export const records = (count: number, plans: Readonly<Record<string, unknown>> = {}, more: Settings = {}) =>
  Array.from({ length: count }, (_, index) => {
    const record = `r${index + 1}`;
    const plan = plans[record];
    return { record, ...more, ...(plan === undefined ? {} : { plan: [plan].flat() }) };
  });

/** The batches, in order of their attempts: `r1 r2` and so on. Those of one mapping, where it is named. */
export const batchesOf = (entries: readonly Entry[], mapping?: string): string[] =>
  startedOf(entries, mapping).map(({ records: seen = [] }) => seen.map(({ record }) => record).join(' '));

export const startedOf = (entries: readonly Entry[], mapping?: string): Started[] =>
  of(entries, 'started').filter((entry) => mapping === undefined || entry.mapping === mapping);

/** When the attempts started. */
export const startsOf = (entries: readonly Entry[]): number[] => startedOf(entries).map(({ at }) => at);

/** The records of an event, as its function was given them. */
export function recordsOf(started: Started | undefined): JsonObject[] {
  const found = asObject(started?.payload)?.['Records'];
  return Array.isArray(found) ? objectsOf(found) : [];
}

/** What arrived at a destination. */
export const failuresAt = (entries: readonly Entry[], resource: string): JsonObject[] =>
  objectsOf(of(entries, 'delivered').flatMap((entry) => (entry.resource === resource ? [entry.body] : [])));

const objectsOf = (values: readonly Json[]): JsonObject[] =>
  values.map(asObject).filter((value) => value !== undefined);
