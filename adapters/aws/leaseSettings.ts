/** What a scenario sets on the functions it holds, and what is taken away again when it gives them back. */
import {
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import type { EventInvokeSpec, Scenario } from '../../engine/scenario.ts';
import { type Maker, needing } from './maker.ts';
import type { Renaming } from './names.ts';

/** Puts event-invoke configurations and concurrency. Returns whether anything was put that has to settle. */
export async function applySettings(scenario: Scenario, renaming: Renaming, maker: Maker): Promise<boolean> {
  const work: Promise<unknown>[] = [];
  for (const spec of scenario.functions) {
    const FunctionName = renaming.functionName(spec.name);
    for (const config of spec.eventInvoke ?? [])
      work.push(putEventInvoke(FunctionName, config, renaming, maker));
    if (spec.reservedConcurrency !== undefined) {
      const put = new PutFunctionConcurrencyCommand({
        FunctionName,
        ReservedConcurrentExecutions: spec.reservedConcurrency,
      });
      work.push(needing('reserved', maker.clients.lambda.send(put, maker.within())));
    }
    for (const { qualifier, concurrency } of spec.provisioned ?? []) {
      work.push(needing('provisioned', provision(FunctionName, qualifier, concurrency, maker)));
    }
  }
  // All of them end before a refusal is told: nothing may be put after the function was given back.
  const outcomes = await Promise.allSettled(work);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return work.length > 0;
}

/** Takes away what `applySettings` put. */
export async function undoSettings(scenario: Scenario, renaming: Renaming, maker: Maker): Promise<void> {
  const { lambda } = maker.clients;
  const work: Promise<unknown>[] = [];
  for (const spec of scenario.functions) {
    const FunctionName = renaming.functionName(spec.name);
    for (const { qualifier: Qualifier } of spec.eventInvoke ?? []) {
      const undo = new DeleteFunctionEventInvokeConfigCommand({ FunctionName, Qualifier });
      work.push(lambda.send(undo, maker.within()));
    }
    if (spec.reservedConcurrency !== undefined) {
      work.push(lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }), maker.within()));
    }
    for (const { qualifier: Qualifier } of spec.provisioned ?? []) {
      const undo = new DeleteProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier });
      work.push(lambda.send(undo, maker.within()));
    }
  }
  await Promise.all(work);
}

async function putEventInvoke(
  FunctionName: string,
  config: EventInvokeSpec,
  renaming: Renaming,
  maker: Maker,
): Promise<void> {
  const { onSuccess, onFailure, maximumRetryAttempts, maximumEventAgeSeconds } = config;
  const destination = (ref: string) => ({ Destination: renaming.get(ref)?.arn });
  const hasDestination = onSuccess !== undefined || onFailure !== undefined;
  const put = new PutFunctionEventInvokeConfigCommand({
    FunctionName,
    Qualifier: config.qualifier,
    MaximumRetryAttempts: maximumRetryAttempts,
    MaximumEventAgeInSeconds: maximumEventAgeSeconds,
    ...(hasDestination
      ? {
          DestinationConfig: {
            ...(onSuccess === undefined ? {} : { OnSuccess: destination(onSuccess) }),
            ...(onFailure === undefined ? {} : { OnFailure: destination(onFailure) }),
          },
        }
      : {}),
  });
  const capability = hasDestination ? 'destinations' : 'eventInvokeConfig';
  await needing(capability, maker.clients.lambda.send(put, maker.within()));
}

/** Provisioned environments take minutes to come up on AWS. */
const PROVISION_TIMEOUT_MS = 600_000;

async function provision(
  FunctionName: string,
  Qualifier: string,
  concurrency: number,
  maker: Maker,
): Promise<void> {
  const { lambda } = maker.clients;
  const input = { FunctionName, Qualifier };
  const put = new PutProvisionedConcurrencyConfigCommand({
    ...input,
    ProvisionedConcurrentExecutions: concurrency,
  });
  await lambda.send(put, maker.within());
  const deadline = performance.now() + PROVISION_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const seen = await lambda.send(new GetProvisionedConcurrencyConfigCommand(input), maker.within());
    if (seen.Status !== 'IN_PROGRESS') return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
