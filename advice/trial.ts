/** A finding tried on the reference model: what happens as it is configured, and as it is advised. */
import { simulate } from '../adapters/memory/simulate.ts';
import type { Scenario } from '../engine/scenario.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import type { RecordView, View } from '../engine/view.ts';
import { viewOf } from '../engine/viewOf.ts';
import type { Configuration } from './configuration.ts';
import type { Finding, Trial } from './finding.ts';

/** What was counted in one run. */
export interface Outcome {
  readonly sent: number;
  readonly attempts: number;
  /** Attempts that found no capacity. */
  readonly throttles: number;
  /** Of messages, records or events: handled by an attempt that ended ok. */
  readonly handled: number;
  /** In an attempt again after one that ended ok for them. */
  readonly handledTwice: number;
  /** Times that one was in an attempt beyond its first. */
  readonly repeated: number;
  readonly deadLetters: number;
  /** Never in an attempt that ended ok, and at no dead-letter queue or destination. */
  readonly lost: number;
  /** Seconds from the first sending to the last attempt that ended ok. */
  readonly lastHandledSeconds: number;
}

export interface Tried {
  readonly without: Outcome;
  readonly with: Outcome;
}

/** Both runs of a trial, with the same seed. */
export function tried({ without, with: advised, steps }: Trial, seed: number): Tried {
  return {
    without: outcomeOf(without, steps(without), seed),
    with: outcomeOf(advised, steps(advised), seed),
  };
}

/** A finding with what came of its trial. */
export interface TriedFinding {
  readonly finding: Finding;
  readonly tried: Tried | undefined;
}

function outcomeOf(
  configuration: Configuration,
  steps: readonly Scenario['steps'][number][],
  seed: number,
): Outcome {
  const scenario: Scenario = { ...configuration, steps: [...steps] };
  const view = viewOf(simulate(scenario, seed), AWS_TOLERANCES);
  const count: Count = { sent: 0, handled: 0, handledTwice: 0, repeated: 0, told: 0, lastHandledSeconds: 0 };
  for (const record of view.records.values()) countRecord(record, count);
  for (const event of view.events) {
    const { attempts, succeeded } = event;
    const isTold = event.records.length > 0 || event.deadLetters.length > 0;
    countOne(count, attempts.length, succeeded ? 1 : 0, isTold, attempts.at(-1)?.endedEarliest ?? 0);
  }
  return {
    sent: count.sent,
    attempts: view.attempts.length,
    throttles: throttlesIn(view),
    handled: count.handled,
    handledTwice: count.handledTwice,
    repeated: count.repeated,
    deadLetters:
      view.deliveries.filter(({ role }) => role === 'redriven' || role === 'deadLetter').length +
      toldInBatches(view),
    lost: Math.max(0, count.sent - count.handled - count.told - toldInBatches(view)),
    lastHandledSeconds: Math.round(count.lastHandledSeconds),
  };
}

interface Count {
  sent: number;
  handled: number;
  handledTwice: number;
  repeated: number;
  /** Not handled, and told so somewhere. */
  told: number;
  lastHandledSeconds: number;
}

function countRecord({ batches, redriven, sent }: RecordView, count: Count): void {
  if (sent === undefined) return;
  let successes = 0;
  let last = 0;
  for (const { attempt } of batches) {
    if (!attempt.succeeded) continue;
    successes++;
    last = attempt.endedEarliest;
  }
  countOne(count, batches.length, successes, redriven.length > 0, last);
}

function countOne(count: Count, attempts: number, successes: number, isTold: boolean, at: number): void {
  count.sent++;
  count.repeated += Math.max(0, attempts - 1);
  if (successes > 0) {
    count.handled++;
    count.lastHandledSeconds = Math.max(count.lastHandledSeconds, at);
  } else if (isTold) count.told++;
  if (successes > 1) count.handledTwice++;
}

function throttlesIn(view: View): number {
  let sum = 0;
  for (const metrics of view.metrics.values()) sum += metrics.get('Throttles') ?? 0;
  return sum;
}

/** Records of which failure records of mappings tell. */
function toldInBatches(view: View): number {
  let sum = 0;
  for (const { role, entry } of view.deliveries) {
    if (role !== 'batchRecord' || entry.kind !== 'delivered') continue;
    const body = entry.body as { readonly [key: string]: { readonly batchSize?: number } | undefined };
    sum += (body['KinesisBatchInfo'] ?? body['DDBStreamBatchInfo'])?.batchSize ?? 0;
  }
  return sum;
}
