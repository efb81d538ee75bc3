/** Builds the view of a history, in one pass over its entries. */
import {
  applyRequest,
  DEFAULT_EVENT_INVOKE,
  type EventInvokeConfig,
  hasKnownEffect,
  possible,
  settled,
  type Timeline,
  timelinesOf,
} from './configuration.ts';
import type {
  Answered,
  Declined,
  Delivered,
  Ended,
  Entry,
  History,
  PermissionSet,
  Requested,
  Started,
} from './history.ts';
import { hasPolling, PollingIndex } from './pollingIndex.ts';
import { DeliveryRoles } from './record.ts';
import { isSuccess } from './scenario.ts';
import type { Tolerances } from './tolerances.ts';
import type {
  AsyncEvent,
  Attempt,
  Batch,
  Call,
  ChainedRecord,
  ControlRequest,
  Delivery,
  FunctionView,
  MappingView,
  Push,
  RecordView,
  SourceView,
  View,
} from './view.ts';

/** While it is being built, everything may be written. */
type Building<T> = {
  -readonly [K in keyof T]: T[K] extends Timeline<unknown>
    ? T[K]
    : T[K] extends readonly (infer U)[]
      ? U[]
      : T[K];
};

const NO_METRICS: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map();
const NO_SOURCES: ReadonlyMap<string, SourceView> = new Map();
const NO_MAPPINGS: ReadonlyMap<string, MappingView> = new Map();
const NO_RECORDS: ReadonlyMap<string, RecordView> = new Map();
const NO_BATCHES: readonly Batch[] = [];
const NO_CHAINED: readonly ChainedRecord[] = [];
const NO_PUSHES: readonly Push[] = [];
const NO_PERMISSIONS: readonly PermissionSet[] = [];
const NOTHING_DECLINED: Declined[] = [];
const NOTHING_REMOVED: ReadonlyMap<string, number> = new Map();

/** Indexes a history. Linear in its length. */
export function viewOf(history: History, tolerances: Tolerances): View {
  return new Indexer(history, tolerances).view();
}

class Indexer {
  private readonly functions: Map<string, Building<FunctionView>>;
  private readonly calls = new Map<string, Building<Call>>();
  private readonly callOfEvent = new Map<string, Building<Call>>();
  private readonly attempts: Building<Attempt>[] = [];
  private readonly attemptById = new Map<string, Building<Attempt>>();
  private readonly requests = new Map<string, Building<ControlRequest>>();
  private readonly deliveries: Delivery[] = [];
  private roles: DeliveryRoles | undefined;
  private throttles: Map<string, number[]> | undefined;
  private removed: Map<string, number> | undefined;
  private metrics: Map<string, Map<string, number>> | undefined;
  private declined = NOTHING_DECLINED;
  private watchedUntil = 0;
  /** Absent where the scenario has nothing to do with polling. */
  private readonly polling: PollingIndex | undefined;

  private readonly history: History;
  private readonly tolerances: Tolerances;

  constructor(history: History, tolerances: Tolerances) {
    this.history = history;
    this.tolerances = tolerances;
    this.functions = new Map();
    for (const spec of history.scenario.functions) {
      this.functions.set(spec.name, {
        name: spec.name,
        spec,
        attempts: [],
        states: [],
        ...timelinesOf(spec),
      });
    }
    if (hasPolling(history.scenario)) this.polling = new PollingIndex(history.scenario, this.functions);
  }

  view(): View {
    // Calls first, and what handlers sent on: where the function's clock is behind the caller's, an attempt is listed
    // before its call.
    for (const entry of this.history.entries) {
      if (entry.kind === 'requested') this.takeRequested(entry);
      else if (entry.kind === 'sent' && entry.chainedFrom !== undefined) this.polling?.takeChained(entry);
    }
    if (this.polling !== undefined && this.requests.size > 0) this.declareMappings(this.polling);
    for (const entry of this.history.entries) this.take(entry);
    this.polling?.linkChained(this.attemptById as ReadonlyMap<string, Attempt>);
    if (this.requests.size > 0) {
      this.applyRequests();
      this.polling?.applyRequests(this.requests.values(), this.tolerances);
    }
    for (const attempt of this.attempts)
      if (attempt.ended !== undefined)
        attempt.mayHaveBeenKilled = attempt.succeeded && isAtTheBrink(attempt, this.tolerances);
    return this.partition();
  }

  private declareMappings(polling: PollingIndex): void {
    const rejected = new Set<string>();
    for (const entry of this.history.entries) if (entry.kind === 'rejected') rejected.add(entry.call);
    polling.declareRequested(this.requests.values(), rejected);
  }

  private take(entry: Entry): void {
    switch (entry.kind) {
      case 'answered':
      case 'rejected': {
        const owner = this.calls.get(entry.call) ?? this.requests.get(entry.call);
        if (owner === undefined) return;
        if (entry.kind === 'answered') owner.answered = entry;
        else owner.rejected = entry;
        return;
      }
      case 'hungUp': {
        const call = this.calls.get(entry.call);
        if (call !== undefined) call.hungUp = entry;
        return;
      }
      case 'started':
        this.takeStarted(entry);
        return;
      case 'ended':
        this.takeEnded(entry);
        return;
      case 'delivered':
        this.takeDelivered(entry);
        return;
      case 'throttled': {
        this.throttles ??= new Map();
        const times = this.throttles.get(entry.event);
        if (times === undefined) this.throttles.set(entry.event, [entry.at]);
        else times.push(entry.at);
        return;
      }
      case 'state':
        this.functions.get(entry.function)?.states.push({ at: entry.at, state: entry.state });
        return;
      case 'removed':
        this.removed ??= new Map();
        this.removed.set(entry.resource, entry.at);
        this.polling?.takeRemoved(entry.resource, entry.at);
        return;
      case 'sent':
        if (entry.chainedFrom === undefined) this.polling?.takeSent(entry);
        return;
      case 'unsent':
        this.polling?.takeUnsent(entry);
        return;
      case 'mapping':
        this.polling?.takeState(entry);
        return;
      case 'remaining':
        this.polling?.takeRemaining(entry);
        return;
      case 'resharded':
        this.polling?.takeResharded(entry);
        return;
      case 'permission':
        this.polling?.permissions.push(entry);
        return;
      case 'metric': {
        this.metrics ??= new Map();
        const of = entry.mapping === undefined ? entry.function : `mapping:${entry.mapping}`;
        let ofFunction = this.metrics.get(of);
        if (ofFunction === undefined) {
          ofFunction = new Map();
          this.metrics.set(of, ofFunction);
        }
        ofFunction.set(entry.name, entry.value);
        return;
      }
      case 'closed':
        this.watchedUntil = entry.isComplete === true ? Number.POSITIVE_INFINITY : entry.at;
        return;
      case 'declined':
        if (this.declined === NOTHING_DECLINED) this.declined = [];
        this.declined.push(entry);
        return;
      case 'requested':
      case 'streamed':
        return;
    }
  }

  private takeDelivered(entry: Delivered): void {
    this.roles ??= new DeliveryRoles(this.history.scenario);
    const { at, resource, event } = entry;
    const delivery: Delivery = { entry, at, resource, event, role: this.roles.of(entry) };
    this.deliveries.push(delivery);
    this.polling?.takeDelivery(delivery);
  }

  private takeRequested(entry: Requested): void {
    const step = this.history.scenario.steps[entry.step];
    if (step === undefined) return;
    if (step.do === 'request') {
      this.requests.set(entry.call, {
        id: entry.call,
        requested: entry,
        step,
        answered: undefined,
        rejected: undefined,
      });
      return;
    }
    if (step.do !== 'invoke') return;
    const event = entry.event ?? step.event;
    const call: Building<Call> = {
      id: entry.call,
      event,
      requested: entry,
      step,
      function: this.functions.get(entry.function ?? step.function),
      qualifier: entry.chainedFrom === undefined ? step.qualifier : undefined,
      type: entry.type ?? step.type ?? 'RequestResponse',
      answered: undefined,
      rejected: undefined,
      hungUp: undefined,
      attempts: [],
    };
    this.calls.set(entry.call, call);
    this.callOfEvent.set(event, call);
  }

  private takeStarted(entry: Started): void {
    const owner = this.functions.get(entry.function);
    if (owner === undefined) return;
    const call = entry.event === undefined ? undefined : this.callOfEvent.get(entry.event);
    const attempt: Building<Attempt> = {
      id: entry.attempt,
      started: entry,
      startedAt: entry.at,
      function: owner,
      ordinal: call === undefined ? 1 : call.attempts.length + 1,
      ended: undefined,
      endedEarliest: entry.at,
      endedLatest: Number.POSITIVE_INFINITY,
      outcome: entry.planned,
      succeeded: isSuccess(entry.planned),
      mayHaveBeenKilled: isSuccess(entry.planned),
      batch: undefined,
    };
    if (entry.planned === 'timeout') {
      const timeoutSeconds = owner.spec.timeoutSeconds;
      this.killAfter(attempt, timeoutSeconds, timeoutSeconds);
    }
    this.attempts.push(attempt);
    this.attemptById.set(entry.attempt, attempt);
    owner.attempts.push(attempt);
    if (call !== undefined) call.attempts.push(attempt);
    else if (entry.mapping !== undefined)
      attempt.batch = this.polling?.takeStarted(entry, attempt as Attempt);
    else if (entry.records !== undefined) this.polling?.takePushed(entry, attempt as Attempt);
    else this.takeRecordAsPayload(entry);
  }

  /**
   * A handler that is killed tells nobody: its end is the timeout, within the target's slack. It may be killed earlier
   * than that, too, for its start may have been seen late, after the timer began.
   */
  private killAfter(attempt: Building<Attempt>, leastSeconds: number, mostSeconds: number): void {
    const { clockSkewSeconds, schedulingSlackSeconds } = this.tolerances;
    const earliest = attempt.startedAt + leastSeconds - clockSkewSeconds - schedulingSlackSeconds;
    attempt.endedEarliest = Math.max(attempt.startedAt, earliest);
    attempt.endedLatest = attempt.startedAt + mostSeconds + schedulingSlackSeconds;
  }

  /** A Lambda destination is invoked with the record as its payload. */
  private takeRecordAsPayload(entry: Started): void {
    if (entry.about === undefined) return;
    this.deliveries.push({
      entry,
      at: entry.at,
      resource: `function:${entry.function}`,
      event: entry.about,
      role: 'record',
    });
  }

  private takeEnded(entry: Ended): void {
    const attempt = this.attemptById.get(entry.attempt);
    if (attempt === undefined) return;
    attempt.ended = entry;
    attempt.endedEarliest = entry.at;
    attempt.endedLatest = entry.latest ?? entry.at;
    attempt.outcome = entry.outcome;
    attempt.succeeded = isSuccess(entry.outcome);
  }

  /** Puts the accepted control-plane requests into the functions' timelines, in order of their request. */
  private applyRequests(): void {
    const settleSeconds = this.tolerances.settleSeconds;
    const pendingUntil = new Map<unknown, number>();
    for (const request of this.requests.values()) {
      const name = request.step.input['FunctionName'];
      const owner = typeof name === 'string' ? this.functions.get(name) : undefined;
      if (owner === undefined || request.rejected !== undefined) continue;
      const { at } = request.requested;
      const answeredAt = request.answered?.at ?? Number.POSITIVE_INFINITY;
      // Without an answer it may or may not have been applied, and of two requests on their way at once either may
      // be applied last: such a one never binds for certain. Nor does one of which AWS's pages do not say the effect.
      const before = pendingUntil.get(owner) ?? Number.NEGATIVE_INFINITY;
      const isCertain = at > before && hasKnownEffect(request.step);
      const bindsAt = isCertain ? answeredAt + settleSeconds : Number.POSITIVE_INFINITY;
      const changed = applyRequest(owner, request.step, at, bindsAt);
      if (Object.keys(changed).length === 0) continue;
      pendingUntil.set(owner, Math.max(before, answeredAt));
      Object.assign(owner, changed);
    }
    for (const owner of this.functions.values()) if (owner.timeoutSeconds.length > 1) this.widenEnds(owner);
  }

  /** Where the timeout changed under way, a killed handler ended by one of the timeouts that it may have had. */
  private widenEnds(owner: Building<FunctionView>): void {
    for (const attempt of owner.attempts as Building<Attempt>[]) {
      if (attempt.ended !== undefined || attempt.outcome !== 'timeout') continue;
      const timeouts = possible(owner.timeoutSeconds, attempt.startedAt, attempt.startedAt);
      this.killAfter(attempt, Math.min(...timeouts), Math.max(...timeouts));
    }
  }

  private partition(): View {
    const calls: Call[] = [];
    const sync: Call[] = [];
    const syncAnswered: Call[] = [];
    const streams: Call[] = [];
    const dryRuns: Call[] = [];
    const rejected: Call[] = [];
    const chained: Call[] = [];
    const events: Building<AsyncEvent>[] = [];
    const chainedEvents: Building<AsyncEvent>[] = [];
    const byId = new Map<string, Building<AsyncEvent>>();
    for (const call of this.calls.values()) {
      const isOwn = call.requested.chainedFrom === undefined;
      (isOwn ? calls : chained).push(call);
      if (call.type === 'Event' && call.answered !== undefined && call.function !== undefined) {
        const event = this.eventOf(call, call.answered, call.function);
        byId.set(event.id, event);
        (isOwn ? events : chainedEvents).push(event);
      }
      if (!isOwn) continue;
      if (call.rejected !== undefined) rejected.push(call);
      if (call.step.stream === true) streams.push(call);
      else if (call.type === 'DryRun') dryRuns.push(call);
      else if (call.type === 'RequestResponse') {
        sync.push(call);
        if (call.answered !== undefined) syncAnswered.push(call);
      }
    }
    for (const delivery of this.deliveries) {
      const event = delivery.event === undefined ? undefined : byId.get(delivery.event);
      if (event === undefined) continue;
      if (delivery.role === 'record') event.records.push(delivery);
      else if (delivery.role === 'deadLetter') event.deadLetters.push(delivery);
    }
    return {
      history: this.history,
      tolerances: this.tolerances,
      functions: this.functions,
      calls,
      sync,
      syncAnswered,
      streams,
      dryRuns,
      rejected,
      events,
      attempts: this.attempts,
      chained,
      chainedEvents,
      requests: this.requests.size === 0 ? NO_REQUESTS : [...this.requests.values()],
      deliveries: this.deliveries,
      sources: this.polling?.sources ?? NO_SOURCES,
      mappings: this.polling?.mappings ?? NO_MAPPINGS,
      batches: this.polling?.batches ?? NO_BATCHES,
      records: this.polling?.records ?? NO_RECORDS,
      chainedRecords: this.polling?.chainedRecords ?? NO_CHAINED,
      pushes: this.polling?.pushes ?? NO_PUSHES,
      permissions: this.polling?.permissions ?? NO_PERMISSIONS,
      declined: this.declined,
      removed: this.removed ?? NOTHING_REMOVED,
      watchedUntil: this.watchedUntil,
      metrics: this.metrics ?? NO_METRICS,
    };
  }

  private eventOf(call: Call, answered: Answered, owner: FunctionView): Building<AsyncEvent> {
    const qualifier = call.qualifier ?? '$LATEST';
    let succeeded = false;
    for (const attempt of call.attempts) if (attempt.succeeded) succeeded = true;
    return {
      id: call.event,
      call,
      answered,
      acceptedAt: answered.at,
      function: owner,
      qualifier,
      attempts: call.attempts as Attempt[],
      succeeded,
      records: [],
      deadLetters: [],
      config: governingConfig(owner, qualifier, call.requested.at),
      deadLetterTarget: settled(owner.deadLetter, call.requested.at, Number.POSITIVE_INFINITY),
      throttledAt: this.throttles?.get(call.event) ?? (NO_TIMES as number[]),
    };
  }
}

const NO_REQUESTS: readonly ControlRequest[] = [];
const NO_TIMES: readonly number[] = [];

/**
 * The configuration that governs events accepted from `since` on through `qualifier`: the qualifier's own
 * (ASYNC-CFG-01: each is configured independently). Undefined where it changed afterwards (ASYNC-CFG-04: AWS does
 * not say which one then counts), and for an alias without a configuration whose versions have one (ASYNC-CFG-02:
 * nor does it say whether that one applies).
 */
function governingConfig(
  owner: FunctionView,
  qualifier: string,
  since: number,
): EventInvokeConfig | undefined {
  const own = owner.eventInvoke.get(qualifier);
  if (own !== undefined) {
    const config = settled(own, since, Number.POSITIVE_INFINITY);
    return config === null ? (owner.eventInvoke.size === 1 ? DEFAULT_EVENT_INVOKE : undefined) : config;
  }
  return owner.eventInvoke.size === 0 ? DEFAULT_EVENT_INVOKE : undefined;
}

/** Whether a handler came to its end so late that its timeout may have been over before its answer was there. */
function isAtTheBrink(attempt: Building<Attempt>, { schedulingSlackSeconds }: Tolerances): boolean {
  const { spec, timeoutSeconds } = attempt.function;
  const seenSeconds = attempt.endedLatest - attempt.startedAt;
  const elapsedSeconds = Math.max(seenSeconds, attempt.ended?.elapsedSeconds ?? 0);
  let shortest = spec.timeoutSeconds;
  if (timeoutSeconds.length > 1) for (const { value } of timeoutSeconds) shortest = Math.min(shortest, value);
  // One that was over in half its time is taken at its word, however short the timeout.
  if (elapsedSeconds <= shortest / 2) return false;
  return elapsedSeconds + schedulingSlackSeconds + (spec.initSeconds ?? 0) >= shortest;
}
