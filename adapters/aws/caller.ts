import type { Capability } from '../../engine/capabilities.ts';
import { SETTING_OF } from '../../engine/operations.ts';
import { TargetError } from '../../engine/target.ts';
import type { Clients } from './clients.ts';
import { describe, failureOf, isDecline } from './failures.ts';
import type { Renaming } from './names.ts';
import type { Observation } from './observation.ts';

/** What an operation that the target declines says about it. */
const CAPABILITY: Readonly<Record<string, Capability | undefined>> = {
  Invoke: 'controlPlane',
  InvokeWithResponseStream: 'stream',
  ...SETTING_OF,
  PutFunctionRecursionConfig: 'recursion',
  CreateQueue: 'sqs',
  SetQueueAttributes: 'sqs',
};

/** Makes the calls of one scenario and records their failures. */
export class Caller {
  readonly clients: Clients;
  readonly renaming: Renaming;
  readonly observation: Observation;
  /** Aborted when the scenario is over or given up. */
  readonly signal: AbortSignal;
  /** @throws TargetError where the target is no longer there */
  readonly checkAlive: () => Promise<void>;

  constructor(
    clients: Clients,
    renaming: Renaming,
    observation: Observation,
    signal: AbortSignal,
    checkAlive: () => Promise<void>,
  ) {
    this.clients = clients;
    this.renaming = renaming;
    this.observation = observation;
    this.signal = signal;
    this.checkAlive = checkAlive;
  }

  /**
   * Records what a failing call showed: a refusal is an entry, no answer is none. Returns whether it was refused.
   * @param declined what the target lacks that declines it; told by the operation where it is absent
   * @throws TargetError where the target is no longer there, or the call could not be sent
   */
  async failed(thrown: unknown, call: string, operation: string, declined?: Capability): Promise<boolean> {
    this.signal.throwIfAborted();
    const at = this.observation.now();
    const failure = failureOf(thrown);
    if (failure.kind === 'unsent') {
      throw new TargetError(
        `${operation} cannot be sent by the AWS SDK: ${failure.message}; correct the scenario`,
      );
    }
    if (failure.kind !== 'refused') {
      await this.checkAlive();
      return false;
    }
    const { status, error, message, reason, requestId } = failure;
    this.observation.record({
      kind: 'rejected',
      at,
      call,
      status,
      error,
      ...(reason === undefined ? {} : { reason }),
      ...(message === '' ? {} : { message: this.renaming.toScenario(message) as string }),
      ...(requestId === undefined ? {} : { requestId }),
    });
    if (isDecline(failure)) {
      const capability = declined ?? CAPABILITY[operation] ?? 'controlPlane';
      this.observation.record({ kind: 'declined', at, capability, error: describe(failure) });
    }
    if (status >= 500) await this.checkAlive();
    return true;
  }
}
