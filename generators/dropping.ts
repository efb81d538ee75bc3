/** A scenario with parts left out: the bold candidates of shrinking. They need nothing but the scenario itself. */
import { type FunctionSpec, type InvokeStep, NOBODY, type Scenario, type Step } from '../engine/scenario.ts';
import { refsIn } from './assembledRequest.ts';

/** Scenarios with a part less, the smallest first. All of them are valid when `scenario` is. */
export function* withPartsDropped(scenario: Scenario): Generator<Scenario> {
  yield* withFewerSteps(scenario);
  const { functions, steps } = scenario;
  yield* withoutIdleFunctions(scenario);
  if (scenario.account !== undefined) {
    const { account: _, ...rest } = scenario;
    yield tidied(rest);
  }
  yield* unqualified(scenario);
  for (let i = 0; i < functions.length; i++) {
    for (const spec of plainer(functions[i]))
      yield tidied({ ...scenario, functions: functions.with(i, spec) });
  }
  for (let i = 0; i < steps.length; i++) {
    for (const step of shorterCall(steps[i])) yield tidied({ ...scenario, steps: steps.with(i, step) });
  }
}

/** One step alone, then halves, then all but one. */
function* withFewerSteps(scenario: Scenario): Generator<Scenario> {
  const { steps } = scenario;
  const keeping = (kept: Step[]) => tidied({ ...scenario, steps: kept });
  const half = Math.ceil(steps.length / 2);
  if (half > 1) {
    yield keeping(steps.slice(0, half));
    yield keeping(steps.slice(half));
  }
  if (steps.length > 1 && steps.length <= FEW) for (const step of steps) yield keeping([step]);
  if (steps.length > 2) for (let i = 0; i < steps.length; i++) yield keeping(steps.toSpliced(i, 1));
}

/** Of so many steps each is tried alone. */
const FEW = 6;

/** Without the functions that no step, chain or destination names: all at once. */
function* withoutIdleFunctions(scenario: Scenario): Generator<Scenario> {
  const text =
    JSON.stringify(scenario.steps) + JSON.stringify(scenario.functions.map((spec) => spec.eventInvoke ?? []));
  const busy = scenario.functions.filter(
    ({ name }) => text.includes(`"${name}"`) || text.includes(`"function:${name}"`),
  );
  if (busy.length < scenario.functions.length && busy.length > 0)
    yield tidied({ ...scenario, functions: busy });
}

/** Everything through `$LATEST`: calls and configurations have to move there together. */
function* unqualified(scenario: Scenario): Generator<Scenario> {
  if (scenario.functions.every(({ versions, aliases }) => versions === undefined && aliases === undefined))
    return;
  const functions = scenario.functions.map(
    ({ versions: _, aliases: __, provisioned: ___, ...spec }): FunctionSpec => {
      const config =
        spec.eventInvoke?.find(({ qualifier }) => qualifier !== '$LATEST') ?? spec.eventInvoke?.[0];
      return config === undefined ? spec : { ...spec, eventInvoke: [{ ...config, qualifier: '$LATEST' }] };
    },
  );
  const steps = scenario.steps.map((step): Step => {
    if (step.do !== 'invoke' || step.qualifier === undefined) return step;
    const { qualifier: _, ...plain } = step;
    return plain;
  });
  yield tidied({ ...scenario, functions, steps });
}

/** The function with nothing but its name and timeout, then with one thing less. */
function* plainer(spec: FunctionSpec | undefined): Generator<FunctionSpec> {
  if (spec === undefined) return;
  const { name, timeoutSeconds, ...rest } = spec;
  const keys = Object.keys(rest) as (keyof typeof rest)[];
  if (keys.length > 1) yield { name, timeoutSeconds };
  for (const key of keys) {
    const { [key]: _, ...kept } = rest;
    yield { name, timeoutSeconds, ...kept };
  }
  const configs = spec.eventInvoke ?? [];
  for (let i = 0; i < configs.length; i++) {
    if (configs.length > 1) yield { ...spec, eventInvoke: configs.toSpliced(i, 1) };
    const { qualifier, ...settings } = configs[i] ?? { qualifier: '$LATEST' };
    const set = Object.keys(settings) as (keyof typeof settings)[];
    // AWS refuses a configuration without any setting: the last one stays.
    if (set.length < 2) continue;
    for (const key of set) {
      const { [key]: _, ...kept } = settings;
      yield { ...spec, eventInvoke: configs.with(i, { qualifier, ...kept }) };
    }
  }
}

/** What may be left out of a call. */
const OPTIONAL = [
  'times',
  'logType',
  'clientContext',
  'hangUpAfterSeconds',
  'contentType',
  'qualifier',
] as const satisfies (keyof InvokeStep)[];

/** A call with a thing less, or a shorter plan. */
export function* shorterCall(step: Step | undefined): Generator<Step> {
  if (step?.do !== 'invoke') return;
  for (const key of OPTIONAL) {
    if (step[key] === undefined) continue;
    const { [key]: _, ...kept } = step;
    yield kept;
  }
  const { plan } = step;
  if (plan.length === 1) return;
  yield { ...step, plan: plan.slice(0, 1) };
  if (plan.length > 2) yield { ...step, plan: plan.slice(0, -1) };
}

/** Declares only what is still used, and leaves out what lost its object. */
function tidied(scenario: Scenario): Scenario {
  const functions = new Map(scenario.functions.map((spec) => [spec.name, spec]));
  const steps = scenario.steps.filter((step) => {
    if (step.do === 'invoke') return step.function === NOBODY || functions.has(step.function);
    return true;
  });
  const used = new Set<string>();
  for (const { deadLetter, eventInvoke = [] } of scenario.functions) {
    for (const ref of [
      deadLetter,
      ...eventInvoke.flatMap(({ onSuccess, onFailure }) => [onSuccess, onFailure]),
    ])
      if (ref !== undefined) used.add(ref);
  }
  for (const step of steps) if (step.do === 'request') for (const ref of refsIn(step.input)) used.add(ref);
  const kept = <T extends { readonly name: string }>(kind: string, places: readonly T[] = []) =>
    places.filter(({ name }) => used.has(`${kind}:${name}`));
  const queues = kept('queue', scenario.queues);
  const topics = kept('topic', scenario.topics);
  const buses = kept('bus', scenario.buses);
  const buckets = kept('bucket', scenario.buckets);
  return {
    scenario: scenario.scenario,
    ...(scenario.account === undefined ? {} : { account: scenario.account }),
    functions: scenario.functions,
    ...(queues.length === 0 ? {} : { queues }),
    ...(topics.length === 0 ? {} : { topics }),
    ...(buses.length === 0 ? {} : { buses }),
    ...(buckets.length === 0 ? {} : { buckets }),
    steps: steps.filter((step) => step.do !== 'remove' || used.has(step.resource)),
  };
}
