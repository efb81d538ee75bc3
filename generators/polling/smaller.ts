/** Smaller scenarios to try in place of one of the polling model, the boldest first. Each is valid if the one is. */
import type { Scenario, Step } from '../../engine/scenario.ts';
import { type MappingSpec, type RecordSpec, type SendStep, sourceKind } from '../../engine/sourceSpec.ts';
import { shorterCall } from '../dropping.ts';

export function* smaller(scenario: Scenario): Generator<Scenario> {
  yield* fewerSteps(scenario);
  yield* fewerMappings(scenario);
  yield* fewerStatements(scenario);
  yield* fewerRecords(scenario);
  yield* plainerFunctions(scenario);
  yield* plainerMappings(scenario);
  yield* plainerSources(scenario);
  yield* plainerRecords(scenario);
  yield* plainerCalls(scenario);
  yield* plainerRequests(scenario);
  yield* usualTimeouts(scenario);
  yield* sooner(scenario);
}

const withSteps = (scenario: Scenario, steps: readonly Step[]): Scenario =>
  tidied({ ...scenario, steps: [...steps] });

function* fewerSteps(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  const half = Math.ceil(steps.length / 2);
  if (half > 1) {
    yield withSteps(scenario, steps.slice(0, half));
    yield withSteps(scenario, steps.slice(half));
  }
  if (steps.length > 1)
    for (let at = 0; at < steps.length; at++) yield withSteps(scenario, steps.toSpliced(at, 1));
}

function* fewerMappings(scenario: Scenario): Generator<Scenario> {
  const { mappings = [] } = scenario;
  for (let at = 0; at < mappings.length; at++) {
    const name = mappings[at]?.name;
    const steps = scenario.steps.filter(
      (step) => step.do !== 'request' || step.input['UUID'] !== `mapping:${name}`,
    );
    yield tidied({ ...scenario, mappings: mappings.toSpliced(at, 1), steps });
  }
}

/** Fewer subscriptions, and fewer statements of resource-based policies. */
function* fewerStatements(scenario: Scenario): Generator<Scenario> {
  const { subscriptions = [], functions } = scenario;
  for (let at = 0; at < subscriptions.length; at++)
    yield tidied({ ...scenario, subscriptions: subscriptions.toSpliced(at, 1) });
  for (let at = 0; at < functions.length; at++) {
    const spec = functions[at];
    const { policy = [] } = spec ?? {};
    if (spec === undefined || policy.length < 2) continue;
    for (let k = 0; k < policy.length; k++)
      yield tidied({
        ...scenario,
        functions: functions.with(at, { ...spec, policy: policy.toSpliced(k, 1) }),
      });
  }
}

function* fewerRecords(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    if (step?.do !== 'send') continue;
    const keeping = (records: RecordSpec[]) => withSteps(scenario, steps.with(at, { ...step, records }));
    const { records } = step;
    const half = Math.ceil(records.length / 2);
    if (half > 1) {
      yield keeping(records.slice(0, half));
      yield keeping(records.slice(half));
    }
    if (records.length > 1) for (let k = 0; k < records.length; k++) yield keeping(records.toSpliced(k, 1));
  }
}

/** Functions that nothing names are left out; of the others what may be absent. */
function* plainerFunctions(scenario: Scenario): Generator<Scenario> {
  const { functions } = scenario;
  const text = JSON.stringify([scenario.steps, scenario.mappings ?? [], scenario.subscriptions ?? []]);
  const busy = functions.filter(({ name }) => text.includes(`"${name}"`));
  if (busy.length > 0 && busy.length < functions.length) yield tidied({ ...scenario, functions: busy });
  for (let at = 0; at < functions.length; at++) {
    const spec = functions[at];
    if (spec === undefined) continue;
    const { name, timeoutSeconds, ...rest } = spec;
    for (const key of Object.keys(rest) as (keyof typeof rest)[]) {
      if (key === 'versions' || key === 'aliases') continue;
      const { [key]: _, ...kept } = rest;
      yield tidied({ ...scenario, functions: functions.with(at, { name, timeoutSeconds, ...kept }) });
    }
  }
  yield* unqualified(scenario);
}

function* unqualified(scenario: Scenario): Generator<Scenario> {
  if (scenario.functions.every(({ versions }) => versions === undefined)) return;
  if ((scenario.subscriptions ?? []).some(({ qualifier }) => qualifier !== undefined)) return;
  const functions = scenario.functions.map(({ versions: _, aliases: __, ...spec }) => spec);
  const mappings = (scenario.mappings ?? []).map(({ qualifier: _, ...spec }) => spec);
  const isCalled = scenario.steps.some((step) => step.do === 'invoke' && step.qualifier !== undefined);
  if (!isCalled) yield tidied({ ...scenario, functions, mappings });
}

/** What may be left out of a mapping; a starting position may not. */
function* plainerMappings(scenario: Scenario): Generator<Scenario> {
  const { mappings = [] } = scenario;
  for (let at = 0; at < mappings.length; at++) {
    const spec = mappings[at];
    if (spec === undefined) continue;
    const { name, source, function: owner, startingPosition, ...rest } = spec;
    const fixed = {
      name,
      source,
      function: owner,
      ...(startingPosition === undefined ? {} : { startingPosition }),
    };
    const trying = (mapping: MappingSpec) => tidied({ ...scenario, mappings: mappings.with(at, mapping) });
    for (const key of Object.keys(rest) as (keyof typeof rest)[]) {
      const { [key]: _, ...kept } = rest;
      // More than ten messages need a window.
      if (key === 'windowSeconds' && (rest.batchSize ?? 1) > 10 && sourceKind(source) === 'sqs') continue;
      yield trying({ ...fixed, ...kept });
    }
    // Where it cannot be left out, as small as can be.
    const { batchSize } = rest;
    if (batchSize !== undefined && batchSize > 1)
      yield trying({ ...spec, batchSize: Math.floor(Math.min(batchSize, 10) / 2) });
    if ((rest.filters ?? []).length > 1) yield trying({ ...spec, filters: (rest.filters ?? []).slice(0, 1) });
    if ((rest.maximumRetryAttempts ?? 0) > 0) yield trying({ ...spec, maximumRetryAttempts: 0 });
    if ((rest.finalPlan ?? []).length > 1)
      yield trying({ ...spec, finalPlan: (rest.finalPlan ?? []).slice(0, 1) });
  }
}

const OF_QUEUES = ['delaySeconds', 'retentionSeconds', 'redrive', 'visibilityTimeoutSeconds'] as const;

function* plainerSources(scenario: Scenario): Generator<Scenario> {
  const { queues = [], streams = [], tables = [], kafkaTopics = [] } = scenario;
  for (let at = 0; at < queues.length; at++) {
    const spec = queues[at];
    for (const key of OF_QUEUES) {
      if (spec?.[key] === undefined) continue;
      const { [key]: _, ...kept } = spec;
      yield tidied({ ...scenario, queues: queues.with(at, kept) });
    }
  }
  const single = <T extends { readonly shards?: number }>(places: readonly T[], at: number): T[] => {
    const { shards: _, ...kept } = places[at] as T;
    return places.with(at, kept as T);
  };
  for (let at = 0; at < streams.length; at++)
    if (streams[at]?.shards !== undefined) yield tidied({ ...scenario, streams: single(streams, at) });
  for (let at = 0; at < tables.length; at++)
    if (tables[at]?.shards !== undefined) yield tidied({ ...scenario, tables: single(tables, at) });
  for (let at = 0; at < kafkaTopics.length; at++) {
    const spec = kafkaTopics[at];
    if (spec?.partitions === undefined) continue;
    const { partitions: _, ...kept } = spec;
    const isNamed = scenario.steps.some(
      (step) =>
        step.do === 'send' &&
        step.to === `kafka:${spec.name}` &&
        step.records.some(({ partition }) => partition !== undefined),
    );
    if (!isNamed) yield tidied({ ...scenario, kafkaTopics: kafkaTopics.with(at, kept) });
  }
}

const OF_RECORDS = [
  'attributes',
  'delaySeconds',
  'partition',
  'deduplicationId',
  'text',
  'body',
  'key',
  'change',
  'times',
] as const;

function* plainerRecords(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    if (step?.do !== 'send') continue;
    for (let k = 0; k < step.records.length; k++) {
      const spec = step.records[k];
      if (spec === undefined) continue;
      for (const simpler of plainerRecord(spec)) {
        const records = step.records.with(k, simpler);
        yield withSteps(scenario, steps.with(at, { ...step, records } satisfies SendStep));
      }
    }
  }
}

function* plainerRecord(spec: RecordSpec): Generator<RecordSpec> {
  for (const key of OF_RECORDS) {
    if (spec[key] === undefined) continue;
    const { [key]: _, ...kept } = spec;
    yield kept;
  }
  if ((spec.times ?? 1) > 2) yield { ...spec, times: Math.ceil((spec.times ?? 1) / 2) };
  const { plan } = spec;
  if (plan.length > 1) {
    yield { ...spec, plan: plan.slice(0, 1) };
    yield { ...spec, plan: plan.slice(1) };
  }
  for (let at = 0; at < plan.length; at++) {
    const behaviour = plan[at];
    if (behaviour === undefined || behaviour === 'ok') continue;
    yield { ...spec, plan: plan.with(at, 'ok') };
    if (typeof behaviour === 'object') yield { ...spec, plan: plan.with(at, behaviour.do) };
  }
}

function* plainerCalls(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (let at = 0; at < steps.length; at++)
    for (const step of shorterCall(steps[at])) yield withSteps(scenario, steps.with(at, step));
}

/** What a request about a mapping or a queue cannot do without. */
const OF_REQUESTS: ReadonlySet<string> = new Set([
  'UUID',
  'FunctionName',
  'EventSourceArn',
  'Topics',
  'Queues',
  'StartingPosition',
  'QueueName',
  'QueueUrl',
  'Attributes',
]);

function* plainerRequests(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    if (step?.do !== 'request' || !/EventSourceMapping|Queue/.test(step.operation)) continue;
    for (const key of Object.keys(step.input)) {
      if (OF_REQUESTS.has(key)) continue;
      const { [key]: _, ...input } = step.input;
      yield withSteps(scenario, steps.with(at, { ...step, input }));
    }
  }
}

/** AWS's default, where nothing is planned to last about as long. */
const USUAL_TIMEOUT_SECONDS = 3;

function* usualTimeouts(scenario: Scenario): Generator<Scenario> {
  const { functions } = scenario;
  const waits = [...JSON.stringify(scenario.steps).matchAll(/"afterSeconds":([0-9.]+)/g)];
  if (waits.some(([, seconds]) => Math.abs(Number(seconds) - USUAL_TIMEOUT_SECONDS) < 0.5)) return;
  for (let at = 0; at < functions.length; at++) {
    const spec = functions[at];
    if (spec === undefined || spec.timeoutSeconds <= USUAL_TIMEOUT_SECONDS) continue;
    const usual = { ...spec, timeoutSeconds: USUAL_TIMEOUT_SECONDS };
    yield tidied({ ...scenario, functions: functions.with(at, usual) });
  }
}

/** Steps that begin at once, where they began later. */
function* sooner(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at];
    const before = steps[at - 1]?.atSeconds ?? 0;
    if (step !== undefined && step.atSeconds > before)
      yield withSteps(scenario, steps.with(at, { ...step, atSeconds: before }));
  }
}

/** Declares only what is still used, and leaves out what lost its object. */
export function tidied(scenario: Scenario): Scenario {
  const { mappings = [], subscriptions = [] } = scenario;
  const made = new Set<string | undefined>(mappings.map(({ name }) => name));
  for (const step of scenario.steps) if (step.do === 'request') made.add(step.mapping);
  const owners = new Set(scenario.functions.map(({ name }) => name));
  const steps = scenario.steps.filter((step) => {
    if (step.do === 'permission') return owners.has(step.function);
    if (step.do !== 'request') return true;
    const uuid = step.input['UUID'];
    return (
      typeof uuid !== 'string' || !uuid.startsWith('mapping:') || made.has(uuid.slice('mapping:'.length))
    );
  });
  const used = usedBy(scenario, steps);
  const kept = <K extends string, T extends { readonly name: string }>(
    key: K,
    kind: string,
    places: readonly T[] = [],
  ) => {
    const some = places.filter(({ name }) => used.has(`${kind}:${name}`));
    return some.length === 0 ? {} : { [key]: some };
  };
  return {
    scenario: scenario.scenario,
    ...(scenario.account === undefined ? {} : { account: scenario.account }),
    functions: scenario.functions,
    ...kept('queues', 'queue', scenario.queues),
    ...kept('topics', 'topic', scenario.topics),
    ...kept('buses', 'bus', scenario.buses),
    ...kept('buckets', 'bucket', scenario.buckets),
    ...kept('streams', 'stream', scenario.streams),
    ...kept('tables', 'table', scenario.tables),
    ...kept('kafkaTopics', 'kafka', scenario.kafkaTopics),
    ...kept('brokerQueues', 'broker', scenario.brokerQueues),
    ...(mappings.length === 0 ? {} : { mappings }),
    ...(subscriptions.length === 0 ? {} : { subscriptions }),
    steps: steps.filter((step) => {
      if (step.do === 'remove' || step.do === 'permission') return used.has(step.resource);
      return true;
    }),
  } as Scenario;
}

/** All that is named by something else than a fault: a queue also for the sake of the one that redrives to it. */
function usedBy(scenario: Scenario, steps: readonly Step[]): ReadonlySet<string> {
  const used = new Set<string>();
  const add = (ref: string | undefined) => {
    if (ref !== undefined) used.add(ref);
  };
  for (const { source, onFailure } of scenario.mappings ?? []) {
    add(source);
    add(onFailure);
  }
  for (const { source } of scenario.subscriptions ?? []) add(source);
  for (const { deadLetter, eventInvoke = [], name } of scenario.functions) {
    add(`function:${name}`);
    add(deadLetter);
    for (const { onSuccess, onFailure } of eventInvoke) {
      add(onSuccess);
      add(onFailure);
    }
  }
  for (const step of steps) {
    if (step.do === 'send') {
      add(step.to);
      for (const { plan } of step.records)
        for (const behaviour of plan) if (typeof behaviour === 'object') add(behaviour.chainTo);
    } else if (step.do === 'reshard') add(step.stream);
    else if (step.do === 'request') for (const [ref] of JSON.stringify(step.input).matchAll(REF)) add(ref);
  }
  for (const { name, redrive } of scenario.queues ?? []) if (used.has(`queue:${name}`)) add(redrive?.to);
  return used;
}

const REF = /(?:queue|topic|bus|bucket|stream|table|kafka|broker):[a-z][a-z0-9-]*/g;
