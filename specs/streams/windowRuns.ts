/** Tumbling windows as attempts tell of them: what was done in each, shard by shard. */
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { mayBeWindowed } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { answerTo } from './answer.ts';
import { changeOf } from './calm.ts';
import { shardRuns } from './shards.ts';
import { type Told, toldIn } from './windowed.ts';

/** One attempt with what it is told of its window. */
export interface Step {
  readonly batch: Batch;
  readonly told: Told;
}

/** All that a mapping did on a shard, in tumbling windows. */
export interface WindowRun {
  readonly mapping: MappingView;
  readonly shard: string;
  readonly steps: readonly Step[];
}

const NO_RUNS: readonly WindowRun[] = [];

/** Shards that are read in tumbling windows all the time, by one attempt at a time. */
export const windowRuns = once((view: View): readonly WindowRun[] => {
  const runs = shardRuns(view);
  if (runs.length === 0) return NO_RUNS;
  let found: WindowRun[] | undefined;
  for (const { mapping, shard, batches } of runs) {
    if (!mayBeWindowed(mapping) || mapping.steady?.parallelizationFactor !== 1) continue;
    if (changeOf(mapping, view) !== undefined) continue;
    const steps: Step[] = [];
    for (const batch of batches) {
      const told = toldIn(batch);
      if (told !== undefined) steps.push({ batch, told });
    }
    // An attempt that is not told of its window is STR-WIN-01's affair.
    if (steps.length < batches.length) continue;
    found ??= [];
    found.push({ mapping, shard, steps });
  }
  return found ?? NO_RUNS;
});

/** Whether the attempt is a success, for the window as well. */
export const isSuccess = ({ batch }: Step): boolean => answerTo(batch).kind === 'success';

/** Whether it failed, as a whole or in part. */
export const isFailure = ({ batch }: Step): boolean => {
  const { kind } = answerTo(batch);
  return kind === 'failure' || kind === 'partial';
};

/**
 * Whether the attempts of the final invocation that ends here may all have been used up, so that it was given up.
 * No page says what becomes of a window then.
 */
export function mayBeGivenUp(steps: readonly Step[], mapping: MappingView): boolean {
  const retries = mapping.steady?.maximumRetryAttempts ?? -1;
  if (retries < 0) return false;
  let failures = 0;
  for (const step of steps) if (step.told.isFinal && !isSuccess(step)) failures++;
  return failures > retries;
}
