/** Why Lambda does not take a call, in AWS's names, statuses and words. AWS, API_Invoke.html#errors. */
import type { ThrottleReason } from './concurrency.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Asked, Invocation } from './invocation.ts';
import { functionArn, hasQualifier } from './qualifiers.ts';
import { base64Bytes, payloadBytesOf } from './sizes.ts';
import type { World } from './world.ts';

export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly reason?: string | undefined;
}

/** A synchronous call would extend a detected loop. */
export const LOOP: Refusal = {
  status: 400,
  error: 'RecursiveInvocationException',
  message: 'Lambda has detected that this function is being invoked in a recursive loop.',
};

/** There is no capacity. */
export const throttled = (world: World, reason: ThrottleReason): Refusal => ({
  status: world.policy.throttledStatus,
  error: 'TooManyRequestsException',
  message: 'Rate Exceeded.',
  reason: world.policy.namesThrottleReasons ? reason : undefined,
});

/** The caller may not invoke functions. AWS, API_Invoke.html: lambda:InvokeFunction. */
const accessDenied = ({ functionName, qualifier }: Asked): Refusal => ({
  status: 403,
  error: 'AccessDeniedException',
  message: `User: arn:aws:iam::123456789012:user/stranger is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn(functionName, qualifier)}`,
});

function isStranger({ policy }: World, { own, type }: Asked): boolean {
  if (own?.asStranger !== true) return false;
  return policy.checksCallers && (type !== 'DryRun' || policy.checksDryRuns);
}

/** Why Lambda does not take the call at all, before it looks for capacity. AWS, API_Invoke.html#errors. */
export function refusal(
  world: World,
  owner: FunctionRuntime | undefined,
  invocation: Invocation,
): Refusal | undefined {
  const { asked } = invocation;
  const { policy } = world;
  const limit = asked.type === 'Event' ? policy.asyncPayloadBytes : policy.syncPayloadBytes;
  if (asked.payloadBytes > limit) return requestTooLarge(asked, limit, policy.tooLargeStatus);
  if (isStranger(world, asked)) return accessDenied(asked);
  if (owner === undefined) return functionNotFound(asked, policy.unknownFunctionStatus);
  if (!hasQualifier(owner, asked.qualifier) && !policy.ignoresUnknownQualifiers)
    return functionNotFound(asked, policy.unknownFunctionStatus);
  const { own } = asked;
  if (own !== undefined) {
    const refused = parametersRefused(world, asked);
    if (refused !== undefined) return refused;
  }
  if (owner.state.state === 'Pending' && !policy.invokesWhilePending)
    return {
      status: 409,
      error: 'ResourceConflictException',
      message: `The operation cannot be performed at this time. The function is currently in the following state: Pending`,
    };
  return undefined;
}

function parametersRefused(world: World, asked: Asked): Refusal | undefined {
  const { policy } = world;
  const { own } = asked;
  if (own?.contentType !== undefined && !own.contentType.includes('json') && !policy.acceptsAnyContentType)
    return {
      status: 415,
      error: 'UnsupportedMediaTypeException',
      message: `Unsupported content type: ${own.contentType}`,
    };
  if (asked.isNoJson && !policy.acceptsInvalidJson)
    return {
      status: policy.invalidJsonStatus,
      error: 'InvalidRequestContentException',
      message:
        'Could not parse request body into json: Could not parse payload into json: Unexpected character',
    };
  if (own?.stream === true && asked.type === 'Event')
    return {
      status: 400,
      error: 'InvalidParameterValueException',
      message: 'InvokeWithResponseStream takes RequestResponse and DryRun only.',
    };
  if (
    own?.clientContext !== undefined &&
    base64Bytes(payloadBytesOf(own.clientContext)) > policy.clientContextMostBytes &&
    base64Bytes(Buffer.byteLength(JSON.stringify(own.clientContext))) > policy.clientContextMostBytes
  )
    return {
      status: 400,
      error: 'InvalidRequestContentException',
      message: 'Client context must be at most 3583 bytes of base64-encoded data.',
    };
  return undefined;
}

const functionNotFound = (asked: Asked, status: number): Refusal => ({
  status,
  error: 'ResourceNotFoundException',
  message: `Function not found: ${functionArn(asked.functionName, asked.qualifier)}`,
});

const requestTooLarge = (asked: Asked, limit: number, status: number): Refusal => ({
  status,
  error: 'RequestTooLargeException',
  message: `${asked.payloadBytes} byte payload is too large for the ${asked.type} invocation type (limit ${limit} bytes)`,
});
