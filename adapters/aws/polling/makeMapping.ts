/** Makes and removes event source mappings, and puts the redrive policies of the queues that they read. */
import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Capability } from '../../../engine/capabilities.ts';
import { patternText } from '../../../engine/mappingSettings.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import { type MappingSpec, type SourceKind, sourceKind } from '../../../engine/sourceSpec.ts';
import { TargetError } from '../../../engine/target.ts';
import { failureOf } from '../failures.ts';
import { ignoreGone, type Maker, needing } from '../maker.ts';
import type { Renaming } from '../names.ts';

/** What a refusal to make a mapping of such a source means for the target's capabilities. */
export const SOURCE_CAPABILITY: Readonly<Record<SourceKind, Capability>> = {
  sqs: 'sqs',
  kinesis: 'kinesis',
  dynamodb: 'dynamodb',
  kafka: 'kafka',
  mq: 'mq',
};

/** Longer than AWS has been seen to take. */
const STATE_TIMEOUT_MS = 180_000;
const POLL_MS = 100;
/**
 * How long a mapping may be listed whose deletion is answered with 404. LocalStack 4.14.0 says so at once, of one that is
 * enabled while its last poll goes on, and lists one that was disabled for ever.
 */
const LISTED_MS = 5_000;

/** Puts the redrive policies that the scenario declares: its dead-letter queues have to be there for that. */
export async function putRedrivePolicies(
  { queues = [] }: Scenario,
  renaming: Renaming,
  maker: Maker,
): Promise<void> {
  for (const { name, redrive } of queues) {
    if (redrive === undefined) continue;
    const put = new SetQueueAttributesCommand({
      QueueUrl: renaming.get(`queue:${name}`)?.url,
      Attributes: {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: renaming.get(redrive.to)?.arn,
          maxReceiveCount: redrive.maxReceiveCount,
        }),
      },
    });
    await needing('redrive', maker.clients.sqs.send(put, maker.within()));
  }
}

/**
 * Makes the mappings that a scenario declares, each journaled by its function, and waits until they act.
 * @returns whether there are any
 * @throws SetupRefused where one is refused, TargetError where one never acts; all have come to an end by then
 */
export async function makeMappings(scenario: Scenario, renaming: Renaming, maker: Maker): Promise<boolean> {
  const { mappings = [] } = scenario;
  const outcomes = await Promise.allSettled(
    mappings.map(async (spec) => {
      journalMappingsOf(renaming.functionName(spec.function), maker);
      const create = new CreateEventSourceMappingCommand(mappingInput(spec, renaming));
      const needs = capabilityOf(spec.source, scenario) ?? 'sqs';
      const made = await needing(needs, maker.clients.lambda.send(create, maker.within()));
      const UUID = made.UUID ?? '';
      renaming.add({ ref: `mapping:${spec.name}`, realName: UUID, arn: UUID });
      await untilSettled(spec.name, UUID, made.State, maker);
    }),
  );
  // Only now: what is still being made must not come after the removal of what was.
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return mappings.length > 0;
}

/** What a target declines that declines to make a mapping of the source; undefined where it is none of the scenario's. */
export function capabilityOf(source: string, { queues = [] }: Scenario): Capability | undefined {
  if (queues.some(({ name, fifo }) => fifo === true && source === `queue:${name}`)) return 'fifo';
  const kind = sourceKind(source);
  return kind === undefined ? undefined : SOURCE_CAPABILITY[kind];
}

/** To be called before a mapping of the function is made. */
export function journalMappingsOf(functionName: string, maker: Maker): void {
  if (!maker.journal.has('mapping', functionName)) maker.journal.make('mapping', functionName);
}

/** The input of CreateEventSourceMapping for a mapping as a scenario declares it. */
export function mappingInput(spec: MappingSpec, renaming: Renaming): CreateEventSourceMappingCommandInput {
  const input: CreateEventSourceMappingCommandInput = {
    FunctionName: functionOf(spec, renaming),
    EventSourceArn: renaming.get(spec.source)?.arn ?? spec.source,
  };
  if (spec.enabled === false) input.Enabled = false;
  if (spec.batchSize !== undefined) input.BatchSize = spec.batchSize;
  if (spec.windowSeconds !== undefined) input.MaximumBatchingWindowInSeconds = spec.windowSeconds;
  if (spec.filters !== undefined)
    input.FilterCriteria = { Filters: spec.filters.map((filter) => ({ Pattern: patternText(filter) })) };
  if (spec.reportsItemFailures === true) input.FunctionResponseTypes = ['ReportBatchItemFailures'];
  if (spec.maximumConcurrency !== undefined)
    input.ScalingConfig = { MaximumConcurrency: spec.maximumConcurrency };
  if (spec.provisioned !== undefined)
    input.ProvisionedPollerConfig = {
      MinimumPollers: spec.provisioned.minimum,
      MaximumPollers: spec.provisioned.maximum,
    };
  if (spec.onFailure !== undefined)
    input.DestinationConfig = { OnFailure: { Destination: renaming.get(spec.onFailure)?.arn } };
  return Object.assign(input, streamInput(spec));
}

/** AWS, API_CreateEventSourceMapping.html: a version or an alias is given by its ARN. No name with a qualifier is among the formats. */
function functionOf({ function: owner, qualifier }: MappingSpec, renaming: Renaming): string {
  if (qualifier === undefined) return renaming.functionName(owner);
  return `${renaming.get(`function:${owner}`)?.arn}:${qualifier}`;
}

function streamInput(spec: MappingSpec): Partial<CreateEventSourceMappingCommandInput> {
  const input: Partial<CreateEventSourceMappingCommandInput> = {};
  if (spec.startingPosition !== undefined) input.StartingPosition = spec.startingPosition;
  // The scenario begins as soon as its mappings are there.
  if (spec.startingAtSeconds !== undefined)
    input.StartingPositionTimestamp = new Date(Date.now() + spec.startingAtSeconds * 1_000);
  if (spec.parallelizationFactor !== undefined) input.ParallelizationFactor = spec.parallelizationFactor;
  if (spec.maximumRetryAttempts !== undefined) input.MaximumRetryAttempts = spec.maximumRetryAttempts;
  if (spec.maximumRecordAgeSeconds !== undefined)
    input.MaximumRecordAgeInSeconds = spec.maximumRecordAgeSeconds;
  if (spec.bisects === true) input.BisectBatchOnFunctionError = true;
  if (spec.tumblingWindowSeconds !== undefined) input.TumblingWindowInSeconds = spec.tumblingWindowSeconds;
  return input;
}

/** AWS, invocation-eventsourcemapping.html: a mapping is Creating, Updating, … before it acts as it was asked to. */
export const isSettled = (state: string | undefined): boolean =>
  state === 'Enabled' || state === 'Disabled' || state === undefined;

async function untilSettled(
  name: string,
  UUID: string,
  first: string | undefined,
  maker: Maker,
): Promise<void> {
  const deadline = performance.now() + STATE_TIMEOUT_MS;
  for (let state = first; !isSettled(state); ) {
    if (performance.now() > deadline) {
      throw new TargetError(
        `The mapping ${name} was still ${state} after ${STATE_TIMEOUT_MS / 1_000} s: see the target's own log for why.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const seen = await maker.clients.lambda.send(new GetEventSourceMappingCommand({ UUID }), maker.within());
    state = seen.State;
  }
}

/** Removes all mappings of a function, whoever made them, and waits until they are gone. */
export async function removeMappingsOf(FunctionName: string, maker: Maker): Promise<void> {
  const deadline = performance.now() + STATE_TIMEOUT_MS;
  /** Since when the target says that they are not there. */
  const goneSince = new Map<string, number>();
  const left = async () => {
    const since = performance.now() - LISTED_MS;
    return (await mappingsOf(FunctionName, maker)).filter(
      (uuid) => (goneSince.get(uuid) ?? Number.POSITIVE_INFINITY) > since,
    );
  };
  for (;;) {
    const uuids = await left();
    if (uuids.length === 0) return;
    for (const uuid of uuids) {
      const answer = await removeMapping(uuid, performance.now() > deadline, maker);
      if (answer === 'gone' && !goneSince.has(uuid)) goneSince.set(uuid, performance.now());
    }
    if ((await left()).length === 0) return;
    if (performance.now() > deadline) throw new Error(`the mappings of ${FunctionName} do not go away`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Asks for the removal of one mapping. One that is being made, changed or deleted is in use, and is to be asked again. */
async function removeMapping(UUID: string, isLastTry: boolean, maker: Maker): Promise<'asked' | 'gone'> {
  try {
    await maker.clients.lambda.send(new DeleteEventSourceMappingCommand({ UUID }), maker.within());
  } catch (thrown) {
    const failure = failureOf(thrown);
    const isInUse = failure.kind === 'refused' && failure.error === 'ResourceInUseException';
    if (isInUse && !isLastTry) return 'asked';
    ignoreGone(thrown);
    return 'gone';
  }
  return 'asked';
}

async function mappingsOf(FunctionName: string, maker: Maker): Promise<string[]> {
  const uuids: string[] = [];
  const pages = paginateListEventSourceMappings(
    { client: maker.clients.lambda },
    { FunctionName },
    maker.within(),
  );
  for await (const { EventSourceMappings: found = [] } of pages)
    for (const { UUID } of found) if (UUID !== undefined) uuids.push(UUID);
  return uuids;
}
