import type { Observation } from './observation.ts';
import { pause } from './steps.ts';
import type { Watch } from './watch.ts';

/** How long to go on watching at most, beyond what a scenario's own waits amount to: six hours is not tested. */
const LONGEST_WATCH_SECONDS = 1_800;

/**
 * Watches until nothing more is due. Returns whether all that was due has been seen.
 * @param watchOf until when to watch, from what was seen so far
 * @param checkAlive throws where the target is no longer there
 */
export async function watchToTheEnd(
  observation: Observation,
  watchOf: () => Watch,
  checkAlive: () => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    const { until, isSettled } = watchOf();
    const now = observation.now();
    if (now >= Math.min(until, LONGEST_WATCH_SECONDS)) {
      // A target that died meanwhile has lost nothing: it is no observation at all.
      await checkAlive();
      return isSettled;
    }
    // What comes in meanwhile moves the end: look again soon, but not for each message.
    await pause(Math.min(until - now, 0.5), signal);
    signal.throwIfAborted();
  }
}
