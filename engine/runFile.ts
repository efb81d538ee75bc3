/**
 * The run file: one line of JSON for each thing a campaign learnt, in the order it learnt it. The only primary
 * artefact: every report, comparison, resumption and merge folds over it.
 */
import { z } from 'zod';
import { CAPABILITIES, type Capability } from './capabilities.ts';
import type { Entry } from './history.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';

export const RUN_FORMAT = 1;

const capability = z.enum(Object.keys(CAPABILITIES) as [Capability, ...Capability[]]);

const tally = z.strictObject({
  subjects: z.int(),
  broken: z.int(),
  unknown: z.int(),
  observed: z.record(z.string(), z.int()),
});

const shard = z.strictObject({ index: z.int().min(1), of: z.int().min(1) });

/** What the target did, in numbers: see `measures.ts`. */
const measures = z.strictObject({
  numbers: z.record(
    z.string(),
    z.strictObject({ min: z.number(), max: z.number(), values: z.record(z.string(), z.int()) }),
  ),
  fields: z.record(z.string(), z.strictObject({ of: z.int(), present: z.record(z.string(), z.int()) })),
});

/** How a target was asked for, beyond its name, where that changes which one it is, how it is reached or how it is judged. */
export const targetFlagsSchema = z.strictObject({
  /** Of a target with a name that ran there already. */
  endpoint: z.string().exactOptional(),
  /** Real seconds for one second of Lambda's asynchronous waits. */
  timeScale: z.number().positive().exactOptional(),
  collectorHost: z.string().exactOptional(),
});
export type TargetFlags = z.output<typeof targetFlagsSchema>;

/** First line: what was run, with what, and what it takes to run the same again. */
const header = z.strictObject({
  line: z.literal('header'),
  format: z.literal(RUN_FORMAT),
  /** Version of lambda-conformance. */
  suite: z.string(),
  target: z.strictObject({
    name: z.string(),
    version: z.string(),
    isRealTime: z.boolean(),
    /** Real seconds for one second of Lambda's asynchronous waits, where that is not 1. */
    retryTimeScale: z.number().exactOptional(),
    /** Absent where nothing but its name was given. */
    flags: targetFlagsSchema.exactOptional(),
  }),
  /** What the target could do: the rules that need more are UNSUPPORTED. */
  capabilities: z.array(capability),
  /** Rules that say nothing of the target, each with the reason: they are UNSUPPORTED too. */
  notJudged: z.record(z.string(), z.string()).exactOptional(),
  seed: z.int(),
  /** How many scenarios the campaign asked for; null: as many as its time allowed. */
  scenarios: z.int().nullable(),
  /** Numbers of the drawn scenarios that were run first: number 0 of the campaign is the first of them. */
  planned: z.array(z.int().min(0)).exactOptional(),
  /** Ids of the rules that were decided. */
  rules: z.array(z.string()),
  shard: shard.exactOptional(),
  /** Of so many shards it was merged. */
  merged: z.int().min(1).exactOptional(),
  /** ISO 8601. */
  startedAt: z.string(),
});

/** A run of scenarios that were decided: all of it is known, or none. */
const chunk = z.strictObject({
  line: z.literal('chunk'),
  /** Numbers of the first scenario and of the one after the last. */
  from: z.int(),
  to: z.int(),
  /** What was decided, by rule; a rule without a subject is absent. */
  rules: z.record(z.string(), tally),
  /** By rule, the number of the first scenario that broke it. */
  firstBroken: z.record(z.string(), z.int()),
  /** Why subjects could not be decided, by rule: one reason for an example. */
  unknown: z.record(z.string(), z.string()),
  /** What the target declined, and the error it gave. */
  declined: z.partialRecord(capability, z.string()),
  /** Scenarios on which the harness or the target failed. */
  errors: z.array(z.strictObject({ scenario: z.int(), message: z.string() })),
  /** How many scenarios were decided: fewer than `to - from` in a shard, or where some failed. */
  scenarios: z.int(),
  events: z.int(),
  attempts: z.int(),
  observations: z.int(),
  /** Absent where nothing was seen of what is measured. */
  measures: measures.exactOptional(),
});

/** A broken rule with the smallest scenario that still breaks it. */
const counterexample = z.strictObject({
  line: z.literal('counterexample'),
  rule: z.string(),
  /** Number of the scenario it was found in, and the shrink steps from there: `417:0:2:0`. */
  path: z.string(),
  /** Seed of what a simulated target left to chance. */
  targetSeed: z.int(),
  scenario: scenarioSchema,
  entries: z.array(
    z.custom<Entry>((value) => typeof value === 'object' && value !== null && 'kind' in value),
  ),
  expected: z.string(),
  observed: z.string(),
  /** Positions in `entries` that show it; the first is where it broke. */
  marks: z.array(z.int()),
  /** On a real clock it is run again: so many of so many runs broke it. */
  broke: z.int(),
  runs: z.int(),
});

/** Last line. A file without one was cut off. */
const footer = z.strictObject({
  line: z.literal('footer'),
  elapsedSeconds: z.number(),
  /** The campaign was stopped before its end. */
  interrupted: z.literal(true).exactOptional(),
  /** On a real clock: what bounded the time that the scenarios took, before anything was shrunk. */
  pace: z
    .strictObject({
      /** From the first scenario to the end of the last. */
      scenariosSeconds: z.number(),
      /** The longest single one. */
      longestSeconds: z.number(),
      /** For so long the machine's processors were busy meanwhile: the mean of its cores. */
      busySeconds: z.number(),
    })
    .exactOptional(),
});

export const runLineSchema = z.discriminatedUnion('line', [header, chunk, counterexample, footer]);
export type RunLine = z.output<typeof runLineSchema>;
export type RunHeader = z.output<typeof header>;
export type RunChunk = z.output<typeof chunk>;
export type Counterexample = z.output<typeof counterexample>;
export type RunFooter = z.output<typeof footer>;
export type Pace = NonNullable<RunFooter['pace']>;
export type { Scenario };
