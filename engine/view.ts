/**
 * The view: a history indexed once, in one pass, so that rules read it by calls, events, attempts and
 * deliveries. Everything here follows from the entries; nothing is judged.
 */
import type { EventInvokeConfig, Timeline } from './configuration.ts';
import type {
  Answered,
  Declined,
  Delivered,
  Ended,
  History,
  HungUp,
  MappingSeen,
  PermissionSet,
  Rejected,
  Remaining,
  Requested,
  Resharded,
  SeenRecord,
  Sent,
  Started,
  Unsent,
} from './history.ts';
import type { MappingSettings } from './mappingSettings.ts';
import type { FunctionSpec, InvokeStep, Outcome, RequestStep } from './scenario.ts';
import type { MappingSpec, RecordSpec, SendStep, SourceKind } from './sourceSpec.ts';
import type { Tolerances } from './tolerances.ts';

/** One attempt: a handler entered once. */
export interface Attempt {
  readonly id: string;
  readonly started: Started;
  readonly startedAt: number;
  readonly function: FunctionView;
  /** Its number among the attempts of its event, from 1. */
  readonly ordinal: number;
  /** Absent: its end was not seen. */
  readonly ended: Ended | undefined;
  /** The earliest and the latest time at which it can have ended; `latest` is Infinity where nothing was seen. */
  readonly endedEarliest: number;
  readonly endedLatest: number;
  /** How it ended: as seen or, for a handler that was killed, as it was told to. */
  readonly outcome: Outcome;
  readonly succeeded: boolean;
  /**
   * Whether it is not certain that it succeeded: its end was not seen, or came at the brink of its timeout, so that it
   * may have been killed before its answer was there.
   */
  readonly mayHaveBeenKilled: boolean;
  /** For an attempt by an event source mapping. */
  readonly batch: Batch | undefined;
}

/** One call of Invoke, as its caller saw it. */
export interface Call {
  readonly id: string;
  readonly event: string;
  readonly requested: Requested;
  readonly step: InvokeStep;
  /** Absent: no such function was declared. */
  readonly function: FunctionView | undefined;
  readonly qualifier: string | undefined;
  readonly type: 'RequestResponse' | 'Event' | 'DryRun';
  /** Absent: no answer of success. */
  readonly answered: Answered | undefined;
  readonly rejected: Rejected | undefined;
  readonly hungUp: HungUp | undefined;
  /** In order of their start. */
  readonly attempts: readonly Attempt[];
}

/** An accepted asynchronous event: a call of type Event that was answered with success. */
export interface AsyncEvent {
  readonly id: string;
  readonly call: Call;
  readonly answered: Answered;
  readonly acceptedAt: number;
  readonly function: FunctionView;
  /** `$LATEST` where the call named none. */
  readonly qualifier: string;
  readonly attempts: readonly Attempt[];
  /** Some attempt ended ok. */
  readonly succeeded: boolean;
  /** Invocation records about it, at whatever destination. */
  readonly records: readonly Delivery[];
  readonly deadLetters: readonly Delivery[];
  /** What governs it; undefined where that changed while it lived, or where AWS's pages leave it open. */
  readonly config: EventInvokeConfig | undefined;
  /** `queue:…` or `topic:…`; `null` without one; undefined where that changed while the event lived. */
  readonly deadLetterTarget: string | null | undefined;
  /** Times at which it was seen to be throttled. */
  readonly throttledAt: readonly number[];
}

/** One attempt by an event source mapping: a batch of records, given to the function at once. */
export interface Batch {
  readonly attempt: Attempt;
  readonly started: Started;
  readonly mapping: MappingView;
  /** In the order in which the function was given them. */
  readonly seen: readonly SeenRecord[];
  /** The scenario's records among them, in the same places; undefined where one cannot be told. */
  readonly records: readonly (RecordView | undefined)[];
  /** Shard, or partition of Kafka, of the first record; undefined for queues. */
  readonly shard: string | undefined;
  /** Its number among the batches of its mapping, from 0. */
  readonly index: number;
  /** What the function's answer to it means: written by who first reads it, for many rules ask. */
  response: BatchResponse | undefined;
}

/** What a function's answer to a batch means. */
export type BatchResponse =
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  /** Exactly these failed, by the ids under which the function saw them (for Kafka `TOPIC-PARTITION ID`). */
  | { readonly kind: 'partial'; readonly failed: ReadonlySet<string> }
  /** The result was not seen, or the setting changed meanwhile. */
  | { readonly kind: 'unknown' };

/** One record (or message, or item change) that a scenario sends. */
export interface RecordView {
  readonly id: string;
  readonly spec: RecordSpec;
  readonly step: SendStep;
  readonly source: SourceView;
  /** Absent: the source was not seen to take it. */
  readonly sent: Sent | undefined;
  readonly unsent: Unsent | undefined;
  /** The batches that held it, of all mappings, in order of their start. */
  readonly batches: readonly Batch[];
  /** Its arrivals at the dead-letter queue of its queue. */
  readonly redriven: readonly Delivery[];
}

/** A message that a handler sent on: part of a chain through a queue. Records of batches do not hold it. */
export interface ChainedRecord {
  readonly id: string;
  readonly sent: Sent;
  /** The attempt whose handler sent it; undefined where that was not seen. */
  readonly from: Attempt | undefined;
  readonly batches: readonly Batch[];
  readonly redriven: readonly Delivery[];
}

/** A record that was sent to a topic, a bus or a bucket: a service that invokes functions with it by itself. */
export interface Push {
  readonly id: string;
  readonly spec: RecordSpec;
  readonly step: SendStep;
  /** Absent: the service was not seen to take it. */
  readonly sent: Sent | undefined;
  /** The attempts with it, of all functions, in order of their start. */
  readonly attempts: readonly Attempt[];
}

/** A source with all that was seen of it. */
export interface SourceView {
  /** `queue:orders`, … */
  readonly ref: string;
  readonly kind: SourceKind;
  /** In the order in which the scenario sends them. */
  readonly records: readonly RecordView[];
  readonly mappings: readonly MappingView[];
  readonly resharded: readonly Resharded[];
  /** Absent: nobody looked. */
  readonly remaining: Remaining | undefined;
  /** When it was seen to be deleted; Infinity: never. */
  readonly removedAt: number;
  /** Queues: the visibility timeout over time, seconds. */
  readonly visibilityTimeoutSeconds: Timeline<number>;
}

/** An event source mapping with all that was seen of it. */
export interface MappingView {
  readonly name: string;
  /** Absent where a request made it. */
  readonly spec: MappingSpec | undefined;
  readonly source: SourceView;
  /** The function it was made for. */
  readonly function: FunctionView;
  /** Over time; null: not there (yet, or any more). */
  readonly settings: Timeline<MappingSettings | null>;
  /** The settings that hold all the time that there are any; undefined where they changed or may have changed. */
  readonly steady: MappingSettings | undefined;
  readonly batches: readonly Batch[];
  /** As GetEventSourceMapping told them. */
  readonly states: readonly MappingSeen[];
  /** Failure records about batches of it. */
  readonly failures: readonly Delivery[];
}

/** Something that arrived at a destination or a dead-letter target. */
export interface Delivery {
  readonly entry: Delivered | Started;
  readonly at: number;
  /** `queue:failed`, `function:g`, … */
  readonly resource: string;
  readonly event: string | undefined;
  /** A failure record of an event source mapping is a `batchRecord`; a message from a source queue is `redriven`. */
  readonly role: 'record' | 'deadLetter' | 'batchRecord' | 'redriven';
}

/** A control-plane request and its answer. */
export interface ControlRequest {
  readonly id: string;
  readonly requested: Requested;
  readonly step: RequestStep;
  readonly answered: Answered | undefined;
  readonly rejected: Rejected | undefined;
}

/** A declared function with what was seen of it. */
export interface FunctionView {
  readonly name: string;
  readonly spec: FunctionSpec;
  /** All its attempts, in order of their start. */
  readonly attempts: readonly Attempt[];
  /** Reserved concurrency over time; null: none. */
  readonly reserved: Timeline<number | null>;
  readonly deadLetter: Timeline<string | null>;
  readonly timeoutSeconds: Timeline<number>;
  readonly recursiveLoop: Timeline<'Allow' | 'Terminate'>;
  /** Event-invoke configuration over time, by qualifier; a qualifier that never had one is absent. */
  readonly eventInvoke: ReadonlyMap<string, Timeline<EventInvokeConfig | null>>;
  /** Times and states as GetFunction told them. */
  readonly states: readonly { readonly at: number; readonly state: string }[];
}

export interface View {
  readonly history: History;
  readonly tolerances: Tolerances;
  readonly functions: ReadonlyMap<string, FunctionView>;
  /** The scenario's own calls of Invoke, in order of request. */
  readonly calls: readonly Call[];
  /** Of these: RequestResponse (or without a type) answered with success; not response streams. */
  readonly syncAnswered: readonly Call[];
  /** Of these: all RequestResponse calls through Invoke, whatever came of them. */
  readonly sync: readonly Call[];
  /** Of these: through InvokeWithResponseStream. */
  readonly streams: readonly Call[];
  readonly dryRuns: readonly Call[];
  /** Of these: refused, of any type. */
  readonly rejected: readonly Call[];
  /** Accepted asynchronous events, in order of acceptance. */
  readonly events: readonly AsyncEvent[];
  readonly attempts: readonly Attempt[];
  /** Calls that handlers made themselves, in order of request. */
  readonly chained: readonly Call[];
  /** The events that handlers caused, as `events` for the scenario's own. */
  readonly chainedEvents: readonly AsyncEvent[];
  readonly requests: readonly ControlRequest[];
  readonly deliveries: readonly Delivery[];
  /** Sources that a mapping reads, or that records were sent to, by reference. */
  readonly sources: ReadonlyMap<string, SourceView>;
  /** All event source mappings that were declared or accepted, by name. */
  readonly mappings: ReadonlyMap<string, MappingView>;
  /** Attempts by event source mappings, in order of their start. */
  readonly batches: readonly Batch[];
  /** The records that were sent, by id. */
  readonly records: ReadonlyMap<string, RecordView>;
  /** Messages that handlers sent on, in order of their sending. */
  readonly chainedRecords: readonly ChainedRecord[];
  /** Records that were sent to topics, buses and buckets, in order of the scenario's steps. */
  readonly pushes: readonly Push[];
  /** Permission to a resource that a function's role lost or got, in order of time. */
  readonly permissions: readonly PermissionSet[];
  /** What the target said that it does not offer. */
  readonly declined: readonly Declined[];
  /** When each removed resource was seen to be gone. */
  readonly removed: ReadonlyMap<string, number>;
  /** The observer watched until then; Infinity where nothing can happen any more. */
  readonly watchedUntil: number;
  /** All metrics of a function, or of a mapping as `mapping:NAME`: empty where none were seen. */
  readonly metrics: ReadonlyMap<string, ReadonlyMap<string, number>>;
}
