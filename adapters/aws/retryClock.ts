/** How fast a target's asynchronous retries come, found out by an event that fails. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Collector } from './collector.ts';
import type { Maker } from './maker.ts';
import { pause } from './steps.ts';

/** Nobody waits longer for a doctor. */
export const RETRY_PATIENCE_SECONDS = 10;
/** AWS, invocation-async-error-handling.html: one minute before the second attempt, two before the third. */
const AWS_DELAYS_SECONDS = [60, 120] as const;

/**
 * Sends an event whose attempts all fail, and watches for the second and third of them.
 * @returns the seconds between attempts, two at most; undefined where the target does not take the event
 */
export async function watchRetries(
  realName: string,
  collector: Collector,
  maker: Maker,
  patienceSeconds = RETRY_PATIENCE_SECONDS,
): Promise<readonly number[] | undefined> {
  const startsMs: number[] = [];
  collector.attend(realName, {
    started: () => ({ attempt: `retry${startsMs.push(performance.now())}`, outcome: 'throw' }),
    ended: () => undefined,
  });
  try {
    const input = { FunctionName: realName, InvocationType: 'Event' as const, Payload: Buffer.from('{}') };
    const didSend = await maker.clients.lambda.send(new InvokeCommand(input), maker.within()).then(
      () => true,
      () => false,
    );
    if (!didSend) return undefined;
    const deadline = performance.now() + patienceSeconds * 1000;
    const signal = new AbortController().signal;
    while (startsMs.length <= AWS_DELAYS_SECONDS.length && performance.now() < deadline)
      await pause(0.02, signal);
  } finally {
    collector.release(realName);
  }
  return startsMs
    .slice(1, 1 + AWS_DELAYS_SECONDS.length)
    .map((startMs, at) => (startMs - (startsMs[at] ?? startMs)) / 1000);
}

/**
 * Real seconds for one second of AWS's delays; undefined where no retry was seen. The least of what was seen: attempts
 * are late on a busy machine, and never early.
 */
export function timeScaleOf(delaysSeconds: readonly number[]): number | undefined {
  if (delaysSeconds.length === 0) return undefined;
  return Math.min(...delaysSeconds.map((seconds, at) => seconds / (AWS_DELAYS_SECONDS[at] ?? seconds)));
}
