/** Histories of tumbling windows of ten seconds, of which the first begins with the scenario. */
import type { Json } from '../../../engine/json.ts';
import type { View } from '../../../engine/view.ts';
import { type Given, type Line, streamed } from './notation.ts';
import { BEGAN_AT } from './shapes.ts';

export const LENGTH_SECONDS = 10;

export interface InWindow {
  /** The state that the attempt is given; `{}` where it is absent, none at all for null. */
  readonly state?: Json;
  /** The state that it returns; null: something without a state. */
  readonly returns?: Json;
  readonly isFinal?: boolean;
  readonly isEarly?: boolean;
  readonly shard?: number;
}

/** One attempt, as in the notation of streams, in the window of that number. */
export function attempt(line: string, window: number, more: InWindow = {}): Line {
  const { state = {}, returns = {}, isFinal = false, isEarly = false, shard = 0 } = more;
  const at = (number: number) =>
    new Date((BEGAN_AT + number * LENGTH_SECONDS) * 1_000).toISOString().replace('.000', '');
  return {
    line,
    event: {
      window: { start: at(window), end: at(window + 1) },
      ...(state === null ? {} : { state }),
      shardId: `shardId-00000000000${shard}`,
      isFinalInvokeForWindow: isFinal,
      isWindowTerminatedEarly: isEarly,
    },
    result: returns === null ? {} : { state: returns },
  };
}

/** Such attempts, of a mapping with tumbling windows. */
export const tumbling = (given: Given, ...attempts: readonly (Line | string)[]): View =>
  streamed({ ...given, mapping: { tumblingWindowSeconds: LENGTH_SECONDS, ...given.mapping } }, ...attempts);
