import type { Capability } from '../../engine/capabilities.ts';
import type { Clients } from './clients.ts';
import { describe, type Failure, failureOf, isNeverMade } from './failures.ts';
import type { Journal } from './journal.ts';
import type { Namer, ResourceKind } from './names.ts';

/** A control-plane call that takes longer than this has hung. */
const CALL_TIMEOUT_MS = 60_000;

/** What is needed to make resources: clients, names, and the journal that each name goes to first. */
export class Maker {
  readonly clients: Clients;
  readonly namer: Namer;
  readonly journal: Journal;
  readonly signal: AbortSignal | undefined;
  readonly #callTimeoutMs: number;

  constructor(
    clients: Clients,
    namer: Namer,
    journal: Journal,
    signal?: AbortSignal,
    callTimeoutMs = CALL_TIMEOUT_MS,
  ) {
    this.clients = clients;
    this.namer = namer;
    this.journal = journal;
    this.signal = signal;
    this.#callTimeoutMs = callTimeoutMs;
  }

  /** The same, but waiting no longer than this for any answer. */
  withPatience(callTimeoutMs: number): Maker {
    return new Maker(this.clients, this.namer, this.journal, this.signal, callTimeoutMs);
  }

  /** A new name, already in the journal. */
  name(kind: Exclude<ResourceKind, 'mapping'>, suffix = ''): string {
    const name = this.namer.next(kind) + suffix;
    this.journal.make(kind, name);
    return name;
  }

  /** What `creation` of a named resource comes to. Where it certainly made nothing, the journal forgets the name. */
  async making<T>(kind: ResourceKind, name: string, creation: Promise<T>): Promise<T> {
    try {
      return await creation;
    } catch (thrown) {
      if (isNeverMade(failureOf(thrown))) this.journal.gone(kind, name);
      throw thrown;
    }
  }

  get tags(): Record<string, string> {
    return { 'lambda-conformance': this.namer.run };
  }

  /** Options for one call of a client: until when to wait for its answer. */
  within(timeoutMs = this.#callTimeoutMs): { abortSignal: AbortSignal } {
    const deadline = AbortSignal.timeout(timeoutMs);
    return { abortSignal: this.signal === undefined ? deadline : AbortSignal.any([this.signal, deadline]) };
  }
}

/** The target refused to set up what a scenario declares. */
export class SetupRefused extends Error {
  override readonly name = 'SetupRefused';
  readonly capability: Capability;
  readonly refusal: Failure;
  constructor(capability: Capability, refusal: Failure) {
    super(describe(refusal));
    this.capability = capability;
    this.refusal = refusal;
  }
}

/**
 * The result of `work`, whose refusal means that the target lacks `capability`. So does an answer in another language
 * than the API's, except where functions themselves are made: without those there is no target.
 */
export async function needing<T>(capability: Capability, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const failure = failureOf(thrown);
    const isForeign = failure.kind === 'foreign' && capability !== 'controlPlane';
    if (failure.kind === 'refused' || isForeign) throw new SetupRefused(capability, failure);
    throw thrown;
  }
}

/** For removals: what is gone already need not be removed, and of an answer of success no more is asked. */
export function ignoreGone(thrown: unknown): void {
  const failure = failureOf(thrown);
  if (failure.kind === 'foreign' && failure.status !== undefined && failure.status < 300) return;
  if (
    failure.kind === 'refused' &&
    (failure.status === 404 || /NotFound|NonExistent|DoesNotExist|NoSuch/i.test(failure.error))
  )
    return;
  throw thrown;
}
