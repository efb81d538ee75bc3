/** A batch on its way to a function. AWS, invocation-eventsourcemapping.html: pollers invoke synchronously. */
import type { SeenRecord } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import type { BehaviourObject, Outcome } from '../../../engine/scenario.ts';
import type { Attempt } from '../attempt.ts';
import { beginAttempt } from '../attempts.ts';
import type { ThrottleReason } from '../concurrency.ts';
import { Invocation, type Result } from '../invocation.ts';
import type { World } from '../world.ts';
import type { MappingRuntime } from './mapping.ts';

/** What a poller wants done with a batch. */
export interface PolledBatch {
  readonly mapping: MappingRuntime;
  readonly seen: readonly SeenRecord[];
  /** The handler is entered: how it will act (engine/batchHandler.ts). Called once an attempt. */
  behave(timeoutSeconds: number): BehaviourObject & { readonly outcome: Outcome };
  /** The handler has been entered, and acts as it was told. */
  entered?(world: World, attempt: Attempt): void;
  /** The attempt is over. */
  ended(world: World, attempt: Attempt, result: Result): void;
}

const NO_PLAN = ['ok'] as const;

/**
 * Invokes the mapping's function with a batch, if there is capacity; else the limit that is exhausted, and nothing has
 * happened: the caller tries again as its kind of source has it.
 * @param payload the event; @param payloadBytes of its JSON text
 */
export function invokeBatch(
  world: World,
  batch: PolledBatch,
  payload: Json,
  payloadBytes: number,
): ThrottleReason | undefined {
  const { mapping } = batch;
  const invocation = new Invocation({
    call: '',
    step: -1,
    own: undefined,
    event: undefined,
    about: undefined,
    functionName: mapping.owner.name,
    qualifier: world.policy.runsMappingQualifier ? mapping.settings.qualifier : undefined,
    type: 'RequestResponse',
    payload,
    payloadBytes,
    isNoJson: false,
    plan: NO_PLAN,
    requestId: world.nextRequestId(),
    cause: undefined,
    isHandlersCall: false,
    batch,
  });
  const throttled = beginAttempt(world, mapping.owner, invocation, false);
  if (throttled !== undefined) mapping.owner.throttles++;
  return throttled;
}

/** What no target should do: the batch goes where the function's own events go that fail. */
function misdirect(world: World, { owner, invocation }: Attempt): void {
  const { deadLetter, eventInvoke } = owner.state;
  const body = invocation.asked.payload;
  const onFailure = eventInvoke.get('$LATEST')?.onFailure;
  const at = world.seconds;
  if (deadLetter !== undefined) world.recorder.push({ kind: 'delivered', at, resource: deadLetter, body });
  if (onFailure !== undefined)
    world.recorder.push({ kind: 'delivered', at, resource: onFailure, body: { requestPayload: body } });
}

/** An attempt of a batch is over: the poller goes on. */
export function batchEnded(world: World, attempt: Attempt, batch: PolledBatch, result: Result): void {
  if (result.isError && world.policy.mappingAttemptsUseAsyncOutlets) misdirect(world, attempt);
  batch.ended(world, attempt, result);
}
