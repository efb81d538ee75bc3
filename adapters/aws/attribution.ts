import { type Json, jsonEqual, parsedJson } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { eventIds, type InvokeStep, type Scenario } from '../../engine/scenario.ts';
import { contract } from './fillers.ts';

/** An event of the scenario, and what is known of it on the wire. */
export interface WireEvent {
  readonly id: string;
  readonly step: InvokeStep;
  readonly stepIndex: number;
  /** As the handler will see it: AWS gives `{}` to the handler of a call without a body. */
  readonly payload: Json;
  /** The call's body is no JSON: there is no payload. */
  readonly isNoJson: boolean;
  attempts: number;
  /** Whether the call has left: no attempt can come before. */
  isSent: boolean;
  /** Whether the call was refused: then no attempt is expected. */
  isRefused: boolean;
  /** From the answer to its call. */
  answeredId?: string;
}

/**
 * Tells which event an attempt, a record or a dead letter belongs to. A scenario holds its functions alone, so
 * only its own events are possible; within them, by request id where it was seen, else by payload.
 */
export class Attribution {
  readonly events: ReadonlyMap<string, WireEvent>;
  readonly #ofFunction = new Map<string, WireEvent[]>();
  /** Functions that a step invokes without an event: their attempts cannot be told apart by elimination. */
  readonly #invokedOtherwise = new Set<string>();
  readonly #byRequestId = new Map<string, WireEvent>();
  /** Request ids that answers to two calls had in common: a target that does so tells nothing by them. */
  readonly #ambiguous = new Set<string>();

  constructor(scenario: Scenario) {
    const events = new Map<string, WireEvent>();
    scenario.steps.forEach((step, stepIndex) => {
      if (step.do === 'request' && step.operation === 'Invoke') {
        this.#invokedOtherwise.add(String(step.input['FunctionName']));
      }
      if (step.do !== 'invoke') return;
      // A body that is JSON arrives as what it says; one that is none is never looked for.
      const sent = step.body === undefined ? undefined : parsedJson(step.body);
      const payload = contract(step.payload === undefined ? (sent === undefined ? {} : sent) : step.payload);
      const isNoJson = step.body !== undefined && sent === undefined;
      for (const id of eventIds(step)) {
        const event: WireEvent = {
          id,
          step,
          stepIndex,
          payload,
          isNoJson,
          attempts: 0,
          isSent: false,
          isRefused: false,
        };
        events.set(id, event);
        const siblings = this.#ofFunction.get(step.function);
        if (siblings === undefined) this.#ofFunction.set(step.function, [event]);
        else siblings.push(event);
      }
    });
    this.events = events;
  }

  /** The call of `event` was answered with `requestId`. */
  answered(event: string, requestId: string): void {
    const owner = this.events.get(event);
    if (owner === undefined) return;
    for (const other of this.events.values()) {
      if (other !== owner && other.answeredId === requestId) this.#ambiguous.add(requestId);
    }
    owner.answeredId = requestId;
    if (!this.#ambiguous.has(requestId)) this.#byRequestId.set(requestId, owner);
  }

  /** The event of an attempt that has just started, counted as one more of its attempts. */
  ofAttempt(functionName: string, requestId: string, payload: Json): WireEvent | undefined {
    const known = this.#ambiguous.has(requestId) ? undefined : this.#byRequestId.get(requestId);
    // A record that goes to a function comes with a request id of its own, or with that of its event.
    const isForFunction = known === undefined || known.step.function === functionName;
    const event = (isForFunction ? known : undefined) ?? this.#byPayload(functionName, payload);
    if (event === undefined) return undefined;
    event.attempts++;
    if (!this.#byRequestId.has(requestId)) this.#byRequestId.set(requestId, event);
    return event;
  }

  /** Events repeated by `times` share a payload: the oldest that had no attempt yet, then the oldest. */
  #byPayload(functionName: string, payload: Json): WireEvent | undefined {
    let oldest: WireEvent | undefined;
    for (const event of this.#ofFunction.get(functionName) ?? []) {
      if (!event.isSent || event.isNoJson || !jsonEqual(event.payload, payload)) continue;
      if (event.attempts === 0) return event;
      oldest ??= event;
    }
    if (oldest !== undefined && oldest.step.type === 'Event') return oldest;
    return this.#onlyOneWaiting(functionName, payload) ?? oldest;
  }

  /**
   * The only event that still waits for its first attempt: a target that changes payloads on their way (or lets in
   * a body that is no JSON) is to be judged for that, and not for losing the event. Records for a function that
   * is a destination, and calls without an event, are no events of the scenario.
   */
  #onlyOneWaiting(functionName: string, payload: Json): WireEvent | undefined {
    if (asObject(payload)?.['requestContext'] !== undefined) return undefined;
    if (this.#invokedOtherwise.has(functionName)) return undefined;
    let only: WireEvent | undefined;
    for (const event of this.#ofFunction.get(functionName) ?? []) {
      if (!event.isSent || event.isRefused || event.attempts > 0 || event.step.type === 'DryRun') continue;
      if (only !== undefined) return undefined;
      only = event;
    }
    return only;
  }

  /** The event of an attempt, now that all answers are there: an answer's request id outranks a payload. */
  revised(requestId: string, assumed: WireEvent | undefined, functionName: string): WireEvent | undefined {
    if (this.#ambiguous.has(requestId)) return assumed;
    for (const event of this.#ofFunction.get(functionName) ?? []) {
      if (event.answeredId === requestId) return event;
    }
    return assumed;
  }

  /** The event that a record or dead letter is about. */
  ofDelivery(requestId: string | undefined, payload: Json | undefined): WireEvent | undefined {
    if (requestId !== undefined && !this.#ambiguous.has(requestId)) {
      const known = this.#byRequestId.get(requestId);
      if (known !== undefined) return known;
    }
    if (payload === undefined) return undefined;
    let found: WireEvent | undefined;
    for (const event of this.events.values()) {
      if (event.step.type !== 'Event' || !event.isSent || !jsonEqual(event.payload, payload)) continue;
      // Two functions may have been sent the same: then it cannot be told.
      if (found !== undefined) return undefined;
      found = event;
    }
    return found;
  }

  /** All request ids that were seen, so that what comes late is not taken for the next scenario's. */
  requestIds(): Iterable<string> {
    return this.#byRequestId.keys();
  }
}
