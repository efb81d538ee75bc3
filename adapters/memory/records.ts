/** The invocation record. AWS, invocation-async-retain-records.html, and what was recorded from AWS. */
import type { Json } from '../../engine/json.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation, Result } from './invocation.ts';
import { functionArn, LATEST } from './qualifiers.ts';
import type { World } from './world.ts';

/** What the record has beside its two payloads, at most. */
export const ENVELOPE_BYTES = 700;

/** The time of day at which every scenario begins, milliseconds of the epoch. */
export const EPOCH_MS = Date.UTC(2025, 10, 24, 12);

/** The virtual clock's time as AWS writes it. */
export const isoTime = (world: World): string => new Date(EPOCH_MS + world.clock.now).toISOString();

/** @param result of the last attempt; undefined where there was none: then the record has no response */
export function recordOf(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  condition: string,
  result: Result | undefined,
): Json {
  const { policy } = world;
  const { payload } = invocation.asked;
  const shown = policy.recordsFirstResult ? invocation.first : result;
  const requestContext = {
    requestId: invocation.requestId,
    functionArn: recordedArn(world, owner, invocation, result),
    condition,
    approximateInvokeCount: Math.max(0, invocation.attempts - (policy.countsRetriesOnly ? 1 : 0)),
  };
  const timestamp = isoTime(world);
  const requestPayload = policy.recordsPayloadAsText ? JSON.stringify(payload) : payload;
  if (shown === undefined)
    return { version: policy.recordVersion, timestamp, requestContext, requestPayload };
  const responseContext =
    shown.isError && policy.recordFunctionError !== undefined
      ? { statusCode: 200, executedVersion: shown.version, functionError: policy.recordFunctionError }
      : { statusCode: 200, executedVersion: shown.version };
  const responsePayload = shown.payload;
  return {
    version: policy.recordVersion,
    timestamp,
    requestContext,
    requestPayload,
    responseContext,
    responsePayload,
  };
}

/** Qualified always. For an alias the pages show neither its name nor its version: either is drawn. */
function recordedArn(
  world: World,
  owner: FunctionRuntime,
  invocation: Invocation,
  result: Result | undefined,
): string {
  if (!world.policy.qualifiesFunctionArn) return functionArn(owner.name);
  const { qualifier } = invocation.asked;
  if (qualifier === undefined) return functionArn(owner.name, LATEST);
  const isAlias = owner.state.aliases.has(qualifier);
  if (isAlias && result !== undefined && world.chance.isTrue(0.5))
    return functionArn(owner.name, result.version);
  return functionArn(owner.name, qualifier);
}
