import { randomBytes } from 'node:crypto';
import { GetFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import type { Capability } from '../../engine/capabilities.ts';
import { contact, contactSentence } from './alive.ts';
import { type Clients, makeClients } from './clients.ts';
import { Collector } from './collector.ts';
import { DRIVER_CAPABILITIES } from './driver.ts';
import { describe, failureOf } from './failures.ts';
import { type FunctionSetup, makeFunction } from './functions.ts';
import { Journal } from './journal.ts';
import { leftBehind } from './leftBehind.ts';
import { FOR_DOCTOR, type Load, measureLoad } from './load.ts';
import { Maker } from './maker.ts';
import { Namer } from './names.ts';
import { type Lacks, lookFor } from './offers.ts';
import { Pool } from './pool.ts';
import { removeAll } from './removal.ts';
import { RETRY_PATIENCE_SECONDS, timeScaleOf, watchRetries } from './retryClock.ts';
import { makeRole } from './role.ts';
import { REPORT_HELP } from './smoke.ts';

/** One thing that was tried. */
export interface Check {
  readonly name:
    | 'reachable'
    | 'lambda'
    | 'clock'
    | 'create'
    | 'invoke'
    | 'report'
    | 'load'
    | 'retries'
    | 'delete';
  readonly isOk: boolean;
  /** What was seen or, where it went wrong, what to do: one sentence. */
  readonly sentence: string;
  readonly seconds?: number;
}

/** What a doctor found out about an endpoint; checks that need a failed one are absent. */
export interface Diagnosis {
  readonly endpoint: string;
  readonly isHealthy: boolean;
  readonly checks: readonly Check[];
  /** Seconds for the smallest request and its answer. */
  readonly latencySeconds?: number;
  /** Seconds by which the target's clock is ahead of ours; its header counts whole seconds. */
  readonly clockOffsetSeconds?: number;
  /** What a run there can use, and what it declined with which words; absent where no function reported. */
  readonly capabilities?: readonly Capability[];
  readonly declined?: Readonly<Partial<Record<Capability, string>>>;
  /** How many calls at once it bears; absent where no function reported. */
  readonly load?: Load;
  /** Seconds before the second and the third attempt of an event, those that were seen; absent without events. */
  readonly retryDelaysSeconds?: readonly number[];
}

/** What was seen of a function that runs. */
interface Seen {
  readonly lacks: Lacks;
  readonly load: Load;
  readonly retryDelaysSeconds?: readonly number[];
}

export interface DoctorOptions {
  readonly folder?: string;
  readonly collectorHost?: string;
  readonly patienceMs?: number;
}

/** Tries an endpoint: is it there, is it Lambda's API, does a function run on it and reach the collector? */
export async function doctor(url: string, options: DoctorOptions = {}): Promise<Diagnosis> {
  const clients = makeClients({ url });
  const checks: Check[] = [];
  try {
    const seen = await contact(clients, options.patienceMs);
    if (seen.is !== 'lambda') {
      const isReachable = seen.is === 'other';
      const sentence = contactSentence(url, seen);
      checks.push({ name: 'reachable', isOk: isReachable, sentence: isReachable ? 'It answers.' : sentence });
      if (isReachable) checks.push({ name: 'lambda', isOk: false, sentence });
      return { endpoint: url, isHealthy: false, checks };
    }
    checks.push({ name: 'reachable', isOk: true, sentence: 'It answers.', seconds: seen.latencySeconds });
    checks.push({ name: 'lambda', isOk: true, sentence: 'It lists functions as the Lambda API does.' });
    const clockOffsetSeconds = await clockOffset(url);
    if (clockOffsetSeconds !== undefined) checks.push(clockCheck(clockOffsetSeconds));
    const tried = await tryFunction(url, clients, checks, options);
    return {
      endpoint: url,
      isHealthy: checks.every(({ isOk }) => isOk),
      checks,
      latencySeconds: seen.latencySeconds,
      ...(clockOffsetSeconds === undefined ? {} : { clockOffsetSeconds }),
      ...(tried === undefined ? {} : offersOf(tried)),
    };
  } finally {
    clients.destroy();
  }
}

const offersOf = ({ lacks, ...measured }: Seen) => ({
  capabilities: DRIVER_CAPABILITIES.filter((capability) => !lacks.has(capability)),
  declined: Object.fromEntries(lacks),
  ...measured,
});

/** From the Date header, which is cut to the second: half a second is added back on average. */
async function clockOffset(url: string): Promise<number | undefined> {
  try {
    const before = Date.now();
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const after = Date.now();
    const date = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(date) ? undefined : (date + 500 - (before + after) / 2) / 1000;
  } catch {
    return undefined;
  }
}

function clockCheck(offset: number): Check {
  // Half a second either way is what the header's whole seconds leave open.
  const isOk = Math.abs(offset) < 2;
  return {
    name: 'clock',
    isOk,
    sentence: isOk
      ? 'Its clock and ours agree to within the second that can be told.'
      : `Its clock differs from ours by about ${Math.round(offset)} s: set one of the two right, or raise clockSkewSeconds.`,
    seconds: offset,
  };
}

/**
 * Creates one function, invokes it, looks whether it reached the collector, how much the target bears and what it
 * declines, and deletes it. Undefined where nothing could be seen of the function.
 */
async function tryFunction(
  url: string,
  clients: Clients,
  checks: Check[],
  options: DoctorOptions,
): Promise<Seen | undefined> {
  const namer = new Namer(randomBytes(3).toString('hex'));
  const journal = Journal.begin(namer.run, { url }, options.folder);
  const bind = options.collectorHost === undefined ? '127.0.0.1' : '0.0.0.0';
  const collector = await Collector.start(namer.run, bind, options.collectorHost ?? bind);
  const maker = new Maker(clients, namer, journal);
  let didReport = false;
  let seen: Seen | undefined;
  const timed = async (name: Check['name'], done: string, work: () => Promise<unknown>): Promise<boolean> => {
    const before = performance.now();
    try {
      await work();
      checks.push({ name, isOk: true, sentence: done, seconds: (performance.now() - before) / 1000 });
      return true;
    } catch (thrown) {
      checks.push({ name, isOk: false, sentence: `It refused or failed: ${sentenceOf(thrown)}.` });
      return false;
    }
  };
  try {
    let realName = '';
    let retriedName = '';
    let setup: FunctionSetup | undefined;
    const didCreate = await timed('create', 'Two functions were created and became active.', async () => {
      const signal = AbortSignal.timeout(60_000);
      const roleArn = await makeRole(clients, namer, journal, signal);
      setup = { roleArn, collectorUrl: collector.url, runtime: 'nodejs22.x' };
      const spec = { name: 'doctor', timeoutSeconds: 10 };
      ({ realName } = await makeFunction(spec, undefined, setup, maker));
      ({ realName: retriedName } = await makeFunction(spec, undefined, setup, maker));
    });
    if (!didCreate || setup === undefined) return undefined;
    collector.attend(realName, {
      started: () => {
        didReport = true;
        return { attempt: 'a1', outcome: 'ok', returnsEvent: true };
      },
      ended: () => undefined,
    });
    const didInvoke = await timed('invoke', 'One was invoked and returned its event.', async () => {
      const command = new InvokeCommand({ FunctionName: realName, Payload: Buffer.from('{"doctor":1}') });
      const { FunctionError, Payload } = await clients.lambda.send(command, maker.within(30_000));
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) throw new Error(`${FunctionError}: ${text.slice(0, 200)}`);
    });
    checks.push(
      didReport
        ? { name: 'report', isOk: true, sentence: 'It reached the collector on this machine.' }
        : {
            name: 'report',
            isOk: false,
            sentence: `The function did not reach ${collector.url}: ${REPORT_HELP}.`,
          },
    );
    if (didReport) {
      const [load, lacks, delays] = await lookAround(
        realName,
        retriedName,
        new Pool(setup),
        collector,
        maker,
      );
      checks.push(loadCheck(load), retriesCheck(delays));
      seen = { lacks, load, ...(delays === undefined ? {} : { retryDelaysSeconds: delays }) };
    }
    if (didInvoke || didReport) {
      await timed('delete', 'They were deleted, and are gone.', async () => {
        const both = [realName, retriedName].map((name) => ({ kind: 'function' as const, name }));
        await removeAll(both, maker);
        const look = new GetFunctionCommand({ FunctionName: realName });
        const isThere = await clients.lambda.send(look, maker.within()).then(
          () => true,
          () => false,
        );
        if (isThere) throw new Error('the deleted function is still there');
      });
    }
  } finally {
    const left = leftBehind(journal, await removeAll(journal.remaining(), maker));
    if (left !== undefined) checks.push({ name: 'delete', isOk: false, sentence: left.message });
    journal.finish();
    await collector.close();
  }
  return seen;
}

/** Retries take the longest: they are waited for beside all else, on a function of their own. */
async function lookAround(
  realName: string,
  retriedName: string,
  pool: Pool,
  collector: Collector,
  maker: Maker,
): Promise<[Load, Lacks, readonly number[] | undefined]> {
  const looking = async (): Promise<[Load, Lacks]> => {
    const load = await measureLoad(realName, collector, maker, FOR_DOCTOR);
    return [load, await lookFor(realName, pool, collector, maker)];
  };
  const [[load, lacks], delays] = await Promise.all([looking(), watchRetries(retriedName, collector, maker)]);
  return [load, lacks, delays];
}

function loadCheck({ calls, jobs, rounds }: Load): Check {
  const beyond = rounds.findLast((round) => round.calls > calls);
  const more =
    beyond === undefined
      ? ', and more were not tried'
      : `; ${beyond.calls} ${beyond.seconds === undefined ? 'were not all answered' : `took ${beyond.seconds.toFixed(1)} s`}`;
  const answered = calls === 1 ? 'One call at a time is' : `${calls} calls at once are`;
  return {
    name: 'load',
    isOk: true,
    sentence: `${answered} answered without delay${more}: --jobs ${jobs}, unless you say otherwise.`,
  };
}

function retriesCheck(delays: readonly number[] | undefined): Check {
  const scale = timeScaleOf(delays ?? []);
  const sentence = () => {
    if (delays === undefined) return 'It does not take events, so that there are no retries to wait for.';
    if (scale === undefined)
      return `An event that failed was not tried again within ${RETRY_PATIENCE_SECONDS} s: its waits are taken for AWS's own, one and two minutes.`;
    const after = delays.map((seconds) => `${seconds.toFixed(1)} s`).join(' and ');
    return `An event that failed was tried again after ${after}: its retryTimeScale is about 1/${Math.round(1 / scale)}, for --time-scale.`;
  };
  return { name: 'retries', isOk: true, sentence: sentence() };
}

/** The end of a sentence, whatever was thrown. */
function sentenceOf(thrown: unknown): string {
  const failure = failureOf(thrown);
  return describe(failure).replace(/\.$/, '');
}
