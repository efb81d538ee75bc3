/** Which of several event-invoke configurations an event was treated by, told from what became of it. */
import type { EventInvokeConfig } from '../../engine/configuration.ts';
import { deliveryDueBy, mayLackCapacity } from '../../engine/horizon.ts';
import type { AsyncEvent, View } from '../../engine/view.ts';
import { requestContextOf } from './aftermath.ts';
import { excuseOf } from './arrival.ts';
import { latestEnd, mayFailUnseen } from './attempts.ts';

/** A configuration that may have governed, and how a report calls it. */
export interface Candidate {
  readonly label: string;
  readonly config: EventInvokeConfig;
}

export const isSameConfig = (a: EventInvokeConfig, b: EventInvokeConfig): boolean =>
  a.maximumRetryAttempts === b.maximumRetryAttempts &&
  a.maximumEventAgeSeconds === b.maximumEventAgeSeconds &&
  a.onSuccess === b.onSuccess &&
  a.onFailure === b.onFailure;

/** The label of the only candidate that what was seen agrees with. */
export function governedBy(event: AsyncEvent, candidates: readonly Candidate[], view: View): string {
  let label: string | undefined;
  for (const candidate of candidates) {
    if (!agrees(event, candidate.config, view)) continue;
    if (label !== undefined) return 'cannot be told';
    label = candidate.label;
  }
  return label ?? 'none of them';
}

/** Whether what was seen of the event can come of the configuration. */
function agrees(event: AsyncEvent, config: EventInvokeConfig, view: View): boolean {
  for (const record of event.records) {
    const isSuccess = requestContextOf(record)?.['condition'] === 'Success';
    if (record.resource !== (isSuccess ? config.onSuccess : config.onFailure)) return false;
  }
  const { attempts } = event;
  const due = 1 + config.maximumRetryAttempts;
  if (attempts.length > due + view.tolerances.duplicateBudget) return false;
  if (event.succeeded || attempts.length >= due) return !lacksRecord(event, config, view);
  return view.watchedUntil < Number.POSITIVE_INFINITY || mayHaveFewerAttempts(event, config, view);
}

/** The longest that three attempts and the waits between them can last on a function that has capacity, seconds. */
const ALL_ATTEMPTS_SECONDS = 4 * 900;

function mayHaveFewerAttempts(event: AsyncEvent, config: EventInvokeConfig, view: View): boolean {
  return (
    config.maximumEventAgeSeconds < ALL_ATTEMPTS_SECONDS ||
    mayLackCapacity(event.function, view) ||
    mayFailUnseen(event.function, view.tolerances)
  );
}

/** Whether the configuration asks for a record that would have come by now. */
function lacksRecord(event: AsyncEvent, config: EventInvokeConfig, view: View): boolean {
  const last = event.attempts.at(-1);
  const resource = event.succeeded ? config.onSuccess : config.onFailure;
  if (event.records.length > 0 || resource === undefined || last === undefined) return false;
  const dueBy = deliveryDueBy(latestEnd(last, view.tolerances), view.tolerances);
  return view.watchedUntil >= dueBy && excuseOf(event, resource, dueBy, 'record', view) === undefined;
}
