/**
 * Histories in a tiny language, so that a rule's test is one line long:
 *
 *   history({ retries: 1 }, 'e1: accept, fail, fail, ok')
 *
 * One line an event. Words: `accept` (an Event call, 202), `call` (a RequestResponse call), `answer STATUS
 * [FUNCTION-ERROR]`, `reject STATUS ERROR [REASON]`, any outcome of a handler (`ok`, `throw`, `timeout`, `exit`,
 * `oversize`, …; `fail` is `throw`) for one attempt, `start OUTCOME` for one whose end is not seen, `throttle`,
 * `record CONDITION COUNT`, `dead`. Any word may end in `@SECONDS`, its time; else time goes on by itself, one and
 * two minutes before the retries.
 */
import type { Entry, History } from '../../engine/history.ts';
import { RETRY_DELAYS_SECONDS } from '../../engine/horizon.ts';
import type { Json } from '../../engine/json.ts';
import {
  type Behaviour,
  type EventInvokeSpec,
  type FunctionSpec,
  OUTCOMES,
  type Outcome,
  type Scenario,
  type Step,
} from '../../engine/scenario.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../engine/tolerances.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';

/** The one function `f` of the scenario, and what is configured on it. */
export interface Given {
  readonly retries?: number;
  readonly ageSeconds?: number;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly qualifier?: string;
  readonly function?: Partial<FunctionSpec>;
  /** The payload of every event; by default `{ "id": event }`. */
  readonly payload?: Json;
  /** Anything else of the scenario. */
  readonly scenario?: Partial<Scenario>;
  /** The observer left at this time; by default it saw the end of all. */
  readonly closedAt?: number;
  readonly tolerances?: Partial<Tolerances>;
}

/** A history in the notation above, indexed. */
export const view = (given: Given, ...lines: string[]): View =>
  viewOf(history(given, ...lines), { ...AWS_TOLERANCES, ...given.tolerances });

/** A history in the notation above. */
export function history(given: Given, ...lines: string[]): History {
  const entries: Entry[] = [];
  const steps: Step[] = [];
  for (const line of lines) {
    const [event = '', words = ''] = line.split(':').map((part) => part.trim());
    new Line(given, event, steps.length, entries, steps).read(words);
  }
  entries.sort((a, b) => a.at - b.at);
  const last = entries.at(-1)?.at ?? 0;
  entries.push(
    given.closedAt === undefined
      ? { kind: 'closed', at: last, isComplete: true }
      : { kind: 'closed', at: given.closedAt },
  );
  return { scenario: scenarioOf(given, steps), entries };
}

function scenarioOf(given: Given, steps: Step[]): Scenario {
  const config: EventInvokeSpec = { qualifier: given.qualifier ?? '$LATEST' };
  if (given.retries !== undefined) config.maximumRetryAttempts = given.retries;
  if (given.ageSeconds !== undefined) config.maximumEventAgeSeconds = given.ageSeconds;
  if (given.onSuccess !== undefined) config.onSuccess = given.onSuccess;
  if (given.onFailure !== undefined) config.onFailure = given.onFailure;
  const eventInvoke = Object.keys(config).length > 1 ? [config] : [];
  const f: FunctionSpec = { name: 'f', timeoutSeconds: 3, eventInvoke, ...given.function };
  return { scenario: 1, functions: [f], steps, ...given.scenario };
}

class Line {
  private readonly given: Given;
  private readonly event: string;
  private readonly index: number;
  private readonly entries: Entry[];
  private readonly steps: Step[];
  private now = 0;
  private attempts = 0;
  private type: 'Event' | 'RequestResponse' = 'Event';

  constructor(given: Given, event: string, index: number, entries: Entry[], steps: Step[]) {
    this.given = given;
    this.event = event;
    this.index = index;
    this.entries = entries;
    this.steps = steps;
  }

  read(words: string): void {
    const plan: Behaviour[] = [];
    for (const word of words.split(',')) {
      const [what = '', at] = word.trim().split('@');
      if (at !== undefined) this.now = Number(at);
      this.word(what.trim().split(/\s+/), plan, at !== undefined);
    }
    this.steps.push({
      atSeconds: 0,
      do: 'invoke',
      function: 'f',
      type: this.type,
      event: this.event,
      payload: this.payload(),
      plan: plan.length === 0 ? ['ok'] : plan,
      ...(this.given.qualifier === undefined ? {} : { qualifier: this.given.qualifier }),
    });
  }

  private payload(): Json {
    return this.given.payload ?? { id: this.event };
  }

  private word([what = '', ...rest]: string[], plan: Behaviour[], isTimed: boolean): void {
    const call = `c-${this.event}`;
    const at = this.now;
    switch (what) {
      case 'accept':
        this.entries.push({ kind: 'requested', at, call, step: this.index, event: this.event });
        this.entries.push({ kind: 'answered', at, call, status: 202, requestId: `r-${this.event}` });
        return;
      case 'call':
        this.type = 'RequestResponse';
        this.entries.push({ kind: 'requested', at, call, step: this.index, event: this.event });
        return;
      case 'answer': {
        const [status = '200', functionError] = rest;
        const entry: Entry = {
          kind: 'answered',
          at,
          call,
          status: Number(status),
          requestId: `r-${this.event}`,
        };
        this.entries.push(functionError === undefined ? entry : { ...entry, functionError });
        return;
      }
      case 'reject': {
        const [status = '400', error = '', reason] = rest;
        const entry: Entry = { kind: 'rejected', at, call, status: Number(status), error };
        this.entries.push(reason === undefined ? entry : { ...entry, reason });
        return;
      }
      case 'throttle':
        this.entries.push({ kind: 'throttled', at, event: this.event });
        return;
      case 'record':
        this.entries.push(this.record(rest[0] ?? 'Success', Number(rest[1] ?? 1)));
        return;
      case 'dead':
        this.entries.push(this.deadLetter());
        return;
      case 'start':
        this.attempt(outcomeNamed(rest[0] ?? 'ok'), plan, false, isTimed);
        return;
      default:
        this.attempt(outcomeNamed(what), plan, true, isTimed);
    }
  }

  private attempt(outcome: Outcome, plan: Behaviour[], endIsSeen: boolean, isTimed: boolean): void {
    if (this.attempts > 0 && !isTimed) this.now += RETRY_DELAYS_SECONDS[this.attempts - 1] ?? 120;
    this.attempts++;
    plan.push(outcome);
    const attempt = `a-${this.event}-${this.attempts}`;
    this.entries.push({
      kind: 'started',
      at: this.now,
      attempt,
      function: 'f',
      version: '$LATEST',
      requestId: `r-${this.event}`,
      event: this.event,
      environment: 'env-1',
      payload: this.payload(),
      planned: outcome,
    });
    this.now += outcome === 'timeout' ? 3 : 0.1;
    if (!endIsSeen) return;
    const entry: Entry = { kind: 'ended', at: this.now, attempt, outcome };
    this.entries.push(outcome === 'ok' ? { ...entry, result: this.payload() } : entry);
  }

  private record(condition: string, count: number): Entry {
    const isOk = condition === 'Success';
    const resource = (isOk ? this.given.onSuccess : this.given.onFailure) ?? 'queue:undeclared';
    const body: Json = {
      version: '1.0',
      timestamp: '2025-11-24T12:00:00.000Z',
      requestContext: {
        requestId: `r-${this.event}`,
        functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST',
        condition,
        approximateInvokeCount: count,
      },
      requestPayload: this.payload(),
      responseContext: isOk
        ? { statusCode: 200, executedVersion: '$LATEST' }
        : { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: isOk ? this.payload() : { errorType: 'Error', errorMessage: 'thrown' },
    };
    return { kind: 'delivered', at: this.now, resource, event: this.event, body };
  }

  private deadLetter(): Entry {
    return {
      kind: 'delivered',
      at: this.now,
      resource: this.given.function?.deadLetter ?? 'queue:undeclared',
      event: this.event,
      body: this.payload(),
      text: JSON.stringify(this.payload()),
      attributes: {
        RequestID: { type: 'String', value: `r-${this.event}` },
        ErrorCode: { type: 'Number', value: '200' },
        ErrorMessage: { type: 'String', value: 'thrown' },
      },
    };
  }
}

function outcomeNamed(word: string): Outcome {
  if (word === 'fail') return 'throw';
  const outcome = OUTCOMES.find((known) => known === word);
  if (outcome === undefined) throw new Error(`"${word}" is no word of the notation`);
  return outcome;
}

/** What a rule found in a history: how many subjects it kept, broke, left open or observed. */
export function decided(
  rule: { readonly decide: (view: View, judge: import('../../engine/rule.ts').Judge) => void },
  seen: View,
): { kept: number; broken: import('../../engine/rule.ts').Breach[]; unknown: string[]; observed: string[] } {
  const result = {
    kept: 0,
    broken: [] as import('../../engine/rule.ts').Breach[],
    unknown: [] as string[],
    observed: [] as string[],
  };
  rule.decide(seen, {
    kept: () => {
      result.kept++;
    },
    broken: (breach) => {
      result.broken.push(breach);
    },
    unknown: (reason) => {
      result.unknown.push(reason);
    },
    observed: (label) => {
      result.observed.push(label);
    },
  });
  return result;
}
