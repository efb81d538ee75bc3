/**
 * What the handler under test does with a batch, given what it is to do on account of each record. Every target's
 * handler acts so: it is part of the scenario's meaning, and no statement about Lambda.
 */
import type { Json } from './json.ts';
import { asObject } from './record.ts';
import { type BehaviourObject, type Outcome, outcomeOf } from './scenario.ts';
import type { ItemIdentifier, RecordBehaviourObject } from './sourceSpec.ts';

/** One record of a batch, as its handler looks at it. */
export interface HandledRecord {
  readonly behaviour: RecordBehaviourObject;
  /** As it would be reported. */
  readonly identifier: ItemIdentifier;
}

/** Which of two ends the handler comes to: it cannot go on after the first of these. */
const WORST_FIRST: readonly Outcome[] = ['exit', 'timeout', 'throw', 'oversize', 'unserializable'];

/**
 * The behaviour of the whole attempt: the worst end of its records, after the longest of their waits. Where none is
 * worse than `ok` or `report`, `value` is the batch response.
 * @param stateBefore the state of the tumbling window, where the attempt is in one
 */
export function handleBatch(
  records: readonly HandledRecord[],
  timeoutSeconds: number,
  stateBefore?: Json,
): BehaviourObject & { readonly outcome: Outcome } {
  let afterSeconds = 0;
  let worst: RecordBehaviourObject | undefined;
  let rank = WORST_FIRST.length;
  let value: Json | undefined;
  let stateBytes = 0;
  let failures: Json[] | undefined;
  for (const { behaviour, identifier } of records) {
    if ((behaviour.afterSeconds ?? 0) > afterSeconds) afterSeconds = behaviour.afterSeconds ?? 0;
    if (behaviour.do === 'ok') {
      if (value === undefined) value = behaviour.value;
      if ((behaviour.stateBytes ?? 0) > stateBytes) stateBytes = behaviour.stateBytes ?? 0;
    } else if (behaviour.do === 'report') {
      failures ??= [];
      report(failures, behaviour.as ?? 'itself', identifier);
    } else {
      const own = WORST_FIRST.indexOf(behaviour.do);
      if (own < rank) {
        rank = own;
        worst = behaviour;
      }
    }
  }
  const whole: { -readonly [K in keyof BehaviourObject]: BehaviourObject[K] } = {
    do: worst === undefined ? 'ok' : (worst.do as Outcome),
  };
  if (afterSeconds > 0) whole.afterSeconds = afterSeconds;
  if (worst?.message !== undefined) whole.message = worst.message;
  if (worst === undefined) whole.value = responseOf(value, failures, stateBefore, stateBytes);
  return { ...whole, outcome: outcomeOf(whole, timeoutSeconds) };
}

function report(failures: Json[], as: NonNullable<RecordBehaviourObject['as']>, itemIdentifier: Json): void {
  switch (as) {
    case 'itself':
      failures.push({ itemIdentifier });
      return;
    case 'twice':
      failures.push({ itemIdentifier }, { itemIdentifier });
      return;
    case 'empty':
      failures.push({ itemIdentifier: '' });
      return;
    case 'null':
      failures.push({ itemIdentifier: null });
      return;
    case 'wrongKey':
      failures.push({ identifier: itemIdentifier });
      return;
    case 'unknown':
      failures.push({ itemIdentifier: unknownLike(itemIdentifier) });
  }
}

/** An identifier of the right form that no record has. */
function unknownLike(identifier: ItemIdentifier): Json {
  if (typeof identifier === 'string') return `${identifier}-of-nothing`;
  return { partition: 'nothing-0', offset: 9_007_199_254_740_991 };
}

const NO_FAILURES: Json[] = [];

function responseOf(
  value: Json | undefined,
  failures: Json[] | undefined,
  stateBefore: Json | undefined,
  stateBytes: number,
): Json {
  if (failures === undefined && value !== undefined) return value;
  const batchItemFailures = failures ?? NO_FAILURES;
  if (stateBefore === undefined) return { batchItemFailures };
  return { batchItemFailures, state: nextState(stateBefore, stateBytes) };
}

/** The state that the handler returns: how many attempts of the window it has seen, and a filler where it is asked to. */
function nextState(before: Json, stateBytes: number): Json {
  const counted = asObject(before)?.['attempts'];
  const attempts = (typeof counted === 'number' ? counted : 0) + 1;
  return stateBytes > 0 ? { attempts, filler: { $filler: stateBytes } } : { attempts };
}
