/** Sends one Invoke call of a scenario and records what its caller sees. */
import {
  InvokeCommand,
  type InvokeCommandInput,
  type InvokeCommandOutput,
  InvokeWithResponseStreamCommand,
} from '@aws-sdk/client-lambda';
import type { Answered } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { DEFAULT_TIMEOUT_SECONDS, type InvokeStep } from '../../engine/scenario.ts';
import type { Caller } from './caller.ts';
import { contract, expand } from './fillers.ts';

/** Beyond the function's timeout, an answer may take so long: a cold start on a busy machine. */
const ANSWER_SLACK_SECONDS = 60;

/** The input of Invoke. Values may be out of range on purpose: the SDK sends them as they are. */
function invokeInput(step: InvokeStep, caller: Caller): InvokeCommandInput {
  const body = step.body ?? (step.payload === undefined ? undefined : JSON.stringify(expand(step.payload)));
  return {
    FunctionName: caller.renaming.functionName(step.function),
    ...(step.qualifier === undefined ? {} : { Qualifier: step.qualifier }),
    ...(step.type === undefined ? {} : { InvocationType: step.type }),
    ...(step.logType === undefined ? {} : { LogType: step.logType }),
    ...(step.clientContext === undefined
      ? {}
      : { ClientContext: Buffer.from(JSON.stringify(step.clientContext)).toString('base64') }),
    ...(body === undefined ? {} : { Payload: new TextEncoder().encode(body) }),
  };
}

/** One call of Invoke, from its request to its answer. Never throws for what the target answers. */
export async function invoke(
  step: InvokeStep,
  stepIndex: number,
  event: string,
  call: string,
  caller: Caller,
) {
  const { observation } = caller;
  const timeoutSeconds =
    observation.scenario.functions.find(({ name }) => name === step.function)?.timeoutSeconds ??
    DEFAULT_TIMEOUT_SECONDS;
  const patience = new AbortController();
  const hangUpSeconds = step.hangUpAfterSeconds ?? timeoutSeconds + ANSWER_SLACK_SECONDS;
  const timer = setTimeout(() => patience.abort(), hangUpSeconds * 1000);
  const abortSignal = AbortSignal.any([patience.signal, caller.signal]);
  const wireEvent = observation.attribution.events.get(event);
  if (wireEvent !== undefined) wireEvent.isSent = true;
  observation.record({ kind: 'requested', at: observation.now(), call, step: stepIndex, event });
  try {
    const answered = step.stream
      ? await invokeStream(step, call, caller, abortSignal)
      : await invokeOnce(step, call, caller, abortSignal);
    observation.record(answered);
    if (answered.requestId !== undefined) observation.attribution.answered(event, answered.requestId);
    const isQueued = step.type === 'Event' && answered.status < 300;
    observation.callDone(
      event,
      isQueued ? 'async' : step.type === 'DryRun' ? 'none' : 'sync',
      observation.now(),
    );
  } catch (thrown) {
    if (patience.signal.aborted && !caller.signal.aborted) {
      // Only a hanging-up that the scenario asked for is told: an answer that never came is no entry.
      if (step.hangUpAfterSeconds !== undefined) {
        observation.record({ kind: 'hungUp', at: observation.now(), call });
      }
      observation.callDone(event, 'left', observation.now());
    } else {
      const operation = step.stream === true ? 'InvokeWithResponseStream' : 'Invoke';
      const ofType = step.type === 'DryRun' ? 'dryRun' : step.type === 'Event' ? 'async' : undefined;
      const isRefused = await caller.failed(thrown, call, operation, ofType);
      observation.callDone(event, isRefused ? 'none' : 'left', observation.now());
    }
  } finally {
    clearTimeout(timer);
  }
}

async function invokeOnce(
  step: InvokeStep,
  call: string,
  caller: Caller,
  abortSignal: AbortSignal,
): Promise<Answered> {
  const command = new InvokeCommand(invokeInput(step, caller));
  if (step.contentType !== undefined) setContentType(command, step.contentType);
  const output = await caller.clients.lambda.send(command, { abortSignal });
  return answeredFrom(output, call, caller);
}

/** The entry for an answer of Invoke. */
export function answeredFrom(output: InvokeCommandOutput, call: string, caller: Caller): Answered {
  return {
    kind: 'answered',
    at: caller.observation.now(),
    call,
    status: output.StatusCode ?? output.$metadata.httpStatusCode ?? 0,
    ...(output.$metadata.requestId === undefined ? {} : { requestId: output.$metadata.requestId }),
    ...(output.FunctionError === undefined ? {} : { functionError: output.FunctionError }),
    ...(output.ExecutedVersion === undefined ? {} : { executedVersion: output.ExecutedVersion }),
    ...bodyOf(output.Payload, caller),
    ...(output.LogResult === undefined
      ? {}
      : { logTail: Buffer.from(output.LogResult, 'base64').toString() }),
  };
}

function bodyOf(bytes: Uint8Array | undefined | null, caller: Caller): { payload?: Json; body?: string } {
  if (bytes === undefined || bytes === null || bytes.length === 0) return {};
  const text = Buffer.from(bytes).toString();
  try {
    return { payload: contract(caller.renaming.toScenario(JSON.parse(text) as Json)) };
  } catch {
    return { body: text };
  }
}

/** The status and version are of the stream's beginning, the payload is all its chunks put together. */
async function invokeStream(
  step: InvokeStep,
  call: string,
  caller: Caller,
  abortSignal: AbortSignal,
): Promise<Answered> {
  const { observation } = caller;
  const { InvocationType, ...input } = invokeInput(step, caller);
  const command = new InvokeWithResponseStreamCommand({
    ...input,
    ...(InvocationType === undefined ? {} : { InvocationType: InvocationType as 'RequestResponse' }),
  });
  const output = await caller.clients.lambda.send(command, { abortSignal });
  const at = observation.now();
  const chunks: Uint8Array[] = [];
  let logTail: string | undefined;
  for await (const event of output.EventStream ?? []) {
    if (event.PayloadChunk !== undefined) {
      chunks.push(event.PayloadChunk.Payload ?? new Uint8Array());
      observation.record({ kind: 'streamed', at: observation.now(), call, event: 'PayloadChunk' });
    } else if (event.InvokeComplete !== undefined) {
      const { ErrorCode, ErrorDetails, LogResult } = event.InvokeComplete;
      if (LogResult !== undefined) logTail = Buffer.from(LogResult, 'base64').toString();
      observation.record({
        kind: 'streamed',
        at: observation.now(),
        call,
        event: 'InvokeComplete',
        ...(ErrorCode === undefined ? {} : { errorCode: ErrorCode }),
        ...(ErrorDetails === undefined ? {} : { errorDetails: ErrorDetails }),
      });
    }
  }
  return {
    kind: 'answered',
    at,
    call,
    status: output.StatusCode ?? output.$metadata.httpStatusCode ?? 0,
    ...(output.$metadata.requestId === undefined ? {} : { requestId: output.$metadata.requestId }),
    ...(output.ExecutedVersion === undefined ? {} : { executedVersion: output.ExecutedVersion }),
    ...bodyOf(Buffer.concat(chunks), caller),
    ...(logTail === undefined ? {} : { logTail }),
  };
}

/** The SDK has no parameter for the content type of an Invoke body: it is set on the request itself. */
function setContentType(command: InvokeCommand, contentType: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['content-type'] = contentType;
      return next(args);
    },
    { step: 'build', name: 'contentTypeOfTheScenario', priority: 'low' },
  );
}
