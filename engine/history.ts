/**
 * The history: what was observed of one scenario, flat and in time order. It is the same on all targets. What
 * could not be observed is absent, never invented.
 *
 * `at` is seconds since the scenario began. Whose clock it is follows from the kind of entry: see `CLOCKS`.
 */
import type { Capability } from './capabilities.ts';
import type { Json } from './json.ts';
import type { Outcome, Scenario } from './scenario.ts';

/** A call or a control-plane request left its caller. `step` is its index in the scenario. */
export interface Requested {
  readonly kind: 'requested';
  readonly at: number;
  readonly call: string;
  readonly step: number;
  /** The event it carries, for calls of Invoke. */
  readonly event?: string;
  /** The attempt whose handler made this call; absent for the scenario's own calls. */
  readonly chainedFrom?: string;
  /** For a handler's call: the function it invokes, and how. A scenario's own call says so in its step. */
  readonly function?: string;
  readonly type?: 'Event' | 'RequestResponse';
}

/** An answer of success: for Invoke any status below 300. */
export interface Answered {
  readonly kind: 'answered';
  readonly at: number;
  readonly call: string;
  readonly status: number;
  readonly requestId?: string;
  readonly functionError?: string;
  readonly executedVersion?: string;
  /** The body of an Invoke answer, parsed; absent when there was none. */
  readonly payload?: Json;
  /** A body that is not JSON. */
  readonly body?: string;
  /** The log tail, decoded; its length in bytes is what rules judge. */
  readonly logTail?: string;
  /** The output of a control-plane request, under AWS's own keys. */
  readonly output?: Json;
}

/** An answer of error: a status of 300 or more. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly at: number;
  readonly call: string;
  readonly status: number;
  /** AWS's error name, e.g. `TooManyRequestsException`. */
  readonly error: string;
  readonly reason?: string;
  readonly message?: string;
  readonly requestId?: string;
}

/** The caller hung up before an answer came. */
export interface HungUp {
  readonly kind: 'hungUp';
  readonly at: number;
  readonly call: string;
}

/** One event of a response stream. */
export interface Streamed {
  readonly kind: 'streamed';
  readonly at: number;
  readonly call: string;
  readonly event: 'PayloadChunk' | 'InvokeComplete';
  readonly errorCode?: string;
  readonly errorDetails?: string;
}

/** A handler was entered. */
export interface Started {
  readonly kind: 'started';
  readonly at: number;
  readonly attempt: string;
  readonly function: string;
  readonly version: string;
  readonly requestId: string;
  /** The event the attempt belongs to; absent where it cannot be told. */
  readonly event?: string;
  /** For a function that is a destination: the event that the record in `payload` is about. */
  readonly about?: string;
  /** Which execution environment, where the target shows it. */
  readonly environment?: string;
  readonly payload: Json;
  readonly clientContext?: Json;
  /** How the handler was told to end this attempt. */
  readonly planned: Outcome;
  /** For an attempt by an event source mapping: the mapping, and the records it was given, in their order. */
  readonly mapping?: string;
  readonly records?: readonly SeenRecord[];
}

/** One record as a handler was given it: who it is. Its whole shape is in the attempt's payload. */
export interface SeenRecord {
  /** The scenario's record; absent where it cannot be told. */
  readonly record?: string;
  /** SQS message id, sequence number of a stream, offset of Kafka, message id of a broker. */
  readonly id: string;
  /** ApproximateReceiveCount (SQS). */
  readonly receiveCount?: number;
  /** Shard id of a stream, `TOPIC-PARTITION` of Kafka. */
  readonly shard?: string;
}

/** A handler came to its end, as far as it was seen. A handler that is killed tells nobody: no entry. */
export interface Ended {
  readonly kind: 'ended';
  readonly at: number;
  readonly attempt: string;
  readonly outcome: Outcome;
  /** What the handler returned; absent for failures and for `nothing`. */
  readonly result?: Json;
  /** The latest time at which it can have ended, where `at` is only the earliest. */
  readonly latest?: number;
  /** Seconds since it was entered, by the handler's own clock: where its start was seen late, more than the entries tell. */
  readonly elapsedSeconds?: number;
}

/** A queued event found no capacity (needs `throttles`). */
export interface Throttled {
  readonly kind: 'throttled';
  readonly at: number;
  readonly event: string;
}

/** Something arrived at a queue, topic, bus or bucket. */
export interface Delivered {
  readonly kind: 'delivered';
  readonly at: number;
  /** `queue:failed`, … */
  readonly resource: string;
  /** The event it is about; absent where it cannot be told. */
  readonly event?: string;
  /** For a dead-letter queue of a queue, and for a topic of Kafka: the record that has arrived. */
  readonly record?: string;
  /** For a failure record of an event source mapping: the mapping; absent where it cannot be told. */
  readonly mapping?: string;
  /** The message as the receiver of that kind of resource sees it: SQS and SNS body, EventBridge event, S3 object. */
  readonly body: Json;
  /** The body's text, where it is not JSON or its bytes matter. */
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  /** The key of an S3 object. */
  readonly objectKey?: string;
}

/** The state of a function, as GetFunction told it. */
export interface StateSeen {
  readonly kind: 'state';
  readonly at: number;
  readonly function: string;
  readonly state: string;
}

/** A resource is gone. */
export interface Removed {
  readonly kind: 'removed';
  readonly at: number;
  readonly resource: string;
}

/** A source took a record. `at` is when the sender knew. */
export interface Sent {
  readonly kind: 'sent';
  readonly at: number;
  /** When it was sent. */
  readonly requestedAt: number;
  readonly step: number;
  readonly record: string;
  /** Where to: `queue:orders`, … */
  readonly resource: string;
  /** The attempt whose handler sent it on; `record` is then named after the one it came of: `r1.2`, `r1.3`, … */
  readonly chainedFrom?: string;
  /** As in `SeenRecord`; absent where the source does not tell its senders (tables). */
  readonly id?: string;
  readonly shard?: string;
}

/** A source refused a record, or could not be reached. */
export interface Unsent {
  readonly kind: 'unsent';
  readonly at: number;
  readonly step: number;
  readonly record: string;
  readonly resource: string;
  readonly error: string;
}

/** A mapping, as GetEventSourceMapping told it. */
export interface MappingSeen {
  readonly kind: 'mapping';
  readonly at: number;
  readonly mapping: string;
  /** `Creating`, `Enabled`, …; `Deleted` where it is no longer found. */
  readonly state: string;
}

/** What a source still held when the observer looked, at the end (needs `remaining`). */
export interface Remaining {
  readonly kind: 'remaining';
  readonly at: number;
  readonly resource: string;
  /** Messages visible, in flight and delayed together. */
  readonly count: number;
  /** Which; absent where that cannot be told. */
  readonly records?: readonly string[];
}

/** A shard was split or merged. */
export interface Resharded {
  readonly kind: 'resharded';
  readonly at: number;
  readonly resource: string;
  readonly parents: readonly string[];
  readonly children: readonly string[];
}

/** The execution role of a function lost or got the right to the resource. */
export interface PermissionSet {
  readonly kind: 'permission';
  readonly at: number;
  readonly function: string;
  readonly resource: string;
  readonly isAllowed: boolean;
}

/** A metric's sum over the scenario (needs `metrics`). */
export interface Metric {
  readonly kind: 'metric';
  readonly at: number;
  readonly function: string;
  /** For the metrics of an event source mapping. */
  readonly mapping?: string;
  readonly name:
    | 'Invocations'
    | 'Errors'
    | 'Throttles'
    | 'AsyncEventsReceived'
    | 'AsyncEventsDropped'
    | 'DestinationDeliveryFailures'
    | 'DeadLetterErrors'
    | 'RecursiveInvocationsDropped'
    | 'PolledEventCount'
    | 'FilteredOutEventCount'
    | 'InvokedEventCount'
    | 'DroppedEventCount';
  readonly value: number;
}

/** The target said that it does not offer this: an error such as NotImplemented, not a silent omission. */
export interface Declined {
  readonly kind: 'declined';
  readonly at: number;
  /** Absent where it refuses one setting alone, which `error` tells: that says nothing of a capability. */
  readonly capability?: Capability;
  readonly error: string;
}

/** The observer stopped watching. Nothing is known of what came later. */
export interface Closed {
  readonly kind: 'closed';
  readonly at: number;
  /** Nothing can happen any more: a simulation that ran to its end. */
  readonly isComplete?: true;
}

export type Entry =
  | Requested
  | Answered
  | Rejected
  | HungUp
  | Streamed
  | Started
  | Ended
  | Throttled
  | Delivered
  | StateSeen
  | Removed
  | Sent
  | Unsent
  | MappingSeen
  | Remaining
  | Resharded
  | PermissionSet
  | Metric
  | Declined
  | Closed;

/** Whose clock an entry's time is. Times of different clocks are compared up to the clock skew. */
export const CLOCKS = {
  requested: 'caller',
  answered: 'caller',
  rejected: 'caller',
  hungUp: 'caller',
  streamed: 'caller',
  started: 'function',
  ended: 'function',
  throttled: 'service',
  delivered: 'observer',
  state: 'caller',
  removed: 'caller',
  sent: 'caller',
  unsent: 'caller',
  mapping: 'caller',
  remaining: 'observer',
  resharded: 'caller',
  permission: 'caller',
  metric: 'service',
  declined: 'caller',
  closed: 'observer',
} as const satisfies Record<Entry['kind'], 'caller' | 'function' | 'observer' | 'service'>;

export interface History {
  readonly scenario: Scenario;
  readonly entries: readonly Entry[];
}
