import { randomBytes } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Capability } from '../../engine/capabilities.ts';
import type { History } from '../../engine/history.ts';
import type { FunctionSpec, Scenario } from '../../engine/scenario.ts';
import {
  type NumberedScenario,
  ScenarioError,
  type Target,
  TargetError,
  TargetGone,
} from '../../engine/target.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../engine/tolerances.ts';
import { Caller } from '../aws/caller.ts';
import { type Clients, makeClients } from '../aws/clients.ts';
import { Collector } from '../aws/collector.ts';
import { declinedHistory } from '../aws/declined.ts';
import { describe, failureOf } from '../aws/failures.ts';
import { withLastWords } from '../aws/lastWords.ts';
import { Renaming } from '../aws/names.ts';
import { Observation } from '../aws/observation.ts';
import { carryOut } from '../aws/steps.ts';
import { watchAll } from '../aws/watch.ts';
import { watchToTheEnd } from '../aws/watching.ts';
import { freePort, type RunningProcess, startProcess } from '../emulators/process.ts';
import { Reviving } from '../emulators/reviving.ts';
import { lacking } from './lacking.ts';
import type { DeclaredFunction, DeclaredProfile, SharedFunctions } from './profile.ts';
import { UnusedFunctions } from './unused.ts';

/** What a user may choose for one run. */
export interface DeclaredChoice {
  readonly endpoint?: string;
  readonly tolerances?: Partial<Tolerances>;
  readonly jobs?: number;
  readonly folder?: string;
}

/** Opens the emulator of a profile: installs it if need be, starts it on a free port, drives it. */
export function servesDeclared(profile: DeclaredProfile): (choice?: DeclaredChoice) => Promise<Target> {
  return async (choice = {}) => {
    if (choice.endpoint !== undefined) {
      throw new TargetError(
        `${profile.name} has to be started with the functions that are invoked there: leave out --endpoint.`,
      );
    }
    const start = () => DeclaredDriver.open(profile, choice);
    return new Reviving(await start(), start);
  };
}

/** A server that runs, with its clients. */
interface Server {
  readonly url: string;
  readonly healthUrl: string;
  readonly process: RunningProcess;
  readonly clients: Clients;
}

/** A server that scenarios share. */
interface Shared {
  readonly server: Server;
  readonly functions: UnusedFunctions;
  /** Scenarios that run there. */
  running: number;
  /** There are not enough functions left: nothing more begins there. */
  isUsedUp: boolean;
}

/** What a scenario holds: its server, and for each of its functions what that is called there and by its probe. */
interface Lease {
  readonly server: Server;
  readonly names: readonly { readonly called: string; readonly probe: string }[];
  giveBack(): Promise<void>;
}

/** Longer than any server that lives takes for its smallest answer. */
const PATIENCE_MS = 30_000;
/** One server knows its function by this name, whatever the scenario calls it. */
const ONLY_NAME = 'function';
const SMOKE_TIMEOUT_SECONDS = 3;
const SMOKE_CALLS = 5;

/** A target that serves Invoke for functions declared beforehand. */
class DeclaredDriver implements Target {
  readonly name: string;
  readonly version: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly tolerances: Tolerances;
  readonly isRealTime = true;
  readonly jobs: number;
  readonly #profile: DeclaredProfile;
  readonly #home: string;
  readonly #collector: Collector;
  #shared: Promise<Shared> | undefined;
  readonly #running = new Set<Server>();
  readonly #past = new Set<string>();
  #count = 0;

  private constructor(profile: DeclaredProfile, choice: DeclaredChoice, home: string, collector: Collector) {
    this.name = profile.name;
    this.version = profile.version;
    this.capabilities = new Set(profile.capabilities);
    this.tolerances = { ...AWS_TOLERANCES, ...profile.tolerances, ...choice.tolerances };
    this.jobs = choice.jobs ?? profile.jobs;
    this.#profile = profile;
    this.#home = home;
    this.#collector = collector;
  }

  /**
   * Installs and starts what the profile says, and sees that a function there reports to this process.
   * @throws TargetError where one of these fails, with what to do
   */
  static async open(profile: DeclaredProfile, choice: DeclaredChoice = {}): Promise<DeclaredDriver> {
    const home = await profile.install(choice.folder ?? '.conformance');
    const collector = await Collector.start(randomBytes(3).toString('hex'));
    const driver = new DeclaredDriver(profile, choice, home, collector);
    try {
      await driver.#begin();
      return driver;
    } catch (thrown) {
      await driver.close();
      throw thrown;
    }
  }

  async #begin(): Promise<void> {
    const { functions } = this.#profile;
    const timeoutSeconds =
      functions === 'each' ? SMOKE_TIMEOUT_SECONDS : Math.max(...functions.timeoutsSeconds);
    const lease = await this.#lease({ scenario: 1, functions: [{ name: 'f', timeoutSeconds }], steps: [] });
    if (lease === undefined) throw new Error('a new server has functions');
    try {
      await this.#smoke(lease);
    } finally {
      await lease.giveBack();
    }
  }

  async #smoke({ server, names: [fn] }: Lease): Promise<void> {
    if (fn === undefined) return;
    let didReport = false;
    this.#collector.attend(fn.probe, {
      started: () => {
        didReport = true;
        return { attempt: 'smoke', outcome: 'ok', value: 'smoke' };
      },
      ended: () => undefined,
    });
    const call = new InvokeCommand({ FunctionName: fn.called, Payload: Buffer.from('{}') });
    let said = '';
    // On a busy machine the first environment may take longer to start than the timeout allows.
    for (let left = SMOKE_CALLS; left > 0 && !didReport; left--) {
      said = await server.clients.lambda.send(call, { abortSignal: AbortSignal.timeout(PATIENCE_MS) }).then(
        ({ Payload }) =>
          Buffer.from(Payload ?? [])
            .toString()
            .slice(0, 200),
        (thrown: unknown) => describe(failureOf(thrown)),
      );
    }
    this.#collector.release(fn.probe);
    if (didReport) return;
    await this.#checkAlive(server);
    throw new TargetError(
      `A function of ${this.name} was invoked but did not report to this process: it answered ${said}.`,
    );
  }

  async run({ scenario }: NumberedScenario, signal: AbortSignal): Promise<History> {
    signal.throwIfAborted();
    const lacks = lacking(scenario, this.capabilities);
    if (lacks !== undefined) return declinedHistory(scenario, lacks.capability, lacks.error);
    const lease = await this.#lease(scenario);
    if (lease === undefined) {
      const timeouts = scenario.functions.map(({ timeoutSeconds }) => timeoutSeconds).join(', ');
      return declinedHistory(
        scenario,
        'controlPlane',
        `none of its functions is declared with a timeout of ${timeouts} s`,
      );
    }
    const over = new AbortController();
    const giveUp = () => over.abort(signal.reason);
    signal.addEventListener('abort', giveUp);
    try {
      return await this.#observe(scenario, lease, over.signal);
    } catch (thrown) {
      signal.throwIfAborted();
      // The server was this scenario's alone: nobody else has lost anything.
      if (thrown instanceof TargetGone && this.#profile.functions === 'each')
        throw new ScenarioError(`${this.name} did not survive this scenario: ${thrown.message}`);
      throw thrown;
    } finally {
      over.abort();
      signal.removeEventListener('abort', giveUp);
      for (const { probe } of lease.names) this.#collector.release(probe);
      await lease.giveBack();
    }
  }

  async #observe(scenario: Scenario, { server, names }: Lease, signal: AbortSignal): Promise<History> {
    const aliases = scenario.functions.map(({ name }, index) => ({
      ref: `function:${name}`,
      realName: names[index]?.called ?? '',
      arn: '',
    }));
    const renaming = new Renaming(aliases, `lc-none${++this.#count}-`);
    if (this.#profile.warms === true) await this.#warm(server, names, signal);
    const observation = new Observation(scenario, this.tolerances, renaming, (id) => this.#past.has(id));
    scenario.functions.forEach((spec, index) => {
      this.#collector.attend(names[index]?.probe ?? '', observation.attendant(spec));
    });
    const checkAlive = () => this.#checkAlive(server);
    const caller = new Caller(server.clients, renaming, observation, signal, checkAlive);
    observation.begin();
    try {
      await carryOut(scenario, caller, noOtherStep, { callsOverlap: this.capabilities.has('overlap') });
      const watchOf = () => watchAll(observation.watched(), this.tolerances);
      await watchToTheEnd(observation, watchOf, checkAlive, signal);
      observation.close(observation.now());
      return observation.finish();
    } finally {
      for (const id of observation.attribution.requestIds()) this.#past.add(id);
    }
  }

  /** Nobody attends to these calls: the probe is told to return at once, and what they come to is not recorded. */
  async #warm({ clients }: Server, names: Lease['names'], signal: AbortSignal): Promise<void> {
    const calls = names.map(({ called: FunctionName }) =>
      clients.lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{}') }), {
        abortSignal: signal,
      }),
    );
    await Promise.allSettled(calls);
    signal.throwIfAborted();
  }

  /** Functions for a scenario; undefined where none has its timeouts. */
  async #lease({ functions }: Scenario): Promise<Lease | undefined> {
    const declared = this.#profile.functions;
    if (declared !== 'each') {
      const isDeclared = functions.every(({ timeoutSeconds }) =>
        declared.timeoutsSeconds.includes(timeoutSeconds),
      );
      return isDeclared && functions.length <= declared.ofEach
        ? this.#leaseShared(functions, declared)
        : undefined;
    }
    const [{ timeoutSeconds } = { timeoutSeconds: SMOKE_TIMEOUT_SECONDS }] = functions;
    const probe = `${ONLY_NAME}-${++this.#count}`;
    const server = await this.#start([this.#declared(ONLY_NAME, probe, timeoutSeconds)]);
    return { server, names: [{ called: ONLY_NAME, probe }], giveBack: () => this.#stop(server) };
  }

  async #leaseShared(specs: readonly FunctionSpec[], declared: SharedFunctions): Promise<Lease> {
    for (;;) {
      this.#shared ??= this.#startShared(declared);
      const starting = this.#shared;
      const shared = await starting;
      const taken = shared.functions.take(specs);
      if (taken !== undefined) {
        shared.running++;
        const names = taken.map(({ name }) => ({ called: name, probe: name }));
        return { server: shared.server, names, giveBack: () => this.#leave(shared) };
      }
      shared.isUsedUp = true;
      if (this.#shared === starting) this.#shared = undefined;
      if (shared.running === 0) await this.#stop(shared.server);
    }
  }

  async #startShared(declared: SharedFunctions): Promise<Shared> {
    const functions = new UnusedFunctions(declared);
    const all = functions.left.map(({ name, timeoutSeconds }) => this.#declared(name, name, timeoutSeconds));
    return { server: await this.#start(all), functions, running: 0, isUsedUp: false };
  }

  async #leave(shared: Shared): Promise<void> {
    shared.running--;
    if (shared.isUsedUp && shared.running === 0) await this.#stop(shared.server);
  }

  #declared(name: string, probe: string, timeoutSeconds: number): DeclaredFunction {
    return { name, timeoutSeconds, environment: { LC_COLLECTOR: this.#collector.url, LC_FUNCTION: probe } };
  }

  async #start(functions: readonly DeclaredFunction[]): Promise<Server> {
    const port = await freePort();
    const spec = await this.#profile.server(this.#home, port, functions);
    const url = `http://127.0.0.1:${port}`;
    const process = await startProcess(spec);
    const server = { url, healthUrl: spec.healthUrl, process, clients: makeClients({ url }) };
    this.#running.add(server);
    return server;
  }

  async #stop(server: Server): Promise<void> {
    this.#running.delete(server);
    server.clients.destroy();
    await server.process.stop();
  }

  /** Whatever it answers, it is there. */
  async #checkAlive({ url, healthUrl, process }: Server): Promise<void> {
    try {
      await fetch(healthUrl, { signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch (thrown) {
      const gone = new TargetGone(`Nothing answers at ${url} any more (${reasonOf(thrown)}).`);
      throw await withLastWords(gone, () => process.lastWords());
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((server) => this.#stop(server)));
    await this.#collector.close();
  }
}

/** `lacking` has declined whatever has one. */
const noOtherStep = async (): Promise<void> => {
  throw new Error('a target of declared functions has no steps but calls');
};

/** `fetch` says "fetch failed", and the reason in its cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown as { readonly cause?: { readonly code?: string } };
  return cause?.code ?? thrown.message;
}
