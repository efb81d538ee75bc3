/** What arrived about an event, beside what became of it: what the rules about records and dead letters speak of. */
import { asObject, type JsonObject, recordIn } from '../../engine/record.ts';
import { type Finding, isUnknown } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { AsyncEvent, Delivery, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { hasTwin, TWIN } from '../sync/ownership.ts';
import { type Fate, fates } from './fate.ts';
import { notAllSeen } from './subjects.ts';

/** An event, its fate, and what arrived about it. */
export interface Aftermath {
  readonly event: AsyncEvent;
  readonly fate: Fate;
  /** Where its configuration sends records; undefined without one, and where the configuration is not certain. */
  readonly onSuccess: string | undefined;
  readonly onFailure: string | undefined;
  /** Its dead-letter target; undefined without one, and where that is not certain. */
  readonly deadLetter: string | undefined;
  /** The records about it, those to functions once a request: a destination function may be attempted again. */
  readonly records: readonly Delivery[];
}

const NONE: readonly never[] = [];

/** The scenario's own events about which something arrived, or may have to. */
export const aftermaths = once((view: View): readonly Aftermath[] => {
  let all: Aftermath[] | undefined;
  for (const fate of fates(view)) {
    if (isQuiet(fate.event)) continue;
    all ??= [];
    all.push(aftermathOf(fate));
  }
  return all ?? NONE;
});

function isQuiet({ config, deadLetterTarget, records, deadLetters }: AsyncEvent): boolean {
  return (
    records.length === 0 &&
    deadLetters.length === 0 &&
    typeof deadLetterTarget !== 'string' &&
    config?.onSuccess === undefined &&
    config?.onFailure === undefined
  );
}

/** What arrived about the event of a fate. */
export function aftermathOf(fate: Fate): Aftermath {
  const { config, deadLetterTarget, records } = fate.event;
  return {
    event: fate.event,
    fate,
    onSuccess: config?.onSuccess,
    onFailure: config?.onFailure,
    deadLetter: deadLetterTarget ?? undefined,
    records: distinct(records),
  };
}

/** Those of which something holds; no new array where there is none. */
export function aftermathsWith(view: View, holds: (aftermath: Aftermath) => boolean): readonly Aftermath[] {
  let some: Aftermath[] | undefined;
  for (const aftermath of aftermaths(view)) {
    if (!holds(aftermath)) continue;
    some ??= [];
    some.push(aftermath);
  }
  return some ?? NONE;
}

/** Whether the event is certainly over without success, for another reason than a reserved concurrency of 0. */
export const isDiscarded = ({ fate }: Aftermath): boolean =>
  fate.end === 'discarded' && fate.cause !== 'zeroReserve';

export const isSucceeded = ({ fate }: Aftermath): boolean => fate.end === 'succeeded';

/** The invocation record in a delivery; undefined where what arrived is no object. */
export const recordOf = ({ entry, resource }: Delivery): JsonObject | undefined =>
  recordIn(resource, entry.kind === 'started' ? entry.payload : entry.body);

export const requestContextOf = (delivery: Delivery): JsonObject | undefined =>
  asObject(recordOf(delivery)?.['requestContext']);

/**
 * Whether a record tells of success or of failure. A destination that gets only the one kind decides; else the
 * condition does. AWS's page names RetriesExhausted only; `Success` was recorded.
 */
export function kindOf(delivery: Delivery, { onSuccess, onFailure }: Aftermath): 'success' | 'failure' {
  const { resource } = delivery;
  if (onSuccess !== onFailure) {
    if (resource === onSuccess) return 'success';
    if (resource === onFailure) return 'failure';
  }
  const record = recordOf(delivery);
  const condition = asObject(record?.['requestContext'])?.['condition'];
  if (typeof condition === 'string') return condition === 'Success' ? 'success' : 'failure';
  const functionError = asObject(record?.['responseContext'])?.['functionError'];
  return typeof functionError === 'string' ? 'failure' : 'success';
}

/** The first record of that kind about the event, or the first one at `resource` if given. */
export function firstRecord(
  aftermath: Aftermath,
  kind: 'success' | 'failure',
  resource?: string,
): Delivery | undefined {
  for (const record of aftermath.records) {
    if (resource !== undefined && record.resource !== resource) continue;
    if (kindOf(record, aftermath) === kind) return record;
  }
  return undefined;
}

/** Records to a function are attempts of that function; several of one request are one record. */
function distinct(records: readonly Delivery[]): readonly Delivery[] {
  if (records.length < 2) return records;
  let requests: Set<string> | undefined;
  let kept: Delivery[] | undefined;
  for (let i = 0; i < records.length; i++) {
    const delivery = records[i];
    if (delivery === undefined) continue;
    if (delivery.entry.kind === 'started') {
      requests ??= new Set();
      if (requests.has(delivery.entry.requestId)) {
        kept ??= records.slice(0, i);
        continue;
      }
      requests.add(delivery.entry.requestId);
    }
    kept?.push(delivery);
  }
  return kept ?? records;
}

/**
 * The check of a rule on what arrived about an event, which accuses only where it is certain that all of it, and the
 * attempts, are the event's own. Looked into where something is wrong, so that it costs nothing elsewhere.
 */
export function forCertain(
  check: (aftermath: Aftermath, view: View, tolerances: Tolerances) => Finding,
): (aftermath: Aftermath, view: View, tolerances: Tolerances) => Finding {
  return (aftermath, view, tolerances) => {
    const finding = check(aftermath, view, tolerances);
    if (finding === undefined || isUnknown(finding)) return finding;
    const reason = whyUncertain(aftermath.event, view);
    return reason === undefined ? finding : { unknown: reason };
  };
}

function whyUncertain(event: AsyncEvent, view: View): string | undefined {
  if (isMixedUp(view) && hasTwin(event.call, view)) return TWIN;
  return notAllSeen(event, view);
}

/** Whether some attempt, record or dead letter does not bear the request id of its event. */
const isMixedUp = once((view: View): boolean => !view.events.every(bearsItsRequestId));

function bearsItsRequestId({ answered, attempts, records, deadLetters }: AsyncEvent): boolean {
  const id = answered.requestId;
  for (const attempt of attempts) if (attempt.started.requestId !== id) return false;
  for (const record of records) if (requestContextOf(record)?.['requestId'] !== id) return false;
  for (const { entry } of deadLetters) {
    if (entry.kind === 'delivered' && entry.attributes?.['RequestID']?.value !== id) return false;
  }
  return true;
}
