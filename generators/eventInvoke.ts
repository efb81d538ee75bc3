/** An event-invoke configuration: retries, age, destinations. */
import { choice } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, weigh } from './features.ts';

/** Stands for the function declared after this one: records go forwards only, so that they end. */
export const NEXT_FUNCTION = 'function:next';

/** Maximum retry attempts, maximum event age in seconds, OnSuccess, OnFailure; undefined where it is not set. */
export type EventInvokeDraft = readonly [
  maximumRetryAttempts: number | undefined,
  maximumEventAgeSeconds: number | undefined,
  onSuccess: string | undefined,
  onFailure: string | undefined,
];

export const NO_EVENT_INVOKE: EventInvokeDraft = [undefined, undefined, undefined, undefined];

export function eventInvokeArbitrary(features: ReadonlySet<Feature>): Arbitrary<EventInvokeDraft> {
  const on = weigh(features);
  const success = (weight: number, kind?: Feature) =>
    kind === undefined || features.has(kind) ? on('successDestinations', weight) : 0;
  const failure = (weight: number, kind?: Feature) =>
    kind === undefined || features.has(kind) ? on('failureDestinations', weight) : 0;
  return fc.tuple(
    choice<number | undefined>(
      [3, undefined],
      [on('retries', 3), 0],
      [on('retries', 3), 1],
      [on('retries', 1), 2],
    ),
    choice<number | undefined>(
      [features.has('siege') ? 1 : 3, undefined],
      // AWS was seen to give up ahead of time: at 60 s there is no retry, at 90 s there is one.
      [on('ages', 2), 60],
      [on('ages', 1), 90],
      [on('ages', 1), 150],
      [on('ages', 1), 300],
      [on('ages', 1), 21_600],
    ),
    choice<string | undefined>(
      [3, undefined],
      [success(3), 'queue:done'],
      [success(1), 'queue:all'],
      [success(3, 'topicDestinations'), 'topic:done'],
      [success(3, 'busDestinations'), 'bus:done'],
      [success(4, 'functionDestinations'), NEXT_FUNCTION],
    ),
    choice<string | undefined>(
      [2, undefined],
      [failure(3), 'queue:failed'],
      [failure(1), 'queue:all'],
      [failure(3, 'topicDestinations'), 'topic:failed'],
      [failure(3, 'busDestinations'), 'bus:failed'],
      [failure(3, 'bucketDestinations'), 'bucket:failed'],
      [failure(3, 'functionDestinations'), NEXT_FUNCTION],
    ),
  );
}
