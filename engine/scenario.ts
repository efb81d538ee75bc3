/**
 * The scenario: everything a run needs and nothing of a target. Plain JSON, versioned, validated wherever it
 * is read, short enough to write by hand. Times are seconds since the scenario began.
 */
import { z } from 'zod';
import { json, name, place, resourceRef, seconds } from './scenarioParts.ts';
import {
  brokerQueueSpec,
  kafkaTopicSpec,
  mappingSpec,
  permissionStep,
  queueSpec,
  recordIds,
  reshardStep,
  sendStep,
  sourceKind,
  streamSpec,
  subscriptionSpec,
  tableSpec,
} from './sourceSpec.ts';

/** AWS, configuration-timeout.html: three seconds. */
export const DEFAULT_TIMEOUT_SECONDS = 3;

export const SCENARIO_VERSION = 1;

/** The function name that no scenario declares: calls to it must be refused. */
export const NOBODY = 'nobody';

/** How one attempt of an event ends. */
export const OUTCOMES = ['ok', 'nothing', 'throw', 'timeout', 'exit', 'oversize', 'unserializable'] as const;
export type Outcome = (typeof OUTCOMES)[number];

const behaviourObject = z.strictObject({
  /**
   * `ok` returns `value`, or the event itself where there is no value; `nothing` returns undefined; `throw`
   * throws an Error; `timeout` outlives the function's timeout; `exit` ends the process; `oversize` returns
   * more than a response may hold; `unserializable` returns what JSON cannot write (a BigInt).
   */
  do: z.enum(OUTCOMES),
  /** Seconds the handler works before that. Beyond the function's timeout the attempt times out instead. */
  afterSeconds: seconds.exactOptional(),
  value: json.exactOptional(),
  message: z.string().max(5_000).exactOptional(),
  /** Bytes the handler writes to its log first. */
  logBytes: z.int().min(0).max(100_000).exactOptional(),
  /** The handler first invokes this function with the event it was given: a chain, for loop detection. */
  chainTo: name.exactOptional(),
  chainType: z.enum(['Event', 'RequestResponse']).exactOptional(),
});

/** What the handler does on one attempt: an outcome by its name, or with its particulars. */
const behaviour = z.union([z.enum(OUTCOMES), behaviourObject]);
export type BehaviourObject = z.output<typeof behaviourObject>;
export type Behaviour = z.output<typeof behaviour>;

const eventInvoke = z.strictObject({
  /** `$LATEST`, a version number or an alias. */
  qualifier: z.string(),
  maximumRetryAttempts: z.int().min(0).max(2).exactOptional(),
  maximumEventAgeSeconds: z.int().min(60).max(21_600).exactOptional(),
  onSuccess: resourceRef.exactOptional(),
  onFailure: resourceRef.exactOptional(),
});
export type EventInvokeSpec = z.output<typeof eventInvoke>;

const functionSpec = z.strictObject({
  name,
  timeoutSeconds: z.int().min(1).max(900).default(DEFAULT_TIMEOUT_SECONDS),
  /** How many versions are published: "1", "2", … */
  versions: z.int().min(1).max(5).exactOptional(),
  aliases: z
    .array(
      z.strictObject({
        name,
        version: z.string(),
        /** A second version and the share of requests it gets, 0..1. */
        additional: z.strictObject({ version: z.string(), weight: z.number().min(0).max(1) }).exactOptional(),
      }),
    )
    .exactOptional(),
  reservedConcurrency: z.int().min(0).exactOptional(),
  provisioned: z
    .array(z.strictObject({ qualifier: z.string(), concurrency: z.int().min(1) }))
    .exactOptional(),
  deadLetter: resourceRef.exactOptional(),
  eventInvoke: z.array(eventInvoke).exactOptional(),
  recursiveLoop: z.enum(['Allow', 'Terminate']).exactOptional(),
  /** Statements of its resource-based policy: which service may invoke it, from which resource, by which qualifier. */
  policy: z
    .array(
      z.strictObject({
        service: z.enum(['sns', 'events', 's3']),
        source: resourceRef.exactOptional(),
        qualifier: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  /** Seconds the function's initialisation takes in a new execution environment. */
  initSeconds: seconds.exactOptional(),
  /** The steps begin as soon as CreateFunction is answered, without waiting for the state Active. */
  fresh: z.literal(true).exactOptional(),
});
export type FunctionSpec = z.output<typeof functionSpec>;

const channel = z.strictObject({ name, fifo: z.literal(true).exactOptional() });
const invokeStep = z.strictObject({
  atSeconds: seconds,
  do: z.literal('invoke'),
  /** A declared function, or `nobody`. */
  function: name,
  qualifier: z.string().exactOptional(),
  /** Absent: the call names no invocation type. */
  type: z.enum(['RequestResponse', 'Event', 'DryRun']).exactOptional(),
  /** Through InvokeWithResponseStream. */
  stream: z.literal(true).exactOptional(),
  /** The event's id, unique in the scenario. With `times`, the ids are `e1`, `e1#2`, `e1#3`, … */
  event: z.string().regex(/^[a-z][a-z0-9]{0,15}$/, 'an event id is a letter and up to 15 letters or digits'),
  /** Absent: a call without a body. Payloads of one function differ: that is how attempts are told apart. */
  payload: json.exactOptional(),
  /** Instead of `payload`: a body that is not JSON. */
  body: z.string().max(1_000).exactOptional(),
  contentType: z.string().exactOptional(),
  logType: z.enum(['None', 'Tail']).exactOptional(),
  clientContext: json.exactOptional(),
  /** By a caller that may not invoke functions (lambda:InvokeFunction). */
  asStranger: z.literal(true).exactOptional(),
  /** The caller hangs up after so many seconds. */
  hangUpAfterSeconds: seconds.exactOptional(),
  /** What the handler does on the 1st, 2nd, … attempt of this event; the last one repeats. */
  plan: z.array(behaviour).min(1).default(['ok']),
  /** The same call so many times at once. */
  times: z.int().min(1).max(1_000).exactOptional(),
});
export type InvokeStep = z.output<typeof invokeStep>;

/** The control-plane operations a scenario can request, by AWS's names. */
export const OPERATIONS = [
  'Invoke',
  'CreateFunction',
  'GetFunction',
  'UpdateFunctionConfiguration',
  'PutFunctionEventInvokeConfig',
  'UpdateFunctionEventInvokeConfig',
  'GetFunctionEventInvokeConfig',
  'DeleteFunctionEventInvokeConfig',
  'PutFunctionConcurrency',
  'GetFunctionConcurrency',
  'DeleteFunctionConcurrency',
  'PutProvisionedConcurrencyConfig',
  'GetProvisionedConcurrencyConfig',
  'DeleteProvisionedConcurrencyConfig',
  'PutFunctionRecursionConfig',
  'CreateEventSourceMapping',
  'GetEventSourceMapping',
  'UpdateEventSourceMapping',
  'DeleteEventSourceMapping',
  'CreateQueue',
  'SetQueueAttributes',
] as const;
export type Operation = (typeof OPERATIONS)[number];

const requestStep = z.strictObject({
  atSeconds: seconds,
  do: z.literal('request'),
  operation: z.enum(OPERATIONS),
  /**
   * The operation's input under AWS's own keys. Names of functions are the scenario's, resources are written
   * as `queue:NAME`, a mapping's UUID as `mapping:NAME`: a target puts its own names, ARNs and UUIDs in their place.
   * Values may be out of range on purpose.
   */
  input: z.record(z.string(), json),
  /** CreateEventSourceMapping: by which name the scenario speaks of the mapping from then on. */
  mapping: name.exactOptional(),
});
export type RequestStep = z.output<typeof requestStep>;

/** A fault: the resource is deleted. */
const removeStep = z.strictObject({ atSeconds: seconds, do: z.literal('remove'), resource: resourceRef });
export type RemoveStep = z.output<typeof removeStep>;

const step = z.discriminatedUnion('do', [
  invokeStep,
  requestStep,
  removeStep,
  sendStep,
  reshardStep,
  permissionStep,
]);
export type Step = z.output<typeof step>;

export const scenarioSchema = z
  .strictObject({
    scenario: z.literal(SCENARIO_VERSION),
    /** A lower account limit than the Region's default, for targets where it can be set. */
    account: z
      .strictObject({ concurrency: z.int().min(1), unreservedMinimum: z.int().min(0) })
      .exactOptional(),
    functions: z.array(functionSpec).min(1),
    queues: z.array(queueSpec).exactOptional(),
    topics: z.array(channel).exactOptional(),
    buses: z.array(place).exactOptional(),
    buckets: z.array(place).exactOptional(),
    streams: z.array(streamSpec).exactOptional(),
    tables: z.array(tableSpec).exactOptional(),
    kafkaTopics: z.array(kafkaTopicSpec).exactOptional(),
    brokerQueues: z.array(brokerQueueSpec).exactOptional(),
    /** Made before the first step, after all else. */
    mappings: z.array(mappingSpec).exactOptional(),
    /** Services that invoke functions by themselves. */
    subscriptions: z.array(subscriptionSpec).exactOptional(),
    steps: z.array(step),
  })
  .check((context) => {
    for (const message of inconsistencies(context.value)) {
      context.issues.push({ code: 'custom', message, input: context.value });
    }
  });
export type Scenario = z.output<typeof scenarioSchema>;

/** What no schema says: names that are used must be declared, events must be told apart. One sentence each. */
function* inconsistencies(scenario: z.output<typeof scenarioSchema>): Generator<string> {
  const functions = new Set<string>();
  for (const { name } of scenario.functions) {
    if (name === NOBODY)
      yield `"${NOBODY}" is the function that must not exist: give the function another name`;
    if (functions.has(name)) yield `function "${name}" is declared twice`;
    functions.add(name);
  }
  const resources = new Set(resourceNames(scenario));
  const used: string[] = [];
  for (const spec of scenario.functions) {
    if (spec.deadLetter !== undefined) used.push(spec.deadLetter);
    for (const config of spec.eventInvoke ?? [])
      used.push(...[config.onSuccess ?? [], config.onFailure ?? []].flat());
  }
  yield* inconsistentSources(scenario, functions, used);
  const events = new Set<string>();
  for (const step of scenario.steps) {
    if (step.do === 'remove') used.push(step.resource);
    if (step.do !== 'invoke') continue;
    if (step.function !== NOBODY && !functions.has(step.function)) {
      yield `event ${step.event} invokes "${step.function}", which is not declared (write "${NOBODY}" for a function that must not exist)`;
    }
    if (events.has(step.event)) yield `two steps have the event id "${step.event}": give each event its own`;
    events.add(step.event);
    if (step.payload !== undefined && step.body !== undefined)
      yield `event ${step.event} has both a payload and a body`;
  }
  for (const ref of used) if (!resources.has(ref)) yield `"${ref}" is used but not declared`;
}

/** AWS, API_CreateEventSourceMapping.html: the largest batch of a FIFO queue. */
const FIFO_BATCH_MOST = 10;

/** The same for sources, mappings and records. */
function* inconsistentSources(
  scenario: z.output<typeof scenarioSchema>,
  functions: ReadonlySet<string>,
  used: string[],
): Generator<string> {
  for (const { redrive } of scenario.queues ?? []) if (redrive !== undefined) used.push(redrive.to);
  const fifo = new Set(
    (scenario.queues ?? []).filter((queue) => queue.fifo).map((queue) => `queue:${queue.name}`),
  );
  const mappings = new Set<string>();
  for (const { name, source, function: owner, onFailure, batchSize = 0 } of scenario.mappings ?? []) {
    if (mappings.has(name)) yield `mapping "${name}" is declared twice`;
    mappings.add(name);
    if (!functions.has(owner)) yield `mapping "${name}" invokes "${owner}", which is not declared`;
    if (sourceKind(source) === undefined)
      yield `mapping "${name}" reads ${source}, which Lambda does not poll`;
    if (fifo.has(source) && batchSize > FIFO_BATCH_MOST)
      yield `mapping "${name}" has a batchSize of ${batchSize}: of a FIFO queue ${FIFO_BATCH_MOST} are the most`;
    used.push(source);
    if (onFailure !== undefined) used.push(onFailure);
  }
  for (const { source, function: owner } of scenario.subscriptions ?? []) {
    used.push(source);
    if (!functions.has(owner)) yield `a subscription invokes "${owner}", which is not declared`;
  }
  const records = new Set<string>();
  for (const step of scenario.steps) {
    if (step.do === 'request' && step.mapping !== undefined) {
      if (mappings.has(step.mapping)) yield `mapping "${step.mapping}" is made twice: give each its own name`;
      mappings.add(step.mapping);
    }
    if (step.do === 'reshard') used.push(step.stream);
    if (step.do === 'permission') used.push(step.resource);
    if (step.do !== 'send') continue;
    used.push(step.to);
    for (const spec of step.records) {
      for (const id of recordIds({ ...spec, times: 1 })) {
        if (records.has(id)) yield `two records have the id "${id}": give each its own`;
        records.add(id);
      }
      for (const behaviour of spec.plan) {
        if (typeof behaviour === 'string' || behaviour.chainTo === undefined) continue;
        used.push(behaviour.chainTo);
        if (!step.to.startsWith('queue:') || !behaviour.chainTo.startsWith('queue:'))
          yield `record ${spec.record} is sent on: chains go from a queue to a queue`;
      }
      if (spec.body !== undefined && spec.text !== undefined)
        yield `record ${spec.record} has both a body and a text`;
      if (fifo.has(step.to) && spec.group === undefined)
        yield `record ${spec.record} goes to a FIFO queue and has no group`;
    }
  }
}

/** All resources of a scenario, written as references. */
export function resourceNames(scenario: Scenario): string[] {
  const refs = (kind: string, places: readonly { readonly name: string }[] = []) =>
    places.map(({ name }) => `${kind}:${name}`);
  return [
    ...refs('queue', scenario.queues),
    ...refs('topic', scenario.topics),
    ...refs('bus', scenario.buses),
    ...refs('bucket', scenario.buckets),
    ...refs('stream', scenario.streams),
    ...refs('table', scenario.tables),
    ...refs('kafka', scenario.kafkaTopics),
    ...refs('broker', scenario.brokerQueues),
    ...refs('function', scenario.functions),
  ];
}

/** The ids of the events that a step sends: `e1`, `e1#2`, … for a step repeated by `times`. */
export function eventIds(step: InvokeStep): string[] {
  const ids = [step.event];
  for (let k = 2; k <= (step.times ?? 1); k++) ids.push(`${step.event}#${k}`);
  return ids;
}

/** What the handler does on the `ordinal`-th attempt (from 1) of an event: the last entry of its plan repeats. */
export function behaviourAt(plan: readonly Behaviour[], ordinal: number): BehaviourObject {
  const planned = plan[Math.min(ordinal, plan.length) - 1] ?? 'ok';
  return typeof planned === 'string' ? OUTCOME_ALONE[planned] : planned;
}

const OUTCOME_ALONE: Readonly<Record<Outcome, BehaviourObject>> = {
  ok: { do: 'ok' },
  nothing: { do: 'nothing' },
  throw: { do: 'throw' },
  timeout: { do: 'timeout' },
  exit: { do: 'exit' },
  oversize: { do: 'oversize' },
  unserializable: { do: 'unserializable' },
};

/** The outcome an attempt will have: work that lasts as long as the function's timeout ends in a timeout. */
export function outcomeOf(behaviour: BehaviourObject, timeoutSeconds: number): Outcome {
  return (behaviour.afterSeconds ?? 0) >= timeoutSeconds ? 'timeout' : behaviour.do;
}

/** Whether Lambda counts the outcome as a success of the function. */
export const isSuccess = (outcome: Outcome): boolean => outcome === 'ok' || outcome === 'nothing';
