import { hasPolling } from '../../engine/pollingIndex.ts';
import type { Scenario } from '../../engine/scenario.ts';
import type { AccountState } from './account.ts';
import { accountOf } from './accountOf.ts';
import { Chance } from './chance.ts';
import { Clock, secondsOf } from './clock.ts';
import { FunctionRuntime } from './functionRuntime.ts';
import type { Tamper } from './mutant.ts';
import type { Policy } from './policy.ts';
import type { MappingRuntime } from './polling/mapping.ts';
import type { Source } from './polling/source.ts';
import { sourcesOf } from './polling/sources.ts';
import { Recorder } from './recorder.ts';

const NO_SOURCES: ReadonlyMap<string, Source> = new Map();

/** All that one simulated run holds; the mechanisms are functions over it. */
export class World {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly account: AccountState;
  readonly clock = new Clock();
  readonly chance: Chance;
  readonly recorder: Recorder;
  readonly functions = new Map<string, FunctionRuntime>();
  /** By reference: `queue:orders`, … Empty where the scenario has nothing to do with polling. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly mappings = new Map<string, MappingRuntime>();
  /** Whether the configuration may change under way. */
  readonly hasRequests: boolean;
  /** Handlers' calls so far, over all chains. */
  handlersCalls = 0;
  private readonly idPrefix: string;
  /** The steps in order of time, where they are not written so. */
  private readonly order: readonly number[] | undefined;
  private position = 0;
  private calls = 0;
  private attempts = 0;
  private environments = 0;
  private requestIds = 0;

  constructor(scenario: Scenario, seed: number, policy: Policy, tamper: Tamper | undefined) {
    this.scenario = scenario;
    this.policy = policy;
    this.account = accountOf(scenario, policy);
    this.chance = new Chance(seed);
    this.recorder = new Recorder(tamper);
    for (const state of this.account.functions.values()) {
      const resource = this.account.resources.get(`function:${state.name}`);
      if (resource !== undefined) this.functions.set(state.name, new FunctionRuntime(state, resource));
    }
    this.sources = hasPolling(scenario) ? sourcesOf(this) : NO_SOURCES;
    let hasRequests = false;
    for (const step of scenario.steps) if (step.do === 'request') hasRequests = true;
    this.hasRequests = hasRequests;
    this.order = orderOf(scenario.steps);
    this.idPrefix = `${(seed >>> 0).toString(16).padStart(8, '0')}-0000-4000-8000-10000`;
  }

  /** The time as a history has it, seconds. */
  get seconds(): number {
    return secondsOf(this.clock.now);
  }

  /** The time in so many milliseconds, seconds. */
  secondsIn(milliseconds: number): number {
    return secondsOf(this.clock.now + milliseconds);
  }

  /** The index of the step that comes next in time. */
  nextStep(): number {
    return this.order === undefined ? this.position++ : (this.order[this.position++] ?? -1);
  }

  nextCall(): string {
    return `c${++this.calls}`;
  }

  nextAttempt(): string {
    return `a${++this.attempts}`;
  }

  nextEnvironment(): string {
    return `env-${++this.environments}`;
  }

  /** A request id in AWS's form, unique in the run. */
  nextRequestId(): string {
    return this.idPrefix + (1_000_000 + ++this.requestIds);
  }

  /** The function, unless it is not declared or was deleted. */
  functionNamed(name: string): FunctionRuntime | undefined {
    const owner = this.functions.get(name);
    return owner?.resource.exists === true ? owner : undefined;
  }
}

/** Indexes of the steps in order of time; undefined where they stand so. */
function orderOf(steps: Scenario['steps']): readonly number[] | undefined {
  let before = 0;
  let isOrdered = true;
  for (const { atSeconds } of steps) {
    if (atSeconds < before) isOrdered = false;
    before = atSeconds;
  }
  if (isOrdered) return undefined;
  const at = (index: number) => steps[index]?.atSeconds ?? 0;
  return steps.map((_, index) => index).sort((a, b) => at(a) - at(b) || a - b);
}
