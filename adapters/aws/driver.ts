import { randomBytes } from 'node:crypto';
import { type Capability, without } from '../../engine/capabilities.ts';
import type { History } from '../../engine/history.ts';
import { hasPolling } from '../../engine/pollingIndex.ts';
import type { Scenario, Step } from '../../engine/scenario.ts';
import { type NumberedScenario, ScenarioError, type Target, TargetError } from '../../engine/target.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../engine/tolerances.ts';
import { BUSY_PATIENCE_MS, requireContact } from './alive.ts';
import { beyondDriver } from './beyond.ts';
import { Caller } from './caller.ts';
import { type Clients, type Endpoint, makeClients } from './clients.ts';
import { Collector } from './collector.ts';
import { declinedHistory } from './declined.ts';
import { describe, failureOf, isDecline, isOfAccount } from './failures.ts';
import type { FunctionSetup } from './functions.ts';
import { Journal } from './journal.ts';
import { type KnownRefusal, knownRefusal } from './knownRefusal.ts';
import { withLastWords } from './lastWords.ts';
import { applySettings, undoSettings } from './leaseSettings.ts';
import { type LeftBehind, leftBehind } from './leftBehind.ts';
import { FOR_JOBS, measureLoad } from './load.ts';
import { Maker, SetupRefused } from './maker.ts';
import { Namer, Renaming } from './names.ts';
import { Observation } from './observation.ts';
import { observe } from './observers.ts';
import { type Lacks, lookFor } from './offers.ts';
import { makeMappings, putRedrivePolicies } from './polling/makeMapping.ts';
import { lookWhatRemains } from './polling/remaining.ts';
import { reshard } from './polling/reshard.ts';
import { send } from './polling/send.ts';
import { watchPolling } from './polling/watchPolling.ts';
import { type Lease, Pool } from './pool.ts';
import { remove, removeAll } from './removal.ts';
import { removeResource, request } from './requests.ts';
import { makeRole } from './role.ts';
import { setupNeeds } from './setupNeeds.ts';
import { smoke, withFunction } from './smoke.ts';
import { watchStates } from './states.ts';
import { carryOut, pause, type QuietStep } from './steps.ts';
import { type Watch, watchAll } from './watch.ts';
import { watchToTheEnd } from './watching.ts';

/** What this driver can run and show on any target that speaks the AWS API. */
export const DRIVER_CAPABILITIES: readonly Capability[] = [
  'invoke',
  'async',
  'versions',
  'aliases',
  'eventInvokeConfig',
  'destinations',
  'deadLetter',
  'topics',
  'buses',
  'buckets',
  'fifo',
  'reserved',
  'provisioned',
  'stream',
  'dryRun',
  'pending',
  'controlPlane',
  'names',
  'overlap',
  'environments',
  'sqs',
  'kinesis',
  'dynamodb',
  'redrive',
  'reshard',
  'remaining',
];

/** How to drive one endpoint. Whatever is absent is as AWS has it. */
export interface DriverOptions {
  readonly name: string;
  readonly version?: string;
  readonly endpoint: Endpoint;
  readonly capabilities?: readonly Capability[];
  /** What it is known not to offer, each with what it answers: not asked for. */
  readonly lacks?: Readonly<Partial<Record<Capability, string>>>;
  /** Settings that AWS takes and it is known to refuse: scenarios that have one are passed over where it does. */
  readonly refuses?: readonly KnownRefusal[];
  readonly tolerances?: Partial<Tolerances>;
  /** See `Target.notJudged`. */
  readonly notJudged?: Readonly<Record<string, string>>;
  /** Scenarios side by side; where it is absent, `openChecked` finds out how many the target bears. */
  readonly jobs?: number;
  readonly runtime?: string;
  /** The address at which functions reach this machine, and the one to bind, where that is not 127.0.0.1. */
  readonly collectorHost?: string;
  readonly collectorBind?: string;
  /** Folder of the journal. */
  readonly folder?: string;
  /** Last words of a target that has died, for the user's sentence. */
  readonly lastWords?: () => string | undefined;
  /** Ends a target that is ours: after that, nothing that was made there exists any more. */
  readonly release?: () => Promise<void>;
}

/** Where nobody said how many, and no handler runs by which it could be measured. */
const UNMEASURED_JOBS = 8;

/** A target that speaks the AWS API. */
export class AwsDriver implements Target {
  readonly name: string;
  readonly version: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly tolerances: Tolerances;
  readonly notJudged: Readonly<Record<string, string>>;
  readonly isRealTime = true;
  #jobs: number;
  readonly #offered: Set<Capability>;
  readonly #options: DriverOptions;
  readonly #where: string;
  readonly #clients: Clients;
  readonly #namer: Namer;
  readonly #journal: Journal;
  readonly #collector: Collector;
  readonly #setup: FunctionSetup;
  readonly #pool: Pool;
  /** Request ids of scenarios that are over. */
  readonly #past = new Set<string>();
  /** What the target was found, or is known, to lack: not to be asked for again. */
  readonly #declined = new Map<Capability, string>();
  /** Leases on their way back. */
  readonly #leaving = new Set<Promise<void>>();
  #isClosed = false;

  private constructor(
    options: DriverOptions,
    clients: Clients,
    namer: Namer,
    journal: Journal,
    collector: Collector,
    setup: FunctionSetup,
  ) {
    this.name = options.name;
    this.version = options.version ?? '';
    this.#offered = new Set(
      without(options.capabilities ?? DRIVER_CAPABILITIES, Object.keys(options.lacks ?? {}) as Capability[]),
    );
    this.capabilities = this.#offered;
    this.#lack(new Map(Object.entries(options.lacks ?? {}) as [Capability, string][]));
    this.tolerances = { ...AWS_TOLERANCES, ...options.tolerances };
    this.notJudged = options.notJudged ?? {};
    this.#jobs = options.jobs ?? UNMEASURED_JOBS;
    this.#options = options;
    this.#where = whereOf(options.endpoint);
    this.#clients = clients;
    this.#namer = namer;
    this.#journal = journal;
    this.#collector = collector;
    this.#setup = setup;
    this.#pool = new Pool(setup);
  }

  get jobs(): number {
    return this.#jobs;
  }

  /**
   * Opens an endpoint: checks that Lambda's API answers there and starts the collector.
   * @throws TargetError with what to do, where it does not
   */
  static async open(options: DriverOptions): Promise<AwsDriver> {
    const clients = makeClients(options.endpoint);
    try {
      await requireContact(clients, whereOf(options.endpoint));
      return await AwsDriver.#openWith(clients, options);
    } catch (thrown) {
      clients.destroy();
      throw thrown;
    }
  }

  static async #openWith(clients: Clients, options: DriverOptions): Promise<AwsDriver> {
    const namer = new Namer(randomBytes(3).toString('hex'));
    const isOurs = options.release !== undefined;
    const journal = Journal.begin(namer.run, { ...options.endpoint, isOurs }, options.folder);
    let collector: Collector | undefined;
    try {
      collector = await Collector.start(
        namer.run,
        options.collectorBind ?? '127.0.0.1',
        options.collectorHost ?? options.collectorBind,
      );
      const opening = AbortSignal.timeout(60_000);
      const setup: FunctionSetup = {
        roleArn: await makeRole(clients, namer, journal, opening),
        collectorUrl: collector.url,
        runtime: options.runtime ?? 'nodejs22.x',
        settleSeconds: options.tolerances?.settleSeconds ?? AWS_TOLERANCES.settleSeconds,
      };
      return new AwsDriver(options, clients, namer, journal, collector, setup);
    } catch (thrown) {
      await collector?.close();
      // Where the role may have been made all the same, its name is left for `sweep`.
      if (isOurs) journal.discard();
      else journal.finish();
      throw thrown;
    }
  }

  /**
   * Opens an endpoint as `open` does, makes sure that what functions do there can be seen and, where it is not told,
   * finds out how much it bears (in less than five seconds) and what it declines.
   * @throws TargetError with what to do, where they do not reach the collector
   */
  static async openChecked(options: DriverOptions): Promise<AwsDriver> {
    const driver = await AwsDriver.open(options);
    try {
      const maker = new Maker(driver.#clients, driver.#namer, driver.#journal);
      const runs = driver.#offered.has('invoke');
      const isMeasured = runs && options.jobs === undefined;
      const isLookedAt = options.capabilities === undefined;
      const look = async (realName: string) => {
        // What is declined is tried at the cost of the function's concurrency: that comes last.
        if (isMeasured) {
          driver.#jobs = (await measureLoad(realName, driver.#collector, maker, FOR_JOBS)).jobs;
        }
        if (isLookedAt) await driver.#look(realName, maker);
      };
      const asks = isMeasured || isLookedAt ? look : undefined;
      if (runs) await smoke(driver.#where, driver.#pool, driver.#collector, maker, asks);
      else if (asks !== undefined) await withFunction(driver.#pool, maker, asks);
      return driver;
    } catch (thrown) {
      const error = await driver.#asTargetError(thrown).catch((dead: unknown) => dead);
      // Why it cannot be opened counts; what is left, if anything, is in the journal.
      await driver.close().catch(() => undefined);
      throw error;
    }
  }

  /** Leaves out what the target declines: no such scenario is drawn, and rules that need it are not decided. */
  async #look(realName: string, maker: Maker): Promise<void> {
    const runs = this.#offered.has('invoke');
    this.#lack(await lookFor(realName, this.#pool, this.#collector, maker, runs));
  }

  #lack(lacks: Lacks): void {
    for (const [capability, error] of lacks) {
      this.#offered.delete(capability);
      this.#declined.set(capability, error);
    }
  }

  async run({ scenario }: NumberedScenario, signal: AbortSignal): Promise<History> {
    signal.throwIfAborted();
    const beyond = beyondDriver(scenario) ?? this.#neverInvoked(scenario) ?? this.#knownDecline(scenario);
    if (beyond !== undefined) return declinedHistory(scenario, beyond.capability, beyond.error);
    const maker = new Maker(this.#clients, this.#namer, this.#journal, signal);
    let lease: Lease;
    try {
      lease = await this.#pool.lease(scenario, maker);
    } catch (thrown) {
      return this.#setupFailed(scenario, thrown);
    }
    const renaming = new Renaming(lease.aliases, `${this.#namer.next('function')}-`);
    const observation = new Observation(scenario, this.tolerances, renaming, (id) => this.#past.has(id));
    // Ends with the scenario, or with the run. One controller and no AbortSignal.any: composite signals were seen that
    // did not hear of their source's abort, so that observers looked on for ever and the target could not be closed.
    const over = new AbortController();
    const giveUp = () => over.abort(signal.reason);
    signal.addEventListener('abort', giveUp);
    const lasting = over.signal;
    const observers: Promise<unknown>[] = [];
    let isSettled = false;
    try {
      await this.#begin(renaming, observation, maker);
      observers.push(observe(lease, observation, maker, lasting));
      observers.push(watchStates(scenario, renaming, observation, maker, lasting));
      const caller = new Caller(this.#clients, renaming, observation, lasting, () => this.#checkAlive());
      await carryOut(scenario, caller, (step, index) => this.#carryOut(step, index, caller, maker));
      const watchOf = () => this.#watchOf(observation);
      isSettled = await watchToTheEnd(observation, watchOf, () => this.#checkAlive(), lasting);
      await this.#close(observation, lease, renaming, maker);
      return observation.finish();
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof SetupRefused) return await this.#setupFailed(scenario, thrown);
      throw await this.#asTargetError(thrown);
    } finally {
      over.abort();
      signal.removeEventListener('abort', giveUp);
      for (const id of observation.attribution.requestIds()) this.#past.add(id);
      for (const { name } of scenario.functions) this.#collector.release(renaming.functionName(name));
      // Queues come back when their last look has ended: nobody waits for that but whoever closes the target.
      const leaving = Promise.allSettled(observers).then(() =>
        this.#giveBack(lease, scenario, renaming, isSettled),
      );
      this.#leaving.add(leaving);
      void leaving.finally(() => this.#leaving.delete(leaving));
      if (lease.groups.every(({ group }) => group.places.length === 0)) await leaving;
    }
  }

  /** Prepares what was leased for a scenario, and lets it begin. */
  async #begin(renaming: Renaming, observation: Observation, maker: Maker): Promise<void> {
    const { scenario } = observation;
    for (const spec of scenario.functions) {
      this.#collector.attend(renaming.functionName(spec.name), observation.attendant(spec));
    }
    const signal = maker.signal ?? new AbortController().signal;
    const didSet = await applySettings(scenario, renaming, maker);
    if (didSet) await pause(this.tolerances.settleSeconds, signal);
    await putRedrivePolicies(scenario, renaming, maker);
    if (await makeMappings(scenario, renaming, maker))
      await pause(this.tolerances.mappingSettleSeconds, signal);
    observation.begin();
  }

  /** One step that is no call. */
  async #carryOut(step: QuietStep, index: number, caller: Caller, maker: Maker): Promise<void> {
    if (step.do === 'request') await request(step, index, caller, this.#setup, maker);
    else if (step.do === 'remove') await removeResource(step, caller, maker);
    else if (step.do === 'send') await send(step, index, caller);
    else if (step.do === 'reshard') await reshard(step, caller, maker);
  }

  #watchOf(observation: Observation): Watch {
    const ofEvents = watchAll(observation.watched(), this.tolerances);
    const { scenario, polling } = observation;
    if (!hasPolling(scenario)) return ofEvents;
    const ofMappings = watchPolling(scenario, polling, this.tolerances);
    return {
      until: Math.max(ofEvents.until, ofMappings.until),
      isSettled: ofEvents.isSettled && ofMappings.isSettled,
    };
  }

  /** The observation ends with a look at what queues still hold. */
  async #close(observation: Observation, lease: Lease, renaming: Renaming, maker: Maker): Promise<void> {
    if (hasPolling(observation.scenario)) await lookWhatRemains(lease, renaming, observation, maker);
    else observation.close(observation.now());
  }

  async #giveBack(lease: Lease, scenario: Scenario, renaming: Renaming, isSettled: boolean): Promise<void> {
    // The run may have been given up: what was put has to go all the same.
    const maker = new Maker(this.#clients, this.#namer, this.#journal);
    for (const { kind, name } of this.#journal.remaining()) {
      if (name.startsWith(renaming.strangerPrefix)) await remove(kind, name, maker).catch(() => undefined);
    }
    const isUndone = await this.#unmap(scenario, renaming, maker)
      .then(() => undoSettings(scenario, renaming, maker))
      .then(
        () => true,
        () => false,
      );
    await this.#pool.giveBack(lease, scenario, isSettled && isUndone, maker);
  }

  /** Removes all mappings of the scenario's functions. */
  async #unmap({ functions }: Scenario, renaming: Renaming, maker: Maker): Promise<void> {
    for (const { name } of functions) {
      const realName = renaming.functionName(name);
      if (this.#journal.has('mapping', realName)) await remove('mapping', realName, maker);
    }
  }

  async #setupFailed(scenario: Scenario, thrown: unknown): Promise<History> {
    if (!(thrown instanceof SetupRefused)) throw await this.#asTargetError(thrown);
    if (thrown.refusal.kind !== 'refused' || thrown.refusal.status >= 500) await this.#checkAlive();
    // A decline is of this scenario alone: what offers mappings of queues may yet have none for FIFO queues. And all that
    // a scenario declares is valid on AWS: refusing it as invalid does not say that it is not offered.
    const known = knownRefusal(this.#options.refuses ?? [], scenario, thrown.message);
    if (known !== undefined)
      return declinedHistory(scenario, undefined, `${known.setting}: ${thrown.message}`);
    if (!isDecline(thrown.refusal) && !isOfAccount(thrown.refusal)) {
      throw new ScenarioError(
        `${this.#where} refused to set up what the scenario declares (${thrown.capability}): ${thrown.message}`,
      );
    }
    return declinedHistory(scenario, thrown.capability, thrown.message);
  }

  /** A target that runs no handler is asked for none. */
  #neverInvoked({ steps }: Scenario): { capability: Capability; error: string } | undefined {
    if (this.#offered.has('invoke') || !steps.some(mayInvoke)) return undefined;
    return { capability: 'invoke', error: 'functions run no handlers there' };
  }

  /** What the scenario needs and the target has declined before. */
  #knownDecline(scenario: Scenario): { capability: Capability; error: string } | undefined {
    for (const capability of setupNeeds(scenario)) {
      const error = this.#declined.get(capability);
      if (error !== undefined) return { capability, error };
    }
    return undefined;
  }

  async #checkAlive(): Promise<void> {
    try {
      await requireContact(this.#clients, this.#where, BUSY_PATIENCE_MS);
    } catch (thrown) {
      throw await withLastWords(thrown, this.#options.lastWords);
    }
  }

  /** An error for the user out of whatever was thrown: first of all, is the target still there? */
  async #asTargetError(thrown: unknown): Promise<unknown> {
    if (thrown instanceof TargetError) return thrown;
    if (thrown instanceof SetupRefused) {
      return new TargetError(`${this.#where} does not let functions be created: ${thrown.message}.`);
    }
    const failure = failureOf(thrown);
    if (failure.kind === 'unsent') return thrown;
    await this.#checkAlive();
    return new TargetError(`${this.#where} did not do what it was asked for: ${describe(failure)}.`);
  }

  /**
   * Removes all that the run made. What cannot be removed stays in the journal, for `sweep`.
   * @throws LeftBehind at its end, where something is still there
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.allSettled(this.#leaving);
    const maker = new Maker(this.#clients, this.#namer, this.#journal);
    let left: LeftBehind | undefined;
    try {
      left = leftBehind(this.#journal, await removeAll(this.#journal.remaining(), maker));
      this.#journal.finish();
    } finally {
      await this.#collector.close();
      this.#clients.destroy();
      if (this.#options.release !== undefined) {
        await this.#options.release();
        this.#journal.discard();
        left = undefined;
      }
    }
    if (left !== undefined) throw left;
  }
}

/** Whether a handler may be asked to do something by the step. */
const mayInvoke = (step: Step): boolean =>
  step.do === 'invoke' || step.do === 'send' || (step.do === 'request' && step.operation === 'Invoke');

const whereOf = (endpoint: Endpoint): string =>
  endpoint.url ?? `AWS (${endpoint.region ?? 'default region'})`;
