/**
 * Until when something can still happen, so that "not seen" counts only where the observer watched long enough.
 * The rules and every driver's watch use the same arithmetic.
 */
import type { SourceKind } from './sourceSpec.ts';
import type { Tolerances } from './tolerances.ts';
import type { AsyncEvent, FunctionView, View } from './view.ts';

/** AWS, invocation-async-error-handling.html: one minute before the second attempt, two before the third. */
export const RETRY_DELAYS_SECONDS: readonly number[] = [60, 120];

/** The documented wait after the `ordinal`-th attempt (from 1), in the target's seconds. */
export function retryDelaySeconds(ordinal: number, tolerances: Tolerances): number {
  const documented = RETRY_DELAYS_SECONDS[ordinal - 1] ?? RETRY_DELAYS_SECONDS.at(-1) ?? 0;
  return documented * tolerances.retryTimeScale;
}

/** The time by which a record or dead letter about something that was over at `endedAt` has been delivered. */
export const deliveryDueBy = (endedAt: number, tolerances: Tolerances): number =>
  endedAt + 2 * tolerances.schedulingSlackSeconds;

/** The time by which the first attempt of an accepted event has started on a target that has capacity. */
export const firstAttemptDueBy = (event: AsyncEvent, tolerances: Tolerances): number =>
  event.acceptedAt + 2 * tolerances.schedulingSlackSeconds;

/**
 * Whether attempts of the function may ever have been throttled: its reserve, or the account's limit, may have
 * been smaller than all that was asked of it at once. Errs on the side of "may".
 */
export function mayLackCapacity(owner: FunctionView, view: View): boolean {
  if (view.history.scenario.account !== undefined) return true;
  if (owner.spec.provisioned !== undefined) return true;
  // Of a mapping each record may be a batch of its own, and one that is throttled is not seen.
  const demand =
    view.calls.length +
    view.chained.length +
    view.records.size +
    view.pushes.length +
    view.chainedRecords.length;
  if (demand >= view.tolerances.accountConcurrency - reservedByOthers(owner, view)) return true;
  for (const { value } of owner.reserved) if (value !== null && value < demand) return true;
  return false;
}

/** What the other functions may have had for themselves. */
function reservedByOthers(owner: FunctionView, view: View): number {
  let sum = 0;
  for (const other of view.functions.values()) {
    if (other === owner) continue;
    let most = 0;
    for (const { value } of other.reserved) if (value !== null && value > most) most = value;
    for (const { concurrency } of other.spec.provisioned ?? []) most += concurrency;
    sum += most;
  }
  return sum;
}

/** What the waits of an event source mapping depend on; `visibilitySeconds` counts for queues alone. */
export interface Polled {
  readonly kind: SourceKind;
  readonly windowSeconds: number;
  readonly visibilitySeconds: number;
}

/** Seconds after which a mapping that nothing disturbs has given the function what was there. */
export function pickupWithinSeconds(kind: SourceKind, windowSeconds: number, tolerances: Tolerances): number {
  const lateSeconds = windowSeconds > 0 && kind === 'sqs' ? tolerances.windowLateSeconds : 0;
  return tolerances.pollSeconds + windowSeconds + lateSeconds + 2 * tolerances.schedulingSlackSeconds;
}

/**
 * Seconds after which records of an attempt that failed, or was throttled, have been in the next one. AWS,
 * services-sqs-errorhandling.html: messages come again when their visibility timeout is over.
 */
export function repeatWithinSeconds(polled: Polled, tolerances: Tolerances): number {
  const hiddenSeconds = polled.kind === 'sqs' ? polled.visibilitySeconds : 0;
  const pickup = pickupWithinSeconds(polled.kind, polled.windowSeconds, tolerances);
  return hiddenSeconds + tolerances.pollingRetrySeconds + pickup;
}

/** AWS, services-kinesis-windows.html: a tumbling window is closed up to two minutes after its end. */
export const CLOSING_SECONDS = 120;
