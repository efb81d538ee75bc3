/** What a handler does with an event that a service pushed: as with a batch of this one record. */
import { handleBatch } from '../../../engine/batchHandler.ts';
import type { Behaviour } from '../../../engine/scenario.ts';
import { type RecordSpec, recordBehaviourAt } from '../../../engine/sourceSpec.ts';

/** No handler's wait is cut short here: what outlives the timeout is found out when the handler is entered. */
const NO_TIMEOUT_SECONDS = Number.POSITIVE_INFINITY;

/** The plan of the asynchronous event that carries a record. */
export function pushedPlan(plan: RecordSpec['plan'], identifier: string): readonly Behaviour[] {
  return plan.map((_, place) => {
    const { outcome: _outcome, ...behaviour } = handleBatch(
      [{ behaviour: recordBehaviourAt(plan, place + 1), identifier }],
      NO_TIMEOUT_SECONDS,
    );
    return behaviour;
  });
}
