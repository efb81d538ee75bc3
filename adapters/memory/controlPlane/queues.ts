/** AWS, SQS API_CreateQueue.html and API_SetQueueAttributes.html: attributes are texts. */
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject, redriveIn } from '../../../engine/record.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { QueueSpec } from '../../../engine/sourceSpec.ts';
import type { AccountState } from '../account.ts';
import type { Policy } from '../policy.ts';
import type { Refused, Reply } from './answers.ts';
import { textIn } from './named.ts';

export function queueRequest(
  account: AccountState,
  { operation, input }: RequestStep,
  policy: Policy,
): Reply {
  const attributes = asObject(input['Attributes']) ?? {};
  const isNew = operation === 'CreateQueue';
  const ref = isNew ? `queue:${textIn(input, 'QueueName') ?? ''}` : (textIn(input, 'QueueUrl') ?? '');
  const queue = account.queues.get(ref);
  if (!isNew && (queue === undefined || account.resources.get(ref)?.exists !== true)) return NO_QUEUE;
  const isFifo = isNew ? attributes['FifoQueue'] === 'true' : queue?.fifo === true;
  const refused = rangeRefusal(attributes, policy) ?? redriveRefusal(account, attributes, isFifo, policy);
  if (refused !== undefined) return refused;
  if (!isNew && queue !== undefined) {
    account.queues.set(ref, changed(queue, attributes));
    return { status: 200, output: {} };
  }
  if (account.resources.get(ref)?.exists !== true) {
    const made: QueueSpec = { name: ref.slice('queue:'.length) };
    if (isFifo) made.fifo = true;
    account.queues.set(ref, changed(made, attributes));
    account.resources.set(ref, { kind: 'queue', isFifo, exists: true });
  }
  return { status: 200, output: { QueueUrl: ref } };
}

const NO_QUEUE: Refused = {
  status: 400,
  error: 'QueueDoesNotExist',
  message: 'The specified queue does not exist.',
};

const refuse = (name: string): Refused => ({
  status: 400,
  error: 'InvalidAttributeValue',
  message: `Invalid value for the parameter ${name}.`,
});

function rangeRefusal(attributes: JsonObject, policy: Policy): Refused | undefined {
  const bounds: readonly (readonly [name: string, least: number, most: number])[] = [
    ['VisibilityTimeout', 0, policy.visibilityMostSeconds],
    ['MessageRetentionPeriod', policy.retentionLeastSeconds, policy.retentionMostSeconds],
    ['DelaySeconds', 0, policy.delayMostSeconds],
  ];
  for (const [name, least, most] of bounds) {
    const value = attributes[name];
    if (value !== undefined && !isWhole(value, least, most)) return refuse(name);
  }
  return undefined;
}

function isWhole(text: Json, least: number, most: number): boolean {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isInteger(value) && value >= least && value <= most;
}

/** AWS, sqs-dead-letter-queues.html: the dead-letter queue of a FIFO queue is FIFO, of a standard queue standard. */
function redriveRefusal(
  account: AccountState,
  attributes: JsonObject,
  isFifo: boolean,
  policy: Policy,
): Refused | undefined {
  const to = redriveIn(attributes['RedrivePolicy'])?.to;
  const dead = to === undefined ? undefined : account.queues.get(to);
  if (dead === undefined || !policy.matchesRedriveKinds || (dead.fifo === true) === isFifo) return undefined;
  return refuse('RedrivePolicy');
}

function changed(queue: QueueSpec, attributes: JsonObject): QueueSpec {
  const after: QueueSpec = { ...queue };
  if (attributes['VisibilityTimeout'] !== undefined)
    after.visibilityTimeoutSeconds = Number(attributes['VisibilityTimeout']);
  if (attributes['MessageRetentionPeriod'] !== undefined)
    after.retentionSeconds = Number(attributes['MessageRetentionPeriod']);
  if (attributes['DelaySeconds'] !== undefined) after.delaySeconds = Number(attributes['DelaySeconds']);
  const redrive = redriveIn(attributes['RedrivePolicy']);
  if (redrive !== undefined) after.redrive = redrive;
  return after;
}
