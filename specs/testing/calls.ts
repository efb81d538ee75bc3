/**
 * Histories of calls, written as data: each call with its attempts and its answer. What is not given is as a
 * conforming target would have it, so that a test says only what is odd:
 *
 *   seen({}, { attempts: ['throw'], answered: { functionError: undefined } })
 */
import type { Answered, Entry, Rejected, Started, Streamed } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import {
  type FunctionSpec,
  type InvokeStep,
  isSuccess,
  type Operation,
  type Outcome,
  type Scenario,
  type Step,
} from '../../engine/scenario.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../engine/tolerances.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';

/** The functions and the rest of the scenario. */
export interface Setting {
  /** By default one function `f`. */
  readonly functions?: readonly (Partial<FunctionSpec> & { readonly name?: string })[];
  readonly account?: Scenario['account'];
  /** Anything else that was seen. */
  readonly entries?: readonly Entry[];
  /** The observer left at this time; by default it saw the end of all. */
  readonly closedAt?: number;
  readonly tolerances?: Partial<Tolerances>;
}

/** One attempt: how it was planned to end, and what differs from an attempt that just did so. */
export interface SeenAttempt extends Partial<Omit<Started, 'kind' | 'planned'>> {
  readonly planned: Outcome;
  /** When it ended; by default after 0.1 s. */
  readonly until?: number;
  /** How it ended, where not as planned; null: its end was not seen. By default a timeout's end is not. */
  readonly ended?: Outcome | null;
  readonly result?: Json;
}

/** A call of Invoke. */
export interface SeenCall {
  /** When it was sent; by default at 0. */
  readonly at?: number;
  readonly step?: Partial<InvokeStep>;
  readonly attempts?: readonly (Outcome | SeenAttempt)[];
  /** An answer of success, as its last attempt brings it but for what is given; undefined takes a field away. */
  readonly answered?: { readonly [K in keyof Answered]?: Answered[K] | undefined };
  readonly rejected?: Partial<Rejected>;
  readonly hungUp?: number;
  readonly streamed?: readonly Partial<Streamed>[];
  /** For a call by a handler: the attempt that made it. */
  readonly chainedFrom?: string;
}

/** A control-plane request, by default accepted at once. */
export interface SeenRequest {
  readonly at: number;
  readonly request: Operation;
  readonly input: Readonly<Record<string, Json>>;
}

/** The calls `e1`, `e2`, … as a view. Attempts are `a-e1-1`, …, request ids `r-e1`, …, calls `c-e1`, … */
export function seen(setting: Setting, ...calls: readonly (SeenCall | SeenRequest)[]): View {
  const functions = (setting.functions ?? [{}]).map((spec) => ({ name: 'f', timeoutSeconds: 3, ...spec }));
  const entries: Entry[] = [...(setting.entries ?? [])];
  const steps: Step[] = [];
  for (const call of calls) {
    if ('request' in call) addRequest(call, steps, entries);
    else addCall(call, `e${steps.length + 1}`, steps, entries);
  }
  entries.sort((a, b) => a.at - b.at);
  const last = entries.at(-1)?.at ?? 0;
  entries.push(
    setting.closedAt === undefined
      ? { kind: 'closed', at: last, isComplete: true }
      : { kind: 'closed', at: setting.closedAt },
  );
  const scenario: Scenario = {
    scenario: 1,
    functions,
    steps,
    ...(setting.account === undefined ? {} : { account: setting.account }),
  };
  return viewOf({ scenario, entries }, { ...AWS_TOLERANCES, ...setting.tolerances });
}

function addRequest({ at, request, input }: SeenRequest, steps: Step[], entries: Entry[]): void {
  const call = `q${steps.length + 1}`;
  entries.push({ kind: 'requested', at, call, step: steps.length });
  entries.push({ kind: 'answered', at, call, status: 200, output: {} });
  steps.push({ atSeconds: at, do: 'request', operation: request, input });
}

function addCall(seenCall: SeenCall, event: string, steps: Step[], entries: Entry[]): void {
  const { at = 0, attempts = [], answered, rejected, hungUp, streamed, chainedFrom } = seenCall;
  const call = `c-${event}`;
  const step: InvokeStep = {
    atSeconds: at,
    do: 'invoke',
    function: 'f',
    type: 'RequestResponse',
    event,
    payload: { id: event },
    plan: ['ok'],
    ...seenCall.step,
  };
  for (const key of ['type', 'payload'] as const) if (step[key] === undefined) delete step[key];
  const requested: Entry = { kind: 'requested', at, call, step: steps.length, event };
  entries.push(
    chainedFrom === undefined
      ? requested
      : {
          ...requested,
          chainedFrom,
          function: step.function,
          type: step.type === 'Event' ? 'Event' : 'RequestResponse',
        },
  );
  steps.push(step);
  let over = at;
  let ideal: Partial<Answered> = { status: step.type === 'Event' ? 202 : step.type === 'DryRun' ? 204 : 200 };
  for (const [index, attempt] of attempts.entries()) {
    const whole = typeof attempt === 'string' ? { planned: attempt } : attempt;
    over = addAttempt(whole, `a-${event}-${index + 1}`, over, step, entries);
    ideal = { ...ideal, ...answerTo(whole, step) };
  }
  const ids = { at: over, call, requestId: `r-${event}` };
  if (answered !== undefined)
    entries.push(without({ kind: 'answered', ...ids, ...ideal, ...answered }) as Answered);
  if (rejected !== undefined)
    entries.push({ kind: 'rejected', ...ids, status: 400, error: 'Error', ...rejected });
  if (hungUp !== undefined) entries.push({ kind: 'hungUp', at: hungUp, call });
  for (const part of streamed ?? [])
    entries.push({ kind: 'streamed', at: over, call, event: 'PayloadChunk', ...part });
}

/** Adds an attempt's entries and returns the time at which it was over. */
function addAttempt(
  seenAttempt: SeenAttempt,
  id: string,
  at: number,
  step: InvokeStep,
  entries: Entry[],
): number {
  const { until, ended, result, planned, ...rest } = seenAttempt;
  const started: Started = {
    kind: 'started',
    at,
    attempt: id,
    function: step.function,
    version: '$LATEST',
    requestId: `r-${step.event}`,
    event: step.event,
    payload: step.payload ?? {},
    planned,
    ...rest,
  };
  entries.push(started);
  const isSeen = ended === undefined ? planned !== 'timeout' : ended !== null;
  const over = until ?? started.at + (planned === 'timeout' ? 3 : 0.1);
  const outcome = ended ?? planned;
  const returned = result ?? started.payload;
  if (isSeen) {
    const entry: Entry = { kind: 'ended', at: over, attempt: id, outcome };
    entries.push(outcome === 'ok' ? { ...entry, result: returned } : entry);
  }
  return over;
}

/** The answer that AWS gives to a call whose attempt ended so. */
function answerTo(attempt: SeenAttempt, step: InvokeStep): Partial<Answered> {
  if (step.type === 'Event' || step.type === 'DryRun') return {};
  const outcome = attempt.ended ?? attempt.planned;
  const version = attempt.version ?? '$LATEST';
  if (!isSuccess(outcome)) {
    const payload = { errorType: 'Error', errorMessage: outcome === 'timeout' ? 'Task timed out' : outcome };
    return { executedVersion: version, functionError: 'Unhandled', payload };
  }
  const payload = outcome === 'nothing' ? null : (attempt.result ?? step.payload ?? {});
  return { executedVersion: version, payload };
}

function without(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}
