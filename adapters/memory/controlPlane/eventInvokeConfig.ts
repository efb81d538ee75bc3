/** AWS, API_PutFunctionEventInvokeConfig.html and its sisters: a Put replaces, an Update merges. */
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { AccountState, FunctionState, StoredEventInvoke } from '../account.ts';
import type { Policy } from '../policy.ts';
import { functionArn } from '../qualifiers.ts';
import { invalid, isRefused, missing, type Refused, type Reply } from './answers.ts';
import { Constraints } from './constraints.ts';
import { destinationRefusal } from './destinations.ts';
import { functionNamed, hasQualifier, lastModified, namedBy, number, textIn } from './named.ts';

interface Place {
  readonly owner: FunctionState;
  readonly qualifier: string;
}

export function putEventInvokeConfig(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const { input } = step;
  const refusal = outOfRange(input, policy) ?? nothingSet(input, policy);
  if (refusal !== undefined) return refusal;
  const place = placeOf(account, input);
  if (isRefused(place)) return place;
  const refused = destinationRefusal(account, input, policy);
  if (refused !== undefined) return refused;
  const before = policy.putReplaces ? {} : { ...place.owner.eventInvoke.get(place.qualifier) };
  return store(place, merged(before, input), step.atSeconds);
}

export function updateEventInvokeConfig(account: AccountState, step: RequestStep, policy: Policy): Reply {
  const { input } = step;
  const refusal = outOfRange(input, policy);
  if (refusal !== undefined) return refusal;
  const place = placeOf(account, input);
  if (isRefused(place)) return place;
  const current = place.owner.eventInvoke.get(place.qualifier);
  if (current === undefined && policy.updateNeedsAConfig) return noConfig(place);
  const refused = destinationRefusal(account, input, policy);
  if (refused !== undefined) return refused;
  return store(place, merged(policy.updateMerges ? { ...current } : {}, input), step.atSeconds);
}

export function getEventInvokeConfig(account: AccountState, step: RequestStep): Reply {
  const place = placeOf(account, step.input);
  if (isRefused(place)) return place;
  const current = place.owner.eventInvoke.get(place.qualifier);
  return current === undefined ? noConfig(place) : { status: 200, output: shown(place, current, 0) };
}

export function deleteEventInvokeConfig(account: AccountState, step: RequestStep): Reply {
  const place = placeOf(account, step.input);
  if (isRefused(place)) return place;
  return place.owner.eventInvoke.delete(place.qualifier) ? { status: 204 } : noConfig(place);
}

function outOfRange(input: JsonObject, policy: Policy): Refused | undefined {
  const destinations = input['DestinationConfig'];
  const constraints = new Constraints()
    .length(input['FunctionName'], 'functionName', policy.functionNameMostCharacters)
    .length(input['Qualifier'], 'qualifier', policy.qualifierMostCharacters)
    .range(
      input['MaximumRetryAttempts'],
      'maximumRetryAttempts',
      policy.retryAttemptsLeast,
      policy.retryAttemptsMost,
    )
    .range(
      input['MaximumEventAgeInSeconds'],
      'maximumEventAgeInSeconds',
      policy.eventAgeLeastSeconds,
      policy.eventAgeMostSeconds,
    );
  for (const side of ['OnSuccess', 'OnFailure'] as const) {
    const destination = textIn(asObject(destinations)?.[side], 'Destination');
    const at = `destinationConfig.${side === 'OnSuccess' ? 'onSuccess' : 'onFailure'}.destination`;
    constraints.length(destination, at, policy.destinationMostCharacters);
    if (policy.checksDestinationPattern) constraints.pattern(destination, at, DESTINATION);
  }
  return constraints.refusal(policy.constraintError);
}

/** What stands for an ARN in a scenario, or an ARN, or nothing. */
const DESTINATION =
  /^$|^(queue|topic|bus|bucket|function|stream|table|broker):.*|^kafka:\/\/.*|^arn:(aws[a-zA-Z0-9-]*):.*/;

/** Recorded from AWS, and before it is seen whether the function exists. */
function nothingSet(input: JsonObject, policy: Policy): Refused | undefined {
  if (!policy.putNeedsASetting) return undefined;
  for (const setting of ['MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'])
    if (input[setting] !== undefined && input[setting] !== null) return undefined;
  return invalid('You must specify at least one of error handling or destination setting.');
}

function placeOf(account: AccountState, input: JsonObject): Place | Refused {
  const { name, qualifier = '$LATEST' } = namedBy(input);
  const owner = functionNamed(account, name);
  if (owner === undefined || !hasQualifier(owner, qualifier)) return missing("The function doesn't exist.");
  return { owner, qualifier };
}

const noConfig = ({ owner, qualifier }: Place): Refused =>
  missing(`The function ${functionArn(owner.name, qualifier)} doesn't have an EventInvokeConfig`);

function merged(before: StoredEventInvoke, input: JsonObject): StoredEventInvoke {
  const retries = number(input['MaximumRetryAttempts']);
  if (retries !== undefined) before.maximumRetryAttempts = retries;
  const age = number(input['MaximumEventAgeInSeconds']);
  if (age !== undefined) before.maximumEventAgeSeconds = age;
  const destinations = asObject(input['DestinationConfig']);
  mergeDestination(before, 'onSuccess', destinations?.['OnSuccess']);
  mergeDestination(before, 'onFailure', destinations?.['OnFailure']);
  return before;
}

function mergeDestination(
  before: StoredEventInvoke,
  side: 'onSuccess' | 'onFailure',
  given: Json | undefined,
): void {
  if (given === undefined) return;
  const destination = textIn(given, 'Destination');
  if (destination === undefined || destination === '') delete before[side];
  else before[side] = destination;
}

function store(place: Place, config: StoredEventInvoke, atSeconds: number): Reply {
  place.owner.eventInvoke.set(place.qualifier, config);
  return { status: 200, output: shown(place, config, atSeconds) };
}

/** Recorded from AWS: a setting that was never given has no key. */
function shown({ owner, qualifier }: Place, config: StoredEventInvoke, atSeconds: number): Json {
  const output: Record<string, Json> = {
    FunctionArn: functionArn(owner.name, qualifier),
    LastModified: lastModified(atSeconds),
  };
  if (config.maximumRetryAttempts !== undefined) output['MaximumRetryAttempts'] = config.maximumRetryAttempts;
  if (config.maximumEventAgeSeconds !== undefined)
    output['MaximumEventAgeInSeconds'] = config.maximumEventAgeSeconds;
  output['DestinationConfig'] = {
    OnSuccess: shownDestination(config.onSuccess),
    OnFailure: shownDestination(config.onFailure),
  };
  return output;
}

function shownDestination(ref: string | undefined): Json {
  if (ref === undefined) return {};
  return { Destination: ref.startsWith('function:') ? functionArn(ref.slice('function:'.length)) : ref };
}
