/** For tests of the model: a scenario in a few words, run once or with many seeds. */
import type { Entry } from '../../../engine/history.ts';
import { type Scenario, scenarioSchema } from '../../../engine/scenario.ts';
import { type SimulateOptions, simulate } from '../simulate.ts';

/** A scenario as it may be written by hand: of the function `f`, unless `functions` says otherwise. */
export interface Written {
  readonly function?: Record<string, unknown>;
  readonly functions?: readonly Record<string, unknown>[];
  readonly account?: { readonly concurrency: number; readonly unreservedMinimum: number };
  readonly queues?: readonly Record<string, unknown>[];
  readonly streams?: readonly Record<string, unknown>[];
  readonly tables?: readonly Record<string, unknown>[];
  readonly kafkaTopics?: readonly Record<string, unknown>[];
  readonly brokerQueues?: readonly Record<string, unknown>[];
  readonly mappings?: readonly Record<string, unknown>[];
  readonly subscriptions?: readonly Record<string, unknown>[];
  readonly topics?: readonly { readonly name: string; readonly fifo?: true }[];
  readonly buses?: readonly { readonly name: string }[];
  readonly buckets?: readonly { readonly name: string }[];
  readonly steps: readonly Record<string, unknown>[];
}

/** The scenario in full, validated. */
export function scenarioFrom({ function: f, functions, steps, ...rest }: Written): Scenario {
  return scenarioSchema.parse({
    scenario: 1,
    functions: functions ?? [{ name: 'f', ...f }],
    ...rest,
    steps: steps.map((step) => ({
      atSeconds: 0,
      ...(step['do'] === undefined ? { do: 'invoke', function: 'f' } : {}),
      ...step,
    })),
  });
}

/** What is seen of it. */
export const run = (written: Written, seed = 1, options?: SimulateOptions): readonly Entry[] =>
  simulate(scenarioFrom(written), seed, options).entries;

/** The entries of one kind. */
export const of = <K extends Entry['kind']>(
  entries: readonly Entry[],
  kind: K,
): Extract<Entry, { kind: K }>[] =>
  entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);

/** Seeds to try where something is left to chance. */
export const SEEDS: readonly number[] = Array.from({ length: 50 }, (_, index) => index * 7919 + 1);
