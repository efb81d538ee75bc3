/** The control-plane requests of a scenario, and its removals. */
import * as aws from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Json } from '../../engine/json.ts';
import type { Operation, RemoveStep, RequestStep } from '../../engine/scenario.ts';
import type { Caller } from './caller.ts';
import type { Clients } from './clients.ts';
import { failureOf, isNeverMade } from './failures.ts';
import { expand } from './fillers.ts';
import { type FunctionSetup, probeFunction } from './functions.ts';
import type { Place } from './groups.ts';
import { answeredFrom } from './invoke.ts';
import { type Maker, needing } from './maker.ts';
import type { Renaming, ResourceKind } from './names.ts';
import { PLACE_CAPABILITY } from './places.ts';
import { remove } from './removal.ts';

interface Output {
  readonly $metadata: { readonly httpStatusCode?: number; readonly requestId?: string };
}
type Send = (clients: Clients, input: never, options: { abortSignal: AbortSignal }) => Promise<Output>;

/** The inputs come out of a scenario and may be anything: that the SDK's types do not fit is the point. */
const SEND: Readonly<Record<Operation, Send>> = {
  Invoke: ({ lambda }, input, within) => lambda.send(new aws.InvokeCommand(input), within),
  CreateFunction: ({ lambda }, input, within) => lambda.send(new aws.CreateFunctionCommand(input), within),
  GetFunction: ({ lambda }, input, within) => lambda.send(new aws.GetFunctionCommand(input), within),
  UpdateFunctionConfiguration: ({ lambda }, input, within) =>
    lambda.send(new aws.UpdateFunctionConfigurationCommand(input), within),
  PutFunctionEventInvokeConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.PutFunctionEventInvokeConfigCommand(input), within),
  UpdateFunctionEventInvokeConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.UpdateFunctionEventInvokeConfigCommand(input), within),
  GetFunctionEventInvokeConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.GetFunctionEventInvokeConfigCommand(input), within),
  DeleteFunctionEventInvokeConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.DeleteFunctionEventInvokeConfigCommand(input), within),
  PutFunctionConcurrency: ({ lambda }, input, within) =>
    lambda.send(new aws.PutFunctionConcurrencyCommand(input), within),
  GetFunctionConcurrency: ({ lambda }, input, within) =>
    lambda.send(new aws.GetFunctionConcurrencyCommand(input), within),
  DeleteFunctionConcurrency: ({ lambda }, input, within) =>
    lambda.send(new aws.DeleteFunctionConcurrencyCommand(input), within),
  PutProvisionedConcurrencyConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.PutProvisionedConcurrencyConfigCommand(input), within),
  GetProvisionedConcurrencyConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.GetProvisionedConcurrencyConfigCommand(input), within),
  DeleteProvisionedConcurrencyConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.DeleteProvisionedConcurrencyConfigCommand(input), within),
  PutFunctionRecursionConfig: ({ lambda }, input, within) =>
    lambda.send(new aws.PutFunctionRecursionConfigCommand(input), within),
  CreateEventSourceMapping: ({ lambda }, input, within) =>
    lambda.send(new aws.CreateEventSourceMappingCommand(input), within),
  GetEventSourceMapping: ({ lambda }, input, within) =>
    lambda.send(new aws.GetEventSourceMappingCommand(input), within),
  UpdateEventSourceMapping: ({ lambda }, input, within) =>
    lambda.send(new aws.UpdateEventSourceMappingCommand(input), within),
  DeleteEventSourceMapping: ({ lambda }, input, within) =>
    lambda.send(new aws.DeleteEventSourceMappingCommand(input), within),
  CreateQueue: ({ sqs }, input, within) => sqs.send(new CreateQueueCommand(input), within),
  SetQueueAttributes: ({ sqs }, input, within) => sqs.send(new SetQueueAttributesCommand(input), within),
};

/** Sends one control-plane request and records its answer. */
export async function request(
  step: RequestStep,
  stepIndex: number,
  caller: Caller,
  setup: FunctionSetup,
  maker: Maker,
): Promise<void> {
  const { observation, renaming } = caller;
  const call = `c${stepIndex}`;
  const input = inputFor(step, caller, setup);
  const created = newFunction(step, input, renaming);
  if (created !== undefined) maker.journal.make('function', created);
  observation.record({ kind: 'requested', at: observation.now(), call, step: stepIndex });
  try {
    const output = await SEND[step.operation](caller.clients, input as never, maker.within());
    if (step.operation === 'Invoke') {
      observation.record(answeredFrom(output as aws.InvokeCommandOutput, call, caller));
      return;
    }
    const { $metadata, ...rest } = output;
    observation.record({
      kind: 'answered',
      at: observation.now(),
      call,
      status: $metadata.httpStatusCode ?? 0,
      ...($metadata.requestId === undefined ? {} : { requestId: $metadata.requestId }),
      // Through JSON once: dates become text, what is undefined goes away.
      output: renaming.toScenario(JSON.parse(JSON.stringify(rest)) as Json),
    });
  } catch (thrown) {
    if (created !== undefined && isNeverMade(failureOf(thrown))) maker.journal.gone('function', created);
    await caller.failed(thrown, call, step.operation);
  }
}

/** The request's input under the target's names; what no scenario can name (code, role) is filled in. */
function inputFor(step: RequestStep, caller: Caller, setup: FunctionSetup): Record<string, unknown> {
  const input = caller.renaming.toTarget(expand(step.input)) as Record<string, unknown>;
  if (step.operation === 'CreateFunction') {
    const { FunctionName, ...rest } = probeFunction(String(input['FunctionName'] ?? ''), setup);
    return { ...rest, ...input };
  }
  const payload = input['Payload'];
  if (step.operation === 'Invoke' && payload !== undefined) {
    return { ...input, Payload: typeof payload === 'string' ? payload : JSON.stringify(payload) };
  }
  return input;
}

/** The name of the function that the request will make, if any. One that the scenario declares exists already. */
function newFunction(
  step: RequestStep,
  input: Record<string, unknown>,
  renaming: Renaming,
): string | undefined {
  const name = input['FunctionName'];
  if (step.operation !== 'CreateFunction' || typeof name !== 'string') return undefined;
  return name.startsWith(renaming.strangerPrefix) ? name : undefined;
}

/** Deletes a resource of the scenario: a fault. */
export async function removeResource(step: RemoveStep, caller: Caller, maker: Maker): Promise<void> {
  const alias = caller.renaming.get(step.resource);
  if (alias === undefined) return;
  const kind = step.resource.split(':', 1)[0] as ResourceKind;
  const removing = remove(kind, alias.realName, maker);
  await (kind in PLACE_CAPABILITY ? needing(PLACE_CAPABILITY[kind as Place['kind']], removing) : removing);
  caller.observation.record({ kind: 'removed', at: caller.observation.now(), resource: step.resource });
}
