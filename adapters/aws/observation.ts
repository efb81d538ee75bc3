import type { Entry, History, Started } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import {
  behaviourAt,
  type FunctionSpec,
  isSuccess,
  outcomeOf,
  type Scenario,
} from '../../engine/scenario.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import { Attribution, type WireEvent } from './attribution.ts';
import type { Attendant, EndedReport, Order, StartedReport } from './collector.ts';
import { contract } from './fillers.ts';
import type { Renaming } from './names.ts';
import { Polling, type WireBatch } from './polling/polling.ts';
import { eventOfMapping } from './polling/wireBatch.ts';
import type { WatchedEvent } from './watch.ts';
import { watched } from './watched.ts';

/** An attempt as it is being observed. */
export interface Attempt {
  readonly started: Started;
  readonly event: WireEvent | undefined;
  /** For an attempt by an event source mapping. */
  readonly batch: WireBatch | undefined;
  readonly spec: FunctionSpec;
  readonly order: Order;
  endedAt: number | undefined;
  succeeded: boolean;
}

/** A message as its receiver got it. */
export interface Message {
  readonly body: string;
  /** Message id of SQS. */
  readonly id?: string;
  readonly attributes?: Readonly<Record<string, { readonly type: string; readonly value: string }>>;
  readonly objectKey?: string;
}

/** All that is seen of one scenario while it runs; at its end, the history. */
export class Observation {
  readonly scenario: Scenario;
  readonly attribution: Attribution;
  readonly polling: Polling;
  readonly tolerances: Tolerances;
  readonly attempts: Attempt[] = [];
  /** Event id to the times of its records and dead letters. */
  readonly deliveredAt = new Map<string, number[]>();
  /** Event id to when its call was over, and how. */
  readonly callsDone = new Map<string, { readonly at: number; readonly kind: WatchedEvent['kind'] }>();
  readonly #renaming: Renaming;
  readonly #entries: Entry[] = [];
  readonly #isForeign: (requestId: string) => boolean;
  readonly #attemptById = new Map<string, Attempt>();
  #originMs = performance.now();
  #originEpochMs = Date.now();
  #closedAt = Number.POSITIVE_INFINITY;
  #defect: { readonly thrown: unknown } | undefined;

  /** @param isForeign whether a request id is known to belong to an earlier scenario */
  constructor(
    scenario: Scenario,
    tolerances: Tolerances,
    renaming: Renaming,
    isForeign: (requestId: string) => boolean,
  ) {
    this.scenario = scenario;
    this.tolerances = tolerances;
    this.#renaming = renaming;
    this.#isForeign = isForeign;
    this.attribution = new Attribution(scenario);
    this.polling = new Polling(scenario);
  }

  /** The scenario begins now. */
  begin(): void {
    this.#originMs = performance.now();
    this.#originEpochMs = Date.now();
  }

  /** Seconds since the scenario began. */
  now(): number {
    return (performance.now() - this.#originMs) / 1000;
  }

  /** A time of the scenario as the calendar has it. */
  dateOf(atSeconds: number): Date {
    return new Date(this.#originEpochMs + atSeconds * 1000);
  }

  record(entry: Entry): void {
    // What comes after the end was not watched for.
    if (entry.at <= this.#closedAt) this.#entries.push(entry);
  }

  /** The observer stops watching at `at`. */
  close(at: number): void {
    this.record({ kind: 'closed', at });
    this.#closedAt = at;
  }

  callDone(event: string, kind: WatchedEvent['kind'], at: number): void {
    this.callsDone.set(event, { at, kind });
    const wireEvent = this.attribution.events.get(event);
    if (kind === 'none' && wireEvent !== undefined) wireEvent.isRefused = true;
  }

  /** The attendant of one of the scenario's functions. */
  attendant(spec: FunctionSpec): Attendant {
    return {
      started: (report) => this.#noting(() => this.#started(spec, report), UNHEARD),
      ended: (report) => void this.#noting(() => this.#ended(report), undefined),
    };
  }

  /** What `work` throws is a defect of ours: the history is worth nothing then, and `finish` says so. */
  async #noting<T>(work: () => T | Promise<T>, instead: T): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      this.#defect ??= { thrown };
      return instead;
    }
  }

  #ended({ attempt, outcome, elapsedSeconds }: EndedReport): void {
    const running = this.#attemptById.get(attempt);
    if (running === undefined) return;
    running.endedAt = this.now();
    running.succeeded = isSuccess(outcome);
    if (running.batch !== undefined) {
      running.batch.endedAt = running.endedAt;
      running.batch.succeeded = running.succeeded;
    }
    const { order, started } = running;
    // What it returns is what it was told to return; it is not sent to and fro.
    const result = order.returnsEvent === true ? started.payload : order.value;
    this.record({
      kind: 'ended',
      at: running.endedAt,
      attempt,
      outcome,
      ...(elapsedSeconds === undefined ? {} : { elapsedSeconds }),
      ...(outcome === 'ok' && order.outcome === 'ok' && result !== undefined
        ? { result: contract(result) }
        : {}),
    });
  }

  #started(spec: FunctionSpec, report: StartedReport): Order | Promise<Order> {
    const at = this.now();
    // A late attempt of an earlier scenario, or after the end of this one: let it end, and say nothing of it.
    if (this.#isForeign(report.requestId ?? '') || at > this.#closedAt) return UNHEARD;
    const payload = this.#renaming.toScenario(report.payload);
    const ofMapping = eventOfMapping(payload);
    if (ofMapping === undefined) return this.#begin(spec, report, payload, at, undefined);
    if (this.polling.isForeign(ofMapping)) return UNHEARD;
    const begin = () => {
      const batch = this.polling.started(ofMapping, spec.name, report, at, spec.timeoutSeconds);
      return this.#begin(spec, report, payload, at, batch);
    };
    // It may be here before the answer that says which record it is.
    const quiet = this.polling.quiet();
    return quiet === undefined ? begin() : quiet.then(begin);
  }

  #begin(
    spec: FunctionSpec,
    report: StartedReport,
    payload: Json,
    at: number,
    batch: WireBatch | undefined,
  ): Order {
    const requestId = report.requestId ?? '';
    const event = batch === undefined ? this.attribution.ofAttempt(spec.name, requestId, payload) : undefined;
    const attempt = `a${this.attempts.length + 1}`;
    const behaviour =
      batch?.behaviour ??
      (event === undefined ? { do: 'ok' as const } : behaviourAt(event.step.plan, event.attempts));
    const outcome = outcomeOf(behaviour, spec.timeoutSeconds);
    const order: Order = {
      attempt,
      outcome,
      message: behaviour.message ?? 'planned failure',
      oversizeBytes: this.tolerances.syncPayloadBytes + 2 * this.tolerances.payloadMarginBytes,
      // A handler that is to time out outlives its timeout by far, whoever measures.
      ...(outcome === 'timeout'
        ? { afterSeconds: Math.max(behaviour.afterSeconds ?? 0, spec.timeoutSeconds + 10) }
        : behaviour.afterSeconds === undefined
          ? {}
          : { afterSeconds: behaviour.afterSeconds }),
      ...(behaviour.logBytes === undefined ? {} : { logBytes: behaviour.logBytes }),
      ...(behaviour.value === undefined ? { returnsEvent: true } : { value: behaviour.value }),
    };
    const about = event === undefined && batch === undefined ? this.#aboutEvent(payload) : undefined;
    if (about !== undefined) this.#countDelivery(about.id, at);
    const started: Started = {
      kind: 'started',
      at,
      attempt,
      function: spec.name,
      version: report.version ?? '',
      requestId,
      ...(event === undefined ? {} : { event: event.id }),
      ...(about === undefined ? {} : { about: about.id }),
      environment: report.environment,
      payload,
      ...(hasContext(report.clientContext) ? { clientContext: report.clientContext } : {}),
      planned: outcome,
      ...(batch?.mapping === undefined ? {} : { mapping: batch.mapping.name, records: batch.seen }),
    };
    const running: Attempt = { started, event, batch, spec, order, endedAt: undefined, succeeded: false };
    this.attempts.push(running);
    this.#attemptById.set(attempt, running);
    this.record(started);
    return order;
  }

  /** Something came out at `resource`, e.g. `queue:failed`. */
  delivered(resource: string, message: Message): void {
    const at = this.now();
    const parsed = parseJson(message.body);
    // A dead letter may be `null`, which is JSON.
    const body = contract(this.#renaming.toScenario(parsed === undefined ? message.body : parsed));
    const record = resource.startsWith('bus:') ? asObject(asObject(body)?.['detail']) : asObject(body);
    const requestId = asObject(record?.['requestContext'])?.['requestId'];
    const id = typeof requestId === 'string' ? requestId : message.attributes?.['RequestID']?.value;
    if (id !== undefined && this.#isForeign(id)) return;
    const payload = record?.['requestContext'] === undefined ? body : record['requestPayload'];
    const event = this.attribution.ofDelivery(id, payload);
    if (event !== undefined) this.#countDelivery(event.id, at);
    // Of a record only the content counts; a dead letter is the event's own bytes.
    const isRecord = record?.['requestContext'] !== undefined;
    const bytesMatter =
      parsed === undefined || (!isRecord && !isBig(body) && JSON.stringify(parsed) !== message.body);
    const mapping = this.polling.failed(record);
    const redriven =
      mapping === undefined
        ? this.polling.redriven(resource, this.scenario, message.id, message.body)
        : undefined;
    this.record({
      kind: 'delivered',
      at,
      resource,
      ...(event === undefined ? {} : { event: event.id }),
      ...(mapping === undefined ? {} : { mapping: mapping.name }),
      ...(redriven === undefined ? {} : { record: redriven.id }),
      body,
      ...(bytesMatter ? { text: this.#renaming.toScenario(message.body) as string } : {}),
      ...(message.attributes === undefined ? {} : { attributes: message.attributes }),
      ...(message.objectKey === undefined ? {} : { objectKey: message.objectKey }),
    });
  }

  /** The event that a record in a function's payload is about. */
  #aboutEvent(payload: Json): WireEvent | undefined {
    const record = asObject(payload);
    const requestId = asObject(record?.['requestContext'])?.['requestId'];
    return this.attribution.ofDelivery(
      typeof requestId === 'string' ? requestId : undefined,
      record?.['requestPayload'],
    );
  }

  #countDelivery(event: string, at: number): void {
    const times = this.deliveredAt.get(event);
    if (times === undefined) this.deliveredAt.set(event, [at]);
    else times.push(at);
  }

  /** What the watch has to know of each event whose call is over. */
  watched(): WatchedEvent[] {
    return watched(this);
  }

  /**
   * The history, in order of time. Attempts get the event that the answers' request ids name.
   * @throws what went wrong with a report: there was an attempt then, or an end, that is missing here
   */
  finish(): History {
    if (this.#defect !== undefined) throw this.#defect.thrown;
    for (const [index, entry] of this.#entries.entries()) {
      if (entry.kind !== 'started') continue;
      const assumed = entry.event === undefined ? undefined : this.attribution.events.get(entry.event);
      const event = this.attribution.revised(entry.requestId, assumed, entry.function);
      if (event !== assumed && event !== undefined) this.#entries[index] = { ...entry, event: event.id };
    }
    const entries = this.#entries.slice().sort((a, b) => a.at - b.at);
    return { scenario: this.scenario, entries };
  }
}

const UNHEARD: Order = { attempt: '', outcome: 'ok', returnsEvent: true };

/** Runtimes say "none" by `undefined` or by `null`. */
const hasContext = (context: Json | undefined): context is Json => context !== undefined && context !== null;

const isBig = (body: Json): boolean => typeof body === 'object' && body !== null && '$filler' in body;

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
