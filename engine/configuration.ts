/**
 * What was configured when. A setting changes at some time between a request and its answer plus the target's
 * settling interval: in between, either value may be in force.
 */
import type { Json } from './json.ts';
import type { EventInvokeSpec, FunctionSpec, RequestStep } from './scenario.ts';

/** One value of a setting: it may be in force from `from` on, and is for certain from `bindsAt` on. */
export interface Setting<T> {
  readonly from: number;
  readonly bindsAt: number;
  readonly value: T;
}

/** The values of a setting in order of time; the first one holds from the beginning. */
export type Timeline<T> = readonly Setting<T>[];

/** An event-invoke configuration with AWS's defaults filled in. */
export interface EventInvokeConfig {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
}

/** AWS, invocation-async-configuring.html: two retries, six hours, no destination. */
export const DEFAULT_EVENT_INVOKE: EventInvokeConfig = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onSuccess: undefined,
  onFailure: undefined,
};

/** A setting that never changed. */
export const constant = <T>(value: T): Timeline<T> => [
  { from: Number.NEGATIVE_INFINITY, bindsAt: Number.NEGATIVE_INFINITY, value },
];

/** The one value that was in force all the time from `from` to `to`, or undefined where it may have changed. */
export function settled<T>(timeline: Timeline<T>, from: number, to: number): T | undefined {
  if (timeline.length === 1) return timeline[0]?.value;
  const values = possible(timeline, from, to);
  return values.length === 1 ? values[0] : undefined;
}

/** All values that may have been in force at some time from `from` to `to`, oldest first. */
export function possible<T>(timeline: Timeline<T>, from: number, to: number): T[] {
  const values: T[] = [];
  for (let i = 0; i < timeline.length; i++) {
    const setting = timeline[i];
    const next = timeline[i + 1];
    if (setting === undefined || setting.from > to) break;
    if (next === undefined || next.bindsAt >= from) values.push(setting.value);
  }
  return values;
}

/** An event-invoke configuration as a scenario declares it, with AWS's defaults filled in. */
export function resolveEventInvoke(spec: EventInvokeSpec): EventInvokeConfig {
  return {
    maximumRetryAttempts: spec.maximumRetryAttempts ?? DEFAULT_EVENT_INVOKE.maximumRetryAttempts,
    maximumEventAgeSeconds: spec.maximumEventAgeSeconds ?? DEFAULT_EVENT_INVOKE.maximumEventAgeSeconds,
    onSuccess: spec.onSuccess,
    onFailure: spec.onFailure,
  };
}

/** All settings of one function over time. */
export interface Timelines {
  reserved: Timeline<number | null>;
  deadLetter: Timeline<string | null>;
  timeoutSeconds: Timeline<number>;
  recursiveLoop: Timeline<'Allow' | 'Terminate'>;
  eventInvoke: ReadonlyMap<string, Timeline<EventInvokeConfig | null>>;
}

const NO_EVENT_INVOKE: ReadonlyMap<string, Timeline<EventInvokeConfig | null>> = new Map();

/** The settings as the scenario declares them, before any request. */
export function timelinesOf(spec: FunctionSpec): Timelines {
  let eventInvoke = NO_EVENT_INVOKE;
  if (spec.eventInvoke !== undefined && spec.eventInvoke.length > 0) {
    const declared = new Map<string, Timeline<EventInvokeConfig | null>>();
    for (const config of spec.eventInvoke)
      declared.set(config.qualifier, constant(resolveEventInvoke(config)));
    eventInvoke = declared;
  }
  return {
    reserved: constant(spec.reservedConcurrency ?? null),
    deadLetter: constant(spec.deadLetter ?? null),
    timeoutSeconds: constant(spec.timeoutSeconds),
    recursiveLoop: constant(spec.recursiveLoop ?? 'Terminate'),
    eventInvoke,
  };
}

/**
 * The settings after an accepted request. AWS's semantics: Put replaces the whole event-invoke configuration,
 * Update changes only what is given (API_PutFunctionEventInvokeConfig, API_UpdateFunctionEventInvokeConfig).
 * @param from the request's time, seconds
 * @param bindsAt the answer's time plus the target's settling interval, seconds
 */
export function applyRequest(
  now: Timelines,
  step: RequestStep,
  from: number,
  bindsAt: number,
): Partial<Timelines> {
  const { operation, input } = step;
  const then = <T>(timeline: Timeline<T>, value: T): Timeline<T> => [...timeline, { from, bindsAt, value }];
  switch (operation) {
    case 'PutFunctionConcurrency': {
      const reserve = input['ReservedConcurrentExecutions'];
      return typeof reserve === 'number' ? { reserved: then(now.reserved, reserve) } : {};
    }
    case 'DeleteFunctionConcurrency':
      return { reserved: then(now.reserved, null) };
    case 'PutFunctionRecursionConfig': {
      const loop = input['RecursiveLoop'];
      return loop === 'Allow' || loop === 'Terminate' ? { recursiveLoop: then(now.recursiveLoop, loop) } : {};
    }
    case 'UpdateFunctionConfiguration': {
      const changed: Partial<Timelines> = {};
      if (typeof input['Timeout'] === 'number')
        changed.timeoutSeconds = then(now.timeoutSeconds, input['Timeout']);
      if (input['DeadLetterConfig'] !== undefined) {
        changed.deadLetter = then(now.deadLetter, text(input['DeadLetterConfig'], 'TargetArn') ?? null);
      }
      return changed;
    }
    case 'PutFunctionEventInvokeConfig':
    case 'UpdateFunctionEventInvokeConfig':
    case 'DeleteFunctionEventInvokeConfig': {
      const qualifier = text(input, 'Qualifier') ?? '$LATEST';
      const before = now.eventInvoke.get(qualifier) ?? constant(null);
      const current = before.at(-1)?.value ?? null;
      const eventInvoke = new Map(now.eventInvoke);
      eventInvoke.set(qualifier, then(before, eventInvokeAfter(operation, input, current)));
      return { eventInvoke };
    }
    default:
      return {};
  }
}

/**
 * Whether AWS's pages say what holds after the request was accepted. They do not where a value is out of range (AWS
 * refuses it; what a target that takes it does with it is its own affair, and no rule may build on it), nor where an
 * Update gives only one of the two destinations (whether the other one stays).
 */
export function hasKnownEffect({ operation, input }: RequestStep): boolean {
  if (operation === 'UpdateFunctionEventInvokeConfig') {
    const destinations = input['DestinationConfig'];
    const given = (side: string) => member(destinations, side) !== undefined;
    if (given('OnSuccess') !== given('OnFailure')) return false;
  }
  const deadLetter = text(input['DeadLetterConfig'], 'TargetArn');
  if (deadLetter !== undefined && !/^(queue|topic):|^$/.test(deadLetter)) return false;
  return (
    isWithin(input['MaximumRetryAttempts'], 0, 2) &&
    isWithin(input['MaximumEventAgeInSeconds'], 60, 21_600) &&
    isWithin(input['Timeout'], 1, 900) &&
    isWithin(input['ReservedConcurrentExecutions'], 0, Number.POSITIVE_INFINITY)
  );
}

const isWithin = (value: Json | undefined, least: number, most: number): boolean =>
  typeof value !== 'number' || (value >= least && value <= most);

function eventInvokeAfter(
  operation: RequestStep['operation'],
  input: RequestStep['input'],
  current: EventInvokeConfig | null,
): EventInvokeConfig | null {
  if (operation === 'DeleteFunctionEventInvokeConfig') return null;
  const base =
    operation === 'UpdateFunctionEventInvokeConfig' && current !== null ? current : DEFAULT_EVENT_INVOKE;
  const destinations = input['DestinationConfig'];
  const retries = input['MaximumRetryAttempts'];
  const age = input['MaximumEventAgeInSeconds'];
  return {
    maximumRetryAttempts: typeof retries === 'number' ? retries : base.maximumRetryAttempts,
    maximumEventAgeSeconds: typeof age === 'number' ? age : base.maximumEventAgeSeconds,
    onSuccess: destinationAfter(destinations, 'OnSuccess', base.onSuccess),
    onFailure: destinationAfter(destinations, 'OnFailure', base.onFailure),
  };
}

function destinationAfter(
  destinations: Json | undefined,
  side: string,
  before: string | undefined,
): string | undefined {
  const given = member(destinations, side);
  return given === undefined ? before : text(given, 'Destination');
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[key];
}

/** The string under `key`, where there is one. */
function text(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}
