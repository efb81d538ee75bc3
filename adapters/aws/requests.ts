/** The control-plane requests of a scenario, and its removals. */
import * as aws from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Capability } from '../../engine/capabilities.ts';
import type { Json } from '../../engine/json.ts';
import type { Operation, RemoveStep, RequestStep, Scenario } from '../../engine/scenario.ts';
import type { Caller } from './caller.ts';
import type { Clients } from './clients.ts';
import { failureOf, isNeverMade } from './failures.ts';
import { expand } from './fillers.ts';
import { type FunctionSetup, probeFunction } from './functions.ts';
import type { Place } from './groups.ts';
import { answeredFrom } from './invoke.ts';
import { type Maker, needing } from './maker.ts';
import { PREFIX, type Renaming, type ResourceKind } from './names.ts';
import { PLACE_CAPABILITY } from './places.ts';
import { capabilityOf, journalMappingsOf } from './polling/makeMapping.ts';
import { watchMapping } from './polling/mappingStates.ts';
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
  const created = newResource(step, input, renaming);
  if (created !== undefined) maker.journal.make(created.kind, created.name);
  if (step.operation === 'CreateEventSourceMapping') journalMapping(input, renaming, maker);
  const takeBack = observation.polling.mappings.requested(step, observation.now());
  observation.record({ kind: 'requested', at: observation.now(), call, step: stepIndex });
  try {
    const sending = SEND[step.operation](caller.clients, input as never, maker.within());
    const output = await observation.polling.during(sending);
    if (step.operation === 'CreateEventSourceMapping') nameMapping(step, output, renaming);
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
    if (CHANGES_MAPPINGS.has(step.operation)) void watchMapping(step, caller);
  } catch (thrown) {
    const isUnmade = isNeverMade(failureOf(thrown));
    if (created !== undefined && isUnmade) maker.journal.gone(created.kind, created.name);
    if (isUnmade) takeBack();
    await caller.failed(thrown, call, step.operation, declinedKind(step, observation.scenario));
  }
  if (!step.operation.startsWith('Get')) observation.polling.lastStirAt = observation.now();
}

const CHANGES_MAPPINGS: ReadonlySet<Operation> = new Set([
  'CreateEventSourceMapping',
  'UpdateEventSourceMapping',
  'DeleteEventSourceMapping',
]);

/** What a target declines that declines to make a mapping. */
function declinedKind({ operation, input }: RequestStep, scenario: Scenario): Capability | undefined {
  return operation.endsWith('EventSourceMapping')
    ? capabilityOf(String(input['EventSourceArn']), scenario)
    : undefined;
}

function journalMapping(input: Record<string, unknown>, renaming: Renaming, maker: Maker): void {
  const [owner = ''] = String(input['FunctionName'] ?? '').split(':');
  // Of a function that is none of ours there can be no mapping.
  if (owner.startsWith(PREFIX) && !owner.startsWith(renaming.strangerPrefix)) journalMappingsOf(owner, maker);
}

/** From now on the scenario's name stands for the mapping that was made. */
function nameMapping({ mapping }: RequestStep, output: unknown, renaming: Renaming): void {
  const uuid = (output as { readonly UUID?: string }).UUID;
  if (mapping !== undefined && uuid !== undefined)
    renaming.add({ ref: `mapping:${mapping}`, realName: uuid, arn: uuid });
}

/** The request's input under the target's names; what no scenario can name (code, role) is filled in. */
function inputFor(step: RequestStep, caller: Caller, setup: FunctionSetup): Record<string, unknown> {
  const input = caller.renaming.toTarget(expand(step.input)) as Record<string, unknown>;
  if (step.operation === 'CreateQueue' || step.operation === 'SetQueueAttributes') return queueInput(input);
  const timestamp = input['StartingPositionTimestamp'];
  if (typeof timestamp === 'number')
    return { ...input, StartingPositionTimestamp: caller.observation.dateOf(timestamp) };
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

/** AWS, SQS API_SetQueueAttributes.html: attributes are texts, and a redrive policy is one of JSON. */
function queueInput(input: Record<string, unknown>): Record<string, unknown> {
  const attributes = input['Attributes'];
  if (typeof attributes !== 'object' || attributes === null) return input;
  const texts = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const Attributes = Object.fromEntries(texts) as Record<string, string>;
  const name = input['QueueName'];
  // AWS, SQS API_CreateQueue.html: the name of a FIFO queue ends so.
  const isUnmarked =
    Attributes['FifoQueue'] === 'true' && typeof name === 'string' && !name.endsWith('.fifo');
  return { ...input, Attributes, ...(isUnmarked ? { QueueName: `${name}.fifo` } : {}) };
}

/** The function or queue that the request will make, if any. One that the scenario declares exists already. */
function newResource(
  { operation }: RequestStep,
  input: Record<string, unknown>,
  renaming: Renaming,
): { readonly kind: 'function' | 'queue'; readonly name: string } | undefined {
  const kind =
    operation === 'CreateFunction' ? 'function' : operation === 'CreateQueue' ? 'queue' : undefined;
  const name = kind === 'function' ? input['FunctionName'] : input['QueueName'];
  if (kind === undefined || typeof name !== 'string') return undefined;
  return name.startsWith(renaming.strangerPrefix) ? { kind, name } : undefined;
}

/** Deletes a resource of the scenario: a fault. */
export async function removeResource(step: RemoveStep, caller: Caller, maker: Maker): Promise<void> {
  const alias = caller.renaming.get(step.resource);
  if (alias === undefined) return;
  const kind = step.resource.split(':', 1)[0] as ResourceKind;
  const removing = remove(kind, alias.realName, maker);
  await (kind in PLACE_CAPABILITY ? needing(PLACE_CAPABILITY[kind as Place['kind']], removing) : removing);
  caller.observation.record({ kind: 'removed', at: caller.observation.now(), resource: step.resource });
  caller.observation.polling.lastStirAt = caller.observation.now();
}
