/** Makes and removes functions that run the probe. */
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  type Runtime,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { FunctionSpec } from '../../engine/scenario.ts';
import { TargetError } from '../../engine/target.ts';
import { failureOf } from './failures.ts';
import { type Maker, needing } from './maker.ts';
import { PROBE_HANDLER, probeZip } from './probeZip.ts';

/** A function that exists. */
export interface MadeFunction {
  readonly realName: string;
  readonly arn: string;
}

/** What all functions of a run have in common. */
export interface FunctionSetup {
  readonly roleArn: string;
  readonly collectorUrl: string;
  readonly runtime: string;
  /** Seconds after which a function that was updated is as if it had been made so; none where it is absent. */
  readonly settleSeconds?: number;
}

/** Longer than any target should need for a state to change. */
const STATE_TIMEOUT_SECONDS = 120;

/** The input of CreateFunction for the probe, as far as it does not depend on the scenario. */
export function probeFunction(realName: string, setup: FunctionSetup) {
  return {
    FunctionName: realName,
    Runtime: setup.runtime as Runtime,
    Role: setup.roleArn,
    Handler: PROBE_HANDLER,
    Code: { ZipFile: probeZip() },
    Environment: { Variables: { LC_COLLECTOR: setup.collectorUrl, LC_FUNCTION: realName } },
  };
}

/**
 * Makes a function as the scenario declares it, as far as it lasts beyond the scenario: with its versions and
 * aliases, and active unless its state Pending is to be seen.
 */
export async function makeFunction(
  spec: FunctionSpec,
  deadLetterArn: string | undefined,
  setup: FunctionSetup,
  maker: Maker,
): Promise<MadeFunction> {
  const realName = maker.name('function');
  const create = new CreateFunctionCommand({
    ...probeFunction(realName, setup),
    Timeout: spec.timeoutSeconds,
    Tags: maker.tags,
    ...(deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: deadLetterArn } }),
  });
  const made = await needing(
    deadLetterArn === undefined ? 'controlPlane' : 'deadLetter',
    maker.making(
      'function',
      realName,
      whileRoleSpreads(() => maker.clients.lambda.send(create, maker.within())),
    ),
  );
  if (spec.fresh !== true && made.State !== 'Active') await untilReady(realName, undefined, maker);
  for (let version = 1; version <= (spec.versions ?? 0); version++) {
    await needing('versions', publish(realName, version, maker));
  }
  // From the second version on it was updated in between.
  if ((spec.versions ?? 0) > 1)
    await new Promise((resolve) => setTimeout(resolve, (setup.settleSeconds ?? 0) * 1000));
  for (const alias of spec.aliases ?? []) {
    const { additional } = alias;
    const input = {
      FunctionName: realName,
      Name: alias.name,
      FunctionVersion: alias.version,
      ...(additional === undefined
        ? {}
        : { RoutingConfig: { AdditionalVersionWeights: { [additional.version]: additional.weight } } }),
    };
    await needing('aliases', maker.clients.lambda.send(new CreateAliasCommand(input), maker.within()));
  }
  return { realName, arn: made.FunctionArn ?? '' };
}

/** AWS, configuration-versions.html: a version is published only if something changed since the last one. */
async function publish(realName: string, version: number, maker: Maker): Promise<void> {
  const { lambda } = maker.clients;
  if (version > 1) {
    const Description = `version ${version}`;
    const change = new UpdateFunctionConfigurationCommand({ FunctionName: realName, Description });
    await lambda.send(change, maker.within());
    await untilReady(realName, undefined, maker);
  }
  const { Version } = await lambda.send(
    new PublishVersionCommand({ FunctionName: realName }),
    maker.within(),
  );
  await untilReady(realName, Version, maker);
}

/** Waits until a function (or a version of it) is active and its last update is done. */
async function untilReady(realName: string, version: string | undefined, maker: Maker): Promise<void> {
  const deadline = performance.now() + STATE_TIMEOUT_SECONDS * 1000;
  for (let waitMs = 20; ; waitMs = Math.min(500, waitMs * 1.5)) {
    const input = { FunctionName: realName, ...(version === undefined ? {} : { Qualifier: version }) };
    const seen = await maker.clients.lambda.send(new GetFunctionConfigurationCommand(input), maker.within());
    const state = seen.State ?? 'Active';
    if (state === 'Active' && seen.LastUpdateStatus !== 'InProgress') return;
    if (state === 'Failed') {
      throw new TargetError(
        `a function with the probe became Failed (${seen.StateReason ?? 'no reason given'})`,
      );
    }
    if (performance.now() > deadline) {
      throw new TargetError(
        `a new function was not active after ${STATE_TIMEOUT_SECONDS} s: see the target's own log for why`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

/** IAM is eventually consistent: for some seconds Lambda may not know a new role yet. */
async function whileRoleSpreads<T>(call: () => Promise<T>): Promise<T> {
  for (let left = 15; ; left--) {
    try {
      return await call();
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (left === 0 || failure.kind !== 'refused' || !/cannot be assumed/.test(failure.message))
        throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}

export async function removeFunction(realName: string, maker: Maker): Promise<void> {
  await maker.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: realName }), maker.within());
}
