import type { SeenRecord } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import type { Behaviour, InvokeStep } from '../../engine/scenario.ts';
import type { StoredEventInvoke } from './account.ts';
import type { Attempt } from './attempt.ts';
import type { PolledBatch } from './polling/batch.ts';

export type InvocationType = 'RequestResponse' | 'Event' | 'DryRun';

/** What is asked when a function is invoked. */
export interface Asked {
  /** The call in the history; empty where nobody sees one: a record that goes to a function. */
  readonly call: string;
  /** Index of the step that asked for it, or at the beginning of the chain. */
  readonly step: number;
  /** The step itself, for the scenario's own calls. */
  readonly own: InvokeStep | undefined;
  readonly event: string | undefined;
  /** The event that the record in the payload is about. */
  readonly about: string | undefined;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly type: InvocationType;
  readonly payload: Json;
  /** At least the bytes of its JSON text; exactly those where it is large. */
  readonly payloadBytes: number;
  /** The body is no JSON. */
  readonly isNoJson: boolean;
  readonly plan: readonly Behaviour[];
  readonly requestId: string;
  /** The attempt that caused it: its handler made the call, or its record is the payload. */
  readonly cause: Attempt | undefined;
  /** The cause's handler made the call, and waits for the answer. */
  readonly isHandlersCall: boolean;
  /** What an event source mapping invokes with. */
  readonly batch: PolledBatch | undefined;
}

/** How an attempt ended, as Lambda sees it. */
export interface Result {
  readonly isError: boolean;
  readonly payload: Json;
  readonly payloadBytes: number;
  /** The message of an error. */
  readonly message: string;
  readonly version: string;
}

/** One request to invoke a function, from its call to its end; an asynchronous one lives in the queue. */
export class Invocation {
  readonly asked: Asked;
  readonly requestId: string;
  /** Its place in a chain of handlers' calls; 1 for the scenario's own. */
  readonly hop: number;
  /** The caller has its answer, or has gone. */
  isOver = false;
  /** Attempts that Lambda counts. */
  attempts = 0;
  /** Handlers entered, duplicates included. */
  starts = 0;

  /** The record with which a service invokes the function. */
  pushed: readonly SeenRecord[] | undefined = undefined;

  /** Its response stream has begun. */
  isStreaming = false;

  // In the queue.
  /** It ran once more because a delivery failed: a target that errs does so. */
  isRunAgain = false;
  acceptedAt = 0;
  /** Tries without an attempt since the last one. */
  backoffs = 0;
  systemErrors = 0;
  /** Accepted while the reserve was 0. */
  cameAtZeroReserve = false;
  /** How often it was looked at after it was sent away, where a target errs so. */
  laterLooks = 0;
  first: Result | undefined = undefined;
  last: Result | undefined = undefined;
  /** Called through an alias without a configuration of its own: that of the alias's version applies. */
  usesVersionsConfig = false;
  /** Configuration and dead-letter target as they were at acceptance, where later changes do not reach it. */
  config: StoredEventInvoke | null | undefined = undefined;
  deadLetter: string | null | undefined = undefined;

  constructor(asked: Asked) {
    this.asked = asked;
    this.requestId = asked.requestId;
    this.hop = asked.isHandlersCall && asked.cause !== undefined ? asked.cause.invocation.hop + 1 : 1;
  }
}
