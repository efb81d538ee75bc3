/** What the rules on queues speak of: mappings of queues, their batches, and messages. */
import { mayLackCapacity } from '../../engine/horizon.ts';
import type { QueueSpec } from '../../engine/sourceSpec.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, MappingView, RecordView, SourceView, View } from '../../engine/view.ts';
import { admissionLag } from '../concurrency/occupancy.ts';
import { NO_BATCHES, NO_MAPPINGS, NO_RECORDS, smallest } from '../mappings/records.ts';
import { longestWindowSeconds } from '../mappings/settings.ts';
import { once } from '../memo.ts';

/** The mappings of queues. */
export const sqsMappings = once((view: View): readonly MappingView[] => {
  if (view.mappings.size === 0) return NO_MAPPINGS;
  let found: MappingView[] | undefined;
  for (const mapping of view.mappings.values()) {
    if (mapping.source.kind !== 'sqs') continue;
    found ??= [];
    found.push(mapping);
  }
  return found ?? NO_MAPPINGS;
});

/** Their batches. */
export const sqsBatches = once((view: View): readonly Batch[] => {
  const mappings = sqsMappings(view);
  if (mappings.length === 0) return NO_BATCHES;
  return mappings.length === 1
    ? (mappings[0]?.batches ?? NO_BATCHES)
    : mappings.flatMap(({ batches }) => batches);
});

/** The messages that queues took which a mapping reads. */
export const messages = once((view: View): readonly RecordView[] => {
  if (sqsMappings(view).length === 0) return NO_RECORDS;
  const found: RecordView[] = [];
  for (const source of view.sources.values()) {
    if (source.kind !== 'sqs' || source.mappings.length === 0) continue;
    for (const record of source.records) if (record.sent !== undefined) found.push(record);
  }
  return found;
});

/** Of these: those that were in an attempt. */
export const attempted = once((view: View): readonly RecordView[] => {
  const all = messages(view);
  return all.length === 0 ? all : all.filter(({ batches }) => batches.length > 0);
});

/** Of these: those that were in several. */
export const repeated = once((view: View): readonly RecordView[] => {
  const all = attempted(view);
  return all.length === 0 ? all : all.filter(({ batches }) => batches.length > 1);
});

/** The declared queues of a view: many rules ask for each message. */
const queues = once((view: View): ReadonlyMap<string, QueueSpec> => {
  const found = new Map<string, QueueSpec>();
  for (const queue of view.history.scenario.queues ?? []) found.set(`queue:${queue.name}`, queue);
  return found;
});

/** The queue as the scenario declares it. */
export const queueOf = ({ ref }: Pick<SourceView, 'ref'>, view: View): QueueSpec | undefined =>
  queues(view).get(ref);

export const isFifo = (source: SourceView, view: View): boolean => queueOf(source, view)?.fifo === true;

/** Seconds for which a message is kept. AWS: four days where the queue does not say. */
export const retentionSeconds = (source: SourceView, view: View): number =>
  queueOf(source, view)?.retentionSeconds ?? 345_600;

/** Seconds for which a message is not visible at first. */
export const delaySeconds = ({ spec, source }: RecordView, view: View): number =>
  spec.delaySeconds ?? queueOf(source, view)?.delaySeconds ?? 0;

/** Whether the queue's attributes are changed under way. */
export const isChanged = ({ ref }: SourceView, view: View): boolean =>
  view.requests.some(
    ({ step, rejected }) =>
      rejected === undefined && step.operation === 'SetQueueAttributes' && step.input['QueueUrl'] === ref,
  );

/**
 * The earliest time at which the messages of a batch can have been received: before the window, and before whatever
 * kept the attempt from starting; -Infinity where it may have been throttled.
 */
export function receivedEarliest(batch: Batch, view: View, tolerances: Tolerances): number {
  const { mapping, attempt } = batch;
  if (mayLackCapacity(mapping.function, view)) return Number.NEGATIVE_INFINITY;
  const windowSeconds = longestWindowSeconds(mapping);
  const lateSeconds = windowSeconds > 0 ? tolerances.windowLateSeconds : 0;
  return attempt.startedAt - admissionLag(mapping.function, tolerances) - windowSeconds - lateSeconds;
}

/** The earliest time at which the messages of a batch can be visible again. */
export function visibleEarliest(batch: Batch, view: View, tolerances: Tolerances): number {
  const { source } = batch.mapping;
  const received = receivedEarliest(batch, view, tolerances);
  return received + smallest(source.visibilityTimeoutSeconds, received, batch.attempt.startedAt);
}

/** Whether the messages of a batch may have been visible again before it was over. */
export const mayOutliveVisibility = (batch: Batch, view: View, tolerances: Tolerances): boolean =>
  batch.attempt.endedLatest + tolerances.clockSkewSeconds + tolerances.schedulingSlackSeconds >=
  visibleEarliest(batch, view, tolerances);

/** Extra deliveries that at-least-once delivery may bring: a FIFO queue has none. */
export const duplicatesOf = (source: SourceView, view: View, tolerances: Tolerances): number =>
  isFifo(source, view) ? 0 : tolerances.duplicateBudget;

/** Whether the dead-letter queue of the queue is deleted at some time. */
export function isDeadLetterQueueGone(source: SourceView, view: View): boolean {
  const to = queueOf(source, view)?.redrive?.to;
  return to !== undefined && view.removed.has(to);
}

/** Whether what arrives at the dead-letter queue of the queue is seen: it is there, and nobody else reads it. */
export function isDeadLetterQueueWatched(source: SourceView, view: View): boolean {
  const to = queueOf(source, view)?.redrive?.to;
  if (to === undefined || view.removed.has(to)) return false;
  return (view.sources.get(to)?.mappings.length ?? 0) === 0;
}

/** Whether a message may have gone to a dead-letter queue that nobody watched. */
export const mayBeRedrivenUnseen = (source: SourceView, view: View): boolean =>
  queueOf(source, view)?.redrive !== undefined && !isDeadLetterQueueWatched(source, view);
