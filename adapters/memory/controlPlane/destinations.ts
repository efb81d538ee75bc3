/** Which resources a destination or a dead-letter queue may be. */
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { AccountState, ResourceState } from '../account.ts';
import type { Policy } from '../policy.ts';
import { invalid, type Refused } from './answers.ts';
import { namedBy, textIn } from './named.ts';

/** The refusal of a request's destinations; undefined where they can be taken, or none are given. */
export function destinationRefusal(
  account: AccountState,
  input: JsonObject,
  policy: Policy,
): Refused | undefined {
  const destinations = asObject(input['DestinationConfig']);
  if (destinations === undefined) return undefined;
  for (const side of ['OnSuccess', 'OnFailure']) {
    const ref = textIn(destinations[side], 'Destination');
    if (ref === undefined || ref === '') continue;
    // Recorded from AWS: neither the function itself nor a function that is not there.
    if (ref === `function:${namedBy(input).name}` && !policy.takesItselfAsDestination)
      return invalid("You can't specify the function as a destination for itself.");
    const resource = account.resources.get(ref);
    // An ARN that is none of the scenario's may be there; what is no ARN is here only where nothing is checked.
    if (resource === undefined && (ref.startsWith('arn:') || !ref.includes(':'))) continue;
    if (resource === undefined || !resource.exists) return invalid(`The destination ARN ${ref} is invalid.`);
    if (isRefusedKind(resource, side, policy)) return invalid(unfit(destinations));
  }
  return undefined;
}

/** Recorded from AWS, word for word. */
function unfit(destinations: JsonObject): string {
  const told = (side: 'OnSuccess' | 'OnFailure') => {
    const ref = textIn(destinations[side], 'Destination');
    return ref === undefined ? 'null' : `${side}(destination=${ref})`;
  };
  return `The provided destination config DestinationConfig(onSuccess=${told('OnSuccess')}, onFailure=${told('OnFailure')}) is invalid.`;
}

/** Services that are no destination of an asynchronous invocation. */
const POLLED: ReadonlySet<string> = new Set(['stream', 'table', 'kafka', 'broker']);

/** AWS, invocation-async-retain-records.html: standard queues and topics, and buckets for failures only. */
function isRefusedKind(resource: ResourceState, side: string, policy: Policy): boolean {
  if (resource.isFifo) return !policy.takesFifoDestinations;
  if (POLLED.has(resource.kind)) return true;
  return resource.kind === 'bucket' && side === 'OnSuccess' && !policy.takesBucketOnSuccess;
}

/** The refusal of a dead-letter target: standard queues and topics only. */
export function deadLetterRefusal(
  account: AccountState,
  input: JsonObject,
  policy: Policy,
): Refused | undefined {
  const ref = textIn(input['DeadLetterConfig'], 'TargetArn');
  if (ref === undefined || ref === '') return undefined;
  const resource = account.resources.get(ref);
  const refusal = invalid(`The dead letter target ${ref} is invalid.`);
  if (resource === undefined || !resource.exists) return refusal;
  if (resource.isFifo) return policy.takesFifoDeadLetters ? undefined : refusal;
  if (resource.kind === 'queue' || resource.kind === 'topic' || policy.takesAnyDeadLetter) return undefined;
  return refusal;
}
