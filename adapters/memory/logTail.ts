/** The last part of an attempt's log, as LogType Tail returns it. */
import type { Attempt } from './attempt.ts';
import type { World } from './world.ts';

/** What Lambda and the handler wrote, or the last 4 KB of it. */
export function logTail(world: World, attempt: Attempt, durationMs: number): string {
  const { requestId } = attempt.invocation;
  const start = `START RequestId: ${requestId} Version: ${attempt.version}\n`;
  const end = `END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${durationMs}.00 ms\tBilled Duration: ${durationMs} ms\tMemory Size: 128 MB\tMax Memory Used: ${world.chance.between(60, 90)} MB\t\n`;
  const most = world.policy.logTailBytes;
  const room = Math.max(0, most - end.length);
  const written = attempt.behaviour?.logBytes ?? 0;
  const lines = written === 0 ? '' : `${'l'.repeat(Math.min(written, room))}\n`;
  const whole = start + lines + end;
  return whole.length <= most ? whole : whole.slice(whole.length - most);
}
