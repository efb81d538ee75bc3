/** The part of a view that concerns sources, event source mappings, records and batches. */
import { constant, type Timeline } from './configuration.ts';
import type {
  MappingSeen,
  PermissionSet,
  Remaining,
  Resharded,
  SeenRecord,
  Sent,
  Started,
  Unsent,
} from './history.ts';
import {
  isWithinLimits,
  type MappingSettings,
  mappingNamed,
  settingsAfter,
  settingsAsked,
  settingsOf,
} from './mappingSettings.ts';
import type { Scenario } from './scenario.ts';
import { type MappingSpec, type RecordSpec, recordIds, type SendStep, sourceKind } from './sourceSpec.ts';
import type { Tolerances } from './tolerances.ts';
import type {
  Attempt,
  Batch,
  ChainedRecord,
  ControlRequest,
  Delivery,
  FunctionView,
  MappingView,
  Push,
  RecordView,
  SourceView,
} from './view.ts';

type Building<T> = {
  -readonly [K in keyof T]: T[K] extends Timeline<unknown>
    ? T[K]
    : T[K] extends readonly (infer U)[]
      ? U[]
      : T[K];
};

/** AWS, SQS: the visibility timeout of a queue that names none, seconds. */
export const DEFAULT_VISIBILITY_SECONDS = 30;

const NO_SEEN: SeenRecord[] = [];
const NO_BATCHES: readonly Batch[] = [];
const NO_DELIVERIES: readonly Delivery[] = [];

/** Whether a scenario has anything to do with polling. */
export function hasPolling({ mappings, steps }: Scenario): boolean {
  if (mappings !== undefined) return true;
  for (const step of steps) {
    if (step.do === 'send' || step.do === 'permission') return true;
    if (step.do === 'request' && step.mapping !== undefined) return true;
  }
  return false;
}

export class PollingIndex {
  readonly sources = new Map<string, Building<SourceView>>();
  readonly mappings = new Map<string, Building<MappingView>>();
  readonly records = new Map<string, Building<RecordView>>();
  readonly batches: Batch[] = [];
  readonly permissions: PermissionSet[] = [];
  readonly pushes: Building<Push>[] = [];
  readonly chainedRecords: Building<ChainedRecord>[] = [];
  private chainedById: Map<string, Building<ChainedRecord>> | undefined;
  private pushById: Map<string, Building<Push>> | undefined;
  private readonly functions: ReadonlyMap<string, FunctionView>;
  private readonly scenario: Scenario;

  constructor(scenario: Scenario, functions: ReadonlyMap<string, FunctionView>) {
    this.scenario = scenario;
    this.functions = functions;
    for (const spec of scenario.mappings ?? [])
      this.declareMapping(spec.name, spec, constant(settingsOf(spec)), spec);
    for (const step of scenario.steps) if (step.do === 'send') this.declareRecords(step);
  }

  private declareMapping(
    name: string,
    place: { readonly source: string; readonly function: string },
    settings: Timeline<MappingSettings | null>,
    spec: MappingSpec | undefined,
  ): void {
    const owner = this.functions.get(place.function);
    const source = this.sourceAt(place.source);
    if (owner === undefined || source === undefined) return;
    const mapping: Building<MappingView> = {
      name,
      spec,
      source,
      function: owner,
      settings,
      steady: settings.at(-1)?.value ?? undefined,
      batches: [],
      states: [],
      failures: [],
    };
    this.mappings.set(name, mapping);
    source.mappings.push(mapping);
  }

  private sourceAt(ref: string): Building<SourceView> | undefined {
    const known = this.sources.get(ref);
    if (known !== undefined) return known;
    const kind = sourceKind(ref);
    if (kind === undefined) return undefined;
    const source: Building<SourceView> = {
      ref,
      kind,
      records: [],
      mappings: [],
      resharded: [],
      remaining: undefined,
      removedAt: Number.POSITIVE_INFINITY,
      visibilityTimeoutSeconds: this.visibilityOf(ref),
    };
    this.sources.set(ref, source);
    return source;
  }

  private visibilityOf(ref: string): Timeline<number> {
    const queue = this.scenario.queues?.find(({ name }) => ref === `queue:${name}`);
    return constant(queue?.visibilityTimeoutSeconds ?? DEFAULT_VISIBILITY_SECONDS);
  }

  private declareRecords(step: SendStep): void {
    const source = this.sourceAt(step.to);
    if (source === undefined) {
      this.declarePushes(step);
      return;
    }
    for (const spec of step.records) {
      for (const id of recordIds(spec)) this.declareRecord(id, spec, step, source);
    }
  }

  private declarePushes(step: SendStep): void {
    this.pushById ??= new Map();
    for (const spec of step.records)
      for (const id of recordIds(spec)) {
        const push: Building<Push> = { id, spec, step, sent: undefined, attempts: [] };
        this.pushById.set(id, push);
        this.pushes.push(push);
      }
  }

  private declareRecord(id: string, spec: RecordSpec, step: SendStep, source: Building<SourceView>): void {
    const record: Building<RecordView> = {
      id,
      spec,
      step,
      source,
      sent: undefined,
      unsent: undefined,
      // Most are in one batch and never redriven: lists of their own are made when they are needed.
      batches: NO_BATCHES as Batch[],
      redriven: NO_DELIVERIES as Delivery[],
    };
    this.records.set(id, record);
    source.records.push(record);
  }

  takeSent(entry: Sent): void {
    const record = this.records.get(entry.record) ?? this.pushById?.get(entry.record);
    if (record !== undefined) record.sent = entry;
  }

  /** A message that a handler sent on; before any attempt is taken. */
  takeChained(entry: Sent): void {
    const chained: Building<ChainedRecord> = {
      id: entry.record,
      sent: entry,
      from: undefined,
      batches: [],
      redriven: [],
    };
    this.chainedById ??= new Map();
    this.chainedById.set(entry.record, chained);
    this.chainedRecords.push(chained);
  }

  /** Tells whose handlers sent these, when all attempts are known. */
  linkChained(attempts: ReadonlyMap<string, Attempt>): void {
    for (const chained of this.chainedRecords) chained.from = attempts.get(chained.sent.chainedFrom ?? '');
  }

  takeUnsent(entry: Unsent): void {
    const record = this.records.get(entry.record);
    if (record !== undefined) record.unsent = entry;
  }

  takeState(entry: MappingSeen): void {
    this.mappings.get(entry.mapping)?.states.push(entry);
  }

  takeRemaining(entry: Remaining): void {
    const source = this.sourceAt(entry.resource);
    if (source !== undefined) source.remaining = entry;
  }

  takeResharded(entry: Resharded): void {
    this.sources.get(entry.resource)?.resharded.push(entry);
  }

  takeRemoved(resource: string, at: number): void {
    const source = this.sources.get(resource);
    if (source !== undefined) source.removedAt = at;
  }

  /** The batch of an attempt by a mapping that is known; undefined for any other attempt. */
  takeStarted(started: Started, attempt: Attempt): Batch | undefined {
    const mapping = started.mapping === undefined ? undefined : this.mappings.get(started.mapping);
    if (mapping === undefined) return undefined;
    const seen = started.records ?? NO_SEEN;
    const records: (Building<RecordView> | undefined)[] = [];
    const batch: Batch = {
      attempt,
      started,
      mapping,
      seen,
      records,
      shard: seen[0]?.shard,
      index: mapping.batches.length,
      response: undefined,
    };
    for (const { record } of seen) {
      const known = record === undefined ? undefined : this.records.get(record);
      records.push(known);
      if (known === undefined) {
        this.chainedById?.get(record ?? '')?.batches.push(batch);
        continue;
      }
      if (known.batches.length === 0) known.batches = [batch];
      else known.batches.push(batch);
    }
    mapping.batches.push(batch);
    this.batches.push(batch);
    return batch;
  }

  /** An attempt with a record that a service pushed. */
  takePushed({ records }: Started, attempt: Attempt): void {
    if (records === undefined || this.pushById === undefined) return;
    for (const { record } of records) this.pushById.get(record ?? '')?.attempts.push(attempt);
  }

  takeDelivery(delivery: Delivery): void {
    const { entry } = delivery;
    if (entry.kind !== 'delivered') return;
    if (delivery.role === 'batchRecord' && entry.mapping !== undefined)
      this.mappings.get(entry.mapping)?.failures.push(delivery);
    if (delivery.role !== 'redriven' || entry.record === undefined) return;
    const record = this.records.get(entry.record);
    if (record === undefined) {
      this.chainedById?.get(entry.record)?.redriven.push(delivery);
      return;
    }
    if (record.redriven.length === 0) record.redriven = [delivery];
    else record.redriven.push(delivery);
  }

  /**
   * Declares the mappings that requests made, so that batches find them; before anything else is taken. A request
   * that may have been accepted (no answer was seen) counts.
   */
  declareRequested(requests: Iterable<ControlRequest>, rejected: ReadonlySet<string>): void {
    for (const { id, requested, step } of requests) {
      if (step.operation !== 'CreateEventSourceMapping' || step.mapping === undefined) continue;
      const asked = rejected.has(id) ? undefined : settingsAsked(step.input);
      if (asked !== undefined)
        this.declareMapping(step.mapping, asked, [ABSENT, madeAt(requested.at, asked)], undefined);
    }
  }

  /** Puts what requests did into the mappings' and queues' timelines, in order of their request. */
  applyRequests(requests: Iterable<ControlRequest>, tolerances: Tolerances): void {
    const pendingUntil = new Map<unknown, number>();
    for (const request of requests) {
      if (request.rejected !== undefined) continue;
      const { operation, input } = request.step;
      if (operation === 'SetQueueAttributes') this.setQueue(input, request, tolerances);
      const name = mappingNamed(request.step);
      const mapping = name === undefined ? undefined : this.mappings.get(name);
      if (mapping === undefined) continue;
      const { at } = request.requested;
      const answeredAt = request.answered?.at ?? Number.POSITIVE_INFINITY;
      // As for functions: without an answer, or with another request on its way, it never binds for certain.
      const before = pendingUntil.get(mapping) ?? Number.NEGATIVE_INFINITY;
      const current = mapping.settings.at(-1)?.value ?? null;
      const next = settingsNext(operation, input, current);
      if (next === undefined) continue;
      const isCertain = at > before && (next === null || isWithinLimits(next));
      const bindsAt = isCertain ? answeredAt + tolerances.mappingSettleSeconds : Number.POSITIVE_INFINITY;
      pendingUntil.set(mapping, Math.max(before, answeredAt));
      if (operation === 'CreateEventSourceMapping')
        mapping.settings = [ABSENT, { from: at, bindsAt, value: next }];
      else mapping.settings = [...mapping.settings, { from: at, bindsAt, value: next }];
      mapping.steady = steadyOf(mapping.settings);
    }
  }

  private setQueue(
    input: ControlRequest['step']['input'],
    request: ControlRequest,
    tolerances: Tolerances,
  ): void {
    const source = this.sources.get(String(input['QueueUrl']));
    const attributes = input['Attributes'];
    if (source === undefined || typeof attributes !== 'object' || attributes === null) return;
    const visibility = (attributes as { readonly [key: string]: unknown })['VisibilityTimeout'];
    if (visibility === undefined) return;
    const from = request.requested.at;
    const bindsAt = (request.answered?.at ?? Number.POSITIVE_INFINITY) + tolerances.settleSeconds;
    source.visibilityTimeoutSeconds = [
      ...source.visibilityTimeoutSeconds,
      { from, bindsAt, value: Number(visibility) },
    ];
  }
}

const ABSENT = {
  from: Number.NEGATIVE_INFINITY,
  bindsAt: Number.NEGATIVE_INFINITY,
  value: null,
} as const;

const madeAt = (from: number, value: MappingSettings) => ({ from, bindsAt: Number.POSITIVE_INFINITY, value });

/** The settings after a request; undefined where it changes none. */
function settingsNext(
  operation: ControlRequest['step']['operation'],
  input: ControlRequest['step']['input'],
  current: MappingSettings | null,
): MappingSettings | null | undefined {
  switch (operation) {
    case 'CreateEventSourceMapping':
      return settingsAsked(input);
    case 'UpdateEventSourceMapping':
      return current === null ? undefined : settingsAfter(current, input);
    case 'DeleteEventSourceMapping':
      return null;
    default:
      return undefined;
  }
}

/** The only settings that a mapping ever had; undefined where there were several. */
function steadyOf(settings: Timeline<MappingSettings | null>): MappingSettings | undefined {
  let only: MappingSettings | undefined;
  for (const { value } of settings) {
    if (value === null) continue;
    if (only !== undefined) return undefined;
    only = value;
  }
  return only;
}
