/**
 * What a target offers, found out once when it is opened: a scenario that needs what the target declines would be
 * drawn, set up and declined again and again, and decide nothing.
 */
import {
  CreateAliasCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  type InvokeWithResponseStreamCommandOutput,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import type { Capability } from '../../engine/capabilities.ts';
import type { Scenario } from '../../engine/scenario.ts';
import type { Collector } from './collector.ts';
import { describe, failureOf, isDecline } from './failures.ts';
import { type Maker, SetupRefused } from './maker.ts';
import { NeverActive } from './polling/makeSource.ts';
import { lookForSources } from './polling/sourceOffers.ts';
import type { Pool } from './pool.ts';
import { pause } from './steps.ts';

/** What the target declines, each with its own words. */
export type Lacks = ReadonlyMap<Capability, string>;

/** A target that is asked so little and takes longer is slow, which says nothing of what it offers. */
const PATIENCE_MS = 10_000;
/** How long to wait for the attempt of the one event, so that its function is not deleted under it. */
const EVENT_SECONDS = 1;

/**
 * Tries each optional capability once, side by side, on a function that nothing else uses: it is changed, and must
 * be deleted afterwards. Only what is declined in so many words is lacking: whatever else fails is for the rules.
 * @param runs whether handlers run there: otherwise the function is not invoked
 */
export async function lookFor(
  realName: string,
  pool: Pool,
  collector: Collector,
  patientMaker: Maker,
  runs = true,
): Promise<Lacks> {
  const maker = patientMaker.withPatience(PATIENCE_MS);
  const look = new Look();
  const invoking = runs ? lookForCalls(realName, look, collector, maker) : Promise.resolve();
  await Promise.all([
    // A function without concurrency refuses to be invoked, so that comes after the invocations.
    invoking.then(() => look.for(['reserved'], () => reserve(realName, maker))),
    lookForVersions(realName, look, maker),
    look.for(['eventInvokeConfig', 'destinations'], () => configure(realName, maker)),
    lookForPlaces(look, pool, maker),
    lookForSources(realName, (capabilities, work) => look.for(capabilities, work), maker),
  ]);
  collector.release(realName);
  return look.lacks;
}

/** Tries, and notes what was declined. */
class Look {
  readonly lacks = new Map<Capability, string>();

  /** Tries `work`; where it is declined, the target lacks all of `capabilities`. Returns what it came to. */
  async for<T>(capabilities: readonly Capability[], work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      const why = reasonOf(thrown);
      if (why === undefined) return undefined;
      for (const capability of capabilities) {
        if (!this.lacks.has(capability)) this.lacks.set(capability, why);
      }
      return undefined;
    }
  }
}

/** Why what was tried is lacking; undefined where its failure does not say so. */
function reasonOf(thrown: unknown): string | undefined {
  // It says yes and makes nothing that could be used: each scenario would wait for that in vain.
  if (thrown instanceof NeverActive) return thrown.message;
  const failure = thrown instanceof SetupRefused ? thrown.refusal : failureOf(thrown);
  return isDecline(failure) ? describe(failure) : undefined;
}

async function lookForCalls(realName: string, look: Look, collector: Collector, maker: Maker): Promise<void> {
  await Promise.all([
    look.for(['async'], () => sendEvent(realName, collector, maker)),
    look.for(['dryRun'], () => invoke(realName, 'DryRun', maker)),
    look.for(['stream'], () => stream(realName, maker)),
  ]);
}

/** Scenarios have aliases, and provisioned concurrency, only where there are versions. */
async function lookForVersions(FunctionName: string, look: Look, maker: Maker): Promise<void> {
  const { lambda } = maker.clients;
  const publish = new PublishVersionCommand({ FunctionName });
  const FunctionVersion = await look.for(['versions', 'aliases', 'provisioned'], async () => {
    const { Version } = await lambda.send(publish, maker.within());
    return Version;
  });
  if (FunctionVersion === undefined) return;
  const alias = new CreateAliasCommand({ FunctionName, FunctionVersion, Name: 'look' });
  await Promise.all([
    look.for(['aliases'], () => lambda.send(alias, maker.within())),
    look.for(['provisioned'], () => provision(FunctionName, FunctionVersion, maker)),
  ]);
}

async function provision(FunctionName: string, Qualifier: string, maker: Maker): Promise<void> {
  const { lambda } = maker.clients;
  const input = { FunctionName, Qualifier };
  const put = new PutProvisionedConcurrencyConfigCommand({ ...input, ProvisionedConcurrentExecutions: 1 });
  await lambda.send(put, maker.within());
  // It costs money as long as it is there; should this fail, it goes with its function.
  const undo = new DeleteProvisionedConcurrencyConfigCommand(input);
  await lambda.send(undo, maker.within()).catch(() => undefined);
}

const configure = (FunctionName: string, maker: Maker) =>
  maker.clients.lambda.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 2 }),
    maker.within(),
  );

/** AWS, configuration-concurrency.html: nothing is taken from the account's pool by a reserve of 0. */
const reserve = (FunctionName: string, maker: Maker) =>
  maker.clients.lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }),
    maker.within(),
  );

const invoke = (FunctionName: string, InvocationType: 'DryRun' | 'Event', maker: Maker) =>
  maker.clients.lambda.send(
    new InvokeCommand({ FunctionName, InvocationType, Payload: Buffer.from('{}') }),
    maker.within(),
  );

async function sendEvent(realName: string, collector: Collector, maker: Maker): Promise<void> {
  let hasEnded = false;
  collector.attend(realName, {
    started: () => ({ attempt: 'look', outcome: 'ok', value: 'look' }),
    ended: () => {
      hasEnded = true;
    },
  });
  await invoke(realName, 'Event', maker);
  const deadline = performance.now() + EVENT_SECONDS * 1000;
  while (!hasEnded && performance.now() < deadline) await pause(0.02, new AbortController().signal);
}

async function stream(FunctionName: string, maker: Maker): Promise<void> {
  const command = new InvokeWithResponseStreamCommand({ FunctionName, Payload: Buffer.from('{}') });
  const output = await maker.clients.lambda.send(command, maker.within());
  // Its end is of no interest, but the connection is free only after it.
  void drain(output).catch(() => undefined);
}

async function drain({ EventStream }: InvokeWithResponseStreamCommandOutput): Promise<void> {
  for await (const _ of EventStream ?? []);
}

/** Whatever is made goes to the pool, for the first scenario that needs such a one. */
async function lookForPlaces(look: Look, pool: Pool, maker: Maker): Promise<void> {
  const make = async (places: Partial<Scenario>): Promise<void> => {
    const scenario: Scenario = { scenario: 1, functions: [], steps: [], ...places };
    await pool.giveBack(await pool.lease(scenario, maker), scenario, true, maker);
  };
  // What goes to a topic or a bus is seen through a queue as well.
  const throughQueues: Capability[] = ['destinations', 'deadLetter', 'topics', 'buses', 'fifo'];
  await Promise.all([
    look.for(throughQueues, () => make({ queues: [{ name: 'look' }] })),
    look.for(['fifo'], () => make({ queues: [{ name: 'look', fifo: true }] })),
    look.for(['topics'], () => make({ topics: [{ name: 'look' }] })),
    look.for(['buses'], () => make({ buses: [{ name: 'look' }] })),
    look.for(['buckets'], () => make({ buckets: [{ name: 'look' }] })),
  ]);
}
