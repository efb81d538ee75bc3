/**
 * Whose attempt is it? On the wire an attempt is known by its request id, or else by its payload alone. Rules ask
 * here before they accuse, so that nobody is blamed for the attempt of a call that looks the same.
 */
import { jsonEqual } from '../../engine/json.ts';
import type { Attempt, Call, View } from '../../engine/view.ts';

/** The attempt that an answer speaks of: the only one, or the one under the answer's request id. */
export function answeredAttempt(call: Call): Attempt | undefined {
  const { attempts } = call;
  if (attempts.length <= 1) return attempts[0];
  const requestId = call.answered?.requestId;
  if (requestId === undefined) return undefined;
  let found: Attempt | undefined;
  for (const attempt of attempts) {
    if (attempt.started.requestId !== requestId) continue;
    if (found !== undefined) return undefined;
    found = attempt;
  }
  return found;
}

/** Whether an attempt is certainly the call's own: by request id, or because no other call looks the same. */
export function isOwn(call: Call, attempt: Attempt, view: View): boolean {
  const requestId = call.answered?.requestId ?? call.rejected?.requestId;
  if (requestId !== undefined && attempt.started.requestId === requestId) return true;
  return !hasTwin(call, view);
}

/** The reason of a finding that cannot be had because two calls look the same. */
export const TWIN =
  'another call of the function carries the same payload, so that attempts cannot be told apart';

/** Whether another call to the same function carries an equal payload. Linear: for calls under suspicion only. */
export function hasTwin(call: Call, view: View): boolean {
  if ((call.step.times ?? 1) > 1) return true;
  return isAmong(view.calls, call) || isAmong(view.chained, call) || isAmongRequests(call, view);
}

/** A request that asks for what there is not (LIM-INV-01) is a call like any other where the target takes it. */
function isAmongRequests(call: Call, view: View): boolean {
  return view.requests.some(
    ({ step, rejected }) =>
      step.operation === 'Invoke' &&
      rejected === undefined &&
      jsonEqual(step.input['Payload'] ?? {}, call.step.payload ?? {}),
  );
}

function isAmong(others: readonly Call[], call: Call): boolean {
  for (const other of others) {
    if (other === call || other.function !== call.function) continue;
    // AWS gives `{}` to the handler of a call without a body.
    if (jsonEqual(other.step.payload ?? {}, call.step.payload ?? {})) return true;
  }
  return false;
}
