/** What is delivered again after it was handled: POLL-DUP-01. */
import { type RecordSpec, recordBehaviourAt } from '../../../engine/sourceSpec.ts';

/**
 * Whether a handled batch would be handled once more. What a failure means that comes after a success is no rule's
 * affair: others are not delivered again.
 */
export function wouldSucceedAgain(
  records: readonly { readonly spec: RecordSpec; readonly deliveries: number }[],
  timeoutSeconds: number,
): boolean {
  for (const { spec, deliveries } of records) {
    const { do: next, value, afterSeconds = 0 } = recordBehaviourAt(spec.plan, deliveries + 1);
    if (next !== 'ok' || value !== undefined || afterSeconds >= timeoutSeconds) return false;
  }
  return true;
}
