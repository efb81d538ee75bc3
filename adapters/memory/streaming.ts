/**
 * Response streams. AWS, API_InvokeWithResponseStream.html: status 200 as soon as the function runs, then the
 * payload in chunks, then InvokeComplete, which tells of errors.
 */
import type { Streamed } from '../../engine/history.ts';
import type { Attempt } from './attempt.ts';
import type { Result } from './invocation.ts';
import { answer, reject } from './invoke.ts';
import type { World } from './world.ts';

/** After so many milliseconds the answer that opened the stream has arrived. */
const OPEN_MS = 7;
const CHUNK_BYTES = 1_048_576;
const MOST_CHUNKS = 8;

/** The function runs: the stream opens. */
export function openStream(world: World, attempt: Attempt): void {
  const { invocation } = attempt;
  if (invocation.isStreaming || world.policy.streamErrorsInStatus) return;
  invocation.isStreaming = true;
  answer(world, invocation, { status: 200, executedVersion: attempt.version });
}

/** The attempt is over: what it returned is streamed, and the stream is completed. */
export function closeStream(world: World, attempt: Attempt, result: Result): void {
  const { invocation } = attempt;
  invocation.attempts++;
  if (world.policy.streamErrorsInStatus) {
    if (result.isError) {
      reject(world, invocation, { status: 500, error: 'ServiceException', message: result.message });
      return;
    }
    answer(world, invocation, { status: 200, executedVersion: attempt.version });
  } else openStream(world, attempt);
  let afterMs = OPEN_MS;
  if (!result.isError) {
    const chunks = Math.min(MOST_CHUNKS, Math.ceil(result.payloadBytes / CHUNK_BYTES));
    for (let chunk = 0; chunk < chunks; chunk++) {
      afterMs += world.chance.between(0, 3);
      stream(world, attempt, afterMs, 'PayloadChunk');
    }
  }
  if (!world.policy.completesStreams) return;
  afterMs += world.chance.between(0, 3);
  stream(world, attempt, afterMs, 'InvokeComplete', result.isError ? result : undefined);
}

function stream(
  world: World,
  attempt: Attempt,
  afterMs: number,
  event: Streamed['event'],
  failed?: Result,
): void {
  const { call } = attempt.invocation.asked;
  const at = world.secondsIn(afterMs);
  const entry: Streamed =
    failed === undefined
      ? { kind: 'streamed', at, call, event }
      : {
          kind: 'streamed',
          at,
          call,
          event,
          errorCode: 'Unhandled',
          errorDetails: JSON.stringify(failed.payload),
        };
  world.clock.in(afterMs, 'answer', { invocation: attempt.invocation, entry });
}
