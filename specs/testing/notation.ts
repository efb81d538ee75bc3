/**
 * Histories in a tiny language, so that a rule's test is one line long:
 *
 *   history({ retries: 1 }, 'e1: accept, fail, fail, ok')
 *
 * One line an event. Words: `accept` (an Event call, 202), `call` (a RequestResponse call), `answer STATUS
 * [FUNCTION-ERROR]`, `reject STATUS ERROR [REASON]`, any outcome of a handler (`ok`, `throw`, `timeout`, `exit`,
 * `oversize`, …; `fail` is `throw`) for one attempt, `start OUTCOME` for one whose end is not seen, `throttle`,
 * `record CONDITION COUNT` and `dead`, either with a resource after it, written `queue/NAME`, where it is not the one
 * that is configured. Any word may end in `@SECONDS`, its time; else time goes on by itself, one and two minutes before
 * the retries. A line `remove: queue/NAME@SECONDS` tells that a resource was deleted.
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
import { deadLetterEntry, recordEntry, type Told } from './records.ts';

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
    if (event === 'remove') {
      remove(words, entries, steps);
      continue;
    }
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

function remove(words: string, entries: Entry[], steps: Step[]): void {
  const [name = '', at = '0'] = words.split('@');
  const resource = name.replace('/', ':');
  entries.push({ kind: 'removed', at: Number(at), resource });
  steps.push({ atSeconds: Number(at), do: 'remove', resource });
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
        this.entries.push(this.record(rest));
        return;
      case 'dead':
        this.entries.push(deadLetterEntry(this.told(rest[0], this.given.function?.deadLetter)));
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

  private record([condition = 'Success', count = '1', resource]: readonly string[]): Entry {
    const { onSuccess, onFailure } = this.given;
    const told = this.told(resource, condition === 'Success' ? onSuccess : onFailure);
    return recordEntry(told, condition, Number(count));
  }

  private told(resource: string | undefined, otherwise: string | undefined): Told {
    return {
      event: this.event,
      payload: this.payload(),
      at: this.now,
      resource: resource?.replace('/', ':') ?? otherwise ?? 'queue:undeclared',
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
