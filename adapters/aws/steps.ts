import { hasPolling } from '../../engine/pollingIndex.ts';
import { eventIds, type Scenario, type Step } from '../../engine/scenario.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Caller } from './caller.ts';
import { invoke } from './invoke.ts';

/** A step, its index in the scenario, and when it is due on the target: seconds since the scenario began. */
export interface Due {
  readonly step: Step;
  readonly index: number;
  readonly atSeconds: number;
}

/**
 * When each step is due on a target whose waits are shorter than Lambda's: gaps up to a second stay, for calls and
 * handlers take as long as everywhere; longer ones shrink with the target's retry delays, to no less than a second.
 * Where there are mappings all stay: no target makes visibility timeouts and batching windows shorter.
 */
export function schedule(scenario: Scenario, tolerances: Tolerances): Due[] {
  const ordered = scenario.steps
    .map((step, index) => ({ step, index, atSeconds: step.atSeconds }))
    .sort((a, b) => a.atSeconds - b.atSeconds || a.index - b.index);
  const isPolling = hasPolling(scenario);
  let before = 0;
  let at = 0;
  return ordered.map((due) => {
    const gap = due.atSeconds - before;
    before = due.atSeconds;
    at += gap <= 1 || isPolling ? gap : Math.max(1, gap * tolerances.retryTimeScale);
    return { ...due, atSeconds: at };
  });
}

/** A step that is no call of Invoke. */
export type QuietStep = Exclude<Step, { do: 'invoke' }>;

/**
 * Carries out the steps at their times. Calls of Invoke run side by side, or one after another where the target bears no
 * more than one; all other steps are over before the next one begins. Resolves when all calls are over; throws what the
 * first failing one threw.
 * @param quiet carries out a step that is no call, given with its index
 */
export async function carryOut(
  scenario: Scenario,
  caller: Caller,
  quiet: (step: QuietStep, index: number) => Promise<void>,
  { callsOverlap = true }: { readonly callsOverlap?: boolean } = {},
): Promise<void> {
  const { observation } = caller;
  const calls: Promise<void>[] = [];
  let broken: unknown;
  for (const { step, index, atSeconds } of schedule(scenario, observation.tolerances)) {
    const waitSeconds = atSeconds - observation.now();
    if (waitSeconds > 0.001) await pause(waitSeconds, caller.signal);
    caller.signal.throwIfAborted();
    if (broken !== undefined) break;
    if (step.do !== 'invoke') {
      await quiet(step, index);
      continue;
    }
    for (const [k, event] of eventIds(step).entries()) {
      const call = k === 0 ? `c${index}` : `c${index}#${k + 1}`;
      const calling = invoke(step, index, event, call, caller).catch((thrown: unknown) => {
        broken ??= thrown;
      });
      if (callsOverlap) calls.push(calling);
      else await calling;
    }
  }
  await Promise.all(calls);
  if (broken !== undefined) throw broken;
}

/** Waits `seconds`, or less where the signal aborts. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    signal.addEventListener('abort', done);
  });
}
