/** AWS, API_CreateFunction.html, API_UpdateFunctionConfiguration.html, API_GetFunction.html. */
import { type Json, jsonBytes } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState, FunctionState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { conflict, invalid, missing, type Refused, type Reply } from './answers.ts';
import { Constraints } from './constraints.ts';
import { deadLetterRefusal } from './destinations.ts';
import { functionNamed, hasQualifier, namedBy, number, textIn } from './named.ts';

export function createFunction(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const { input } = step;
  const refusal = new Constraints()
    .required(input['FunctionName'], 'functionName')
    .length(input['FunctionName'], 'functionName', policy.bareNameMostCharacters)
    .refusal(policy.constraintError);
  const refused = refusal ?? configurationRefusal(account, input, policy);
  if (refused !== undefined) return refused;
  const { name } = namedBy(input);
  if (functionNamed(account, name) !== undefined) return conflict(`Function already exist: ${name}`);
  const timeoutSeconds = number(input['Timeout']) ?? policy.timeoutDefaultSeconds;
  const created: FunctionState = {
    name,
    spec: { name, timeoutSeconds },
    timeoutSeconds,
    deadLetter: textIn(input['DeadLetterConfig'], 'TargetArn'),
    reserved: null,
    provisioned: new Map(),
    versions: [],
    aliases: new Map(),
    eventInvoke: new Map(),
    recursiveLoop: 'Terminate',
    state: 'Active',
  };
  account.functions.set(name, created);
  account.resources.set(`function:${name}`, { kind: 'function', isFifo: false, exists: true });
  return { status: 201, output: { ...configurationOf(created), State: 'Pending' } };
}

export function updateFunctionConfiguration(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const { input } = step;
  const refused = configurationRefusal(account, input, policy);
  if (refused !== undefined) return refused;
  const { name } = namedBy(input);
  const owner = functionNamed(account, name);
  if (owner === undefined) return missing(`Function not found: ${functionArn(name)}`);
  if (owner.state === 'Pending')
    return conflict(
      `The operation cannot be performed at this time. The function is currently in the following state: Pending`,
    );
  owner.timeoutSeconds = number(input['Timeout']) ?? owner.timeoutSeconds;
  // Recorded from AWS: an answer to the removal of the dead-letter queue still shows the one that was there.
  const output = { ...configurationOf(owner), LastUpdateStatus: 'InProgress' };
  const deadLetter = asObject(input['DeadLetterConfig']);
  if (deadLetter === undefined) return { status: 200, output };
  const target = textIn(deadLetter, 'TargetArn');
  owner.deadLetter = target === '' ? undefined : target;
  return {
    status: 200,
    output: owner.deadLetter === undefined ? output : { ...output, ...deadLetterOf(owner) },
  };
}

export function getFunction(account: AccountState, step: RequestStep): Reply {
  const { name, qualifier } = namedBy(step.input);
  const owner = functionNamed(account, name);
  if (owner === undefined || !hasQualifier(owner, qualifier))
    return missing(`Function not found: ${functionArn(name, qualifier)}`);
  const output: Record<string, Json> = { Configuration: configurationOf(owner) };
  if (owner.reserved !== null) output['Concurrency'] = { ReservedConcurrentExecutions: owner.reserved };
  return { status: 200, output };
}

function configurationRefusal(account: AccountState, input: JsonObject, policy: Policy): Refused | undefined {
  return (
    new Constraints()
      .range(input['Timeout'], 'timeout', policy.timeoutLeastSeconds, policy.timeoutMostSeconds)
      .refusal(policy.constraintError) ??
    sizeRefusal(input, policy) ??
    deadLetterRefusal(account, input, policy)
  );
}

/** AWS, gettingstarted-limits.html: 4 KB for all environment variables together, five layers. */
function sizeRefusal(input: JsonObject, policy: Policy): Refused | undefined {
  const variables = asObject(input['Environment'])?.['Variables'];
  if (variables !== undefined && jsonBytes(variables) > policy.environmentMostBytes) {
    return invalid(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  }
  const layers = input['Layers'];
  return Array.isArray(layers) && layers.length > policy.layersMost
    ? invalid(`Cannot reference more than ${policy.layersMost} layers.`)
    : undefined;
}

function configurationOf(owner: FunctionState): Record<string, Json> {
  return {
    FunctionName: owner.name,
    FunctionArn: functionArn(owner.name),
    Version: '$LATEST',
    Timeout: owner.timeoutSeconds,
    State: owner.state,
    ...deadLetterOf(owner),
  };
}

const deadLetterOf = ({ deadLetter }: FunctionState): Record<string, Json> =>
  deadLetter === undefined ? {} : { DeadLetterConfig: { TargetArn: deadLetter } };
